# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects


def run(t):
    phone = t.user("1001").phone("desk", rejects(486, after=0.05))
    host, port = t.server

    for count, uri in enumerate((f"sip:1001@{t.domain};user=phone", f"sip:1001@{t.domain};transport=udp;x=y"), 1):
        t.calls(uri).ends(486)
        phone.rang_times(count)
        t.equal(phone.leg().invite.uri, f"sip:phone@{phone.address}:5060", "Request-URI at the phone")
