# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects


def run(t):
    t.user("1001", id=f"us_{t.key}_a", fwd_always_kind="user", fwd_always_id=f"us_{t.key}_a")
    t.user("1002", id=f"us_{t.key}_b", fwd_always_kind="user", fwd_always_id=f"us_{t.key}_c")
    t.user("1003", id=f"us_{t.key}_c", fwd_always_kind="user", fwd_always_id=f"us_{t.key}_b")
    for n in range(50):
        t.user(f"2{n:03}", id=f"us_{t.key}_n{n}", fwd_always_kind="user", fwd_always_id=f"us_{t.key}_n{n + 1}")
    for number in ("1001", "1002", "2000"):
        t.calls(number).ends_at_once(480)
    log = t.stack.log_text()
    t.check("user 1002 → user 1003 → user" in log, "the log should show the chain of the loop")
    t.check("user 2008 → user 2009 → user" in log and "max_hops" in log, "the log should say that max_hops was reached")

    ann = t.user("1004", id=f"us_{t.key}_ann", fwd_busy_kind="user", fwd_busy_id=f"us_{t.key}_ben")
    ben = t.user("1005", id=f"us_{t.key}_ben", fwd_busy_kind="user", fwd_busy_id=f"us_{t.key}_ann")
    hers, his = ann.phone("hers", rejects(486, after=0.2)), ben.phone("his", rejects(486, after=0.2))
    t.calls("1004").ends(486, after=0.4)
    t.nothing_rings()
    t.equal((len(hers.legs), len(his.legs)), (1, 1), "calls at her phone and at his")
