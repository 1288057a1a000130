# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import PREMIUM, Attempts, Trap
from harness.hostile import PARSERS
from harness.net import free_address

GATEWAY = free_address()
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
HARMLESS = PARSERS
# Of the caller's address, in its URI or behind it: who attests to it, what kind of line it is, who pays.
PARAMS = ["verstat=TN-Validation-Passed", "cpc=operator", "isup-oli=23", "x-cli=+4911022", "rn=+4911022", "npdi", "evil=evil.test"]
# Tags that end their parameter or the address, once they are without quotes; and some of real phones.
TAGS = ['"abc;isup-oli=27;verstat=TN-Validation-Passed;cpc=payphone"', '"a>, <sip:boss@evil.test>;x=1"', '"a,b"', '"a b"', '"a?b"', '"a=b"', '"a<b"', r'"a\"b"', r'"a\\b"', '"a\tb"', "a\u00e4b", "a>,<sip:boss@evil.test"]
GOOD_TAGS = ["8a@192.0.2.1:5060/x", "{1-2}*$[3]#4!", '"quoted"']


def clean(t, message, what):
    for name in ("From", "To", "P-Asserted-Identity"):
        for value in message.all(name):
            t.check(not re.search("verstat|cpc|isup|x-cli|rn=|npdi|evil", value, re.I), f"{what}: {name} is {value!r}")


def run(t):
    gateway = Trap(t, GATEWAY)
    t.insert("cid_number", {"account_id": t.account, "e164": "4930101", "verified": 1})
    bob = t.user("1002", out_cid_number="4930101").device("bob")
    attack = Attempts(t, gateway)
    uri = f"sip:{PREMIUM}@{t.domain}"
    for param in PARAMS:
        for old, new in ((f"<{bob.aor}>;tag=", f"<{bob.aor}>;{param};tag="), (f"<{bob.aor}>", f"<{bob.aor};{param}>"),
                         (f"To: <{uri}>", f"To: <{uri};{param}>"), (f"To: <{uri}>", f"To: <{uri}>;{param}"), (f"To: <{uri}>", f"To: evil <{uri}>")):
            reply = attack.sends("INVITE", uri, bob.aor, device=bob, change=lambda raw, old=old, new=new: raw.replace(old.encode(), new.encode(), 1))
            t.equal(reply and reply.status, 486, f"{old!r} is {new!r}")
            clean(t, gateway.takes(1), f"{old!r} is {new!r}")
            attack.count += 1
    for tag in TAGS:
        attack.refused(400, f"tag={tag}", "INVITE", uri, bob.aor, device=bob, from_tag=tag)
    for tag in GOOD_TAGS:
        reply = attack.sends("INVITE", uri, bob.aor, device=bob, from_tag=tag)
        t.equal(reply and reply.status, 486, f"tag={tag}")
        t.equal(gateway.takes(1).header("From").split(";", 1)[1], "tag=" + tag.strip('"'), f"tag={tag}")
    attack.over()
