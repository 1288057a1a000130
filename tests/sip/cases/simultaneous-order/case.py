# SPDX-License-Identifier: GPL-2.0-or-later
from harness.board import Board


def run(t):
    alice = t.user("1001")
    devices = [
        alice.device("late", ring_order=20),
        alice.device("b", ring_order=10, id=f"dev_{t.key}_2"),
        alice.device("a", ring_order=10, id=f"dev_{t.key}_1"),
        alice.device("early", ring_order=-5),
    ]
    with Board(t, refuse_with="486 Busy Here") as board:
        for device in devices:
            board.register(device)

        t.calls("1001").ends(486)

        t.equal(board.called, ["1001-early", "1001-a", "1001-b", "1001-late"], "order of the INVITEs")
