# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=5)
    alice.phone("first", rejects(486, after=0.3), ring_order=1)
    alice.phone("second", rejects(480, after=0.3), ring_order=2)
    alice.phone("third", rejects(404, after=0.3), ring_order=3)

    t.calls("1001").ends(486, after=0.9)
    t.nothing_rings()
