# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings

EXPLAIN = "a phone unregisters while another one rings"


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    desk = alice.phone("desk", rings(), ring_order=1)
    soft = alice.device("soft", ring_order=2)
    gone = soft.phone(rings())

    call = t.calls("1001")
    desk.ringing()
    soft.unregister(gone)

    call.ends(480, after=2.0)
    desk.rang(2.0)
    t.nothing_rings()
    gone.never_rang()
