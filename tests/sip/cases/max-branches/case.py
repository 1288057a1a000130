# SPDX-License-Identifier: GPL-2.0-or-later
from harness.board import Board

STACK = {"after": "max_branches=12"}


def crowd(t, board, username, count, **columns):
    user = t.user(username, ring_timeout_sec=2, **columns)
    for device in [user.device(f"d{n:02}", ring_order=n) for n in range(count)]:
        board.register(device)


def run(t):
    with Board(t) as ringing, Board(t, refuse_with="480 Unavailable") as refusing:
        crowd(t, ringing, "1001", 30)
        crowd(t, refusing, "1002", 14, ring_strategy="sequential")

        t.calls("1001").ends(480, after=2.0)
        t.calls("1002").ends(480)

        t.equal(ringing.called, [f"1001-d{n:02}" for n in range(11)], "devices that rang")
        ringing.all_rang(2.0)
        t.equal(refusing.called, [f"1002-d{n:02}" for n in range(11)], "steps")
    warnings = [line for line in t.stack.log_text().splitlines() if "branches run short" in line]
    t.equal([sum(call.call_id in line for line in warnings) for call in t.callers], [1, 1], "log lines of each call")
