# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import alternates, answers, rings


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    first = alice.device("first", ring_order=1)
    here, there = first.phone(alternates(every=0.7)), first.phone(rings())
    second = alice.phone("second", alternates(every=0.7), ring_order=2)
    third = alice.phone("third", answers(after=0.5), ring_order=3)

    call = t.calls("1001")

    call.ends(200, after=4.5)
    here.rang(2.0).cancelled()
    there.rang(2.0).cancelled()
    second.rang_after(call, 2.0).rang(2.0).cancelled()
    third.rang_after(call, 4.0).answered()
    call.over()
