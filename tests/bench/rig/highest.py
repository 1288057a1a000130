# SPDX-License-Identifier: GPL-2.0-or-later
"""The highest rate at which a peer loses no call, with phones and callers on the same machine."""

import time

from .calls import Caller

_SECONDS = 4  # of calls for a try
_GRACE = 3  # seconds for the last calls to end: a call takes half a second


def _succeeds(peer, callees, rate, folder):
    count = round(rate * _SECONDS)
    caller = Caller(peer, callees, rate, count, folder, f"{peer.variant.key}-highest-{rate:.0f}")
    done = caller.finish(_SECONDS + _GRACE)
    if done["ok"] == count:
        return True
    time.sleep(_GRACE)  # what has piled up goes away
    return False


def measure(peer, callees, folder, start=400, steps=5):
    """Calls a second: doubled or halved until it turns, then bisected."""
    good, bad, rate = 0, None, start
    for _ in range(steps):
        if _succeeds(peer, callees, rate, folder):
            good = rate
        else:
            bad = rate
        if bad is None:
            rate = good * 1.6
        elif good == 0:
            rate = bad / 1.6
        else:
            rate = (good + bad) / 2
    return good
