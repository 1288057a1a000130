# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, silent


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=10)
    alice.phone("desk", silent(), ring_order=1)
    soft = alice.phone("soft", answers(after=0.5), ring_order=2)

    call = t.calls("1001")

    call.ends(200, after=4.5)
    soft.rang_after(call, 4.0).answered()
    call.over()
