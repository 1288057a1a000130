# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    alice = t.user("1001")
    desk = alice.phone("desk", rings())
    alice.update(status="disabled")

    t.calls("1001").ends_at_once(404)

    t.pause(0.5)
    desk.never_rang()
