# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes of a server: which there are, and waiting for their end."""

import os
import time


def of_session(leader):
    """The pids of all processes of the session that `leader` leads."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and _session(name) == leader:
            found.append(int(name))
    return found


def _session(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[3])
    except (FileNotFoundError, ProcessLookupError):
        return None


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_gone(pid, seconds):
    """True if the process has ended within the time."""
    deadline = time.monotonic() + seconds
    while not gone(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
