# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings, silent


def run(t):
    alice = t.user("1001", ring_timeout_sec=6)
    alice.phone("desk", silent())
    soft = alice.phone("soft", rings())

    call = t.calls("1001")

    call.ends(480, after=6.0)
    soft.rang(6.0).cancelled()
