# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import silent


def run(t):
    t.user("1001", ring_timeout_sec=2).phone("desk", silent())

    t.calls("1001").ends(480, after=2.0)
