# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import silent


def run(t):
    phone = t.user("1001", ring_timeout_sec=20).phone("desk", silent())

    call = t.calls("1001")

    call.ends(480, after=4.0)
    phone.rang_times(1)
    t.nothing_rings()
