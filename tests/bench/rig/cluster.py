# SPDX-License-Identifier: GPL-2.0-or-later
"""A PostgreSQL of the benchmark's own, and the users in it."""

import os
import shlex
import signal
import subprocess

import psycopg2

from harness.net import free_port

from . import BENCH, DOMAIN
from .process import wait_gone

_USERS = """
INSERT INTO account (id, name) VALUES ('acc_bench', 'Bench');
INSERT INTO sip_domain (domain, account_id) VALUES (%(domain)s, 'acc_bench');
INSERT INTO sip_user (account_id, username, display_name, voicemail_id)
SELECT 'acc_bench', 'u' || n, 'User ' || n, 'box' || n FROM generate_series(0, %(users)s - 1) AS n;
INSERT INTO sip_device (user_id, auth_username, realm, ring_order)
SELECT u.id, u.username || '-' || d.name, %(domain)s, d.ring_order
FROM sip_user u, (VALUES ('desk', 1), ('soft', 2)) AS d (name, ring_order)
WHERE u.account_id = 'acc_bench';
"""


class Cluster:
    """A running PostgreSQL. `url`: for Kamailio's modules; `pid`: of the server's first process."""

    def __init__(self, folder, build_dir):
        os.makedirs(folder)
        os.chmod(folder, 0o755)  # PostgreSQL runs as another user when we are root
        self.folder, self.port = folder, free_port()
        env = dict(os.environ, RUN_DIR=folder, PGPORT=str(self.port), BUILD_DIR=build_dir)
        done = subprocess.run(
            [os.path.join(BENCH, "cluster")], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False
        )
        if done.returncode:
            raise RuntimeError(f"PostgreSQL did not start:\n{done.stdout}{done.stderr}")
        values = dict(line.split("=", 1) for line in done.stdout.splitlines())
        values = {name: "".join(shlex.split(text)) if name != "socket" else shlex.split(text)[0] for name, text in values.items()}
        self.pid, self.url, self._socket = int(values["pid"]), values["url"], values["socket"]

    def connect(self):
        """A connection of the owner's, in autocommit."""
        connection = psycopg2.connect(self._socket)
        connection.autocommit = True
        return connection

    def fill(self, users):
        """`users` users u0, u1, ... with two devices each."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(_USERS, {"users": users, "domain": DOMAIN})
            cursor.execute("ANALYZE")

    def stop(self):
        os.kill(self.pid, signal.SIGCONT)
        os.kill(self.pid, signal.SIGINT)  # fast shutdown
        wait_gone(self.pid, 20)
