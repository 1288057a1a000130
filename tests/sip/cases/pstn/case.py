# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import TRUNKS, free_address
from harness.phone import answers

ROUTES = True
LIMIT = 60
GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}


def shown(t, gateway):
    """From's URI at the gateway, which P-Asserted-Identity must agree with."""
    invite = gateway.leg().invite
    sender = invite.header("From").split("<")[1].split(">")[0]
    asserted = invite.all("P-Asserted-Identity")
    if "anonymous" in sender:
        t.equal((asserted, invite.header("Privacy")), ([], "id"), "P-Asserted-Identity and Privacy of an anonymous call")
    else:
        t.check(len(asserted) == 1 and f"<{sender}>" in asserted[0], f"From {sender} but asserted {asserted}")
    return sender


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(answers(after=0.1), address=GATEWAY, register=False)
    t.sql("UPDATE account SET default_cid_number = '4930100' WHERE id = %s", [t.account])
    for number, verified in (("4930100", 1), ("4930101", 1), ("4930999", 0)):
        t.insert("cid_number", {"account_id": t.account, "e164": number, "verified": verified})
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    alice = t.user("1001", fwd_always_kind="forward", fwd_always_id="mobile", out_cid_number="4930101", out_cid_name="Alice Ltd")
    bob = t.user("1002", display_name="Bob", out_cid_number="4930999").device("bobs-phone")

    bob.calls("1001").ends(200).over()
    invite = gateway.leg().invite
    t.check(invite.uri.startswith("sip:+491701234567@"), f"the Request-URI is {invite.uri}")
    t.equal(shown(t, gateway), f"sip:+4930101@{t.domain}", "forwarded: Alice's number")
    t.check(invite.header("From").startswith('"Alice Ltd"'), f"From is {invite.header('From')}")
    t.equal(invite.all("Diversion"), [f"<sip:+4930101@{t.domain}>;reason=unconditional"], "Diversion")
    t.check(invite.header("History-Info").startswith(f"<sip:+4930101@{t.domain}>;index=1, "), f"History-Info is {invite.header('History-Info')}")

    alice.update(out_cid_number="4930999")
    bob.calls("1001").ends(200).over()
    t.equal(shown(t, gateway), f"sip:+4930100@{t.domain}", "not verified: the account's number")

    t.sql("UPDATE cid_number SET verified = 0 WHERE account_id = %s AND e164 = '4930100'", [t.account])
    bob.calls("1001").ends(200).over()
    t.check("anonymous" in shown(t, gateway), "none verified: anonymous")
    t.equal(gateway.leg().invite.all("Diversion"), [f"<sip:1001@{t.domain}>;reason=unconditional"], "Diversion without a number")
    bob.calls("+4930555666").ends(200).over()
    t.check("anonymous" in shown(t, gateway), "dialled, none verified: anonymous")
    bob.calls("+4930555666", headers=["Privacy: none"]).ends(200).over()
    t.equal(gateway.leg().invite.all("Privacy"), ["id"], "Privacy of an anonymous call")

    t.sql("UPDATE cid_number SET verified = 1 WHERE account_id = %s", [t.account])
    bob.calls("+4930555666").ends(200).over()
    t.equal(shown(t, gateway), f"sip:+4930999@{t.domain}", "dialled: Bob's own number, now verified")
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "300",
                           "dest_kind": "forward", "dest_id": "mobile"})
    t.stranger_calls("300", sender="<sip:+4911022@gateway.test>", address=t.addresses.take_trusted(TRUNKS)).ends(200).over()
    t.equal(shown(t, gateway), f"sip:+4930100@{t.domain}", "a trunk's call that an extension sends on: the account's number")
    bob.calls("300").ends(200).over()
    t.equal(shown(t, gateway), f"sip:+4930999@{t.domain}", "the same for a user's call: the user's number")

    t.stranger_calls("+4930555666").ends(407)
    t.calls("1999").ends_at_once(404)
