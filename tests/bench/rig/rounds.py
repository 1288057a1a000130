# SPDX-License-Identifier: GPL-2.0-or-later
"""A round: peers get the same calls at the same time."""

import os
from contextlib import contextmanager

from . import figures
from .calls import Caller
from .capture import Capture
from .process import cpu_seconds
from .storm import Storm
from .variants import AGAIN, ALL, FLOOR, MODULE

# What goes on beside the calls, and who takes part.
QUIET, STORM, STOPPED = "quiet", "storm", "stopped"
PEERS = {QUIET: tuple(ALL), STORM: (FLOOR, AGAIN, MODULE), STOPPED: (FLOOR, AGAIN, MODULE)}


@contextmanager
def beside(kind, stand, storms):
    """Nothing, a storm (how fast it was is added to `storms`), or a PostgreSQL that hangs."""
    if kind == STORM:
        storm = Storm(stand.cluster, stand.users)
        try:
            yield
        finally:
            storms.append(storm.stop())
    elif kind == STOPPED:
        try:
            stand.cluster.freeze()
            yield
        finally:
            stand.cluster.thaw()
            stand.module.wait_ready()
    else:
        yield


class _Work:
    """CPU time of a peer and of PostgreSQL for it, from here on."""

    def __init__(self, peer, cluster):
        mirror = peer.named("user_routing mirror")
        workers = [pid for pid in peer.processes() if pid not in mirror]
        self._groups = [cpu_seconds(pids) for pids in (workers, mirror, cluster.backends(peer.variant.role))]

    def so_far(self):
        """Of the SIP side, the mirror, PostgreSQL; of processes that still are there."""
        return [sum(now - before[pid] for pid, now in cpu_seconds(before).items()) for before in self._groups]


def run(stand, keys, rate, seconds):
    """Key -> what was seen of the peer: times in seconds, CPU times for a call."""
    calls = round(rate * seconds)
    capture = Capture(os.path.join(stand.folder, "invites.pcap"))
    callers = {}
    try:
        work = {key: _Work(stand.peers[key], stand.cluster) for key in keys}
        for key in keys:
            callers[key] = Caller(stand.peers[key], stand.callees, rate, calls, stand.folder, f"{key}-round")
        done = {key: caller.finish() for key, caller in callers.items()}
        spent = {key: work[key].so_far() for key in keys}
    finally:
        for caller in callers.values():
            caller.stop()
        capture.stop()
    latencies = capture.latencies()
    return {key: _seen(done[key], spent[key], latencies.get(stand.peers[key].port, []), calls) for key in keys}


def _seen(done, spent, latencies, calls):
    sip, mirror, postgres = (seconds / calls for seconds in spent)
    return {
        "sip": sip,
        "mirror": mirror,
        "kamailio": sip + mirror,
        "postgres": postgres,
        "both": sip + mirror + postgres,
        "p50": figures.percentile(latencies, 50),
        "p99": figures.percentile(latencies, 99),
        "failed": calls - done["ok"],
        "sent_again": done["sent_again"],
    }
