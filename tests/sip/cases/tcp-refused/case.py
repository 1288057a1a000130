# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers

ROUTES = True
HARMLESS = [r"tcp-refused.*(connect|Connection refused|tcp_send failed)"]


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=10)
    alice.device("desk", ring_order=1).register(t.addresses.take(), 5099, uri_params=";transport=tcp")
    soft = alice.phone("soft", answers(after=0.2), ring_order=2)

    call = t.calls("1001")

    call.ends(200, after=0.2)
    soft.rang_after(call, 0.0).answered()
    call.over()
