# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings, silent


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=10)
    first = alice.phone("first", silent(), ring_order=1)
    second = alice.phone("second", rings(), ring_order=2)

    call = t.calls("1001")
    first.ringing()
    t.pause(1.0)
    call.cancel()

    # tm answers when the leg has ended: it may not CANCEL what it has not heard of (RFC 3261, 9.1).
    call.ends(487)
    t.check(call.lasted < 4.5, f"expected the end within fr_timer, it took {call.lasted:.1f} s")
    t.nothing_rings(4.5)
    second.never_rang()
