# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps the CPUs awake: an idle CPU clocks down, and what runs next pays for it."""

import multiprocessing
import os


def _spin(cpu, parent):
    os.sched_setaffinity(0, {cpu})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # only when nobody else wants the CPU
    while os.getppid() == parent:
        pass


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
