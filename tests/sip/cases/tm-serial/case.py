# SPDX-License-Identifier: GPL-2.0-or-later
import os

from harness.phone import alternates, answers, rejects, rings

LIMIT = 60
HERE = os.path.dirname(os.path.abspath(__file__))
NOT_IN_LUA = "its own script"
STACK = {"script": os.path.join(HERE, "script.cfg")}


def left_for_another(t):
    """603 ends Erin's ring; the contacts that tm has put aside are not rung in Frank's."""
    frank = t.user("1006", ring_timeout_sec=1)
    his = frank.phone("only", rejects(486, after=0.2))
    erin = t.user("1005", ring_strategy="sequential", ring_timeout_sec=1, fwd_busy_kind="user", fwd_busy_id=frank.id)
    first, second = erin.phone("first", rejects(603, after=0.2), ring_order=1), erin.phone("second", rings(), ring_order=2)
    call = t.stranger_calls("1005").ends(486, after=0.4)
    first.rejected(603)
    his.rang_after(call, 0.2).rejected(486)
    second.never_rang()


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    third = alice.phone("third", answers(after=0.5), ring_order=3)
    first = alice.phone("first", rejects(486, after=0.6), ring_order=1)
    second = alice.phone("second", alternates(every=0.7), ring_order=2)
    call = t.stranger_calls("1001").ends(200, after=3.1)
    first.rang_after(call, 0.0).rejected(486)
    second.rang_after(call, 0.6).rang(2.0).cancelled()
    third.rang_after(call, 2.6).answered()
    call.over()

    bob = t.user("1002", ring_strategy="sequential", ring_timeout_sec=1)
    phones = [bob.phone(f"phone-{n}", rings(), ring_order=n) for n in range(3)]
    call = t.stranger_calls("1002").ends(480, after=3.0)
    for n, phone in enumerate(phones):
        phone.rang_after(call, n * 1.0).rang(1.0).cancelled()

    carol = t.user("1003", ring_timeout_sec=1)
    phones = [carol.phone(f"phone-{n}", rings()) for n in range(2)]
    call = t.stranger_calls("1003").ends(480, after=1.0)
    for phone in phones:
        phone.rang_after(call, 0.0).cancelled()

    dave = t.user("1004")
    dave.phone("only", answers(after=0.2))
    t.stranger_calls("1004").ends(200, after=0.2).over()
    left_for_another(t)
    t.nothing_rings()
