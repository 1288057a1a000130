# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects

ODD = [
    "sip:%00@{d}", "sip:1001%00@{d}", "sip:%zz@{d}", "sip:%@{d}", "sip:\"1001\"@{d}", "sip:10'01@{d}",
    "sip:1001';DROP%20TABLE;--@{d}", "sip:\udcff\udcfe\udc80@{d}", "sip:100\udcc3@{d}", "sip:\u00e9l\u00e9na@{d}",
    "sip:" + "1" * 900 + "@{d}", "sip:1001@" + "a" * 900 + ".{d}", "sip:" + "%41" * 300 + "@{d}", "sip:@{d}", "sip:{d}",
    "sip:1001:secret@{d}", "sip:1001;x=y@{d}", "sip:1001@{d};transport=udp;x=" + "y" * 500, "sip:1001@{d}?Route=%3Csip:x%3E",
    "sip:1001@{d}.", "sip:1001@.{d}", "sip:1001@{d}:99999", "sip:<1001>@{d}", "sip:1001@1001@{d}", "tel:+4930123", "sip:", "1001",
    "urn:service:sos", "sips:1001@{d}", "sip:../../etc/passwd@{d}", "sip:$rU@{d}", "sip:{{s.len}}@{d}", "sip:*@{d}",
]


def run(t):
    t.user("1001").phone("desk", rejects(486, after=0.05))
    bob = t.caller()
    bob.calls("1001").ends(486)

    for pattern in ODD:
        uri = pattern.replace("{d}", t.domain)
        reply = bob.invites(uri, seconds=2.0)
        t.check(reply is not None, f"no answer to {uri!r}")
        t.check(400 <= reply.status < 700, f"{uri!r}: expected a refusal, saw {reply.first_line}")

    bob.calls("1001").ends(486)
