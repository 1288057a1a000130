# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=2)
    phones = [alice.phone("desk", rings()), alice.phone("soft", rings())]

    call = t.calls("1001").proceeding()
    t.sql("DELETE FROM sip_device WHERE user_id = %s", (alice.id,))
    alice.update(ring_timeout_sec=100)

    call.ends(480, after=2.0)
    for phone in phones:
        phone.rang(2.0).cancelled()
    t.calls("1001").ends_at_once(480)
