# SPDX-License-Identifier: GPL-2.0-or-later
import hashlib

from harness.phone import answers, rings

ROUTES = True

SECRET = "CHANGE-ME-TOO"  # the sample's UR_SECRET


def is_marked(t, invite):
    """Our Record-Route has what only we can know; all nodes, whatever their script, the same."""
    mark = hashlib.md5((SECRET + invite.call_id).encode()).hexdigest()
    t.check(f";k={mark}" in invite.header("Record-Route"), f"Record-Route is {invite.header('Record-Route')}, expected a k={mark}")


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
    is_marked(t, soft.leg().invite)

    t.calls("1002", talk=None).ends(200).over()
    dora.rang_times(1)
