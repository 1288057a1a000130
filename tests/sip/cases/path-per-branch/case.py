# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import EDGES
from harness.phone import answers, rings

ROUTES = True


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    plain = alice.phone("plain", rings(), ring_order=1)
    # The phone listens where the edge proxy would; its contact is an address it cannot be reached at.
    edge, behind = t.addresses.take_trusted(EDGES), alice.device("behind", ring_order=2)
    path = f"<sip:{edge}:5060;lr>"
    behind.register("127.255.255.1", 5099, source=(edge, 5060), headers=[("Path", path), ("Supported", "path")])
    edge_phone = behind.phone(answers(after=1.0), address=edge, register=False)
    last = alice.phone("last", rings(), ring_order=3)

    call = t.calls("1001")

    call.ends(200, after=1.0)
    edge_phone.answered()
    call.over()
    invite = edge_phone.leg().invite
    t.equal(invite.uri, "sip:phone@127.255.255.1:5099", "Request-URI behind the edge")
    t.equal(invite.all("Route"), [path], "Route behind the edge")
    for phone in plain, last:
        phone.rang(1.0).cancelled()
        t.equal(phone.leg().invite.all("Route"), [], f"Route of {phone.name}")
        t.equal(phone.leg().invite.uri, f"sip:phone@{phone.address}:5060", f"Request-URI of {phone.name}")
