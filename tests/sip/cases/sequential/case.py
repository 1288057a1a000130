# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rejects, rings

ROUTES = True


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    third = alice.phone("third", answers(after=1.0), ring_order=30)
    first = alice.phone("first", rings(), ring_order=10)
    second = alice.phone("second", rejects(486, after=0.5), ring_order=20)

    call = t.calls("1001")

    call.ends(200, after=3.5)
    first.rang_after(call, 0.0).rang(2.0).cancelled()
    second.rang_after(call, 2.0).rejected(486)
    third.rang_after(call, 2.5).rang(1.0).answered()
    call.over()
    third.saw_bye()
    t.nothing_rings()
    for phone in first, second, third:
        phone.rang_times(1)
