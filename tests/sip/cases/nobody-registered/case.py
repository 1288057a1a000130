# SPDX-License-Identifier: GPL-2.0-or-later
def run(t):
    for number, strategy in enumerate(("simultaneous", "sequential", "specific")):
        user = t.user(f"100{number + 1}", ring_strategy=strategy)
        user.device("desk", ring_specific=1)
        t.calls(user.username).ends_at_once(480)
    t.user("1009")  # has no device at all
    t.calls("1009").ends_at_once(480)
