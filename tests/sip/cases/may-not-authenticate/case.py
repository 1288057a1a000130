# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.phone import rejects
from harness.registrar import contact, register
from harness.stack import SANITIZED

ROUTES = True
STACK = {**SANITIZED}
LIMIT = 60


def run(t):
    t.user("1001").phone("desk", rejects(486, after=0.05))
    other = t.other_tenant()
    carol = other.user("2001")
    phone = carol.device("phone")
    source = (t.addresses.take(), 5060)
    desk = f"sip:1001@{t.domain}"

    def sees(what, registered, called):
        t.settle()
        t.equal(register(phone, t.server, source, [contact(source[0])]).status, registered, f"REGISTER, {what}")
        phone.calls(desk).ends(called)

    def without(what, row, off, on):
        row.update(status=off)
        sees(f"{what} {off}", 401, 407)
        row.update(status=on)
        sees(f"{what} {on} again", 200, 486)

    sees("at first", 200, 486)
    namesake = t.user("2001").device("phone")  # in another realm
    for device in (phone, phone, phone, namesake):
        wrong = register(device, t.server, source, [contact(source[0])], password="mistaken")
        t.equal(wrong.status, 401, "REGISTER with a wrong password")
    without("device", phone, "disabled", "active")
    without("user", carol, "disabled", "active")
    without("account", other, "suspended", "active")
    phone.update(available=0, ring_on_fork=0)
    sees("unavailable", 200, 486)
    t.sql("DELETE FROM sip_device WHERE id = %s", (phone.id,))
    sees("deleted", 401, 407)
    said = re.findall(r"(REGISTER|INVITE) from (\S+): (.*) \(logged once a minute", t.stack.log_text())
    for why in (f"wrong password of device {phone.auth_username}@{phone.realm}",
                f"wrong password of device {phone.auth_username}@{namesake.realm}",
                f"no device that may authenticate is named {phone.auth_username}@{phone.realm}"):
        t.check(("REGISTER", source[0], why) in said, f"{why}: the log says {said}")
    t.check(len(said) <= 6, f"three lines a minute at most, and the minute may end once: {said}")
