# SPDX-License-Identifier: GPL-2.0-or-later
from harness.expect import Unexpected
from harness.memory import usage
from harness.mixed import Mix

ALONE = True  # a process that waits for the others has more of the calls at once, and takes more memory for them
STACK = {}
LIMIT = 180


def calls(t, mix):
    """Places a hundred; what is used before and after."""
    before = usage(t.stack)
    mix.run(100)
    after = usage(t.stack)
    after.is_level_of(before)
    grown = after.shared - before.shared
    t.note(f"shared memory grew by {grown} bytes over 100 calls")
    t.check(grown < 5_000, f"shared memory grew by {grown} bytes over 100 calls")


def run(t):
    mix = Mix(t)
    mix.run(100)  # connections, caches, first uses: by each process, of each kind
    try:
        calls(t, mix)
    except Unexpected as first:  # a kind of call may have come to a process only now; a leak comes each time
        t.note(f"once more, as {first}")
        calls(t, mix)
