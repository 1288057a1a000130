# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import alternates


def run(t):
    phone = t.user("1001", ring_timeout_sec=3).phone("desk", alternates(every=0.7))

    t.calls("1001").ends(480, after=3.0)

    phone.rang(3.0).cancelled()
    t.nothing_rings()
