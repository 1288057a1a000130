# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import signal

from harness.phone import rings

NOT_IN_LUA = "the module's timers: no matter of the script"
STACK = {}
LAG = 1.5  # seconds


def let_ticks_lag(t):
    pid = int(re.search(r"(?m)^\s*(\d+)\s+timer$", t.stack.kamcmd("core.ps")).group(1))
    os.kill(pid, signal.SIGSTOP)
    t.pause(LAG)
    os.kill(pid, signal.SIGCONT)


def run(t):
    users = []
    for number in ("1001", "1002"):
        user = t.user(number, ring_strategy="sequential", ring_timeout_sec=3)
        users.append((number, *(user.phone(name, rings(), ring_order=order) for order, name in enumerate(("desk", "soft")))))
    t.settle()
    let_ticks_lag(t)
    calls = []
    for number, *phones in users:
        calls.append((t.calls(number), *phones))
        t.pause(2.5)
    for call, desk, soft in calls:
        call.ends(480, after=6.0)
        desk.rang_after(call, 0.0).rang(3.0)
        soft.rang_after(call, 3.0).rang(3.0)
