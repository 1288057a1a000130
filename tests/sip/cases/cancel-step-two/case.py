# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects, rings


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    alice.phone("first", rejects(486, after=0.5), ring_order=1)
    second = alice.phone("second", rings(), ring_order=2)
    third = alice.phone("third", rings(), ring_order=3)

    call = t.calls("1001")
    second.ringing()
    t.pause(0.5)
    call.cancel()

    call.ends(487, after=1.0)
    second.rang(0.5).cancelled()
    t.nothing_rings(2.5)
    third.never_rang()
