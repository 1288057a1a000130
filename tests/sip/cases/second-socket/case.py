# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import free_port
from harness.phone import answers, rings

OTHER = ("127.255.0.1", free_port("127.255.0.1"))
ROUTES = True
STACK = {"before": f"listen=udp:{OTHER[0]}:{OTHER[1]}"}


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    first = alice.phone("first", rings(), ring_order=1)
    usual, t.server = t.server, OTHER
    second = alice.phone("second", rings(), ring_order=2)
    t.server = usual
    third = alice.phone("third", answers(after=0.7), ring_order=3)

    t.calls("1001").ends(200, after=0.7).over()

    for phone, (host, port) in ((first, usual), (second, OTHER), (third, usual)):
        via = phone.leg().invite.header("Via")
        t.check(f"{host}:{port}" in via, f"{phone.name}: expected to be called from {host}:{port}, saw Via {via}")
