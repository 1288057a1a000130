# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import PREMIUM, Attempts, Dialog, Trap
from harness.hostile import PARSERS
from harness.net import free_address

GATEWAY, MEDIA = free_address(), free_address()
LOUD = True
STACK = {"before": f'#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}, "after": 'modparam("pike", "reqs_density_per_unit", 10000)'}
LIMIT = 90
HARMLESS = PARSERS


def first_leg(dialog, status):
    """The Routes of the phone that rang first, as the caller has them from its response."""
    response = next(m for _, m in dialog.endpoint.received if m.status == status and m.header("Record-Route"))
    return list(reversed(response.all("Record-Route")))


def phone_then_gateway(t):
    """The Route of the phone's leg leads nothing to the gateway: a phone is allowed other headers, transfers and names."""
    gateway = Trap(t, GATEWAY, answer="200 OK", headers=[f"Contact: <sip:+491701234567@{GATEWAY}:5060>"])
    phone = Trap(t, answer="180 Ringing")
    t.insert("cid_number", {"account_id": t.account, "e164": "4930101", "verified": 1})
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    alice = t.user("1003", ring_timeout_sec=2, fwd_noanswer_kind="forward", fwd_noanswer_id="mobile", out_cid_number="4930101")
    alice.device("desk").register(phone.address, source=(phone.address, 5099))
    attack = Attempts(t)
    dialog = Dialog(attack, t.user("1001").device("bob"), f"sip:1003@{t.domain}")
    phones = first_leg(dialog, 180)
    t.check(phones != dialog.routes, "each leg should have a Route of its own")
    for method, headers in (("REFER", [("Refer-To", f"<sip:{PREMIUM}@elsewhere.test>")]), ("INVITE", [("X-Billing-Account", "evil"), ("Alert-Info", "<http://evil.test>")]),
                            ("MESSAGE", []), ("UPDATE", []), ("INFO", []), ("BYE", [])):
        gateway.forget()
        phone.forget()
        attack.count += 1
        reply = dialog.sends(method, routes=phones, headers=headers)
        t.equal([m.first_line for m in gateway.seen], [], f"{method} at the gateway by the phone's Route")
        if method != "BYE":
            t.equal(reply and reply.status, 403, f"{method} by the phone's Route")
    gateway.forget()
    t.equal(dialog.sends("INVITE").status, 200, "a re-INVITE by its own Route")
    seen = gateway.takes(1)
    t.check("sip:4930101@" in seen.header("From") or "+4930101" in seen.header("From"), f"From of the re-INVITE: {seen.header('From')}")
    t.equal(dialog.sends("BYE").status, 200, "BYE by its own Route")
    return attack.count


def phones_proxies(t):
    """A phone names its own proxies in a reliable response. With the Route of the box that answers later they are not followed."""
    media, victim = Trap(t, MEDIA, answer="200 OK"), Trap(t)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "1", "address": None})
    attack = Attempts(t, victim)
    for n, above in enumerate((f"<sip:{victim.address}:5060;lr>", f"<sip:{victim.address}:25;transport=tcp;lr>", "<sip:nowhere.slow.test;lr>")):
        phone = Trap(t, answer="183 Session Progress", headers=["RSeq: 1", "Require: 100rel", "Contact: <sip:p@127.9.9.9>"], above=[above])
        alice = t.user(f"102{n}", ring_timeout_sec=2, fwd_noanswer_kind="voicemail", fwd_noanswer_id="1")
        alice.device("desk").register(phone.address, source=(phone.address, 5099))
        dialog = Dialog(attack, t.user(f"103{n}").device("bob"), f"sip:102{n}@{t.domain}", headers=[("Supported", "100rel")])
        phones = first_leg(dialog, 183)
        signature = re.search(r";rs=[^;>]*", phones[0])
        t.check(signature is not None, f"the phone's proxies should be signed for its own leg: {phones}")
        boxes = dialog.routes[0].replace(">", signature[0] + ">")
        for method in ("INVITE", "MESSAGE", "OPTIONS", "BYE"):
            attack.count += 1
            reply = dialog.sends(method, routes=[boxes, phones[-1]])
            t.equal(reply and reply.status, 404, f"{method} by {above}")
        media.forget()
        t.equal(dialog.sends("BYE").status, 200, "BYE to the box")
        media.takes(1)
    attack.over()


def run(t):
    t.note(f"{phone_then_gateway(t)} attempts with the phone's Route")
    phones_proxies(t)
