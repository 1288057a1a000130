# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.board import Board
from harness.net import free_address
from harness.phone import answers

MEDIA = free_address()
STACK = {"before": f'#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"', "after": "max_branches=12"}


def crowd(t, board, username, count, **columns):
    user = t.user(username, **{"ring_timeout_sec": 2, **columns})
    for device in [user.device(f"d{n:02}", ring_order=n) for n in range(count)]:
        board.register(device)
    return user


def late_ones(t):
    """Nine ring, of twelve branches one is for the box: two of those that come late ring."""
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    with Board(t) as board:
        box = Device(t, "box", t.domain, "").phone(answers(after=0.2), address=MEDIA, register=False)
        carol = crowd(t, board, "1003", 9, voicemail_id="7", ring_timeout_sec=3)
        devices = [carol.device(f"d{n:02}", ring_order=n) for n in range(9, 14)]
        t.settle()
        with t.unexplained():
            call = t.calls("1003").proceeding()
        board.register_at_once(devices)
        call.ends(200, after=3.2)
        box.answered()
        call.over()
        t.equal(board.called[:9], [f"1003-d{n:02}" for n in range(9)], "devices that rang at first")
        t.equal(len(board.called), 11, "devices that rang in all")


def run(t):
    with Board(t) as ringing, Board(t, refuse_with="480 Unavailable") as refusing:
        crowd(t, ringing, "1001", 30)
        crowd(t, refusing, "1002", 14, ring_strategy="sequential")

        t.calls("1001").ends(480, after=2.0)
        t.calls("1002").ends(480)

        t.equal(ringing.called, [f"1001-d{n:02}" for n in range(11)], "devices that rang")
        ringing.all_rang(2.0)
        t.equal(refusing.called, [f"1002-d{n:02}" for n in range(11)], "steps")
    there = list(t.callers)
    late_ones(t)
    warnings = [line for line in t.stack.log_text().splitlines() if "branches run short" in line]
    t.equal([sum(call.call_id in line for line in warnings) for call in there], [1, 1], "log lines of each call")
    # The timer's process, where no message is handled, knows no Call-ID.
    t.equal(sum("user 1003 (" in line for line in warnings), 1, "log lines of the call that phones join")
