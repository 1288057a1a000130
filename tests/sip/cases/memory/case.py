# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.mixed import Mix

STACK = {}
LIMIT = 120
GONE = 7  # seconds until tm has freed a transaction (wt_timer 5 s, and a round of its timer)


def memory(t):
    """Used bytes: shared, and of each process by pid."""
    shared = int(re.search(r"real_used: (\d+)", t.stack.kamcmd("core.shmmem"))[1])
    entries = re.findall(r"pid: (\d+).*?\bused: (\d+)", t.stack.kamcmd("pkg.stats"), re.DOTALL)
    return shared, {pid: int(used) for pid, used in entries}


def run(t):
    mix = Mix(t)
    mix.run(50)  # connections, caches, first uses
    t.pause(GONE)
    shared, private = memory(t)
    mix.run(150)
    t.pause(GONE)
    shared_after, private_after = memory(t)

    grown = shared_after - shared
    t.check(grown < 2_000, f"shared memory grew by {grown} bytes over 150 calls")
    for pid, used in private.items():
        grown = private_after[pid] - used
        t.check(grown < 2_000, f"private memory of process {pid} grew by {grown} bytes over 150 calls")
