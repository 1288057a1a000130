# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=2)
    b = alice.phone("one", rings(), id=f"dev_{t.key}_b")
    c = alice.phone("two", rings(), id=f"dev_{t.key}_c")
    a = alice.phone("three", rings(), id=f"dev_{t.key}_a")

    call = t.calls("1001")

    call.ends(480, after=6.0)
    for step, phone in enumerate((a, b, c)):
        phone.rang_after(call, 2.0 * step).rang(2.0).cancelled()
    t.nothing_rings()
