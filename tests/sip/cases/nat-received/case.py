# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings

ROUTES = True


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    plain = alice.phone("plain", rings(), ring_order=1)
    outside, natted = t.addresses.take(), alice.device("natted", ring_order=2)
    # A private Contact (RFC 1918), as phones behind a home router write it.
    natted.register("192.168.1.20", 5062, source=(outside, 5060))
    phone = natted.phone(answers(after=0.7), address=outside, register=False)

    known = t.stack.kamcmd("ul.lookup", "location", f"{natted.auth_username}@{natted.realm}")
    t.check("CFlags: 64" in known, f"nathelper pings contacts with the branch flag 6, and this one has: {known}")
    t.calls("1001").ends(200, after=0.7).over()

    phone.answered()
    t.equal(phone.leg().invite.uri.split(";")[0], "sip:phone@192.168.1.20:5062", "Request-URI")
    plain.rang(0.7).cancelled()
    t.equal(plain.leg().invite.uri, f"sip:phone@{plain.address}:5060", "Request-URI of the other")
