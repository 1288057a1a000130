# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects


def extension(t, digits, kind, target, **columns):
    t.insert("extension", {"id": f"ext_{t.key}_{digits}", "account_id": t.account, "digits": digits,
                           "dest_kind": kind, "dest_id": target, **columns})


def run(t):
    alice = t.user("1001")
    desk = alice.phone("desk", rejects(486, after=0.1))
    extension(t, "200", "user", alice.id)
    extension(t, "201", "extension", f"ext_{t.key}_200")
    extension(t, "202", "hangup", "410")
    extension(t, "203", "user", "us_nobody")
    extension(t, "204", "user", alice.id, status="disabled")
    extension(t, "205", "extension", f"ext_{t.key}_206")
    extension(t, "206", "extension", f"ext_{t.key}_205")

    t.calls("200").ends(486)
    t.calls("201").ends(486)
    t.equal(len(desk.legs), 2, "calls at the desk")
    for digits, status in (("202", 410), ("203", 404), ("204", 404), ("205", 404)):
        t.calls(digits).ends_at_once(status)

    t.sql("UPDATE extension SET dest_kind = 'hangup', dest_id = '603' WHERE account_id = %s AND digits = '200'", [t.account])
    t.equal(t.calls("200").ends_at_once(603).final.first_line, "SIP/2.0 603 Decline", "the status line")
    t.sql("DELETE FROM extension WHERE account_id = %s", [t.account])
    t.calls("201").ends_at_once(404)
