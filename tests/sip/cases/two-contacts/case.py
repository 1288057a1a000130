# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import ELSEWHERE, answers, rings


def run(t):
    desk = t.user("1001", ring_timeout_sec=5).device("desk")
    here = desk.phone(rings())
    there = desk.phone(answers(after=1.0))

    call = t.calls("1001")

    call.ends(200, after=1.0)
    here.rang_after(call, 0.0).rang(1.0).cancelled(ELSEWHERE)
    there.rang_after(call, 0.0).answered()
    call.over()
