# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    first = alice.phone("first", rings(), ring_order=1)
    second = alice.phone("second", rings(), ring_order=2)

    call = t.calls("1001").proceeding()
    t.pause(1.0)
    call.cancel()

    call.ends(487, after=1.0)
    first.rang(1.0).cancelled()
    t.nothing_rings(2.5)
    second.never_rang()
