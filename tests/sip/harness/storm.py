# SPDX-License-Identifier: GPL-2.0-or-later
"""An update storm: rows of all kinds change without a pause, in many transactions a second. The users that are called
stay who they are, and each call to them has one right end."""

import contextlib
import itertools
import random
import threading
import time

import psycopg2

from .phone import answers

RATE = 1000  # changed users a second
BEAT = 0.01  # seconds from one gust to the next
BULK = 2  # seconds from one change that is too large to be told row by row to the next
CROWD = 600  # users whom nobody calls
# Whose change is more than one record's; and what whoever calls them meanwhile must hear.
EXPECTED = {"7301": 200, "7302": 200, "7303": 200, "7304": 200, "7305": 200}

# Those that the storm changes, and what goes with a user who is removed.
_TABLES = ("sip_user", "sip_device", "user_rule", "ring_group_member")
# What rows are written with.
_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
_NAMES = "UPDATE sip_user SET display_name = %s, out_cid_name = %s WHERE id = ANY (%s)"
_RULES = """UPDATE sip_user SET dnd = %s, status = %s, ring_strategy = %s, ring_timeout_sec = %s, voicemail_id = %s,
    fwd_busy_kind = 'user', fwd_busy_id = id WHERE id = ANY (%s)"""
# Their order among each other stays.
_DEVICES = "UPDATE sip_device SET ring_order = (ring_order + 10) %% 20 WHERE user_id = ANY (%s)"


def _own_phone(user):
    user.phone("desk", answers(after=0.1))


