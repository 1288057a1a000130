# SPDX-License-Identifier: GPL-2.0-or-later
"""The PostgreSQL of a case's own stack, and a standby of it, as their administrator and their enemies see them."""

import contextlib
import os
import re
import shutil
import signal
import subprocess

import psycopg2

from .expect import wait_for
from .net import free_port


def _command(pid):
    """Command line of a process as a list; empty when it has ended."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().decode().split("\0")[:-1]
    except FileNotFoundError:
        return []


class Server:
    """A running server; `argv` starts it."""

    def __init__(self, argv, owner, log, pid=None):
        self.argv, self._owner, self._log, self.pid = argv, owner, log, pid
        self._process = None  # a Popen, once it was started here

    def connect(self):
        """A superuser's connection; each statement is committed."""
        raise NotImplementedError

    def accepts(self):
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self):
        """Returns when it takes connections."""
        self._process = self._run(self.argv, subprocess.Popen)
        self.pid = self._process.pid
        wait_for(self.accepts, 10, "PostgreSQL should start")

    def _run(self, argv, how, **options):
        """A command as the owner of the cluster, who is another than root."""
        if os.geteuid() == 0:
            options.update(user=self._owner.st_uid, group=self._owner.st_gid, extra_groups=[])
        with open(self._log, "ab") as log:
            return how(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/", **options)

    def pids(self):
        """All its processes, the first one first."""
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as children:
            return [self.pid, *map(int, children.read().split())]

    @contextlib.contextmanager
    def hung(self):
        """All its processes stand still meanwhile; the kernel goes on to acknowledge what it is sent."""
        pids = self.pids()
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):  # it had ended, and the first one has noticed just now
                    os.kill(pid, signal.SIGCONT)

    def end(self, how=signal.SIGINT):
        """Ends it by a signal (INT: fast, QUIT: immediate, KILL: crash); returns when no process of it is left."""
        pids = self.pids()
        os.kill(self.pid, how)
        if self._process:
            self._process.wait(10)  # else the next one finds it in the table of processes, and does not start
        wait_for(lambda: not any(_command(pid) for pid in pids), 10, "PostgreSQL should end")


class Postgres(Server):
    """The stack's own."""

    def __init__(self, stack):
        pid = int(stack.env["POSTGRES_PID"])
        self.stack = stack
        self.data = stack.env["STATE_DIR"] + "/pg"
        super().__init__(_command(pid), os.stat(self.data), stack.env["POSTGRES_LOG"], pid)

    def connect(self):
        """By the socket: it needs no network."""
        return _connect(host=self.data, port=self.stack.env["PGPORT"], user="postgres", dbname="user_routing")

    def start(self):
        super().start()
        # Who ends the stack looks there for what to end.
        path = os.path.join(self.stack.run_dir, "env")
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"^POSTGRES_PID=.*$", f"POSTGRES_PID='{self.pid}'", file.read(), flags=re.MULTILINE)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def let_in(self, network):
        """Who comes from that network, too, by the password. It is started again for that: connections are lost."""
        with open(self.data + "/postgresql.conf", "a", encoding="ascii") as file:
            file.write("listen_addresses = '*'\n")
        with open(self.data + "/pg_hba.conf", "a", encoding="ascii") as file:
            file.write(f"host all all {network} scram-sha-256\n")
        self.end()
        self.start()

    def allow_replication(self):
        with open(self.data + "/pg_hba.conf", "a", encoding="ascii") as file:
            file.write("host replication postgres 127.0.0.1/32 scram-sha-256\n")
        with contextlib.closing(self.connect()) as db, db.cursor() as cursor:
            cursor.execute("SELECT pg_reload_conf()")


class Standby(Server):
    """A streaming standby of the stack's PostgreSQL, on a port of its own; stop() ends and removes it."""

    def __init__(self, stack, primary):
        self.port = free_port()
        self._data = primary.data + "-standby"
        self._url = stack.database_url.replace(f":{stack.env['PGPORT']}/", f":{self.port}/")
        bin_dir = os.path.dirname(primary.argv[0])
        argv = [primary.argv[0], "-D", self._data, "-p", str(self.port), "-c", "unix_socket_directories="]
        super().__init__(argv, os.stat(primary.data), stack.env["POSTGRES_LOG"] + ".standby")
        primary.allow_replication()
        os.mkdir(self._data, 0o700)
        os.chown(self._data, self._owner.st_uid, self._owner.st_gid)
        backup = [f"{bin_dir}/pg_basebackup", "-d", stack.database_url, "-D", self._data, "-R", "-X", "stream", "-c", "fast", "--no-sync"]
        self._run(backup, subprocess.run, check=True, timeout=30)
        self.start()

    def connect(self):
        return _connect(self._url)

    def has_caught_up(self, primary):
        with contextlib.closing(primary.connect()) as db, db.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            wanted = cursor.fetchone()[0]
        with contextlib.closing(self.connect()) as db, db.cursor() as cursor:
            def replayed():
                cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (wanted,))
                return cursor.fetchone()[0]

            wait_for(replayed, 5, "the standby should catch up")

    def promote(self):
        with contextlib.closing(self.connect()) as db, db.cursor() as cursor:
            cursor.execute("SELECT pg_promote()")

    def stop(self):
        if _command(self.pid):
            self.end(signal.SIGQUIT)
        shutil.rmtree(self._data, ignore_errors=True)


def _connect(*url, **settings):
    db = psycopg2.connect(*url, **settings)
    db.autocommit = True
    return db
