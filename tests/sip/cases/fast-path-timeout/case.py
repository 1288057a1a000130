# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    phone = t.user("1001", ring_timeout_sec=2).phone("desk", rings())

    t.calls("1001").ends(480, after=2.0)

    phone.rang(2.0).cancelled()
    t.nothing_rings()
