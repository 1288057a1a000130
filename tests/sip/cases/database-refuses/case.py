# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib

import psycopg2

from harness.faults import SAYS_SO, SOON, Mirror
from harness.postgres import Postgres
from harness.traffic import Traffic, wait_status

NOT_IN_LUA = "the database's faults: no matter of the script"
STACK = {"after": SOON}
PAIRED = True
LIMIT = 60
HARMLESS = SAYS_SO
NEW = 2  # processes of PostgreSQL that may have begun meanwhile: the mirror's, autovacuum's
DROP_SESSION = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'user_routing'"


def read_only(t, traffic, mirror):
    """A read-only server still serves all reads, and announces changes that are made nevertheless."""
    with traffic.through("the database is read-only"):
        t.sql("ALTER SYSTEM SET default_transaction_read_only = on")
        t.sql("SELECT pg_reload_conf()")
        t.sql("SET default_transaction_read_only = off")
        t.pause(0.2)
        t.check("state: ready" in mirror.status(), "the mirror should go on")
        t.sql(DROP_SESSION)
        wait_status(t.stack, "reconnects: 1", 5, "the mirror should connect again")
        mirror.has_recovered(t.db)
        t.pause(1)
        t.sql("ALTER SYSTEM RESET default_transaction_read_only")
        t.sql("SELECT pg_reload_conf()")
    mirror.said(1)


def out_of_connections(t, traffic, mirror):
    postgres, others = Postgres(t.stack), []
    before = set(postgres.pids())

    def fill():
        with contextlib.suppress(psycopg2.OperationalError):
            while True:
                others.append(postgres.connect())

    def taken():
        """Who gets the free connection slot first: somebody else, or the mirror again?"""
        t.sql(DROP_SESSION)
        fill()
        t.pause(0.4)
        return "too many clients already" in mirror.status()

    fill()  # that takes CPU: not what is measured
    with traffic.through("the database is out of connections"):
        t.wait_for(taken, 5, "the mirror should find no connection")
        t.pause(1)
        mirror.rename(t.db)
        for other in others[:5]:  # all at once take CPU, too
            other.close()
        took = mirror.has_recovered(t.db)
    for other in others:
        other.close()
    # They are gone for us before they have ended, and that takes all CPUs for a second.
    t.wait_for(lambda: len(set(postgres.pids()) - before) <= NEW, 10, "the others' processes should end")
    t.note(f"ready again {took:.1f} s after connections were free")
    lines = mirror.log()  # how often the mirror was first is luck
    told, ready = (sum(text in line for line in lines) for text in ("too many clients already", "mirror ready"))
    t.check(1 <= told <= ready, f"the log should tell of it once each time: {lines}")


def schema(t, traffic, mirror, what, break_it, mend_it, notice, reason):
    """`notice`: what makes the mirror look."""
    with traffic.through(what):
        t.sql(break_it)
        t.sql(notice)
        mirror.is_stale(reason)
        t.pause(1)
        t.sql(mend_it)
        mirror.rename(t.db)
        took = mirror.has_recovered(t.db)
    t.note(f"ready again {took:.1f} s after it was mended")
    mirror.said(2, reason)


def run(t):
    mirror = Mirror(t, t.stack)
    traffic = Traffic(t)
    read_only(t, traffic, mirror)
    out_of_connections(t, traffic, mirror)
    away, back = "ALTER SCHEMA public RENAME TO away", "ALTER SCHEMA away RENAME TO public"
    schema(t, traffic, mirror, "the schema is gone", away, back, "NOTIFY user_routing, 'user us_x'", "apply it with sql/apply")
    schema(t, traffic, mirror, "the schema is gone as it connects", away, back, DROP_SESSION, "apply it with sql/apply")
    version = "CREATE OR REPLACE VIEW mirror_meta AS SELECT {0} AS schema_version, {0} AS compatible_from".format
    now = t.sql("SELECT schema_version FROM mirror_meta")[0][0]
    schema(t, traffic, mirror, "the schema is newer", version(999), version(now), DROP_SESSION, "install a newer module")
    schema(t, traffic, mirror, "the schema is older", version(1), version(now), DROP_SESSION, "run sql/apply")
