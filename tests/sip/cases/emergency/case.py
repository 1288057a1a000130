# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import TRUNKS, free_address
from harness.phone import answers, rejects, rings
from harness.wire import Request

ROUTES = True
LIMIT = 60
GATEWAY = free_address()
EXPLAIN = "it knows neither the script's dial plan nor limits"
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"},
         "after": 'modparam("user_routing", "max_calls_per_device", 1)\nmodparam("dispatcher", "ds_ping_interval", 0)'}
SOS = ("urn:service:sos", "URN:Service:SOS.fire")


def emergencies(t):
    return int(t.stack.kamcmd("stats.fetch", "user_routing.decisions_emergency_total").split(":")[-1].strip(" \n}"))


def shown(leg):
    invite = leg.invite
    return invite.header("From").partition(";tag")[0], invite.all("P-Asserted-Identity"), invite.all("Privacy")


def by_hand(t, device, uri, headers=()):
    """For a Request-URI that SIPp can't authenticate."""
    own = t.endpoint()
    request = Request(own, "INVITE", uri, device.aor, device.aor, [("Contact", f"<sip:x@{own.address}>"), *headers])
    reply = request.exchange(device.auth_username, device.password)
    request.acknowledge(reply)
    return reply.status


def goes_out(t, gateway, bob, other):
    """Whatever it is written like, and whichever domain the phone is set to."""
    for dialled, number in (("112", "112"), ("110", "110"), ("911", "911"), ("1-1-2", "112"), ("%31%312", "112"),
                            (f"sip:112@{other.domain}", "112"), ("sip:112@192.0.2.1", "112"), (f"sip:999@{t.domain};user=phone", "999")):
        bob.calls(dialled).ends(486)
        invite = gateway.leg().invite
        t.equal((invite.uri, invite.header("To")), (f"sip:{number}@{t.domain}", f"<sip:{number}@{t.domain}>"), f"{dialled} at the gateway")
    for uri in (*SOS, f"tel:112;phone-context={t.domain}", "tel:112"):
        t.equal(by_hand(t, bob, uri), 486, uri)
        t.equal(gateway.leg().invite.uri, f"sip:112@{t.domain}", f"{uri} at the gateway")


def with_the_number(t, gateway, bob):
    """The caller is shown, although the phone asks for privacy; but never a number that is not the account's."""
    place = "<cid:here@home.test>;inserted-by=home.test"
    bob.calls("112", headers=["Privacy: id", "P-Preferred-Identity: <sip:boss@home.test>", f"Geolocation: {place}", "X-Other: 1"]).ends(486)
    invite = gateway.leg().invite
    t.equal(invite.all("Geolocation") + invite.all("X-Other"), [place], "Geolocation, and no header that it does not need")
    number = f"<sip:+4930555101@{t.domain}>"
    t.equal(shown(gateway.leg()), (number, [number], []), "From, P-Asserted-Identity and Privacy of an emergency call")
    bob.calls("030555666", headers=["Privacy: id", f"Geolocation: {place}"]).ends(486)
    t.check("anonymous" in shown(gateway.leg())[0], "a call to another number is private")
    t.equal(gateway.leg().invite.all("Geolocation"), [], "and does not tell where the caller is")
    t.sql("UPDATE cid_number SET verified = 0 WHERE account_id = %s", [t.account])
    bob.calls("112", headers=["Privacy: none"]).ends(486)
    sender, asserted, _ = shown(gateway.leg())
    t.check("anonymous" in sender and not asserted, f"without a verified number: From is {sender}, asserted {asserted}")


def past_all_limits(t, gateway, bob, user):
    """DND, forwards, the dial class, the limit of calls, and an extension of that name."""
    user.update(dial_class="emergency", dnd=1, fwd_always_kind="hangup", fwd_always_id="410")
    t.insert("extension", {"account_id": t.account, "digits": "112", "dest_kind": "hangup", "dest_id": "410"})
    second = user.device("second-phone")
    second.calls("030555666").ends(403)
    second.calls("112").ends(486)
    waits = second.calls("1002").proceeding(180)
    second.calls("1002").ends(503)
    second.calls("112").ends(486)
    t.equal(gateway.leg().invite.uri, f"sip:112@{t.domain}", "while the device has as many calls as it may")
    second.calls("1002").ends(503)
    waits.cancel().ends(487)
    user.update(dial_class=None, dnd=0, fwd_always_kind=None, fwd_always_id=None)


