# SPDX-License-Identifier: GPL-2.0-or-later
import os
import stat

from harness.faults import SNAPSHOT, snapshot_with
from harness.net import TRUNKS
from harness.phone import answers
from harness.postgres import Postgres
from harness.registrar import contact, register

STACK = {"after": SNAPSHOT + 'modparam("user_routing", "reconnect_max", 500)'}
LIMIT = 60


def run(t):
    stack, postgres = t.stack, Postgres(t.stack)
    desk = t.user("1001").device("desk")
    phone = desk.phone(answers(after=0.3))
    bob = t.user("1002")
    t.caller()

    def call(number):
        return t.stranger_calls(number, address=t.addresses.take_trusted(TRUNKS))

    call("1001").ends(200, after=0.3).over()
    data = snapshot_with(stack, desk.id, bob.id)
    t.equal(stat.S_IMODE(os.stat(os.path.join(stack.run_dir, "snapshot")).st_mode), 0o600, "the snapshot's mode")
    for (ha1,) in t.sql("SELECT ha1 FROM sip_device WHERE ha1 IS NOT NULL"):
        t.check(ha1.encode() not in data and bytes.fromhex(ha1) not in data, "a password's hash is in the snapshot")
    status = stack.status()
    t.equal((status["state"], status["source"]), ("ready", "database"), "at first")

    stack.stop_kamailio()
    bob.update(username="1003")
    postgres.end()
    stack.start_kamailio()

    t.wait_for(lambda: stack.status()["source"] != "none", 2, "the snapshot should be read at once")
    status = stack.status()
    t.equal((status["state"], status["source"]), ("stale", "snapshot"), "without the database")
    t.check(0 <= int(status["snapshot_age"]) < 60, f"snapshot_age: expected less than a minute, saw {status['snapshot_age']}")
    t.check("serving from the snapshot of 2" in stack.log_text(), "the log should say that the snapshot serves")
    desk.put_contact(phone)
    call("1001").ends(200, after=0.3).over()
    call("1002").ends_at_once(480)
    call("1003").ends_at_once(404)
    # Who needs a password is told to come again, not that it is wrong.
    reply = register(desk, t.server, (phone.address, 5099), [contact(phone.address)])
    t.equal((reply.status, reply.header("Retry-After")), (503, "5"), "REGISTER")
    t.calls("1001").ends_at_once(503)
    figures = [stack.kamcmd("cnt.get", "user_routing", name).strip() for name in ("mirror_source", "mirror_state", "auth_not_loaded_total")]
    t.equal(figures, ["1", "2", "2"], "counted: source, state, and requests without a password to check")

    postgres.start()
    t.connect()
    t.wait_for(lambda: stack.status()["state"] == "ready", 10, "the database is back")
    t.equal(stack.status()["source"], "database", "the source")
    call("1003").ends_at_once(480)
    call("1002").ends_at_once(404)
    desk.register(phone.address, source=(phone.address, 5099))
    t.calls("1001").ends(200, after=0.3).over()
