# SPDX-License-Identifier: GPL-2.0-or-later
import itertools
import os
import re
import signal
import statistics
import time

from harness.expect import wait_for
from harness.faults import SAYS_SO, SOON
from harness.load import ANSWERED, REGISTRATIONS, Load
from harness.memory import usage
from harness.net import free_address
from harness.postgres import Postgres
from harness.stalls import HOPS, Stalls
from harness.storm import Storm
from harness.watch import Watch

SECONDS = int(os.environ.get("SOAK_SECONDS") or 100)  # with all that is around it
AROUND = 28  # seconds to set up, to settle twice, and to end
WARM_UP = 40  # seconds of all that comes later, with a fault of each kind: connections, caches, first uses
BEGINS = 8  # seconds until there are as many transactions as ever
SHORTEST = 100
LIMIT = SECONDS + 60
ALONE = True
MEDIA = free_address()
STACK = {
    "before": f'#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"\n#!define WITH_MAX_CALLS',
    "after": SOON + """
modparam("user_routing", "audit_interval", 1000)
modparam("user_routing", "max_calls_per_device", 0)
modparam("registrar", "min_expires", 1)
""",
}
NOT_IN_LUA = "takes minutes, and the script has little to do with what it looks for"
EXPLAIN = "some thousands of calls, by SIPp alone"
# A CANCEL before there are branches: tm may have sent the 487 when the script sends it, or not.
HARMLESS = [*SAYS_SO, r"INVITE soak-.*failed to reply stateful"]

STORM = 300  # changed users a second
FAULTS = 7  # seconds from one to the next, or …
FAULTS_MAX = 90  # … so many of them in all
HANGS = 3  # seconds
RECOVERED = 5  # seconds at most after the database is there again
SHARED = 64_000  # bytes that shared memory may grow: fragments, contacts
# … and what a process has in RAM of its own, from the first quarter of the time to the last. The mirror's list of replaced
# records doubles when the database hangs for longer than it did before.
OWN = 1_000_000
HEARD = 1.0  # seconds until a caller hears something, besides what the machine itself takes


class Database:
    """What goes wrong with it, in turn."""

    def __init__(self, t):
        self._postgres, self._rpc = Postgres(t.stack), t.stack.rpc()
        self._faults = itertools.cycle([("restarted", self._restart), ("killed", self._kill), ("hung", self._hang)])
        self.recoveries = {}  # by what it was: seconds

    def _restart(self):
        self._postgres.end(signal.SIGINT)
        self._postgres.start()

    def _kill(self):
        self._postgres.end(signal.SIGKILL)
        self._postgres.start()

    def _hang(self):
        with self._postgres.hung():
            time.sleep(HANGS)

    def fault(self):
        """One fault, and the recovery."""
        name, what = next(self._faults)
        before = self._rpc.call("user_routing.status")["reconnects"]
        what()
        began = time.monotonic()
        wait_for(lambda: self._is_back(before), RECOVERED, f"the mirror should be ready again: {name}")
        self.recoveries.setdefault(name, []).append(time.monotonic() - began)

    def _is_back(self, reconnects):
        time.sleep(0.02)
        status = self._rpc.call("user_routing.status")
        return status["state"] == "ready" and status["reconnects"] > reconnects

    def close(self):
        self._rpc.close()


TABLES = {"users": "sip_user", "devices": "sip_device", "accounts": "account", "domains": "sip_domain",
          "extensions": "extension", "dids": "did", "targets": "route_target", "target_hosts": "target_host",
          "ring_groups": "ring_group"}


