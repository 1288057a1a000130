# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import ELSEWHERE, answers, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    desk = alice.device("desk")
    soft = alice.device("soft")
    desk_phone, soft_phone = desk.phone(rings()), soft.phone(answers(after=1.5))

    call = t.calls("1001")
    desk_phone.ringing()
    t.pause(0.3)
    desk.unregister(desk_phone)
    soft.unregister(soft_phone)

    call.ends(200, after=1.5)
    desk_phone.cancelled(ELSEWHERE)
    soft_phone.answered()
    call.over()
