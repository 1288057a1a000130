# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rejects, rings

ROUTES = True


def run(t):
    other = t.user("1009").phone("desk", rings())
    lure = f"sip:phone@{other.address}:{other.port}"
    t.user("1001").phone("desk", rejects(302, contact=lure))
    bob = t.user("1002", ring_strategy="sequential", ring_timeout_sec=5)
    bob.phone("first", rejects(302, contact=lure), ring_order=1)
    second = bob.phone("second", answers(after=0.5), ring_order=2)

    t.calls("1001").ends(480, after=0.3)
    call = t.calls("1002").ends(200, after=0.8)
    second.answered()
    call.over()
    other.never_rang()