class Soak:
    def __init__(self, t):
        self._t = t
        self._load = Load(t, MEDIA, LIMIT)
        self._storm = Storm(t, STORM, self._load.phone)
        self._load.register_all()
        self._storm.all_is_there()
        self._database, self._stalls, self._rpc = Database(t), Stalls(t.folder), t.stack.rpc()

    def blow(self, what, seconds, before=None):
        """All of it for some seconds; then nobody calls, and the rows are what they were. What memory is used then,
        and what it was in the course of time; `before`: what was used before, for the report."""
        t, counted, begin = self._t, self._counters(), time.time()
        self._load.start()
        self._storm.begin()
        time.sleep(BEGINS)
        watch = Watch(t.stack, max(0.5, seconds / 200))
        self._faults(time.monotonic() + seconds - BEGINS, max(FAULTS, seconds / FAULTS_MAX))
        watch.stop()
        results = self._load.finish()
        end = time.time()
        self._storm.end()
        t.connect()
        self._storm.restore()
        left = usage(t.stack)
        if before:
            note_memory(t, before, left, watch)
        self._load.phones.all_is_over()
        t.note(f"{what}, {end - begin:.0f} s:")
        self._nothing_lost(results, self._stalls.worst(begin, end))
        self._all_counted(results, counted)
        self._same_as_database()
        return left, watch

    def _faults(self, end, every):
        while time.monotonic() + every < end:
            time.sleep(every)
            self._database.fault()
        time.sleep(max(0, end - time.monotonic()))

    def _counters(self):
        return {name: int(self._rpc.call("cnt.get", "user_routing", f"{name}_total")) for name in ("calls", "calls_answered")}

    def _nothing_lost(self, results, stall):
        t = self._t
        for name, result in results.items():
            heard = f"; heard after {1000 * statistics.median(result.waits):.0f} ms, at most {1000 * max(result.waits):.0f} ms"
            t.note(f"{name}: {result.begun}, {result.lost} lost, {result.sent_again} messages sent again" + heard)
        lost = {name: result for name, result in results.items() if result.lost}
        t.check(not lost, "lost: " + "; ".join(f"{r.lost} of {r.begun} {name}: {r.complaint}" for name, r in lost.items()))
        slowest = max(max(result.waits) for result in results.values())
        t.note(f"the longest until something was heard: {1000 * slowest:.0f} ms; the machine's worst stall {1000 * stall:.0f} ms")
        t.check(slowest <= HEARD + HOPS * stall, f"one waited {slowest:.2f} s until something was heard")

    def _all_counted(self, results, before):
        """The module has counted what SIPp has seen."""
        calls = {name: result for name, result in results.items() if name != REGISTRATIONS}
        wanted = {"calls": sum(result.begun for result in calls.values()),
                  "calls_answered": sum(calls[name].good for name in ANSWERED)}
        self._t.equal({name: value - before[name] for name, value in self._counters().items()}, wanted, "counters")

    def _same_as_database(self):
        t, status = self._t, self._t.stack.status()
        there = {name: str(t.sql(f"SELECT count(*) FROM {table}")[0][0]) for name, table in TABLES.items()}
        t.equal({name: status[name] for name in TABLES}, there, "what the mirror has of each")
        t.equal((status["state"], status["skipped"], status["drifts"]), ("ready", "0", "0"), "state, skipped rows, drifts")

    def note_changes(self):
        status = self._t.stack.status()
        self._t.note(f"{self._storm.changes} users changed; the mirror: {status['changes']} records read again,"
                     f" {status['resyncs']} full loads, {status['reconnects']} new connections, {status['drifts']} drifts")
        for what, seconds in self._database.recoveries.items():
            self._t.note(f"{what} {len(seconds)} times, ready again after"
                         f" {statistics.median(seconds):.1f} s, at most {max(seconds):.1f} s")

    def close(self):
        self._database.close()
        self._rpc.close()


def note_memory(t, before, after, watch):
    t.note(f"the module's blocks {before.blocks} → {after.blocks}, its table's buckets {before.buckets} → {after.buckets};"
           f" shared memory {before.shared} → {after.shared} bytes, under load {watch.shared}")
    t.note("process: private memory before and after, in bytes; under load, first to last quarter: of it in use; of RAM, its"
           " own; of RAM, all that it has touched")
    for name in filter(re.compile("receiver|mirror").search, watch.private):
        t.note(f"{name}: {before.private[name]} → {after.private[name]}; {watch.private[name]}; {watch.own[name]}; {watch.resident[name]}")


def no_growth(t, before, after, watch):
    after.is_level_of(before)
    t.check(after.shared - before.shared < SHARED, f"shared memory grew by {after.shared - before.shared} bytes")
    grown = {name: course for name, course in watch.own.items() if course.grown > OWN}
    t.check(not grown, "grown in RAM: " + "; ".join(f"{name}: {course}" for name, course in grown.items()))


def run(t):
    t.check(SECONDS >= SHORTEST, f"SOAK_SECONDS: {SHORTEST} at least")
    soak = Soak(t)
    try:
        before, _ = soak.blow("warm-up", WARM_UP)
        after, watch = soak.blow("then", SECONDS - AROUND - WARM_UP, before)
        soak.note_changes()
        no_growth(t, before, after, watch)
    finally:
        soak.close()