class Storm:
    def __init__(self, t, rate=RATE, phone=_own_phone):
        """`rate`: of changed users a second. `phone`: gives a user one that answers."""
        self._t, self._rate, self._chosen, self._thread = t, rate, random.Random(1), None
        self.changes = 0  # of users, so far
        self._columns = {}
        for name in EXPECTED:
            phone(t.user(name))
        t.sql("INSERT INTO sip_device (user_id, auth_username, realm)"
              " SELECT id, '7304-moves', %s FROM sip_user WHERE username = '7304'", (t.domain,))
        t.sql("INSERT INTO sip_user (id, account_id, username) SELECT %s || n, %s, 'crowd-' || n FROM generate_series(1, %s) n",
              (f"us_{t.key}_c", t.account, CROWD))
        t.sql("INSERT INTO sip_device (id, user_id, auth_username, realm) SELECT 'dev_' || u.id, u.id, u.username, %s"
              " FROM sip_user u WHERE u.username LIKE 'crowd-%%'", (t.domain,))
        self._crowd = [row[0] for row in t.sql("SELECT id FROM sip_user WHERE username LIKE 'crowd-%%'")]

    def all_is_there(self):
        """The rows are now what restore() makes them again."""
        for table in _TABLES:
            self._t.sql(f"DROP TABLE IF EXISTS before_{table}")
            self._columns[table] = ", ".join(row[0] for row in self._t.sql(_COLUMNS, [table]))
            self._t.sql(f"CREATE TABLE before_{table} AS SELECT {self._columns[table]} FROM {table}")
        self._everybody = [row[0] for row in self._t.sql("SELECT id FROM sip_user")]

    def restore(self):
        with contextlib.closing(self._t.new_connection()) as db, db.cursor() as cursor:
            db.autocommit = False
            cursor.execute("DELETE FROM sip_user; DELETE FROM ring_group_member")
            for table in _TABLES:
                cursor.execute(f"INSERT INTO {table} ({self._columns[table]}) SELECT {self._columns[table]} FROM before_{table}")
            db.commit()
        self._t.changed()

    # -- the storm

    def blow(self, seconds, halfway):
        """In a thread, for that long; in its midst halfway() is called, e.g. to restart the database. wait() for it."""
        def run():
            self._gusts(self._until(seconds / 2))
            halfway()
            self._gusts(self._until(seconds / 2))
        self._start(run)

    def begin(self):
        """In a thread, until end(); through whatever happens to the database."""
        self._is_over = threading.Event()
        self._start(self._gusts_through_faults)

    def end(self):
        self._is_over.set()
        self.wait()

    @property
    def blows(self):
        return self._thread.is_alive()

    def wait(self):
        self._thread.join()
        if self._error:
            raise self._error

    def _start(self, run):
        def caught():
            try:
                run()
            except Exception as error:  # for the thread that waits
                self._error = error
        self._error = None
        self._thread = threading.Thread(target=caught, daemon=True)
        self._thread.start()

    @staticmethod
    def _until(seconds):
        end = time.monotonic() + seconds
        return lambda: time.monotonic() >= end

    def _gusts_through_faults(self):
        while not self._is_over.is_set():
            try:
                self._gusts(self._is_over.is_set)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                time.sleep(0.1)

    def _gusts(self, is_over):
        gusts = itertools.cycle([self._names, self._rules, self._names, self._devices, self._names, self._newcomers,
                                 self._swap, self._rebirth, self._move])
        begin = time.monotonic()
        bulk, changed = begin + BULK / 2, 0
        with contextlib.closing(self._t.new_connection()) as db, db.cursor() as cursor:
            db.autocommit = False
            while not is_over():
                while changed < (time.monotonic() - begin) * self._rate and not is_over():
                    count = next(gusts)(cursor)
                    db.commit()
                    changed += count
                    self.changes += count
                if time.monotonic() > bulk:
                    self._bulk(cursor)
                    db.commit()
                    bulk += BULK
                time.sleep(BEAT)

    # -- one transaction each; they return how many users they change

    def _some(self, users, count=20):
        return self._chosen.sample(users, count)

    def _text(self):
        return "x" * self._chosen.randrange(100)

    def _names(self, cursor):
        cursor.execute(_NAMES, (self._text(), self._text(), self._some(self._everybody)))
        return cursor.rowcount

    def _rules(self, cursor):
        choose = self._chosen.choice
        cursor.execute(_RULES, (choose((0, 1)), choose(("active", "disabled")), choose(("simultaneous", "sequential", "specific")),
                                choose(range(1, 600)), choose((None, "1", "2")), self._some(self._crowd)))
        return cursor.rowcount

    def _devices(self, cursor):
        chosen = self._some(self._everybody)
        cursor.execute(_DEVICES, (chosen,))
        return len(chosen)

    def _newcomers(self, cursor):
        """Twenty who are new, or go again."""
        cursor.execute("DELETE FROM sip_user WHERE username LIKE 'new-%'")
        if cursor.rowcount == 0:
            cursor.execute("INSERT INTO sip_user (id, account_id, username) SELECT %s || n, %s, 'new-' || n FROM generate_series(1, 20) n",
                           (f"us_{self._t.key}_n", self._t.account))
            cursor.execute("INSERT INTO sip_device (id, user_id, auth_username, realm) SELECT 'dev_' || id, id, username, %s"
                           " FROM sip_user WHERE username LIKE 'new-%%'", (self._t.domain,))
        return 20

    @staticmethod
    def _swap(cursor):
        """Two users swap their names."""
        for old, new in (("7301", "away"), ("7302", "7301"), ("away", "7302")):
            cursor.execute("UPDATE sip_user SET username = %s WHERE username = %s", (new, old))
        return 2

    def _rebirth(self, cursor):
        """A user is deleted, and made anew by another id with the same name and device."""
        cursor.execute("CREATE TEMP TABLE device ON COMMIT DROP AS SELECT d.* FROM sip_device d"
                       " JOIN sip_user u ON u.id = d.user_id WHERE u.username = '7303'")
        cursor.execute("DELETE FROM sip_user WHERE username = '7303' RETURNING id")
        (old,), = cursor.fetchall()
        new = old.removesuffix("_again") if old.endswith("_again") else old + "_again"
        cursor.execute("INSERT INTO sip_user (id, account_id, username) VALUES (%s, %s, '7303')", (new, self._t.account))
        cursor.execute("UPDATE device SET user_id = %s", (new,))
        cursor.execute("INSERT INTO sip_device SELECT * FROM device")
        return 1

    @staticmethod
    def _move(cursor):
        """A device goes from one user to another, or back."""
        cursor.execute("UPDATE sip_device d SET user_id = u.id FROM sip_user u WHERE d.auth_username = '7304-moves'"
                       " AND u.username IN ('7304', '7305') AND u.id <> d.user_id")
        return 2

    def _bulk(self, cursor):
        """Too many items for one transaction: everything is read again. And once more because somebody says so."""
        cursor.execute("UPDATE sip_user SET display_name = %s", (self._text(),))
        cursor.execute("UPDATE sip_user SET out_cid_name = %s", (self._text(),))
        cursor.execute("NOTIFY user_routing, 'resync'")
