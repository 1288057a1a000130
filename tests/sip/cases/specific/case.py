# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import ELSEWHERE, answers, rings


def run(t):
    alice = t.user("1001", ring_strategy="specific", ring_timeout_sec=5)
    desk = alice.phone("desk", rings(), ring_specific=1)
    soft = alice.phone("soft", answers(after=1.0), ring_specific=1)
    other = alice.phone("other", rings())

    call = t.calls("1001")

    call.ends(200, after=1.0)
    desk.rang(1.0).cancelled(ELSEWHERE)
    soft.answered()
    call.over()
    t.nothing_rings()
    other.never_rang()
