# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects


def run(t):
    desk = t.user("1001").device("desk")
    phone = desk.phone(rejects(486, after=0.05))
    t.calls("1001").ends(486)

    desk.unregister(phone)

    t.calls("1001").ends_at_once(480)
    desk.register(phone.address, source=(phone.address, 5099))
    t.calls("1001").ends(486)
    phone.rang_times(2)
