# SPDX-License-Identifier: GPL-2.0-or-later
import os
import subprocess

from harness.caller import placed_scenario
from harness.load import Stream
from harness.net import TRUNKS
from harness.phone import answers
from harness.postgres import Postgres
from harness.records import DATABASE, record, records
from harness.faults import SAYS_SO, SOON

ROUTES = True
LIMIT = 90
BACKLOG = 150   # records: a loop of the native script runs 100 times at most
STACK = {"before": DATABASE, "after": SOON + 'modparam("db_postgres", "timeout", 1)\nmodparam("dialog", "default_timeout", 3)'}
EXPLAIN = "it is about what is written of a call"
# Of the process that writes; tests/stack/up asks whether it is ready, and does not wait for a slow answer; and dialog, for which a
# call is over after 3 s here, may hear of its end once more.
HARMLESS = [*SAYS_SO, r"db_postgres|sqlops|db_do_", r"tsend_dgram_ev", r"ctl .*rpc_send", r"next_state_dlg\(\): bogus event"]
SQL = os.path.normpath(os.path.join(os.path.dirname(__file__), "../../../../sql/records.sql"))


def add_tables(t):
    for _ in range(2):   # again: it changes nothing
        done = subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", SQL, t.stack.env["DATABASE_URL"]], capture_output=True, text=True, check=False)
        t.equal(done.returncode, 0, f"sql/records.sql: {done.stderr}")
    t.sql("ALTER ROLE user_routing_records PASSWORD 'records'")


def rows(t):
    names = [name for name, in t.sql("SELECT attname FROM pg_attribute WHERE attrelid = 'call_record'::regclass AND attnum > 0 ORDER BY attnum")]
    return [dict(zip(names, row)) for row in t.sql("SELECT * FROM call_record ORDER BY began, call_id COLLATE \"C\"")]


def same(t, count):
    """Each record in the log is a row, once."""
    t.wait_for(lambda: t.sql("SELECT count(*) FROM call_record") == [(count,)], 20, f"{count} records in the database")
    logged = sorted(records(t), key=lambda r: (float(r["began"]), r["call_id"]))
    t.equal(len(logged), count, "records in the log")
    for line, row in zip(logged, rows(t)):
        for name in ("began", "answered", "ended"):
            t.check(line[name] == "" and row[name] is None or abs(row[name].timestamp() - float(line[name])) < 0.001, f"{name}: {line}, {row}")
        for name in set(line) - {"began", "answered", "ended", "seconds"}:
            t.equal("" if row[name] is None else str(row[name]), line[name], f"{name} of {line}")


def place_many(t, callee):
    """BACKLOG calls that are refused with 486, within 2 s."""
    scenario = placed_scenario("sip:[field0]", "<sip:+493012345@trunk.test>", "refused", status=486)
    options = ("-m", str(BACKLOG))
    calls = Stream(t, "backlog", scenario, t.addresses.take_trusted(TRUNKS), BACKLOG // 2, [f"{callee}@{t.domain}"], t.domain, 30, options)
    t.background.append(calls)
    t.equal(calls.sipp.wait(30), 0, f"SIPp's exit status: {calls.sipp.complaints()[:1]}")


def run(t):
    if "SIP_TESTS_LUA" in os.environ:   # there sqlops connects at the start only
        add_tables(t)
        t.stack.stop_kamailio()
        os.environ["PGPORT"] = t.stack.env["PGPORT"]
        t.stack.start_kamailio()
    alice, bob = t.user("1001"), t.user("1000").device("bob")
    alice.phone("desk", answers(after=0.05))
    t.user("1002", dnd=1)
    long = bob.calls("1001", talk=None).ends(200)
    bob.calls("1001").ends(200).over()
    add_tables(t)
    bob.calls("1002").ends(486)
    t.stranger_calls("1001", "<sip:+49')--30@carrier.test>", address=t.addresses.take_trusted(TRUNKS)).ends(200).over()
    record(t, long, status="200", ended_by="server", device=f"1001-desk@{t.domain}")   # nobody has hung up
    same(t, 4)
    long.hang_up().over()
    postgres = Postgres(t.stack)
    with postgres.hung():
        for _ in range(3):
            call = bob.calls("1001", talk=0.2).ends(200, after=0.05).over(within=2)
            t.check(call.lasted < 0.5, "no call waits for the database")
            bob.calls("1002").ends_at_once(486)
        place_many(t, "1002")
    same(t, 10 + BACKLOG)
    t.equal(t.sql("SELECT has_table_privilege('user_routing_records', 'call_record', 'SELECT, INSERT, UPDATE, DELETE')"), [(False,)], "rights on the table")
