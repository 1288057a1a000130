# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.phone import answers, rings

ROUTES = True


def is_sealed(t, invite):
    """Our Record-Route has a parameter that only we can read and that discloses nothing."""
    sealed = re.search(r";ur=([A-Za-z0-9_-]+)", invite.header("Record-Route"))
    t.check(sealed is not None and 100 < len(sealed[1]) < 400, f"Record-Route is {invite.header('Record-Route')}, expected a ur= of 100 to 400 characters")


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    alice.phone("desk", rings())
    soft = alice.phone("soft", answers(after=0.3))
    dora = t.user("1002", ring_timeout_sec=5).phone("desk", answers(after=0.3, hangs_up_after=0.7))

    call = t.calls("1001", talk=None).ends(200)
    t.pause(0.2)
    call.hold()
    t.pause(0.2)
    call.hang_up().over()
    soft.saw_bye()
    is_sealed(t, soft.leg().invite)

    t.calls("1002", talk=None).ends(200).over()
    dora.rang_times(1)
