# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import crosses, rejects, rings


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    alice.phone("first", crosses(after=1.0, status="603 Decline"), ring_order=1)
    second = alice.device("second", ring_order=2)
    refuses = second.phone(rejects(606, after=1.0))
    on = second.phone(rings())

    t.calls("1001").ends(480)

    refuses.rejected(606)
    on.rang(2.0).cancelled()
    t.nothing_rings()
