# SPDX-License-Identifier: GPL-2.0-or-later
NOT_IN_LUA = "what the module logs: no matter of the script"
STACK = {}
CALLS = 10


def run(t):
    ids = {name: f"us_{t.key}_{name}" for name in ("1001", "1002", "1003")}
    for name, other in (("1001", "1002"), ("1002", "1001"), ("1003", "1003")):
        t.user(name, id=ids[name], fwd_always_kind="user", fwd_always_id=ids[other])
    for _ in range(CALLS):
        t.calls("1001").ends_at_once(480).over()
    t.calls("1003").ends_at_once(480).over()

    lines = [line for line in t.stack.log_text().splitlines() if "is not followed" in line]
    about = [sum(f"→ user (id {ids[name]}) is not followed" in line for line in lines) for name in ("1001", "1003")]
    # A minute may have ended meanwhile.
    t.check(1 <= about[0] <= 2 and about[1] == 1, f"lines about either: {about}, in {lines}")
    refused = int(t.stack.kamcmd("cnt.get", "user_routing", "refused_loop_total"))
    t.equal(refused, CALLS + 1, "forwards that were not followed, as counted")
