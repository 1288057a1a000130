# SPDX-License-Identifier: GPL-2.0-or-later
"""How long this machine lets a process wait that has something to do."""

import os
import threading
import time

HOPS = 4  # processes that wait one after another for the machine, between what a case does and what it sees
FILE_MAX = 10_000_000  # bytes
STEP = 0.005  # seconds of each sleep


class Stalls:
    """Measures from now on: how late a process wakes up when its sleep is over, whoever it is, or has written a line to a
    file, as SIPp does with each message."""

    def __init__(self, folder):
        self._path = os.path.join(folder, "stalls")
        self._late = []  # (when it began to sleep, seconds)
        threading.Thread(target=self._sleep, daemon=True).start()

    def _sleep(self):
        with open(self._path, "wb", buffering=0) as file:
            while True:
                if file.tell() > FILE_MAX:
                    file.seek(0)
                begin = time.time()
                time.sleep(STEP)
                file.write(b"x" * 500)
                late = time.time() - begin - STEP
                if late > 0.001:
                    self._late.append((begin, late))

    def worst(self, begin, end):
        """The longest, in seconds, between two times of the clock (time.time())."""
        return max((late for when, late in self._late if begin <= when <= end), default=0.0)
