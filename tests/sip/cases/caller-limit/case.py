# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rings

STACK = {"after": 'modparam("user_routing", "max_calls_per_device", 3)'}
EXPLAIN = "it does not count the calls that a device sets up"
LIMIT = 60


def limited(t):
    return int(t.stack.kamcmd("stats.fetch", "user_routing.calls_limited").split(":")[-1].strip(" \n}"))


def run(t):
    t.user("1001", ring_timeout_sec=30).device("desk").phone(rings())
    t.user("1003").device("other").phone(answers())
    t.user("1006").device("away")
    bob, carol = t.user("1004").device("bob"), t.user("1005").device("carol")
    for turn in range(2):
        before = limited(t)
        ringing = [bob.calls("1001").proceeding(180) for _ in range(3)]
        for target in ("1001", "1003", "nobody"):
            bob.calls(target).ends_at_once(503)
        t.equal(limited(t) - before, 3, "calls_limited")
        carol.calls("1003").ends(200)
        ringing[0].cancel().ends(487)
        for _ in range(3):  # what has its final response does not count, answered or not
            bob.calls("1003").ends(200)
            bob.calls("1006").ends(480)
        for call in ringing[1:]:
            call.cancel().ends(487)
