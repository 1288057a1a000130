# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects

STACK = {}
# It says so once, when its connection breaks.
HARMLESS = [r"user_routing.*(connection|database|terminat)"]


def run(t):
    phone = t.user("1001").phone("desk", rejects(486, after=0.05))
    bob = t.user("1002")
    t.caller()
    t.settle()

    call = t.calls

    call("1001").ends(486)
    t.sql("ALTER ROLE user_routing NOLOGIN")
    t.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'user_routing'")
    bob.update(username="1003")
    t.pause(0.5)
    call("1001").ends(486)
    call("1003").ends_at_once(404)
    t.sql("ALTER ROLE user_routing LOGIN")

    def known():
        status = call("1003").final.status
        t.check(status in (404, 480), f"expected 404 or 480, saw {status}")
        return status == 480  # 1003 exists now; they have no phone

    t.wait_for(known, 15, "the change made while the connection was down should come into force")
    call("1001").ends(486)
    phone.rang_times(3)
