# SPDX-License-Identifier: GPL-2.0-or-later
"""One Kamailio of the comparison."""

import os
import signal
import subprocess
import time

from harness.net import free_port
from harness.rpc import Rpc, RpcError

from . import BENCH, DOMAIN, ROOT, groups
from .process import of_session

TRUNK = "127.251.7.1"  # the address that calls come from
ANSWERS, RINGS = "127.0.0.2", "127.0.0.3"  # the addresses of the phones
SAMPLE, BARE = "surroundings.cfg", "bare.cfg"  # of peers/: what surrounds the peer's own work
_BYTES_PER_USER = 4096  # of shared memory, to be sure: two contacts, the rules, a cache


class Peer:
    """A variant with `users` users. cluster: its PostgreSQL; run: a command to run it under; surroundings: SAMPLE or BARE."""

    def __init__(self, variant, folder, users, cluster, children=4, run=(), surroundings=SAMPLE):
        self.variant, self.users, self.rpc, self._surroundings = variant, users, None, surroundings
        self.folder = os.path.join(folder, variant.key)
        os.makedirs(self.folder)
        self.port, self.log = free_port(), os.path.join(self.folder, "kamailio.log")
        self._socket = os.path.join(self.folder, "rpc.sock")
        megabytes = 128 + users * _BYTES_PER_USER // (1 << 20)
        command = [
            "setpriv", "--pdeathsig", "TERM", *run, "/usr/sbin/kamailio", "-f", self._write_config(cluster, children), "-w", self.folder, "-Y", self.folder,
            "-x", "tlsf", "-m", str(megabytes), "-M", "16", "-DD", "-E",
        ]
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )

    def _write_config(self, cluster, children):
        addresses = os.path.join(self.folder, "addresses")
        with open(addresses, "w", encoding="utf-8") as file:
            file.write(f"1 {TRUNK}\n")
        lines = ["#!KAMAILIO"]
        lines += [f"#!define BENCH_{name} {value}" for name, value in self._defines(cluster, addresses, children).items()]
        lines.append(f'mpath="{_packaged_modules()}:{ROOT}/modules/user_routing"')
        around = () if self.variant.is_stock else (self._surroundings,)
        lines += [f'include_file "{BENCH}/peers/{part}"' for part in (*around, *self.variant.files)]
        path = os.path.join(self.folder, "kamailio.cfg")
        with open(path, "w", encoding="utf-8", opener=_private) as file:
            file.write("\n".join(lines) + "\n")
        return path

    def _defines(self, cluster, addresses, children):
        buckets = max(10, min(20, self.users.bit_length()))
        defines = {
            "PORT": self.port, "RPC": f'"{self._socket}"', "TRUNK": f'"{addresses}"', "CHILDREN": children,
            "HASH": buckets, **{name: 1 for name in self.variant.defines},
        }
        if self.variant.is_module:
            defines["DB_URL"] = f'"{cluster.url(self.variant.role)}"'
            if self._surroundings == SAMPLE:
                defines["DIALOGS"] = 1
        elif self.variant.role:
            url = cluster.url(self.variant.role, scheme="postgres")
            defines["SQLCON"], defines["SCRIPT_URL"] = f'"db=>{url}"', f'"{url}"'
            defines["CACHE"] = f'"user=>size={buckets};autoexpire=0;dbtable=bench_cache"'
        return defines

    def wait_ready(self, seconds=60):
        """Until it answers and, with user_routing, has loaded: the seconds from the one to the other."""
        deadline, up = time.monotonic() + seconds, None
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers("core.uptime"):
                up = up or time.monotonic()
                if not self.variant.is_module or self._answers("user_routing.status").get("state") == "ready":
                    return time.monotonic() - up
            time.sleep(0.002)
        raise RuntimeError(f"{self.variant.title} did not start: see {self.log}")

    def _answers(self, method):
        if not os.path.exists(self._socket):
            return {}
        self.rpc = self.rpc or Rpc(self._socket)
        try:
            return self.rpc.call(method)
        except (OSError, RpcError):
            return {}

    def processes(self):
        return of_session(self._process.pid)

    def named(self, word):
        """pids of the processes whose description begins with `word`."""
        return [entry["PID"] for entry in self.rpc.call("core.psx") if entry["DSC"].startswith(word)]

    def shared_memory(self):
        """Bytes in use."""
        return self.rpc.call("core.shmmem")["real_used"]

    def replies(self):
        """That tm has had from phones."""
        return self.rpc.call("tm.stats")["rpl_received"]

    def load_contacts(self, ports):
        """Both phones of every user: at the user's address without a policy, else at the devices'. And those of the extension
        that is called."""
        names = ("-desk", "-soft") if self.variant.has_policy else ("", "")
        phones = [(name, f"{address}:{port}") for name, address, port in zip(names, (ANSWERS, RINGS), ports)]
        form = '{"jsonrpc":"2.0","method":"ul.add","params":["location","%s@' + DOMAIN + '","sip:%s",0,-1,".",0,0,65535]}'
        self.rpc.send_all(form % (f"u{n}{name}", f"u{n}@{contact}") for n in range(self.users) for name, contact in phones)
        five = zip(groups.DEVICES.get(self.variant.dials, ()), (ANSWERS, *[RINGS] * 4), ports)
        self.rpc.send_all(form % (name, f"{name}@{address}:{port}") for name, address, port in five)
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


def _packaged_modules():
    files = subprocess.run(["dpkg", "-L", "kamailio"], capture_output=True, text=True, check=True).stdout
    return next(os.path.dirname(line) for line in files.splitlines() if line.endswith("/tm.so"))


def _private(path, flags):
    return os.open(path, flags, 0o600)  # it holds the database's password
