# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import TRUNKS, free_address
from harness.phone import rejects

ROUTES = True
LIMIT = 90
GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}


def did(t, tenant, number, kind, target, **columns):
    t.insert("did", {"e164": number, "account_id": tenant.account, "dest_kind": kind, "dest_id": target, **columns})


def sender(phone):
    return phone.leg().invite.header("From").partition(";tag")[0]


def outbound(t, gateway, bob):
    """What the gateway gets for what is dialled."""
    for dialled, number in (("+4930555666", "+4930555666"), ("004930555666", "+4930555666"), ("030555666", "+4930555666"),
                            ("555666", "+4930555666"), ("08912345", "+498912345"), ("(030)-555.666", "+4930555666"), ("110", "110")):
        bob.calls(dialled).ends(486)
        t.equal(gateway.leg().invite.uri, f"sip:{number}@{t.domain}", f"{dialled} at the gateway")
    t.tenant.update(area_code=None)
    bob.calls("555666").ends_at_once(404)
    t.tenant.update(country_code=None)
    bob.calls("030555666").ends(486)
    t.equal(gateway.leg().invite.uri, f"sip:030555666@{t.domain}", "without a dial plan")
    t.tenant.update(country_code="49", area_code="30")


def on_net(t, gateway, bob, desk, other, theirs):
    bob.calls("555100").ends(486)
    t.equal(sender(desk), f'"Bob" <sip:1000@{t.domain}>', "within the account")
    t.equal(desk.leg().invite.header("To"), f"<sip:555100@{t.domain}>", "To")

    bob.calls("+4989777200").ends(486)
    t.check("anonymous" in sender(theirs), f"another account, no verified number: From is {sender(theirs)}")
    t.sql("UPDATE cid_number SET verified = 1 WHERE account_id = %s", [t.account])
    bob.calls("089 777-200".replace(" ", "%20")).ends(486)
    t.equal(sender(theirs), f"<sip:+4930555101@{t.domain}>", "another account")
    t.equal(theirs.leg().invite.all("P-Asserted-Identity"), [f"<sip:+4930555101@{t.domain}>"], "asserted to another account")
    bob.calls("+4989777200", headers=["Privacy: id"]).ends(486)
    t.check("anonymous" in sender(theirs), f"another account, private: From is {sender(theirs)}")
    t.equal(theirs.leg().invite.header("To"), f"<sip:+4989777200@{other.domain}>", "To shows nothing of the caller's")

    # It forwards to the PSTN: the account that has the number pays, not the caller.
    t.insert("route_target", {"account_id": other.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    t.insert("cid_number", {"account_id": other.account, "e164": "4989777201", "verified": 1})
    other.update(default_cid_number="4989777201")
    t.sql("UPDATE did SET dest_kind = 'forward', dest_id = 'mobile' WHERE e164 = '4989777200'")
    bob.calls("+4989777200").ends(486)
    t.equal(gateway.leg().invite.uri, "sip:+491701234567@pstn.invalid;user=phone", "the forward's URI")
    t.equal(sender(gateway), f"<sip:+4989777201@{other.domain}>", "From of the forward")


def not_connected(t, bob, other):
    """Neither here nor by the gateway."""
    def nobody_answers():
        for dialled in ("+4989777200", "089777200", "004989777200"):
            bob.calls(dialled).ends_at_once(404)

    t.sql("UPDATE did SET status = 'disabled' WHERE e164 = '4989777200'")
    nobody_answers()
    t.sql("UPDATE did SET status = 'active', dest_kind = 'user', dest_id = 'us_nobody' WHERE e164 = '4989777200'")
    nobody_answers()
    question = f"089777200@{t.domain}", f"{bob.auth_username}@{t.domain}"
    tree = t.stack.kamcmd("user_routing.explain_tree", *question)
    t.check("did +4989777200: its target can't be used → 404 Not Found" in tree and "unknown number" not in tree, f"explain_tree: {tree}")
    answer = t.stack.kamcmd("user_routing.explain", *question)
    t.check("found: did" in answer and "shown_uri" not in answer, f"a call that does not leave shows nobody: {answer}")
    other.update(status="suspended")
    nobody_answers()
    bob.calls(f"sip:0900123456@{other.domain}").ends_at_once(404)
    other.update(status="active")


def by_another_plan(t, gateway, bob, other):
    """The dial plan of another account makes no number that the caller pays for."""
    other.update(country_code="8835", area_code="130000")
    for user in ("1001", "2002", "0900123456", "0088213456789"):
        bob.calls(f"sip:{user}@{other.domain}").ends_at_once(404)
    bob.calls(f"sip:+4930555666@{other.domain}").ends(486)
    t.equal(gateway.leg().invite.uri, f"sip:+4930555666@{other.domain}", "a number that needs no plan")
    t.insert("extension", {"account_id": other.account, "digits": "+4930555777", "dest_kind": "hangup", "dest_id": "410"})
    bob.calls(f"sip:+4930555777@{other.domain}").ends(486)
    t.equal(gateway.leg().invite.uri, f"sip:+4930555777@{other.domain}", "a number behind another account's extension")


def by_trunk(t, desk):
    def calls(uri):
        return t.stranger_calls(uri, sender="<sip:+4911022@gateway.test>", address=t.addresses.take_trusted(TRUNKS))

    for uri in ("sip:+4930555100@192.0.2.9", "sip:4930555100@192.0.2.9", f"sip:030555100@{t.domain}", f"sip:4930555100@b-{t.domain}",
                "tel:+49-30-555100", "tel:4930555100", "tel:555-100;phone-context=+4930"):
        calls(uri).ends(486)
        t.equal(sender(desk), "<sip:+4911022@gateway.test>", f"{uri}: From")
    for uri in ("sip:+4930555999@192.0.2.9", f"sip:+4930555999@{t.domain}", "sip:030555100@192.0.2.9", "tel:+4930555999",
                "tel:4930555100;phone-context=+1", "tel:555100"):
        calls(uri).ends_at_once(404)


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(rejects(486, after=0.05), address=GATEWAY, register=False)
    t.tenant.update(country_code="49", area_code="30")
    other = t.other_tenant()
    alice = t.user("1001")
    desk = alice.phone("desk", rejects(486, after=0.05))
    theirs = other.user("2001").phone("theirs", rejects(486, after=0.05))
    t.insert("cid_number", {"account_id": t.account, "e164": "4930555101", "verified": 0})
    bob = t.user("1000", display_name="Bob", out_cid_number="4930555101").device("bobs-phone")
    did(t, t.tenant, "4930555100", "user", alice.id)
    did(t, other, "4989777200", "user", f"us_{other.key}_2001")
    did(t, t.tenant, "49301001", "hangup", "410")

    outbound(t, gateway, bob)
    bob.calls("1001").ends(486)
    t.equal(len(desk.legs), 1, "calls at the desk: its user comes before the did +49301001")
    on_net(t, gateway, bob, desk, other, theirs)
    not_connected(t, bob, other)
    by_another_plan(t, gateway, bob, other)
    by_trunk(t, desk)
    t.stranger_calls("+4930555100").ends(407)
    tree = t.stack.kamcmd("user_routing.explain_tree", f"555100@{t.domain}", f"{bob.auth_username}@{t.domain}")
    t.check("did +4930555100: its target → user 1001" in tree, f"explain should read the number: {tree}")
    tree = t.stack.kamcmd("user_routing.explain_tree", f"555999@{t.domain}", f"{bob.auth_username}@{t.domain}")
    t.check("with the number +4930555999 → 404" in tree, f"explain should read the number: {tree}")
