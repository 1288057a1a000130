# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects, rings


def run(t):
    calls, others = [], []
    for status in (603, 600):
        user = t.user(f"1{status}", ring_strategy="sequential", ring_timeout_sec=5)
        user.phone("first", rejects(status, after=0.3), ring_order=1)
        others.append(user.phone("second", rings(), ring_order=2))
    caller = t.caller()
    calls = [caller.calls("1603"), caller.calls("1600")]

    for call in calls:
        call.ends(486, after=0.3)
    t.nothing_rings()
    for phone in others:
        phone.never_rang()