def of_a_suspended_account(t, gateway, bob, user):
    """They may call for help, and nobody else; who is disabled may not."""
    before = len(gateway.legs)
    t.tenant.update(status="suspended")
    bob.calls("112").ends(486)
    for uri in (*SOS, "tel:112"):
        t.equal(by_hand(t, bob, uri), 486, f"{uri}, a suspended account")
    for other in ("1002", "030555666", "0112"):
        bob.calls(other).ends(407)
    t.tenant.update(status="active")
    user.update(status="disabled")
    bob.calls("112").ends(407)
    user.update(status="active")
    bob.update(status="disabled")
    bob.calls("112").ends(407)
    bob.update(status="active")
    t.equal(len(gateway.legs) - before, 4, "calls at the gateway")


def goes_on(t, gateway, bob):
    """An emergency call of a suspended account can be held and refreshed like others. A few can wait at a time."""
    gateway.ended()
    gateway.stop()
    answering = at_gateway(t, answers(after=0.05))
    t.tenant.update(status="suspended")
    bob.calls("112", talk=None).proceeding(200).hold().hang_up().over()
    t.tenant.update(status="active")
    answering.stop()
    at_gateway(t, rings())
    waiting = [bob.calls("112").proceeding(180) for _ in range(5)]
    bob.calls("112").ends(503)
    for call in waiting:
        call.cancel().ends(487)
    bob.calls("112").proceeding(180).cancel().ends(487)


def at_gateway(t, behaviour):
    return Device(t, "gateway", t.domain, "").phone(behaviour, address=GATEWAY, register=False)


def not_for_others(t, bob):
    """A trunk would bring the calls of everybody; and other services have no number."""
    before = len(t.phones[0].legs)
    trunk = t.addresses.take_trusted(TRUNKS)
    t.stranger_calls(f"sip:911@{t.domain}", address=trunk).ends_at_once(404)
    t.stranger_calls("sip:112@192.0.2.1", address=trunk).ends_at_once(404)
    t.stranger_calls("112").ends(407)
    own = t.endpoint(address=t.addresses.take_trusted(TRUNKS))
    for uri in SOS:
        t.equal(Request(own, "INVITE", uri, "sip:x@elsewhere.test", headers=[("Contact", "<sip:x@192.0.2.1>")]).exchange().status, 404, f"{uri}, a trunk")
    for uri in ("urn:service:counseling", "urn:service:sosx", "urn:uuid:112"):
        status = by_hand(t, bob, uri)
        t.check(status in (400, 404, 416), f"{uri} ends with {status}")
    for number in ("+112", "1120", "0112"):
        status = bob.calls(number).final.status
        t.check(status in (404, 486), f"{number} ends with {status}")
    t.equal([leg.invite.uri for leg in t.phones[0].legs[before:] if "sip:112@" in leg.invite.uri], [], "emergency calls")


def run(t):
    gateway = at_gateway(t, rejects(486, after=0.05))
    other = t.other_tenant()
    t.insert("cid_number", {"account_id": t.account, "e164": "4930555101", "verified": 1})
    user = t.user("1000", display_name="Bob", out_cid_number="4930555101")
    bob = user.device("bobs-phone")
    t.user("1002", ring_timeout_sec=30).phone("desk", rings())
    before = emergencies(t)

    goes_out(t, gateway, bob, other)
    t.equal(emergencies(t) - before, 12, "decisions_emergency")
    t.check(f"emergency call: user {user.id} calls 112, device: {bob.auth_username}@{t.domain}" in t.stack.log_text(), "the log should tell who calls for help")
    with_the_number(t, gateway, bob)
    past_all_limits(t, gateway, bob, user)
    of_a_suspended_account(t, gateway, bob, user)
    not_for_others(t, bob)
    question = f"112@{t.domain}", f"{bob.auth_username}@{t.domain}"
    tree = t.stack.kamcmd("user_routing.explain_tree", *question)
    t.check("it is an emergency number" in tree, f"explain_tree: {tree}")
    t.sql("UPDATE cid_number SET verified = 1 WHERE account_id = %s", [t.account])
    t.settle()
    for number, shown_as in (("112", f"sip:+4930555101@{t.domain}"), ("030555666", "anonymous")):
        tree = t.stack.kamcmd("user_routing.explain_tree", f"{number}@{t.domain}", question[1], "id")
        t.check(shown_as in tree, f"explain_tree should show {shown_as} although the caller is private: {tree}")
    t.check("found: emergency" in t.stack.kamcmd("user_routing.explain", *question), "explain should find an emergency number")
    goes_on(t, gateway, bob)
