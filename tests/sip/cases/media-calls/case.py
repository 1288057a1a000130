# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.fraud import Trap
from harness.net import MEDIA, TRUNKS, free_address
from harness.phone import answers, rejects

ROUTES = True
LIMIT = 60
GATEWAY, BOXES = free_address(), free_address()
STACK = {"before": f'#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{BOXES}:5060"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
EXPLAIN = "it takes a caller without credentials for a trunk"
OUTSIDE = "<sip:+4911022@gateway.test>"


def sender(phone):
    return phone.leg().invite.header("From").partition(";tag")[0]


def for_itself(t, calls, gateway, desk):
    """As a trunk: it rings users, a queue's caller is shown; nobody pays for the PSTN."""
    calls("1001").ends(200).over()
    t.equal(sender(desk), OUTSIDE, "From of a queue's call")
    calls("+4930555100").ends(200).over()
    t.equal(sender(desk), OUTSIDE, "From of a call to a did")
    for number in ("+4930555666", "030555666", "112"):
        calls(number).ends_at_once(404)
    t.equal(gateway.legs, [], "calls at the gateway that nobody pays for")


def for_a_user(t, calls, gateway, desk, user):
    served = f"P-Served-User: \"Bob\" <sip:1000@{t.domain}>;sescase=orig;regstate=reg"
    calls("030555666", headers=[served]).ends(486)
    invite = gateway.leg().invite
    number = f"<sip:+4930555101@{t.domain}>"
    t.equal((invite.uri, sender(gateway), invite.all("P-Asserted-Identity")), (f"sip:+4930555666@{t.domain}", number, [number]), "the user's call at the gateway")
    t.equal(invite.all("P-Served-User"), [], "P-Served-User at the gateway")
    calls("1001", headers=[served]).ends(200).over()
    t.equal(sender(desk), f'"Bob" <sip:1000@{t.domain}>', "From of the user's call to a phone")
    t.equal(desk.leg().invite.all("P-Served-User"), [], "P-Served-User at the phone")
    user.update(dial_class="emergency")
    calls("030555666", headers=[served]).ends(403)
    calls("112", headers=[served]).ends(486)
    user.update(dial_class=None)


def for_nobody(t, calls, gateway, user, other):
    """In doubt the call is refused, and not placed as somebody else's."""
    before = len(gateway.legs)
    name = f"<sip:1000@{t.domain}>"
    for value, status in ((f"<sip:nobody@{t.domain}>", 403), ("<sip:1000@elsewhere.test>", 403), (f"<sip:1000@{other.domain}>", 403), (f"<sip:{t.domain}>", 400),
                          ("x", 400), ("<>", 400), ("<tel:1000>", 400), (f"{name}, {name}", 400), (f"<sip:1000@{t.domain}", 400), ("<sip:%00@x>", 400),
                          (f"<sip:{'1' * 300}@{t.domain}>", 400)):
        for number in ("030555666", "1001"):
            calls(number, headers=[f"P-Served-User: {value}"]).ends(status)
    calls("030555666", headers=[f"P-Served-User: {name}", f"P-Served-User: {name}"]).ends(400)
    user.update(status="disabled")
    calls("030555666", headers=[f"P-Served-User: {name}"]).ends(403)
    user.update(status="active")
    t.tenant.update(status="suspended")
    calls("030555666", headers=[f"P-Served-User: {name}"]).ends(403)
    t.tenant.update(status="active")
    t.equal(len(gateway.legs), before, "calls at the gateway")


def by_others(t, gateway, user, mallory):
    """Neither a trunk nor a phone nor a stranger calls for somebody else."""
    before = len(gateway.legs)
    served = f"P-Served-User: <sip:1000@{t.domain}>"
    t.stranger_calls("030555666", headers=[served], address=t.addresses.take_trusted(TRUNKS)).ends_at_once(404)
    t.stranger_calls("030555666", headers=[served]).ends(407)
    mallory.calls("030555666", headers=[served]).ends(403)
    boxes = Trap(t, BOXES, answer="200 OK")
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    t.user("1004", dnd=1, voicemail_id="7")
    for address in (t.addresses.take_trusted(TRUNKS), t.addresses.take_trusted(MEDIA)):   # it would come back as the media server's own
        t.stranger_calls("1004", headers=[served], hold_headers=[served], talk=None, address=address).proceeding(200).hold().hang_up().over()
        invites = [m for m in boxes.messages if m.method == "INVITE"]
        t.equal(len(invites), 2, "INVITEs at the media server")
        t.equal([m.all("P-Served-User") for m in invites], [[], []], "P-Served-User at the media server")
        boxes.forget()
    t.equal(len(gateway.legs), before, "calls at the gateway")


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(rejects(486, after=0.05), address=GATEWAY, register=False)
    t.tenant.update(country_code="49")
    other = t.other_tenant()
    user, alice = t.user("1000", display_name="Bob", out_cid_number="4930555101"), t.user("1001")
    t.insert("cid_number", {"account_id": t.account, "e164": "4930555101", "verified": 1})
    t.insert("did", {"e164": "4930555100", "account_id": t.account, "dest_kind": "user", "dest_id": alice.id})
    desk = alice.phone("desk", answers(after=0.05))
    mallory = t.user("1003", dial_class="emergency").device("mallory")

    def calls(number, **options):
        return t.stranger_calls(number, sender=OUTSIDE, address=t.addresses.take_trusted(MEDIA), **options)

    for_itself(t, calls, gateway, desk)
    for_a_user(t, calls, gateway, desk, user)
    for_nobody(t, calls, gateway, user, other)
    by_others(t, gateway, user, mallory)
