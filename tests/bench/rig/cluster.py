# SPDX-License-Identifier: GPL-2.0-or-later
"""A PostgreSQL of the benchmark's own, and the users in it."""

import os
import secrets
import shlex
import signal
import subprocess
from contextlib import closing

import psycopg2

from harness.net import free_port

from . import BENCH, BUILD_DIR, DOMAIN, groups
from .peer import TRUNK
from .process import children, wait_gone

# Nobody listens yet, and the rows refer to each other as they should: no triggers.
PROBED = "probe"  # a user whose rules change while it is called
_USERS = """
SET session_replication_role = replica;
INSERT INTO account (id, name) VALUES ('acc_bench', 'Bench');
INSERT INTO sip_domain (domain, account_id) VALUES (%(domain)s, 'acc_bench');
INSERT INTO sip_user (account_id, username, display_name, voicemail_id)
SELECT 'acc_bench', 'u' || n, 'User ' || n, 'box' || n FROM generate_series(0, %(users)s - 1) AS n;
INSERT INTO sip_device (user_id, auth_username, realm, ha1, ring_order)
SELECT u.id, u.username || '-' || d.name, %(domain)s, md5(u.username), d.ring_order
FROM sip_user u, (VALUES ('desk', 1), ('soft', 2)) AS d (name, ring_order)
WHERE u.account_id = 'acc_bench';
INSERT INTO sip_user (account_id, username) VALUES ('acc_bench', %(probed)s);
"""

# Rules of each user, all of which are asked and none holds: each has hours that last, and a list of numbers that are not
# the caller's.
ENTRIES = 1000  # of a list
_RULES = """
SET session_replication_role = replica;
INSERT INTO schedule (id, account_id, name) VALUES ('sch_bench', 'acc_bench', 'Always');
INSERT INTO schedule_window (schedule_id, from_time, to_time) VALUES ('sch_bench', '00:00', '24:00');
INSERT INTO caller_list (id, account_id, name) SELECT 'cl_' || n, 'acc_bench', 'List ' || n FROM generate_series(1, %(rules)s) AS n;
INSERT INTO caller_entry (list_id, what)
SELECT 'cl_' || l, '+4930' || l * 100000 + n FROM generate_series(1, %(rules)s) AS l, generate_series(1, %(entries)s) AS n;
INSERT INTO user_rule (user_id, position, event, schedule_id, caller_list_id, action)
SELECT u.id, n, 'always', 'sch_bench', 'cl_' || n, 'reject' FROM sip_user u, generate_series(1, %(rules)s) AS n WHERE u.account_id = 'acc_bench';
"""

# Kamailio's own tables, for the stock configuration: the scripts that create them, and what a call from the trunk needs.
# Nobody authenticates, so there are no subscribers.
_STOCK_SCRIPTS = "/usr/share/kamailio/postgres"
_STOCK_TABLES = ("standard", "domain", "auth_db", "permissions")
_STOCK_ROWS = """
INSERT INTO domain (domain) VALUES (%(domain)s);
INSERT INTO address (ip_addr) VALUES (%(trunk)s);
RESET ROLE;
"""


class Cluster:
    """A running PostgreSQL with `users` users u0, u1, ... of two devices each. `pid`: of its first process."""

    def __init__(self, folder, users):
        os.makedirs(folder)
        os.chmod(folder, 0o755)  # PostgreSQL runs as another user when we are root
        self._frozen = False
        self._port, self._password = free_port(), secrets.token_hex(16)
        env = dict(os.environ, RUN_DIR=folder, PGPORT=str(self._port), BUILD_DIR=BUILD_DIR)
        done = subprocess.run(
            [os.path.join(BENCH, "cluster")], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False
        )
        if done.returncode:
            raise RuntimeError(f"PostgreSQL did not start:\n{done.stdout}{done.stderr}")
        values = dict(word.split("=", 1) for word in shlex.split(done.stdout))
        self.pid, self._module_url, self._socket = int(values["pid"]), values["url"], values["socket"]
        try:
            self._fill(users)
        except BaseException:
            self.stop()
            raise

    def _fill(self, users):
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(_USERS, {"users": users, "domain": DOMAIN, "probed": PROBED})
            cursor.execute(self._script("script.sql"))
            self._make_stock_tables(cursor)
            cursor.execute("VACUUM ANALYZE")

    def _script(self, name):
        """A file of peers/, with the password of its roles."""
        with open(os.path.join(BENCH, "peers", name), encoding="utf-8") as file:
            return file.read().replace(":'password'", f"'{self._password}'")

    def add_rules(self, rules):
        """So many to each user; before anybody reads the rows."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(_RULES, {"rules": rules, "entries": ENTRIES})
            cursor.execute("VACUUM ANALYZE")

    def add_groups(self):
        """What rings five phones; before anybody reads the rows."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(groups.ROWS, {"domain": DOMAIN})
            cursor.execute("VACUUM ANALYZE")

    def _make_stock_tables(self, cursor):
        cursor.execute(self._script("stock.sql"))
        for name in _STOCK_TABLES:
            with open(os.path.join(_STOCK_SCRIPTS, f"{name}-create.sql"), encoding="utf-8") as file:
                cursor.execute(file.read())
        cursor.execute(_STOCK_ROWS, {"domain": DOMAIN, "trunk": TRUNK})

    def connect(self):
        """A connection of the owner's, in autocommit."""
        connection = psycopg2.connect(self._socket)
        connection.autocommit = True
        return connection

    def url(self, role, scheme="postgresql"):
        """For Kamailio: as libpq has it, or with scheme "postgres" as its own database modules do."""
        if role == "user_routing":
            return self._module_url
        return f"{scheme}://{role}:{self._password}@127.0.0.1:{self._port}/user_routing"

    def backends(self, role):
        """The pids of the processes that serve a role; none while it is frozen: it would have to answer."""
        if self._frozen:
            return []
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", (role,))
            return [row[0] for row in cursor.fetchall()]

    def freeze(self):
        """Stops it as a hung machine would: connections stay, nothing answers."""
        self._frozen = True
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)
        self._frozen = False

    def _signal(self, signum):
        """To the first process, then to all that it has: by then there are no more to come."""
        os.kill(self.pid, signum)
        for pid in children(self.pid):
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                pass  # a backend that was about to end

    def stop(self):
        self.thaw()
        os.kill(self.pid, signal.SIGINT)  # fast shutdown
        wait_gone(self.pid, 20)
