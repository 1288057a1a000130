# SPDX-License-Identifier: GPL-2.0-or-later
"""How long this machine lets a process wait that has something to do."""

import os
import threading
import time

HOPS = 4  # processes that wait one after another for the machine, between what a case does and what it sees
FILE_MAX = 10_000_000  # bytes
STEP = 0.005  # seconds of each sleep
LOOK = 0.1  # seconds between two looks at what Kamailio's processes have waited
LEAST = 0.001  # seconds that are worth a note


def _kamailio(folders):
    """The pids of the processes of each Kamailio whose configuration is below one of the folders."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                program, *arguments = file.read().split("\0")
        except OSError:
            continue  # it has ended
        if program.endswith("kamailio") and any(a.startswith(folders) for a in arguments):
            found.append(pid)
    return found


def _waited(pid):
    """Seconds that the process has waited for a CPU since it began (Linux: sched-stats), or None when it has ended."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except OSError:
        return None


class Stalls:
    """Measures from now on: how late a process wakes up when its sleep is over, whoever it is, or has written a line to a
    file, as SIPp does with each message. With `stacks`, also how long any of Kamailio's processes waited for a CPU: they are
    a session of their own, and the scheduler shares the CPUs among sessions, so what is busy in another one may take theirs
    and not ours. That tells why a case failed; it is no bound for what a case measures, for Kamailio may be what is busy."""

    def __init__(self, folder, stacks=()):
        """`folder`: for a file of ours. `stacks`: the folders of the Kamailios that count."""
        self._path, self._stacks = os.path.join(folder, "stalls"), tuple(stacks)
        self._late = []  # (when it began, seconds)
        for work in (self._sleep, self._look) if stacks else (self._sleep,):
            threading.Thread(target=work, daemon=True).start()

    def _sleep(self):
        with open(self._path, "wb", buffering=0) as file:
            while True:
                if file.tell() > FILE_MAX:
                    file.seek(0)
                begin = time.time()
                time.sleep(STEP)
                file.write(b"x" * 500)
                self._note(begin, time.time() - begin - STEP)

    def _look(self):
        before, pids, listed = {}, [], 0.0
        while True:
            begin = time.time()
            if begin > listed + 1:
                pids, listed = _kamailio(self._stacks), begin
            time.sleep(LOOK)
            now = {pid: waited for pid in pids if (waited := _waited(pid)) is not None}
            waits = [waited - before[pid] for pid, waited in now.items() if pid in before]
            self._note(begin, max(waits, default=0.0))
            before = now

    def _note(self, begin, late):
        if late > LEAST:
            self._late.append((begin, late))

    def worst(self, begin, end):
        """The longest, in seconds, between two times of the clock (time.time())."""
        return max((late for when, late in self._late if begin <= when <= end), default=0.0)
