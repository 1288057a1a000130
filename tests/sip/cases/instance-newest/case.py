# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings

INSTANCE = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
OTHER = "0e3c8a10-7dec-11d0-a765-00a0c91e6bf6"


def run(t):
    desk = t.user("1001", ring_timeout_sec=5).device("desk")
    old = desk.phone(rings(), instance=INSTANCE)
    other = desk.phone(rings(), instance=OTHER)
    t.pause(1.1)  # the registrar's clock ticks in seconds
    new = desk.phone(answers(after=1.0), instance=INSTANCE)

    call = t.calls("1001")

    call.ends(200, after=1.0)
    new.answered()
    other.rang(1.0).cancelled()
    call.over()
    old.never_rang()
