# SPDX-License-Identifier: GPL-2.0-or-later
"""The order of the measurements, and what comes of them: a dict that goes into a file as it is."""

import os
import sys
import time

from . import alike, effect, figures, highest, instructions, rounds
from .calls import Caller, Phones
from .peer import BARE, SAMPLE
from .spinner import Spinners
from .stand import Stand
from .storm import Storm
from .variants import AGAIN, within

_CHANGES = 200
_BARE_USERS = 1000


def limit(wanted):
    """Seconds after which something must be wrong."""
    kinds = len(wanted["users"]) * len(rounds.PEERS) + 1
    return int(800 + kinds * wanted["rounds"] * (wanted["seconds"] + 8) + sum(wanted["users"]) / 800)


def _say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def everything(folder, wanted, stack):
    """What is started is stopped by `stack`."""
    phones = Phones(folder)
    stack.callback(phones.stop)
    _say("instructions a call, by callgrind")
    counted = {
        name: instructions.measure(os.path.join(folder, f"callgrind-{name}"), phones, list(within(name)), name)
        for name in (SAMPLE, BARE)
    }
    bare = stack.enter_context(Stand(folder, _BARE_USERS, phones, BARE))
    stands = []
    for users in wanted["users"]:
        _say(f"starting the peers of {users:,} users")
        stands.append(stack.enter_context(Stand(folder, users, phones)))
    alike.check(stands[0])
    spinners = Spinners()
    stack.callback(spinners.stop)
    sizes = [
        {"users": s.users, "load_seconds": s.load_seconds, "loaded_bytes": s.loaded_bytes, "storms": [], "rounds": {}} for s in stands
    ]
    bare_rounds = _rounds(stands, sizes, wanted, bare)
    for stand, size in zip(stands, sizes):
        _say(f"from COMMIT to effect, {stand.users:,} users")
        size["effect"] = _effects(stand, wanted["rate"], size["storms"])
    _say(f"the highest rate, {stands[-1].users:,} users")
    best = {key: highest.measure(peer, stands[-1].callees, folder) for key, peer in stands[-1].peers.items() if key != AGAIN}
    return {
        "settings": wanted, "sizes": sizes, "bare": {"users": bare.users, "rounds": bare_rounds},
        "instructions": {name: {key: count for key, (count, _) in of.items()} for name, of in counted.items()},
        "highest": {"users": stands[-1].users, "rates": best},
    }


def _rounds(stands, sizes, wanted, bare):
    """The sizes take turns, so that they can be compared, too. Returns the rounds of `bare`."""
    of_bare = []
    for stand in (*stands, bare):  # fills caches; not counted
        rounds.run(stand, list(stand.peers), wanted["rate"], 3)
    for kind, keys in rounds.PEERS.items():
        count = wanted["rounds"] if kind == rounds.QUIET else (wanted["rounds"] + 1) // 2
        for n in range(count):
            _say(f"round {n + 1} of {count}, {kind}")
            for stand, size in zip(stands, sizes):
                with rounds.beside(kind, stand, size["storms"]):
                    seen = rounds.run(stand, keys, wanted["rate"], wanted["seconds"])
                size["rounds"].setdefault(kind, []).append(seen)
            if kind == rounds.QUIET:
                of_bare.append(rounds.run(bare, list(bare.peers), wanted["rate"], wanted["seconds"]))
    return of_bare


def _effects(stand, rate, storms):
    idle = effect.measure(stand.module, stand.cluster, _CHANGES)
    storm = Storm(stand.cluster, stand.users)
    caller = Caller(stand.module, stand.callees, rate, 100000, stand.folder, "effect")
    try:
        busy = effect.measure(stand.module, stand.cluster, _CHANGES)
    finally:
        caller.stop()
        storms.append(storm.stop())
    return {name: [figures.percentile(v, 50), figures.percentile(v, 99)] for name, v in (("idle", idle), ("storm", busy))}
