# SPDX-License-Identifier: GPL-2.0-or-later
"""SIPp as phones and as the trunk that calls them."""

import csv
import os
import random
import subprocess

from harness.net import free_port, wait_bound
from harness.sip import token

from . import BENCH
from .peer import ANSWERS, RINGS, TRUNK

LIFETIME = 3600  # seconds; SIPp's own -timeout, for the case that nobody ends it


class Sipp:
    """One SIPp; `base`: its files, without an ending."""

    def __init__(self, scenario, address, port, base, options, lifetime=LIFETIME):
        command = [
            "setpriv", "--pdeathsig", "KILL", "sipp", "-sf", os.path.join(BENCH, "calls", scenario),
            "-i", address, "-p", str(port), "-ci", address, "-t", "u1", "-nostdin", "-nd",
            "-timer_resol", "1", "-buff_size", "1048576", "-timeout", str(lifetime),
            "-trace_err", "-error_file", base + ".err", *options,
        ]
        with open(base + ".out", "wb") as out:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=os.path.dirname(base)
            )
        if not wait_bound(address, port, self._process, seconds=20.0):
            self.stop()
            raise RuntimeError(f"SIPp did not start: see {base}.out")

    def wait(self, seconds):
        """Its exit status: 0 when all calls went well; None: it still runs."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


class Phones:
    """An answering phone and `ringing` others, for all users of all peers."""

    def __init__(self, folder, ringing=1):
        self.ports, self._sipps = [], []
        for n in range(1 + ringing):
            scenario, address = ("rings", RINGS) if n else ("answers", ANSWERS)
            self.ports.append(free_port(address))
            base = os.path.join(folder, f"{scenario}{n}")
            self._sipps.append(Sipp(scenario + ".xml", address, self.ports[-1], base, ["-l", "10000"]))

    def stop(self):
        for sipp in self._sipps:
            sipp.stop()


def write_callees(path, users, count=20000, seed=1):
    """SIPp's list of whom to call: users in random order."""
    chosen = random.Random(seed)
    with open(path, "w", encoding="ascii") as file:
        file.write("SEQUENTIAL\n")
        file.writelines(f"u{chosen.randrange(users)}\n" for _ in range(count))


def write_callee(path, digits):
    """SIPp's list of one extension."""
    with open(path, "w", encoding="ascii") as file:
        file.write(f"SEQUENTIAL\n{digits}\n")


class Caller:
    """`count` calls at `rate` a second to a peer; callees: a file of write_callees()."""

    def __init__(self, peer, callees, rate, count, folder, name):
        self._base = os.path.join(folder, name)
        run = token(8)  # of one length always: what is longer is parsed longer
        options = [
            "-key", "id", run, "-cid_str", f"{run}-%u@%s", "-inf", callees, "-r", str(rate), "-m", str(count), "-l", "10000", "-trace_stat", "-stf", self._base + ".csv",
            "-fd", "3600", "-recv_timeout", "8000", f"127.0.0.1:{peer.port}",
        ]
        self._sipp = Sipp("caller.xml", TRUNK, free_port(TRUNK), self._base, options, lifetime=count / rate + 60)
        self._seconds = count / rate + 30

    def finish(self, seconds=None):
        """Waits for the end, at most some seconds: SIPp's counters; of one that did not end, none."""
        ended = self._sipp.wait(seconds or self._seconds) is not None
        self._sipp.stop()
        last = self._last_counters() if ended else {}
        return {"ok": int(last.get("SuccessfulCall(C)", 0)), "sent_again": int(last.get("Retransmissions(C)", 0))}

    def _last_counters(self):
        with open(self._base + ".csv", encoding="ascii", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))[-1]

    def stop(self):
        self._sipp.stop()
