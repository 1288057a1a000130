# SPDX-License-Identifier: GPL-2.0-or-later
"""One Kamailio of the comparison."""

import os
import signal
import subprocess
import time

from harness.net import free_port

from . import BENCH, DOMAIN, ROOT
from .process import of_session
from .rpc import Rpc, RpcError

TRUNK = "127.251.7.1"  # the address that calls come from
ANSWERS, RINGS = "127.0.0.2", "127.0.0.3"  # the addresses of the phones


class Peer:
    """Starts `script` (a file of peers/) under `run` (a command and its options).

    name: of its folder; users: how many, for the sizes of tables and of memory;
    phones: (port of the answering, of the ringing phone)."""

    def __init__(self, name, script, folder, users, phones, database="", children=4, run=()):
        self.name, self.script, self.users, self.phones = name, script, users, phones
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        self.port, self.log = free_port(), os.path.join(self.folder, "kamailio.log")
        self._socket = os.path.join(self.folder, "rpc.sock")
        config = self._write_config(database, children)
        megabytes = 128 + users * 4 // 1000  # usrloc's contacts are most of it
        command = [
            *run, "/usr/sbin/kamailio", "-f", config, "-w", self.folder, "-Y", self.folder, "-x", "tlsf",
            "-m", str(megabytes), "-M", "16", "-DD", "-E",
        ]
        self.started = time.monotonic()
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        self.rpc = None

    def _write_config(self, database, children):
        addresses = os.path.join(self.folder, "addresses")
        with open(addresses, "w", encoding="utf-8") as file:
            file.write(f"1 {TRUNK}\n")
        buckets = max(10, min(20, self.users.bit_length()))
        modules = subprocess.run(["dpkg", "-L", "kamailio"], capture_output=True, text=True, check=True).stdout
        packaged = next(os.path.dirname(line) for line in modules.splitlines() if line.endswith("/tm.so"))
        defines = {
            "PORT": self.port, "RPC": f'"{self._socket}"', "TRUNK": f'"{addresses}"', "CHILDREN": children,
            "HASH": min(17, buckets), "TABLE": buckets, "DB_URL": f'"{database}"', "DOMAIN": f'"{DOMAIN}"',
        }
        lines = ["#!KAMAILIO"] + [f"#!define BENCH_{name} {value}" for name, value in defines.items()]
        lines.append(f'mpath="{packaged}:{ROOT}/modules/user_routing"')
        lines += [f'include_file "{BENCH}/peers/{part}"' for part in ("surroundings.cfg", self.script)]
        path = os.path.join(self.folder, "kamailio.cfg")
        with open(path, "w", encoding="utf-8", opener=_private) as file:
            file.write("\n".join(lines) + "\n")
        return path

    def wait_ready(self, seconds=30):
        """Until it answers and, with user_routing, has loaded."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start: see {self.log}")

    def _answers(self):
        if not os.path.exists(self._socket):
            return False
        self.rpc = self.rpc or Rpc(self._socket)
        try:
            if self.script == "module.cfg":
                return self.rpc.call("user_routing.status")["state"] == "ready"
            return bool(self.rpc.call("core.uptime"))
        except (OSError, RpcError):
            return False

    def processes(self):
        return of_session(self._process.pid)

    def named(self, word):
        """pids of the processes whose description begins with `word`."""
        return [entry["PID"] for entry in self.rpc.call("core.psx") if entry["DSC"].startswith(word)]

    def load_contacts(self):
        """Both phones of every user: the floor has them at the user's address, the others at the devices'."""
        names = ("", "") if self.script == "floor.cfg" else ("-desk", "-soft")
        for n in range(self.users):
            for name, address, port in zip(names, (ANSWERS, RINGS), self.phones):
                aor, contact = f"u{n}{name}@{DOMAIN}", f"sip:u{n}@{address}:{port}"
                self.rpc.tell("ul.add", "location", aor, contact, 0, -1, ".", 0, 0, 0xFFFF)
        self.rpc.call("core.uptime", seconds=60)

    def stop(self):
        if self.rpc:
            self.rpc.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        for pid in of_session(self._process.pid):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()


def _private(path, flags):
    return os.open(path, flags, 0o600)  # it holds the database's password
