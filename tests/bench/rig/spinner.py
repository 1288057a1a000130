# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps the CPUs awake: an idle CPU clocks down, and what runs next pays for it."""

import multiprocessing
import os


def _spin(cpu, parent):
    os.sched_setaffinity(0, {cpu})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # only when nobody else wants the CPU
    _leave_autogroup()
    while os.getppid() == parent:
        for _ in range(10000):
            pass


def _leave_autogroup():
    """A kernel with autogroups shares a CPU out among sessions first, and inside them by priority: beside a
    session that spins, however idly, the peers' sessions would wait for their share at each message."""
    os.setsid()
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write("19")
    except FileNotFoundError:
        pass  # a kernel without them


class Spinners:
    """One a CPU, from start to stop()."""

    def __init__(self):
        me, cpus = os.getpid(), os.sched_getaffinity(0)
        self._processes = [multiprocessing.Process(target=_spin, args=(cpu, me), daemon=True) for cpu in cpus]
        for process in self._processes:
            process.start()

    def stop(self):
        for process in self._processes:
            process.kill()
            process.join()
