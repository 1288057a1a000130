# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import deaf, rejects


def run(t):
    alice = t.user("1001", ring_timeout_sec=3)
    alice.phone("desk", rejects(603, after=0.3))
    soft = alice.phone("soft", deaf())

    t.calls("1001").ends(486)

    soft.cancelled()
    t.nothing_rings()
