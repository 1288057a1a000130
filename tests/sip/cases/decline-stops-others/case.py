# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    alice.phone("desk", rejects(603, after=0.5))
    soft = alice.phone("soft", rings())

    t.calls("1001").ends(486, after=0.5)

    soft.rang(0.5).cancelled()
    t.nothing_rings()
