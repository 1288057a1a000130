# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.expect import wait_for
from harness.phone import answers

NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {"after": 'modparam("user_routing", "audit_interval", 1000)'}
LIMIT = 60
CROWD = 60000  # more than fit into 15 % of the stack's 64 MB


def status(t, field):
    return int(re.search(rf"{field}: (\d+)", t.stack.kamcmd("user_routing.status"))[1])


def run(t):
    alice = t.user("1001")
    desk = alice.phone("desk", answers(after=0.1))
    t.calls("1001").ends(200).over()
    t.stack.kamcmd("cfg.set", "user_routing", "memory_reserve", "85")
    t.pause(0.6)  # the mirror's process looks twice a second

    t.sql("INSERT INTO sip_user (id, account_id, username)"
          " SELECT %s || n, %s, 'crowd-' || n FROM generate_series(1, %s) n", [f"us_{t.key}_c", t.account, CROWD])
    wait_for(lambda: status(t, "skipped"), 20, "rows should be skipped")
    skipped, room = (int(t.stack.kamcmd("cnt.get", "user_routing", name)) for name in ("mirror_skipped_rows", "memory_room_bytes"))
    t.check(skipped > 0 and room < 1 << 20, f"counted: {skipped} rows skipped, room for {room} bytes")
    t.check(status(t, "users") > 10000, "users that did fit should be there")
    lines = re.findall(r"shared memory has no room for (\d+) records.* -m (\d+)", t.stack.log_text())
    t.check(lines and all(int(needed) > 64 for _, needed in lines), f"the log should say how many and how much: {lines}")
    t.check("is skipped: " not in t.stack.log_text(), "and not name each")
    t.check("state: partial" in t.stack.kamcmd("user_routing.status"), "the state should be partial")
    t.calls("1001").ends(200).over()
    alice.update(username="1002")  # an old record stays if the new one does not fit
    t.check(t.calls("1001").final.status in (200, 404), "the renamed user is either there or not")

    t.sql("DELETE FROM sip_user WHERE username LIKE 'crowd-%%' AND account_id = %s", [t.account])
    wait_for(lambda: status(t, "skipped") == 0 and status(t, "users") < 100, 20, "all should fit again")
    wait_for(lambda: "state: ready" in t.stack.kamcmd("user_routing.status"), 5, "the state should be ready")
    t.settle()
    t.calls("1002").ends(200).over()
    t.check(len(desk.legs) >= 3, f"the desk rang {len(desk.legs)} times")
