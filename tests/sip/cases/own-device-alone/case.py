# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    desk = t.user("1001").device("desk")
    phone = desk.phone(rings())

    desk.calls("1001").ends_at_once(480)

    t.pause(0.5)
    phone.never_rang()
