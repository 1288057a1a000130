# SPDX-License-Identifier: GPL-2.0-or-later
from harness.board import Board
from harness.phone import rings

STACK = {"after": 'modparam("pike", "reqs_density_per_unit", 1000)'}


def all_there(t):
    alice = t.user("1001", ring_timeout_sec=2)
    with Board(t) as board:
        for device in [alice.device(f"d{n:02}", ring_order=n) for n in range(30)]:
            board.register(device)

        t.calls("1001").ends(480, after=2.0)

        t.equal(board.called, [f"1001-d{n:02}" for n in range(29)], "devices that rang")
        board.all_rang(2.0)
        t.pause(1.0)
        t.equal(len(board.invites), 29, "INVITEs")


def all_come_late(t):
    """One rings, fifty register at once."""
    bob = t.user("1002", ring_timeout_sec=4)
    desk = bob.phone("desk", rings())
    with Board(t) as board:
        devices = [bob.device(f"d{n:02}", ring_order=n) for n in range(50)]
        t.settle()
        with t.unexplained():
            call = t.calls("1002").proceeding()
        board.register_at_once(devices)
        call.ends(480, after=4.0)

        desk.rang(4.0)
        t.wait_for(lambda: len(board.cancelled) == len(board.invites), 3, "each leg should get a CANCEL")
        t.equal(len(board.invites), 28, "INVITEs to those that came late")
        t.equal(len(set(board.called)), 28, "devices that rang")
    said = [line for line in t.stack.log_text().splitlines() if "user 1002 (" in line and "branches run short" in line]
    t.equal(len(said), 1, "log lines of the call")


def run(t):
    all_there(t)
    all_come_late(t)
