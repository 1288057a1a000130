# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    desk = alice.phone("desk", answers(after=0.5))
    away = alice.phone("away", rings(), available=0)
    lost = alice.device("lost")
    broken = lost.phone(rings())
    lost.update(status="disabled")  # after it registered: its contact lives on
    alice.device("unregistered")

    call = t.calls("1001")

    call.ends(200, after=0.5)
    desk.answered()
    call.over()
    away.never_rang()
    broken.never_rang()
