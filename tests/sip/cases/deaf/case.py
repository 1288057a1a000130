# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import GRACE, answers, deaf


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    first = alice.phone("first", deaf(), ring_order=1)
    second = alice.phone("second", answers(after=0.5), ring_order=2)

    call = t.calls("1001")

    call.ends(200, after=2.5 + GRACE)
    first.rang(2.0).cancelled()
    second.rang_after(call, 2 + GRACE)
    second.answered()
    call.over()
