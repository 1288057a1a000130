# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.faults import PARAMETERS, SAYS_SO, Mirror
from harness.traffic import Traffic, wait_status

NOT_IN_LUA = "the database's faults: no matter of the script"
STACK = {"after": PARAMETERS.format(connect=500, query=1500)}
PAIRED = True
LIMIT = 60
HARMLESS = SAYS_SO
TOO_MANY = 201  # devices of a user


def locked(t, traffic, mirror):
    with traffic.through("a table is locked"):
        t.db.autocommit = False
        t.sql("LOCK TABLE sip_device IN ACCESS EXCLUSIVE MODE")
        with t.new_connection() as other:
            mirror.rename(other)
        mirror.is_stale(seconds=8)  # by the server's timeout or our own: they are equal
        t.db.commit()
        t.db.autocommit = True
        took = mirror.has_recovered(t.db)
    t.note(f"ready again {took:.1f} s after the lock was released")
    mirror.said(2)


def slow(t, traffic, mirror):
    """One answer takes a second, less than query_timeout. A change applies once it is read."""
    columns = t.sql("SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute"
                    " WHERE attrelid = 'mirror_device'::regclass AND attnum > 0")[0][0]
    with traffic.through("a view takes 1 s"):
        t.sql("ALTER VIEW mirror_device RENAME TO fast_device")
        t.sql(f"CREATE VIEW mirror_device AS SELECT {columns} FROM fast_device WHERE (SELECT pg_sleep(1)::text) IS NOT NULL")
        t.sql("GRANT SELECT ON mirror_device TO user_routing")
        mirror.rename(t.db)
        t.wait_for(mirror.knows_new_name, 4, "the change should be in force after the slow answer")
        t.check("state: ready" in mirror.status(), "a slow database is no database that is away")
        t.sql("DROP VIEW mirror_device")
        t.sql("ALTER VIEW fast_device RENAME TO mirror_device")
        t.pause(1)
        mirror.has_recovered(t.db)
    # that a view was made anew is noticed, and read
    lines = [line for line in mirror.log() if "recreated" not in line and "mirror ready" not in line]
    t.equal(lines, [], "lines of the log about a slow database")


def untakable(t, traffic, mirror):
    """A user with too many devices, and one from a custom view with an invalid value."""
    crowd, odd = t.user("7201"), t.user("7202")
    with traffic.through("rows can't be taken"):
        t.sql("ALTER TABLE sip_device DISABLE TRIGGER sip_device_limit_insert")
        t.sql(
            "INSERT INTO sip_device (user_id, auth_username, realm) SELECT %s, 'crowd-' || n, %s FROM generate_series(1, %s) n",
            (crowd.id, t.domain, TOO_MANY),
        )
        t.sql("ALTER TABLE sip_device ENABLE TRIGGER sip_device_limit_insert")
        definition = t.sql("SELECT pg_get_viewdef('mirror_user'::regclass)")[0][0]
        broken = re.sub(r"(\w+\.)?ring_strategy\b", f"CASE id WHEN '{odd.id}' THEN 'all' ELSE ring_strategy END AS ring_strategy", definition, 1)
        t.sql(f"CREATE OR REPLACE VIEW mirror_user AS {broken}")
        t.sql("NOTIFY user_routing, 'resync'")
        wait_status(t.stack, "skipped: 2", 5, "two users should be skipped")
        t.sql("NOTIFY user_routing, 'resync'")
        mirror.has_recovered(t.db)
        t.sql("DELETE FROM sip_device WHERE user_id = %s", (crowd.id,))
        t.sql(f"CREATE OR REPLACE VIEW mirror_user AS {definition}")
        t.sql("NOTIFY user_routing, 'resync'")
        wait_status(t.stack, "skipped: 0", 5, "none should be skipped any more")
    lines = [line for line in mirror.log() if "is skipped" in line]
    for user in (crowd, odd):
        t.equal(sum(user.id in line for line in lines), 1, f"lines about {user.id} in {lines}")
    t.note(" | ".join(line.split("(): ")[-1] for line in lines))


def run(t):
    mirror = Mirror(t, t.stack)
    traffic = Traffic(t)
    locked(t, traffic, mirror)
    slow(t, traffic, mirror)
    untakable(t, traffic, mirror)
