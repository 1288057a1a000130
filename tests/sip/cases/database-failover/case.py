# SPDX-License-Identifier: GPL-2.0-or-later
import os
import signal

from harness.faults import SAYS_SO, SOON, Mirror
from harness.postgres import Postgres, Standby
from harness.spare import SpareKamailio, database_url
from harness.traffic import Traffic, wait_status

NOT_IN_LUA = "the database's faults: no matter of the script"
STACK = {"after": SOON}
PAIRED = True
LIMIT = 60
HARMLESS = SAYS_SO


def fail_over(t, primary, standby, mirror, traffic):
    with traffic.through("the primary is killed and the standby promoted"):
        mirror.rename(primary.connect())
        standby.has_caught_up(primary)
        primary.end(signal.SIGKILL)
        mirror.is_stale("session is read-only")
        t.pause(1)
        standby.promote()
        mirror.rename(standby.connect())
        took = mirror.has_recovered(standby.connect())
    t.note(f"ready again {took:.1f} s after the standby was promoted")
    mirror.said(4)  # lost; either host has its reason, and may be slow to give it


def standby_alone(t, standby):
    """A standby can't be mirrored: the module says why, and what to do."""
    folder = os.path.join(t.folder, "alone")
    os.mkdir(folder)
    url = database_url(t.stack, host="127.0.0.1", port=standby.port, target_session_attrs="any")
    spare = SpareKamailio(t.stack, folder, UR_DB_URL=f'"{url}"')
    try:
        wait_status(spare, "a standby can't tell of changes", 5, "last_error should say what to do")
    finally:
        spare.stop()


def run(t):
    primary = Postgres(t.stack)
    standby = Standby(t.stack, primary)
    try:
        standby_alone(t, standby)
        ports = f"{t.stack.env['PGPORT']},{standby.port}"
        url = database_url(t.stack, host="127.0.0.1,127.0.0.1", port=ports, target_session_attrs="read-write")
        spare = SpareKamailio(t.stack, t.folder, UR_DB_URL=f'"{url}"')
        try:
            t.server = spare.server
            mirror = Mirror(t, spare)
            mirror.is_ready()
            traffic = Traffic(t)
            mirror.log()
            fail_over(t, primary, standby, mirror, traffic)
            t.equal(spare.serious_log_lines(SAYS_SO), [], "serious lines in the log")
        finally:
            spare.stop()
    finally:
        standby.stop()
