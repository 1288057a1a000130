# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import ELSEWHERE, rings

ROUTES = True


def run(t):
    alice = t.user("1001", ring_timeout_sec=3)
    phones = [alice.phone("desk", rings()), alice.phone("soft", rings())]

    call = t.calls("1001").proceeding()
    t.pause(0.7)
    call.cancel()

    call.ends(487, after=0.7)
    for phone in phones:
        phone.rang(0.7).cancelled()
        t.check(phone.leg().reason != ELSEWHERE, f"{phone.name} was told that somebody answered; nobody did")
    t.nothing_rings(3.5)
