# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=10)
    alice.device("desk", ring_order=1).register(t.addresses.take())
    soft = alice.phone("soft", answers(after=0.2), ring_order=2)

    call = t.calls("1001")

    call.ends(200)
    soft.rang_after(call, 4.0)
    call.over()
