# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    desk = alice.device("desk", ring_order=1)
    here, there = desk.phone(rings()), desk.phone(rings())
    soft = alice.phone("soft", answers(after=0.5), ring_order=2)

    call = t.calls("1001")

    call.ends(200, after=2.5)
    here.rang_after(call, 0.0).rang(2.0).cancelled()
    there.rang_after(call, 0.0).rang(2.0).cancelled()
    soft.rang_after(call, 2.0).answered()
    call.over()
