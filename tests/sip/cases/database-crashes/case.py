# SPDX-License-Identifier: GPL-2.0-or-later
import signal

from harness.faults import SAYS_SO, SOON, Mirror
from harness.postgres import Postgres
from harness.traffic import Traffic

NOT_IN_LUA = "the database's faults: no matter of the script"
STACK = {"after": SOON}
PAIRED = True
LIMIT = 60
HARMLESS = SAYS_SO


def hangs(t, postgres, traffic, mirror):
    with traffic.through("the database hangs"):
        with postgres.hung():
            mirror.is_stale("within 500 ms")
            t.pause(1)
        took = mirror.has_recovered(postgres.connect())
    t.note(f"ready again {took:.1f} s after it went on")
    mirror.said(2, "no answer from the database within 800 ms")


def ends(t, postgres, traffic, mirror, how, away):
    """`away`: seconds until it is started again."""
    name = how.name
    with traffic.through(f"the database ends by {name}"):
        postgres.end(how)
        mirror.is_stale()
        if away:
            mirror.is_stale("onnection refused")
        t.pause(away)
        postgres.start()
        mirror.rename(postgres.connect())
        took = mirror.has_recovered(postgres.connect())
    t.note(f"ready again {took:.1f} s after it took connections")
    mirror.said(4)  # lost; "is shutting down"; refused; "is starting up"


def run(t):
    postgres, mirror = Postgres(t.stack), Mirror(t, t.stack)
    traffic = Traffic(t)
    hangs(t, postgres, traffic, mirror)
    ends(t, postgres, traffic, mirror, signal.SIGINT, 1)
    ends(t, postgres, traffic, mirror, signal.SIGQUIT, 0.5)
    ends(t, postgres, traffic, mirror, signal.SIGKILL, 0.5)
