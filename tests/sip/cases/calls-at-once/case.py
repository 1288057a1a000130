# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=3)
    desk = alice.phone("desk", rings())
    soft = alice.phone("soft", answers(after=1.0))
    caller = t.caller()

    calls = [caller.calls("1001") for _ in range(5)]

    for call in calls:
        call.ends(200, after=1.0).over()
    t.equal((len(desk.legs), len(soft.legs)), (5, 5), "calls at desk and soft")
    t.check(all(leg.cancel for leg in desk.legs), "each leg of desk gets its CANCEL")
    t.nothing_rings()
