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
LIMIT = 150
LOUD = True
HARMLESS = SAYS_SO


def restart(postgres):
    postgres.end(signal.SIGINT)
    postgres.start()


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
    left, heap = usage(t.stack), mirror_heap(t.stack)
    after = t.stack.status()
    t.equal((after["users"], after["devices"]), (before["users"], before["devices"]), "users and devices")
    t.equal(after["skipped"], "0", "skipped rows")
    done = {name: int(after[name]) - int(before[name]) for name in ("changes", "resyncs", "drifts")}
    t.check(done["resyncs"] > 0, f"the storm should have led to full loads: {done}")
    t.equal(done["drifts"], 0, "drifts")
    t.note(f"{storm.changes} changes so far; the mirror: {done}")
    return left, heap


def same_level(t, before, after, heap_before, heap_after):
    """In bytes there are bounds: a block may be some bytes larger than what was asked for, and lists that have grown keep
    their room."""
    t.note(f"the module's blocks {before.blocks} → {after.blocks}, shared memory {before.shared} → {after.shared},"
           f" the mirror's from malloc {heap_before} → {heap_after}")
    after.is_level_of(before)
    t.check(after.shared - before.shared < 64_000, "shared memory grew")
    t.check(heap_after - heap_before < 10_000, "the mirror's process grew")


def run(t):
    postgres, storm = Postgres(t.stack), Storm(t)
    mix = Mix(t, slower=2, also=EXPECTED)
    traffic = Traffic(t)
    storm.all_is_there()

    before, heap_before = blow(t, mix, traffic, storm, postgres, 12)
    traffic.start()
    after, heap_after = blow(t, mix, traffic, storm, postgres, 24)
    same_level(t, before, after, heap_before, heap_after)
