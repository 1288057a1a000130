# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects, rings

STACK = {"after": 'modparam("user_routing", "ring_timeout_total", 1)'}


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=3)
    alice.phone("first", rejects(480, after=1.0), ring_order=1)
    second = alice.phone("second", rings(), ring_order=2)
    third = alice.phone("third", rings(), ring_order=3)

    call = t.calls("1001")

    call.ends(480, after=3.0)
    second.rang_after(call, 1.0).rang(2.0).cancelled()
    t.nothing_rings()
    third.never_rang()
