# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects
from harness.registrar import contact, register
from harness.sip import ha1
from harness.stack import SANITIZED

NOT_IN_LUA = "the mirror's work: no matter of the script"
TOO_MANY = 250
STACK = {**SANITIZED}
LIMIT = 60


def run(t):
    alice = t.user("1001")
    alice.phone("desk", rejects(486, after=0.05))
    devices = {name: alice.device(name) for name in ("removed", "renewed", "kept")}
    source = (t.addresses.take(), 5060)
    # PostgreSQL refuses them, but not what comes by replication.
    t.sql("ALTER TABLE sip_device DISABLE TRIGGER sip_device_limit_insert")
    t.sql("INSERT INTO sip_device (user_id, auth_username, realm, ring_order) SELECT %s, 'crowd-' || n, %s, n FROM generate_series(1, %s) n",
          (alice.id, t.domain, TOO_MANY))
    t.sql("ALTER TABLE sip_device ENABLE TRIGGER sip_device_limit_insert")

    def logs_in(name, status, what):
        t.settle()
        t.equal(register(devices[name], t.server, source, [contact(source[0])]).status, status, f"REGISTER of {name}, {what}")

    t.wait_for(lambda: f"a device of user '{alice.id}' is skipped: only the first 200 of {TOO_MANY + 4} fit" in t.stack.log_text(), 5,
               "the log should say what is left out")
    for name in devices:
        logs_in(name, 200, "which is among the first")
    t.calls("1001").ends(486)

    t.sql("DELETE FROM sip_device WHERE id = %s", (devices["removed"].id,))
    logs_in("removed", 401, "which was deleted")
    devices["renewed"].update(ha1=ha1(devices["renewed"].auth_username, t.domain, "another"))
    logs_in("renewed", 401, "which has another password now")
    logs_in("kept", 200, "which is as it was")
    alice.update(status="disabled")
    logs_in("kept", 401, "whose user is disabled")
    t.calls("1001").ends_at_once(404)
