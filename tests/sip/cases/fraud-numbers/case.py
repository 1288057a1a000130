# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import Attempts, Trap
from harness.net import TRUNKS, free_address

GATEWAY = free_address()
ROUTES = True
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}

# N: a number, D: the domain, G: the gateway, S: the server. What is dialled, and what comes to the gateway.
NUMBERS = {"+4930123456": "+4930123456", "004930123456": "+4930123456", "030123456": "030123456", "112": "112"}
CLEAN = [
    "sip:N@D", "sip:N@D;user=phone", "sip:N@D:5060", "sip:N@D;transport=tcp", "sip:N@D;maddr=G", "sip:N@D;ttl=1;method=BYE", "sips:N@D",
    "sip:N@D;rn=+88213456789;npdi", "sip:N@D;cic=+10288;tgrp=premium;trunk-context=x", "sip:N@D;alias=G~5060~1", "sip:N@D;lr", "sip:N:secret@D",
    "sip:N@D?P-Asserted-Identity=%3Csip:boss%40D%3E", "sip:N@D;user=phone?Route=%3Csip:G%3Blr%3E&Privacy=id", "sip:N@D?Replaces=x&body=y", "SIP:N@D",
    "tel:N", "TEL:N", "tel:N;rn=+88213456789;npdi;cic=+10288;ext=1;isub=2;postd=3;x=y",
]
TELS = {  # what comes to the gateway, in the domain
    "tel:+49-30-(12).3456": "+4930123456", "tel:123456;phone-context=+4930": "+4930123456", "tel:123-456;Phone-Context=+49-30;ext=9": "+4930123456",
    "tel:030123456;phone-context=D": "030123456", "tel:030123456": "030123456", "tel:0(30)123456;x;phone-context=D": "030123456",
    "tel:110": "110", "tel:1-1.0": "110", "sip:1%310@D": "110", "sip:1-10@D": "110", "sip:%2B4930123456@D": "+4930123456", "sip:+49%330123456@D": "+4930123456",
    "sip:0049%30123@D": "+490123", "sip:+49-30-123456@D": "+4930123456", "sip:+49(30)123456@D": "+4930123456", "sip:+49.30.123456@D": "+4930123456",
    "sip:+49%2030%20123456@D": "+4930123456",
}
REFUSED = [  # 407: the credentials are for a user part that can't be read
    (404, "sip:030%30123@D"), (404, "sip:%30301234@D"), (404, "sip:030-123456@D"), (404, "sip:%2b@D"), (404, "sip:+4930123456%3b@D"), (404, "sip:+4930+123456@D"),
    (404, "sip:110,112@D"), (404, "sip:,@D"), (404, "sip:+4930123456;phone-context=+882@D"), (404, "sip:+4930123456;rn=+88213456789@D"), (404, "sip:+4930123456;ext=1@D"),
    (404, "sip:+4930123456,88213456789@D"), (404, "sip:++4930123456@D"), (404, "sip:+@D"), (404, "sip:00@D"), (404, "sip:+49301234567890123@D"),
    (404, "sip:4930123456@D"), (404, "sip:111@D"), (404, "sip:*21*+4930123456#@D"), (404, "sip:+49x30@D"), (404, "sip:tel:+4930123456@D"),
    (407, "sip:+4930123456%00@D"), (407, "sip:+4930123456%0d%0aX:%201@D"), (404, "sip:+4930123456\0@D"), (404, "sip:+4930123456\0@G@D"), (404, "sip:\u0660493012345@D"),
    (407, "tel:+4930123456;phone-context=D"), (407, "tel:+4930123456;phone-context=+4930"), (407, "tel:123456;phone-context=+"), (407, "tel:123456;phone-context=+49x"),
    (407, "tel:123456;phone-context"), (407, "tel:3456;phone-context=+493012;phone-context=+88213"), (407, "tel:3456;phone-context=+493012;PHONE-CONTEXT=D"),
    (407, "tel:030123456;phone-context=D:5060"), (407, "tel:030123456;phone-context=<D>"), (407, "tel:030123456;phone-context=%44"), (407, "tel:"), (407, "tel:+"), (407, "tel:-.()"),
    (407, "tel:;phone-context=+4930123456"), (407, "tel:++4930123456"), (407, "tel:+49x30"), (407, "tel:%2B4930123456"), (407, "tel:+4930123456%00"), (400, "tel:+4930123456\0"),
    (407, "tel:1@+4930123456"), (407, "tel:1:2@+4930123456"), (407, "tel:+4930123456@D"), (407, "tel:+4930123456:5060"), (407, "tel:+4930123456?Route=%3Csip:G%3E"),
    (407, "tel://+4930123456"), (407, "tel:\u0660493012345"), (407, "tel:" + "1" * 900), (407, "tel:1;phone-context=+" + "9" * 900), (407, "tel:030123456;phone-context=" + "d" * 900),
    (404, "tel:030123456;phone-context=elsewhere.test"), (404, "tel:030123456;phone-context=G"), (407, "tel:030123456;phone-context=S"), (404, "tel:030123456;phone-context=x.D"),
    (404, "tel:4930123456"), (404, "tel:1100"), (404, "tel:+49301234567890123"), (404, "tel:*21*030123456#"), (404, "tel:4930;phone-context=D"), (404, "sip:+4930123456@D."), (404, "sip:+4930123456@.D"),
    (404, "sip:+4930123456@S"), (404, "sip:+4930123456@G:5060"), (404, "sip:+4930123456@G;maddr=S"), (404, "sip:D"), (404, "sip:+4930123456@x.D"),
    (404, "sip:+4930123456@elsewhere.test"), (404, "sip:+4930123456@[::1]"), (404, "sip:+4930123456@2130706433"),
]


