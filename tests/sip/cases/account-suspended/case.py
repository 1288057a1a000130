# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings

ROUTES = True


def run(t):
    other = t.other_tenant()
    alice = other.user("1001")
    desk = alice.phone("desk", rings())
    other.update(status="suspended")

    # Called by somebody of another account: the suspended one's own phones cannot call at all.
    t.calls(alice.uri).ends_at_once(404)

    t.pause(0.5)
    desk.never_rang()
