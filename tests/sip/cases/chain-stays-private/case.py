# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings


def run(t):
    stranger = t.other_tenant().user("9001", ring_timeout_sec=5)
    theirs = stranger.phone("theirs", rings())
    t.user("1001", fwd_always_kind="user", fwd_always_id=stranger.id)

    t.calls("1001").ends_at_once(480)

    theirs.never_rang()
