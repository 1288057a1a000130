# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=2)
    desk = alice.phone("desk", rings())
    soft = alice.phone("soft", rings("183 Session Progress"))

    call = t.calls("1001")

    call.ends(480, after=2.0)
    desk.rang(2.0).cancelled()
    soft.rang(2.0).cancelled()
    t.nothing_rings()
