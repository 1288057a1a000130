# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings

INSTANCE = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"


def run(t):
    desk = t.user("1001", ring_timeout_sec=5).device("desk")
    outbound = {"instance": INSTANCE, "headers": [("Supported", "outbound, path")]}
    first = desk.phone(rings(), reg_id=1, **outbound)
    second = desk.phone(answers(after=0.5), reg_id=2, **outbound)

    call = t.calls("1001")

    call.ends(200, after=0.5)
    second.answered()
    call.over()
    first.never_rang()
