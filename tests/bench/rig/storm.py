# SPDX-License-Identifier: GPL-2.0-or-later
"""An update storm: users change, each in a transaction of its own."""

import multiprocessing
import os
import random
import time

from harness.sip import token

_CHANGE = "UPDATE sip_user SET display_name = %s WHERE account_id = 'acc_bench' AND username = %s"
_BEAT = 0.01  # seconds from one burst to the next


def _blow(cluster, users, rate, stop, done):
    parent = os.getppid()
    with cluster.connect().cursor() as cursor:
        start, chosen = time.monotonic(), random.Random(2)
        name = f"User {token(8)}"  # of this storm: who is called that already has not changed
        while not stop.is_set() and os.getppid() == parent:
            due = int((time.monotonic() - start) * rate)
            while done.value < due and not stop.is_set():
                cursor.execute(_CHANGE, (f"{name} {done.value}", f"u{chosen.randrange(users)}"))
                done.value += 1
            time.sleep(_BEAT)


class Storm:
    """`rate` changed users a second, from start to stop()."""

    def __init__(self, cluster, users, rate=1000):
        self._stop, self._done = multiprocessing.Event(), multiprocessing.Value("l", 0)
        self._process = multiprocessing.Process(target=_blow, args=(cluster, users, rate, self._stop, self._done), daemon=True)
        self._start = time.monotonic()
        self._process.start()

    def stop(self):
        """Changed users a second, as it came to be."""
        seconds = time.monotonic() - self._start
        self._stop.set()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        return self._done.value / seconds
