# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import ELSEWHERE, answers, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    desk = alice.phone("desk", rings())
    soft = alice.phone("soft", answers(after=1.0))

    call = t.calls("1001")

    call.ends(200, after=1.0)
    desk.rang(1.0).cancelled(ELSEWHERE)
    soft.rang(1.0).answered()
    call.over()
    soft.saw_bye()
    t.nothing_rings()
