# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects

EXPLAIN = "its lists of response codes are not those that the comparison knows"
STACK = {
    "after": """
modparam("user_routing", "busy_codes", "480,600")
modparam("user_routing", "no_answer_codes", "408,486")
modparam("user_routing", "fr_timer", 1500)
"""
}


def run(t):
    for status, code in ((480, 486), (486, 480), (603, 480)):
        t.user(f"1{status}").phone("desk", rejects(status, after=0.1))
        t.calls(f"1{status}").ends(code)
    t.user("1001", ring_timeout_sec=10).device("gone").register(t.addresses.take())
    t.calls("1001").ends(480, after=1.5)
