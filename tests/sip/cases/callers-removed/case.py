# SPDX-License-Identifier: GPL-2.0-or-later
import os

from harness.phone import rejects
from harness.rules import Rules

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_IN_LUA = "its own script"
EXPLAIN = "it knows neither the script nor the messages"
STACK = {"script": os.path.join(HERE, "../five-lines/script.cfg"), "after": """
loadmodule "user_routing.so"
modparam("user_routing", "db_url", UR_DB_URL)
route[USER] {
	if (is_present_hf("X-Remove")) remove_hf("P-Asserted-Identity");
	user_forward_policy();
	if ($rc == 1) { t_on_failure("USER"); if (user_fork() && t_relay()) exit; route(AGAIN); }
	send_reply("$ur(status)", "$ur(reason)");
	exit;
}
route[AGAIN] {
	user_forward_policy();
	send_reply("$ur(status)", "$ur(reason)");
	exit;
}
failure_route[USER] { route(AGAIN); }
"""}
LISTED, OTHER = "+4930123", "+4940123"


def run(t):
    rules, alice = Rules(t), t.user("1001")
    desk = alice.phone("desk", rejects(486, after=0.05))
    listed = rules.list_of("listed", LISTED)

    def status(asserted, sender, *more):
        return t.stranger_calls("1001", sender=f"<sip:{sender}@trunk.test>", headers=[f"P-Asserted-Identity: <sip:{asserted}@trunk.test>", *more]).final.status

    for event, legs in (("always", 0), ("busy", 4)):
        rule = rules.add(alice, event, action="reject", caller_list_id=listed)
        t.equal(status(LISTED, OTHER), 603, f"{event}: the trunk asserts the number")
        t.equal(status(OTHER, LISTED), 486, f"{event}: it asserts another one")
        t.equal(status(LISTED, OTHER, "X-Remove: 1"), 486, f"{event}: the script has removed the number")
        t.equal(status(OTHER, LISTED, "X-Remove: 1"), 603, f"{event}: From is left")
        t.equal(len(desk.legs), 2 + legs, "calls that rang")
        rules.remove(rule)
