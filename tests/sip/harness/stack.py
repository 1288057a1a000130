# SPDX-License-Identifier: GPL-2.0-or-later
"""The stack under the tests: tests/stack/up in a folder and on ports of its own."""

import os
import re
import shlex
import subprocess

from .net import TRUSTED, free_port
from .rpc import Rpc

HERE = os.path.dirname(os.path.abspath(__file__))
STACK = os.path.normpath(os.path.join(HERE, "..", "..", "stack"))
LUA_SCRIPT = os.path.normpath(os.path.join(HERE, "..", "..", "..", "kamailio.lua.sample"))

# Kamailio's clock counts the ticks of its timer process, and on a machine that is busy with
# something else it misses some; every 5 s it catches up, and what was due in 2 s is due in 1.5.
# So it goes first, where we may say so. (Not by its rt_timer1_prio: a real-time process that
# spins on a lock keeps the one that holds it off the CPU.)
FIRST = "nice -n -5" if os.geteuid() == 0 else ""

# For a case's STACK: the module as "make SANITIZE=1" builds it. What they find is in the log, and fails the case.
SANITIZED = {
    "MODULE_DIR": os.path.join(os.path.abspath(os.environ.get("BUILD_DIR") or os.path.join(HERE, "../../../build")), "sanitize"),
    "run": f"{FIRST} {HERE}/under-sanitizers {{run_dir}}",
    "KAMAILIO_PATIENCE": "40",
}

# Lines the log may hold although nothing is wrong.
HARMLESS = [
    # shutdown: the main process reads from workers that have gone, then waits for none
    r"receive_fd\(\): EOF",
    r"io_wait_loop_epoll\(\): epoll_wait\(\d+, \w+, 0, \d+\): Invalid argument",
]
_SERIOUS = re.compile(r"\b(BUG|CRITICAL|ALERT|ERROR)\b")


# Where a Kamailio that was started takes JSON-RPC, by host and port of its SIP.
_rpc_sockets = {}


def rpc_socket(server):
    """The path, or None: that address is of no Kamailio, or of another one's second socket."""
    return _rpc_sockets.get(server)


def http_replies():
    """For HARMLESS: with any script but the native one Kamailio's sl reads the HTTP replies that it has sent as SIP
    (kamailio#3204)."""
    return [r"parse_first_line\(\)", r"parse_msg\(\).*<HTTP", r"build_sip_msg_from_buf\(\)"] if "SIP_TESTS_LUA" in os.environ else []


class StackError(Exception):
    pass


def use_lua():
    """From now on, here and in processes that are started, stacks take the Lua sample's routes."""
    os.environ["SIP_TESTS_LUA"] = "1"


def routes():
    """What of the configuration chooses the routes."""
    return f'#!define WITH_LUA\n#!define UR_LUA "{LUA_SCRIPT}"\n' if "SIP_TESTS_LUA" in os.environ else ""


