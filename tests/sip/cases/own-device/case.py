# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    desk = alice.device("desk")
    desk_phone = desk.phone(rings())
    soft = alice.phone("soft", answers(after=0.5))

    call = desk.calls("1001")

    call.ends(200, after=0.5)
    soft.answered()
    call.over()
    desk_phone.never_rang()
