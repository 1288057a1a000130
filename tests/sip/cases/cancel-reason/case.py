# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings

REASON = 'SIP;cause=600;text="Busy Everywhere"'


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    phones = [alice.phone("desk", rings()), alice.phone("soft", rings())]

    call = t.calls("1001", cancel_headers=[f"Reason: {REASON}"]).proceeding()
    t.pause(0.3)
    call.cancel()

    call.ends(487)
    for phone in phones:
        phone.cancelled(REASON)
