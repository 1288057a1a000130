# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=2)
    desk = alice.phone("desk", rings())
    door = alice.device("door", ring_on_fork=0)
    door_phone = door.phone(answers(after=0.5))

    t.calls("1001").ends(480, after=2.0)
    desk.rang(2.0)
    door_phone.never_rang()

    call = t.calls(door.aor)
    call.ends(200, after=0.5)
    door_phone.answered()
    call.over()
    t.nothing_rings()
    desk.rang_times(1)
