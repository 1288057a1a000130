# SPDX-License-Identifier: GPL-2.0-or-later
import signal

from harness import faults, nodes
from harness.faults import Mirror
from harness.nodes import NO_WAIT, Nodes
from harness.traffic import Traffic

NOT_IN_LUA = "the database's faults: no matter of the script"
EXPLAIN = "its calls come by the thousand"
STACK = nodes.stack(faults.SOON)
OWN_NETWORK = True
PAIRED = True
LIMIT = 60


def run(t):
    with Nodes(t, standby=True, harmless=faults.SAYS_SO) as both:
        one, two = both
        mirrors = [Mirror(t, node, f"71{node.number}", node.here) for node in both]
        traffic = []
        for node in both:
            with node.here():
                traffic.append(Traffic(t, number=7000 + 10 * node.number, rate=10))
        for mirror in mirrors:
            mirror.log()
        with traffic[0].through("the primary is killed and the standby promoted (node 1)", slower=NO_WAIT), \
                traffic[1].through("the same (node 2)", slower=NO_WAIT):
            for mirror in mirrors:
                mirror.rename(both.postgres.connect())
            both.standby.has_caught_up(both.postgres)
            both.postgres.end(signal.SIGKILL)
            for mirror in mirrors:
                mirror.is_stale("session is read-only")
            t.pause(1)
            both.standby.promote()
            for mirror in mirrors:
                mirror.rename(both.standby.connect())
            waits = [mirror.has_recovered(both.standby.connect()) for mirror in mirrors]
        t.note(f"ready again {waits[0]:.1f} s (node 1) and {sum(waits):.1f} s (node 2) after the standby was promoted")
        for mirror in mirrors:
            mirror.said(4)  # lost; either host has its reason, and may be slow to give it