class Stack:
    """A running stack; values of its RUN_DIR/env as attributes of `env`."""

    def __init__(self, run_dir, ours, run=FIRST):
        self.run_dir, self._ours, self._run = run_dir, ours, run
        self.env = _read_env(os.path.join(run_dir, "env"))
        self.server = (self.env["SIP_HOST"], int(self.env["SIP_PORT"]))
        self.rpc_socket = add_rpc_socket(self.server, self.env["STATE_DIR"])
        self.database_url = self.env["DATABASE_URL"]
        self.log = self.env["KAMAILIO_LOG"]
        self._log_start = 0 if ours else os.path.getsize(self.log)

    @classmethod
    def up(cls, run_dir, before="", after="", script="", run=FIRST, files=None, **variables):
        """Starts a stack. `before`, `after`: text of the configuration around the sample's;
        `script`: a file to take in place of the sample;
        `files`: further ones, name: text; `run`: a command to run Kamailio under; `variables`: for
        tests/stack/up. {run_dir} is filled in in `before`, `after` and `run`."""
        os.makedirs(run_dir, exist_ok=True)
        addresses = _write(run_dir, "addresses", TRUSTED)
        for name, text in (files or {}).items():
            _write(run_dir, name, text)
        before = f'#!define UR_ADDRESS_FILE "{addresses}"\n' + routes() + before.replace("{run_dir}", run_dir)
        env = dict(os.environ, RUN_DIR=run_dir, SIP_HOST="127.0.0.1", SIP_PORT=str(free_port()), PGPORT=str(free_port()))
        env["KAMAILIO_CFG_EXTRA"] = _write(run_dir, "before.cfg", before + "\n")
        plain = run = run.replace("{run_dir}", run_dir)
        if script:
            run = f"{HERE}/use-script {script} {run}"
        if after:
            run = f"{HERE}/append-config {_write(run_dir, 'after.cfg', after.replace('{run_dir}', run_dir))} {run}"
        env.update(variables, KAMAILIO_RUN=run)
        _script("up", env)
        return cls(run_dir, ours=True, run=plain)

    def stop_kamailio(self):
        """Kamailio alone; for PostgreSQL see postgres.Postgres."""
        _script("kamailio", dict(os.environ, RUN_DIR=self.run_dir), "stop")

    def start_kamailio(self):
        """Starts it again, with the same configuration."""
        _script("kamailio", dict(os.environ, RUN_DIR=self.run_dir, KAMAILIO_RUN=self._run), "start")
        self.env = _read_env(os.path.join(self.run_dir, "env"))

    def status(self):
        """What user_routing.status answers, as a dict of texts."""
        lines = [line.strip().partition(": ") for line in self.kamcmd("user_routing.status").splitlines()]
        return {name: value for name, colon, value in lines if colon}

    def down(self):
        if self._ours:
            _script("down", dict(os.environ, RUN_DIR=self.run_dir))

    def kamcmd(self, *words):
        return kamcmd(self.env["CTL_SOCKET"], *words)

    def rpc(self):
        """A client of its JSON-RPC; the caller closes it."""
        return Rpc(os.path.join(self.env["STATE_DIR"], "kamailio_rpc.sock"))

    def serious_log_lines(self, ignore=()):
        """The lines of Kamailio's log that mean that something is wrong."""
        return serious_lines(self.log, ignore, self._log_start)

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


def add_rpc_socket(server, folder):
    """`folder`: Kamailio's -Y. Returns the path."""
    path = os.path.join(folder, "kamailio_rpc.sock")
    _rpc_sockets[tuple(server)] = path
    return path


def kamcmd(socket, *words):
    """The answer of an RPC as text; StackError with kamcmd's own words when it fails."""
    done = subprocess.run(["kamcmd", "-s", socket, *words], capture_output=True, text=True, timeout=10, check=False)
    if done.returncode or done.stdout.startswith("error:"):
        raise StackError(f"kamcmd {' '.join(words)}: {done.stdout}{done.stderr}".strip())
    return done.stdout


def serious_lines(log, ignore=(), start=0):
    allowed = [re.compile(p) for p in (*HARMLESS, *ignore)]
    with open(log, encoding="utf-8", errors="replace") as file:
        file.seek(start)
        lines = [line.rstrip("\n") for line in file if _SERIOUS.search(line)]
    return [line for line in lines if not any(p.search(line) for p in allowed)]


def sanitizer_reports(log):
    """What ASan and UBSan had to say, from the line on that says so; empty: nothing."""
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    found = [n for n, line in enumerate(lines) if re.search(r"Sanitizer|: runtime error: ", line)]
    return lines[found[0]:found[0] + 40] if found else []


def _write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _script(name, env, *words):
    path = os.path.join(STACK, name)
    done = subprocess.run([path, *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise StackError(f"{path} failed ({done.returncode}):\n{done.stdout}{done.stderr}")


def _read_env(path):
    """Shell assignments, quoted as a shell would."""
    values = {}
    with open(path, encoding="utf-8") as file:
        for word in shlex.split(file.read(), comments=True):
            name, equals, value = word.partition("=")
            if equals and name.isidentifier():
                values[name] = value
    return values
