# SPDX-License-Identifier: GPL-2.0-or-later
from harness.memory import usage
from harness.mixed import Mix

ALONE = True  # a process that waits for the others has more of the calls at once, and takes more memory for them
STACK = {}
LIMIT = 120


def run(t):
    mix = Mix(t)
    mix.run(50)  # connections, caches, first uses
    before = usage(t.stack)
    mix.run(150)
    after = usage(t.stack)

    after.is_level_of(before)
    grown = after.shared - before.shared
    t.note(f"shared memory grew by {grown} bytes over 150 calls")
    t.check(grown < 5_000, f"shared memory grew by {grown} bytes over 150 calls")
