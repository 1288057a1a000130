# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes that take place at the same time: a case of many calls takes as long as the longest one."""

import heapq
import time

from .expect import Unexpected, near
from .phone import TOLERANCE

PACE = 0.15  # seconds from the begin of a scene to that of the next one


def beside(t, *scenes, first=2000):
    """Plays the scenes, each a function scene(t, username): it sets up its people and yields once; when all have, it
    begins, and yields the seconds until it goes on. It returns its checks, a function, for the end: what waits would
    hold up the others. `first`: number of the first scene's user."""
    acts = [(n, scene, scene(t, str(first + n))) for n, scene in enumerate(scenes)]
    for _, _, act in acts:
        next(act)
    t.settle()
    began = time.monotonic()
    acts = [(began + n * PACE, n, scene, act) for n, scene, act in acts]
    ends = []
    while acts:
        due, n, scene, act = heapq.heappop(acts)
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            heapq.heappush(acts, (time.monotonic() + next(act), n, scene, act))
        except StopIteration as end:
            ends.append((scene.__name__, end.value))
    for name, checks in ends:
        try:
            checks()
        except Unexpected as failed:
            raise type(failed)(f"{name}: {failed}") from failed


class Late:
    """A phone that is there, and registers later."""

    def __init__(self, device, behaviour, **options):
        self.device = device
        self.phone = device.phone(behaviour, register=False, **options)
        self.registered = None

    def registers(self, address=None, **contact):
        """`address`: of the contact, if not the phone's own."""
        phone = self.phone
        self.device.register(address or phone.address, phone.port, source=(phone.address, 5099), **contact)
        self.registered = time.time()

    def rang_at_once(self):
        near(self.phone.leg().time - self.registered, 0.0, TOLERANCE, f"{self.phone.name} got its INVITE after its REGISTER")
        return self.phone
