# SPDX-License-Identifier: GPL-2.0-or-later
from harness.expect import wait_for
from harness.phone import answers

NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {"after": 'modparam("user_routing", "audit_interval", 1000)'}


def counted(t):
    """Drifts and full loads: a drift is counted before the full load that it requests."""
    return [t.stack.kamcmd("cnt.get", "user_routing", name).strip() for name in ("mirror_drifts_total", "mirror_resyncs_total")]


def run(t):
    alice = t.user("1001")
    alice.phone("desk", answers(after=0.1))
    t.calls("1001").ends(200).over()
    t.pause(2)
    t.check("drifts: 0" in t.stack.kamcmd("user_routing.status"), "announced changes are no drift")

    t.sql("SET session_replication_role = replica")
    alice.update(username="1002")
    t.sql("SET session_replication_role = DEFAULT")
    wait_for(lambda: counted(t) == ["1", "2"], 10, "the drift should be counted, and all read again")

    t.check("differs from the database" in t.stack.log_text(), "the log should say so")
    t.calls("1001").ends_at_once(404)
    t.calls("1002").ends(200).over()
    t.pause(2)
    t.check("drifts: 1" in t.stack.kamcmd("user_routing.status"), "it is mended: no further drift")
    t.equal(counted(t), ["1", "2"], "drifts and full loads")
