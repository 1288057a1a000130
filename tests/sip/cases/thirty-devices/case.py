# SPDX-License-Identifier: GPL-2.0-or-later
from harness.board import Board


def run(t):
    alice = t.user("1001", ring_timeout_sec=2)
    with Board(t) as board:
        for device in [alice.device(f"d{n:02}", ring_order=n) for n in range(30)]:
            board.register(device)

        t.calls("1001").ends(480, after=2.0)

        t.equal(board.called, [f"1001-d{n:02}" for n in range(29)], "devices that rang")
        board.all_rang(2.0)
        t.pause(1.0)
        t.equal(len(board.invites), 29, "INVITEs")
