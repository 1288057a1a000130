# SPDX-License-Identifier: GPL-2.0-or-later
import time

from harness.fraud import Attempts, Dialog, Trap

LOUD = True
STACK = {"after": 'modparam("pike", "reqs_density_per_unit", 10000)'}
ROUTES = True
LIMIT = 60
BEGIN = ["INVITE", "REFER", "MESSAGE", "UPDATE", "INFO", "SUBSCRIBE", "NOTIFY", "OPTIONS"]


def may(t, attack, dialog, callee, status, what):
    """Requests of caller and callee both get `status`; 200 is the other end's answer."""
    callers, callees = status
    for method in BEGIN:
        attack.count += 1
        callee.forget()
        t.equal(dialog.sends(method).status, callers, f"{what}: the caller's {method}")
        t.equal(len(callee.seen), int(callers == 200), f"{what}: the caller's {method} at the callee")
        came, reply = dialog.callee_sends(method)
        t.equal((came is not None, reply.status), (callees == 200, callees), f"{what}: the callee's {method}")


def run(t):
    callee = Trap(t, answer="200 OK")
    mallory = t.user("1001").device("mallory")
    theirs = t.other_tenant()
    user = theirs.user("2001")
    phone = user.device("theirs")
    phone.register(callee.address, source=(callee.address, 5099))
    attack = Attempts(t)

    def call():
        return Dialog(attack, mallory, user.uri, trap=callee)

    dialogs = [call() for _ in range(2)]
    dialog = dialogs[0]
    may(t, attack, dialog, callee, (200, 200), "all is active")
    for what, row, table, callers in (("the caller's device is disabled", mallory.id, "sip_device", True), ("the caller's user is disabled", f"us_{t.key}_1001", "sip_user", True),
                                      ("the callee's device is disabled", phone.id, "sip_device", False), ("the callee's user is disabled", user.id, "sip_user", False)):
        t.update(table, row, {"status": "disabled"})
        t.settle()
        may(t, attack, dialog, callee, (403, 200) if callers else (200, 403), what)
        t.update(table, row, {"status": "active"})
    for tenant, callers in ((t.tenant, True), (theirs, False)):
        tenant.update(status="suspended")
        t.settle()
        may(t, attack, dialog, callee, (403, 200) if callers else (200, 403), f"{tenant.key} is suspended")
        tenant.update(status="active")
    t.settle()
    may(t, attack, dialog, callee, (200, 200), "all is active again")

    t.sql("DELETE FROM sip_user WHERE id = %s", [f"us_{t.key}_1001"])
    t.settle()
    may(t, attack, dialog, callee, (403, 200), "the caller is gone")
    callee.forget()
    t.equal(dialog.sends("BYE").status, 200, "who is gone hangs up")
    t.equal(callee.takes(1).method, "BYE", "what comes to the callee")

    t.sql("UPDATE sip_user SET status = 'disabled' WHERE id = %s", [user.id])
    t.settle()
    came, reply = dialogs[1].callee_sends("BYE")
    t.equal((came.method, reply.status), ("BYE", 200), "a disabled callee hangs up")
    t.sql("UPDATE sip_user SET status = 'active' WHERE id = %s", [user.id])

    t.stack.kamcmd("cfg.set_now_int", "user_routing", "dialog_max_age", "1")
    other = t.user("1003").device("other")
    old = Dialog(attack, other, user.uri, trap=callee)
    may(t, attack, old, callee, (200, 200), "a new dialog")
    time.sleep(2.1)
    may(t, attack, old, callee, (403, 403), "a dialog that is too old")
    callee.forget()
    t.equal(old.sends("BYE").status, 200, "it is hung up all the same")
    attack.over()
