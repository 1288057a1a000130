# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes: which there are, their CPU time, their end."""

import os
import time

_STATE, _PARENT, _SESSION = 0, 1, 3  # of /proc/PID/stat, counted from behind the name


def _stat(pid):
    """Its fields; None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _all_with(field, value):
    found = []
    for name in os.listdir("/proc"):
        stat = _stat(name) if name.isdigit() else None
        if stat and int(stat[field]) == value:
            found.append(int(name))
    return found


def of_session(leader):
    return _all_with(_SESSION, leader)


def children(parent):
    return _all_with(_PARENT, parent)


def cpu_seconds(pids):
    """pid -> CPU time that it has had, to the nanosecond; of those that are there."""
    found = {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
                found[pid] = int(file.read().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def wait_gone(pid, seconds):
    """True if the process has ended within the time."""
    deadline = time.monotonic() + seconds
    while True:
        stat = _stat(pid)
        if stat is None or stat[_STATE] == "Z":
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
