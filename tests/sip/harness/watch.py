# SPDX-License-Identifier: GPL-2.0-or-later
"""What memory Kamailio's processes use in the course of time, asked again and again while they work."""

import re
import statistics
import threading
import time


class Course:
    """Bytes in the course of time."""

    def __init__(self, times, values):
        self._times, self._values = times, values

    def _quarter(self, number):
        size = len(self._values) // 4
        return statistics.median(self._values[number * size:(number + 1) * size])

    @property
    def grown(self):
        """From the first quarter to the last one."""
        return self._quarter(3) - self._quarter(0)

    @property
    def slope(self):
        """Of the straight line that is nearest, in bytes a minute."""
        return 60 * statistics.linear_regression(self._times, self._values).slope

    def __str__(self):
        return f"{self._quarter(0) / 1024:.0f} → {self._quarter(3) / 1024:.0f} kB ({self.slope / 1024:+.1f} a minute)"


class Watch:
    """From here to stop(). Then `shared` is the Course of shared memory, and `private`, `own` and `resident` have those
    of each process by its name: in use of Kamailio's private memory, in RAM without what is shared, in RAM."""

    def __init__(self, stack, every):
        """`every`: seconds."""
        self._rpc, self._every, self._is_over = stack.rpc(), every, threading.Event()
        self._samples, self._error = [], None
        self._begin = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while not self._is_over.wait(self._every):
                self._samples.append((time.monotonic() - self._begin, self._sample()))
        except Exception as error:  # for stop()
            self._error = error

    def _sample(self):
        values = {("shared", ""): self._rpc.call("core.shmmem")["real_used"]}
        for process in self._rpc.call("pkg.stats"):
            name, pid = f"{process['desc']} ({process['pid']})", process["pid"]
            own, resident = _resident(pid)
            values |= {("private", name): process["used"], ("own", name): own, ("resident", name): resident}
        return values

    def stop(self):
        self._is_over.set()
        self._thread.join()
        self._rpc.close()
        if self._error:
            raise self._error
        self.shared = self._courses("shared")[""]
        self.private, self.own, self.resident = map(self._courses, ("private", "own", "resident"))

    def _courses(self, what):
        times = [when for when, _ in self._samples]
        names = [name for kind, name in self._samples[0][1] if kind == what]
        return {name: Course(times, [values[what, name] for _, values in self._samples]) for name in names}


def _resident(pid):
    """Of a process in RAM, in bytes: what is its own, and all."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        text = file.read()
    return [1024 * int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) for name in ("RssAnon", "VmRSS")]
