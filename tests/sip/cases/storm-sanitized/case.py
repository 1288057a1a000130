# SPDX-License-Identifier: GPL-2.0-or-later
import signal

from harness.faults import SAYS_SO, SOON
from harness.memory import mirror_heap, usage
from harness.mixed import Mix
from harness.postgres import Postgres
from harness.stack import SANITIZED
from harness.storm import EXPECTED, Storm
from harness.traffic import Traffic, wait_status

STACK = {
    **SANITIZED,
    # All that the mirror does on its own goes on in the storm, too.
    "after": SOON + """
modparam("user_routing", "audit_interval", 1000)
modparam("user_routing", "snapshot_file", "{run_dir}/snapshot")
modparam("user_routing", "snapshot_interval", 1)
""",
}
EXPLAIN = "rows change between the question and the call, and again before it is asked once more"
NOT_IN_LUA = "the mirror's work: no matter of the script"
LIMIT = 180
LOUD = True
HARMLESS = SAYS_SO
STORMS = 3  # at most, after the first
ROOM = 10_000  # bytes that libraries may keep


def restart(postgres):
    postgres.end(signal.SIGINT)
    postgres.start()


def heap_alone(t, postgres):
    """What the mirror's process has from malloc while it is not connected: libpq's buffers, whose size is chance, are none of
    it. (While it tries to connect there are some for a moment.)"""
    postgres.end(signal.SIGINT)
    wait_status(t.stack, "state: stale", 5, "the mirror should have lost its connection")
    heap = min(mirror_heap(t.stack) for _ in range(5))
    postgres.start()
    t.connect()
    wait_status(t.stack, "state: ready", 5, "the mirror should be connected again")
    return heap


def blow(t, mix, traffic, storm, postgres, seconds):
    """A storm, with all that calls. Then nobody calls, and the rows are what they were before; what memory is used then."""
    before = t.stack.status()
    with traffic.through(f"{seconds} s of a storm", in_time=False):
        storm.blow(seconds, lambda: restart(postgres))
        while storm.blows:
            mix.run(16)
            for name in EXPECTED:
                t.stack.kamcmd("user_routing.explain_tree", f"{name}@{t.domain}", ".")
        storm.wait()
    t.connect()
    storm.restore()
    traffic.stop()
    wait_status(t.stack, "state: ready", 5, "the mirror should have recovered")
    left = usage(t.stack)
    after = t.stack.status()
    t.equal((after["users"], after["devices"]), (before["users"], before["devices"]), "users and devices")
    t.equal(after["skipped"], "0", "skipped rows")
    done = {name: int(after[name]) - int(before[name]) for name in ("changes", "resyncs", "drifts")}
    t.check(done["resyncs"] > 0, f"the storm should have led to full loads: {done}")
    t.equal(done["drifts"], 0, "drifts")
    t.note(f"{storm.changes} changes so far; the mirror: {done}")
    return left, heap_alone(t, postgres)


def same_level(t, before, after):
    """In bytes of shared memory there is a bound: a block may be some bytes larger than what was asked for."""
    after.is_level_of(before)
    t.check(after.shared - before.shared < 64_000, "shared memory grew")


def run(t):
    """The mirror's lists keep the room that the largest batch so far took, and a later storm may bring a larger one. A leak
    grows in every storm, room does not: one storm of STORMS must leave what was there before it."""
    postgres, storm = Postgres(t.stack), Storm(t)
    mix = Mix(t, slower=2, also=EXPECTED)
    traffic = Traffic(t)
    storm.all_is_there()

    first, heap = blow(t, mix, traffic, storm, postgres, 12)
    for _ in range(STORMS):
        traffic.start()
        after, heap_after = blow(t, mix, traffic, storm, postgres, 16)
        t.note(f"the module's blocks {first.blocks} → {after.blocks}, shared memory {first.shared} → {after.shared},"
               f" the mirror's from malloc {heap} → {heap_after}")
        same_level(t, first, after)
        if heap_after - heap < ROOM:
            return
        heap = heap_after
    t.check(False, f"the mirror's process grew by more than {ROOM} bytes in each storm")
