# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import EDGES
from harness.phone import answers


def run(t):
    device, edge = t.user("1001", ring_timeout_sec=5).device("behind"), t.addresses.take_trusted(EDGES)
    path = f"<sip:{edge}:5060;lr>"
    device.register("127.255.255.1", 5099, source=(edge, 5060), headers=[("Path", path), ("Supported", "path")])
    phone = device.phone(answers(after=0.5), address=edge, register=False)

    t.calls("1001").ends(200, after=0.5)

    phone.answered()
    t.equal(phone.leg().invite.uri, "sip:phone@127.255.255.1:5099", "Request-URI")
    t.equal(phone.leg().invite.all("Route"), [path], "Route")
