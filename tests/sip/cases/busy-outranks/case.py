# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects


def run(t):
    calls = []
    for n, other in enumerate((480, 408, 404, 500, 302)):
        for busy_first in (0, 1):
            user = t.user(f"2{n}{busy_first}")
            user.phone("busy", rejects(486, after=0.2 if busy_first else 0.7))
            user.phone("other", rejects(other, after=0.7 if busy_first else 0.2))
            calls.append(user.username)
    caller = t.caller()
    for call in [caller.calls(username) for username in calls]:
        call.ends(486, after=0.7)
    t.nothing_rings()
