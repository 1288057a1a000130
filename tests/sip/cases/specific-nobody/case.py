# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    alice = t.user("1001", ring_strategy="specific")
    desk = alice.phone("desk", rings())

    t.calls("1001").ends_at_once(480)

    t.pause(0.5)
    desk.never_rang()
