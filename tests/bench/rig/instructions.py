# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions a call of the worker that routes it, by callgrind."""

import glob
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from . import variants
from .calls import Caller, write_callee, write_callees
from .cluster import Cluster
from .peer import SAMPLE, Peer

_TRIES = 12  # until nothing had to be sent again, as on a busy machine, and all phones rang
_REPLIES = 3  # of a phone in a call: 180, 200 and the 200 to BYE; or 180, the 200 to CANCEL, 487
_WARM_UP = 50  # calls that are not counted: the first ones resolve symbols and fill caches


def _command(folder):
    """What to run Kamailio under; what callgrind writes is in `folder`."""
    return [
        "valgrind", "--tool=callgrind", "--trace-children=yes", f"--callgrind-out-file={folder}/callgrind.out.%p",
        f"--vgdb-prefix={folder}/vgdb", f"--log-file={folder}/valgrind.%p.log",
    ]


def _tell(folder, pid, order):
    """`zero`: begin to count; `dump`: write what was counted."""
    subprocess.run(
        ["vgdb", f"--vgdb-prefix={folder}/vgdb", f"--pid={pid}", "--wait=5", order],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True,
    )


def _dump(folder, pid):
    """The file, and the instructions in it."""
    _tell(folder, pid, "dump")
    path = max(glob.glob(f"{folder}/callgrind.out.{pid}.*"), key=os.path.getmtime)
    with open(path, encoding="utf-8", errors="replace") as file:
        total = re.findall(r"^(?:summary|totals): (\d+)", file.read(), re.MULTILINE)
    return path, int(total[-1])


def _count(variant, cluster, phones, folder, users, calls, rate, surroundings):
    own = os.path.join(folder, variant.key + ".callgrind")
    os.makedirs(own)
    callees = os.path.join(own, "callees.csv")
    if variant.dials:
        write_callee(callees, variant.dials)
    else:
        write_callees(callees, users)
    peer = Peer(variant, folder, users, cluster, children=1, run=_command(own), surroundings=surroundings)
    try:
        peer.wait_ready()
        peer.load_contacts(phones.ports)
        Caller(peer, callees, rate, _WARM_UP, folder, variant.key + "-warm").finish()
        worker = peer.named("udp receiver")[0]
        for _ in range(_TRIES):
            before = peer.replies()
            _tell(own, worker, "zero")
            done = Caller(peer, callees, rate, calls, folder, variant.key + "-calls").finish()
            path, total = _dump(own, worker)
            done["replies"] = peer.replies() - before
            if done == {"ok": calls, "sent_again": 0, "replies": calls * variant.phones * _REPLIES}:
                return total / calls, path
    finally:
        peer.stop()
    raise RuntimeError(f"{variant.title}: no clean run under callgrind, {done}: is the machine busy?")


def measure(folder, phones, keys, surroundings=SAMPLE, users=1000, calls=100, rate=10, rules=0):
    """Key -> (user-space instructions a call, callgrind's file). System calls are not seen. rules: of each user, none of which
    holds."""
    os.makedirs(folder)
    os.chmod(folder, 0o755)
    cluster = Cluster(os.path.join(folder, "postgres"), users)
    if rules:
        cluster.add_rules(rules)
    if any(variants.COUNTED[key].dials for key in keys):
        cluster.add_groups()

    def count(key):
        return _count(variants.COUNTED[key], cluster, phones, folder, users, calls, rate, surroundings)

    try:
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            return dict(zip(keys, pool.map(count, keys)))
    finally:
        cluster.stop()