def run(t):
    gateway = Trap(t, GATEWAY)
    bob = t.caller()
    t.user("+4977", id=f"us_{t.key}_4977").device("hers", id=f"dev_{t.key}_4977")
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "+4930999", "dest_kind": "hangup", "dest_id": "410"})
    attack = Attempts(t, gateway)

    def dials(text):
        return attack.sends("INVITE", text, bob.aor, to=f"sip:callee@{t.domain}", device=bob)

    for pattern in CLEAN:
        for number, expected in list(NUMBERS.items())[:None if pattern in CLEAN[:2] else 1]:
            text = pattern.replace("N", number).replace("D", t.domain).replace("G", GATEWAY)
            t.equal(dials(text).status, 486, f"{text}: the gateway's answer")
            seen = gateway.takes(1)
            t.equal(seen.uri, f"sip:{expected}@{t.domain}", f"{text}: the Request-URI at the gateway")
            t.equal(seen.all("Route") + seen.all("Replaces") + seen.all("P-Asserted-Identity"), [], f"{text}: headers of the caller's making")
            attack.count += 1
    for pattern, number in TELS.items():
        t.equal(dials(pattern.replace("D", t.domain)).status, 486, f"{pattern}: the gateway's answer")
        seen = gateway.takes(1)
        t.equal((seen.uri, seen.header("To")), (f"sip:{number}@{t.domain}", f"<sip:{number}@{t.domain}>"), f"{pattern}: Request-URI and To at the gateway")
        attack.count += 1
    t.equal(dials(f"sip:+4930123456@{t.domain.upper()}").status, 486, "a domain in capitals")
    gateway.takes(1)
    for status, pattern in REFUSED:
        text = pattern.replace("D", t.domain).replace("G", GATEWAY).replace("S", f"{t.server[0]}:{t.server[1]}")
        attack.refused((status, 400, 416), text, "INVITE", text, bob.aor, to=f"sip:callee@{t.domain}", device=bob)
    local, abroad = f"tel:123456;phone-context={t.domain}", "tel:123456;phone-context=+882"
    attack.refused(407, "credentials of another number", "INVITE", local, bob.aor, to=f"sip:callee@{t.domain}", device=bob,
                   change=lambda raw: raw.replace(f"INVITE {local} ".encode(), f"INVITE {abroad} ".encode()))
    attack.refused(410, "an extension that looks like a number", "INVITE", f"sip:+4930999@{t.domain}", bob.aor, device=bob)
    attack.refused(410, "the same by tel:", "INVITE", "tel:+49-30-999", bob.aor, device=bob)
    attack.refused(480, "a user who is named like a number", "INVITE", f"sip:+4977@{t.domain}", bob.aor, device=bob)
    trunk = t.endpoint(address=t.addresses.take_trusted(TRUNKS))
    attack.refused(404, "a trunk's call to a number", "INVITE", f"sip:+4930123456@{t.domain}", "sip:x@gateway.test", endpoint=trunk)
    for uri in ("tel:+4930123456", f"tel:030123456;phone-context={t.domain}", "tel:123456;phone-context=+4930"):
        attack.refused(404, f"a trunk's call to {uri}", "INVITE", uri, "sip:x@gateway.test", endpoint=trunk)
    attack.over()
