# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=2)
    alice.phone("desk", rejects(606, after=0.3))
    alice.phone("fax", rejects(604, after=0.3))
    soft = alice.phone("soft", rings())

    t.calls("1001").ends(480, after=2.0)

    soft.rang(2.0).cancelled()
    t.nothing_rings()
