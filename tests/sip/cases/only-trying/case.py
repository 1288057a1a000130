# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import only_trying


def run(t):
    phone = t.user("1001", ring_timeout_sec=2).phone("desk", only_trying())

    t.calls("1001").ends(480, after=2.0)

    phone.rang(2.0).cancelled()
