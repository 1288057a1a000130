# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings

EXPLAIN = "a phone registers anew while another one rings"


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    desk = alice.phone("desk", rings(), ring_order=1)
    soft = alice.device("soft", ring_order=2)
    old = soft.phone(rings())

    call = t.calls("1001")
    desk.ringing()
    t.pause(0.5)
    soft.unregister(old)
    new = soft.phone(answers(after=0.5), port=5062, address=old.address)

    call.ends(200, after=2.5)
    new.rang_after(call, 2.0).answered()
    call.over()
    old.never_rang()
