# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import signal
import time

from harness.faults import SAYS_SO, SOON
from harness.postgres import Postgres

STACK = {"after": SOON}
LIMIT = 60
HARMLESS = SAYS_SO
RECORDS = ["users", "devices", "accounts", "domains", "extensions", "dids", "targets", "target_hosts",
           "rules", "schedules", "caller_lists", "ring_groups"]
EVENTS = ["changes", "resyncs", "skipped", "drifts", "reconnects"]


def figures(t, rpc, alice):
    before = rpc.call("user_routing.stats")
    t.equal(sorted(before), sorted([*RECORDS, *EVENTS, "bytes", "buckets"]), "what there is in stats")
    t.check(all(isinstance(value, int) and value >= 0 for value in before.values()), f"numbers only: {before}")
    t.equal(before["users"], t.sql("SELECT count(*) FROM sip_user")[0][0], "users")
    t.equal(before["devices"], t.sql("SELECT count(*) FROM sip_device")[0][0], "devices")
    t.check(before["buckets"] >= 4096, f"buckets: {before['buckets']}")
    alice.device("soft")
    t.settle()
    after = rpc.call("user_routing.stats")
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    t.check(100 < grown.pop("bytes") < 1000, f"bytes of one more device: {after['bytes'] - before['bytes']}")
    grown.pop("buckets", None)
    t.equal(grown, {"devices": 1, "changes": 1}, "what a new device changes")


def ready(t, rpc):
    status = rpc.call("user_routing.status")
    t.equal((status["state"], status["phase"], status["lag_ms"], status["retry_in_ms"]), ("ready", "listening", 0, 0), "status")
    t.check(0 <= status["apply_ms"] < 1000, f"a change takes milliseconds: {status['apply_ms']}")
    t.check(0 <= status["heard_ago_ms"] < 2000, f"the database is asked twice a second: {status['heard_ago_ms']}")
    t.check(status["last_change"] > 0, "there was a change")
    return status


def away(t, rpc, postgres, alice):
    """The lag counts from the last contact with the database; a resync requested meanwhile runs when it returns."""
    postgres.end(signal.SIGINT)
    t.wait_for(lambda: rpc.call("user_routing.status")["state"] == "stale", 5, "the mirror should notice")
    t.pause(1)
    t.wait_for(lambda: rpc.call("user_routing.status")["retry_in_ms"] > 0, 2, "it should say when it tries again")
    status = rpc.call("user_routing.status")
    t.check(status["phase"] in ("paused", "connecting"), f"phase: {status['phase']}")
    t.check(1000 <= status["lag_ms"] <= status["heard_ago_ms"], f"lag: {status['lag_ms']}, heard {status['heard_ago_ms']} ago")
    t.check(status["last_error"], "there should be an error")
    t.equal(status["last_error_over"], 0, "last_error_over, while the database is away")
    t.check(abs(status["last_error_at"] - time.time()) < 30, f"last_error_at is {status['last_error_at']}")
    answer = rpc.call("user_routing.resync")
    t.check("out of reach" in answer["asked"], f"resync should say so: {answer}")
    t.equal(answer["done_at"], answer["resyncs"] + 1, "done_at")
    postgres.start()
    t.connect()
    alice.update(username="1002")
    t.wait_for(lambda: rpc.call("user_routing.status")["resyncs"] >= answer["done_at"], 5, "everything should be read again")
    t.settle()  # the mirror may have been back before the name was changed
    t.equal(rpc.call("user_routing.show", alice.id)["username"], "1002", "the new name")
    t.pause(1)
    status = ready(t, rpc)
    t.equal(status["resyncs"], answer["done_at"], "full loads: one for the return, none for the request")
    t.equal((bool(status["last_error"]), status["last_error_over"]), (True, 1), "the error is still there, and over")


def documented(t):
    for command in t.stack.kamcmd("system.listMethods").split():
        if command.startswith("user_routing."):
            text = t.stack.kamcmd("system.methodHelp", command)
            t.check(len(text) > 60 and "undocumented" not in text, f"{command} should say what it does: {text}")


def run(t):
    postgres = Postgres(t.stack)
    alice = t.user("1001")
    alice.device("desk")
    t.settle()
    with contextlib.closing(t.stack.rpc()) as rpc:
        documented(t)
        figures(t, rpc, alice)
        ready(t, rpc)
        t.check("lag_ms: 0" in t.stack.kamcmd("user_routing.status"), "kamcmd should show it")
        t.check("bytes: " in t.stack.kamcmd("user_routing.stats"), "kamcmd should show it")
        away(t, rpc, postgres, alice)
