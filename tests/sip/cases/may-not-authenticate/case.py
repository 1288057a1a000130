# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.accounts import Device
from harness.phone import rejects
from harness.registrar import contact, register
from harness.stack import SANITIZED, StackError

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
    explained(t, phone, carol, other)
    without("device", phone, "disabled", "active")
    without("user", carol, "disabled", "active")
    without("account", other, "suspended", "active")
    phone.update(available=0, ring_on_fork=0)
    sees("unavailable", 200, 486)
    t.sql("DELETE FROM sip_device WHERE id = %s", (phone.id,))
    sees("deleted", 401, 407)
    others_name(t, source)
    said = re.findall(r"(REGISTER|INVITE) from (\S+): (.*) \(logged once a minute", t.stack.log_text())
    name = f"{phone.auth_username}@{phone.realm}"
    for why in (f"{name} refused: wrong password", f"{phone.auth_username}@{namesake.realm} refused: wrong password", f"{name} refused: the device is disabled",
                f"1001@{t.domain} refused: it is a user; phones register as one of the user's devices: 1001-desk@{t.domain}",
                f"{name} refused: there is no such device"):
        t.check(("REGISTER", source[0], why) in said, f"{why}: the log says {said}")
    t.check(len(said) <= 10, f"five lines a minute at most, and the minute may end once: {said}")


def others_name(t, source):
    """The phone has the user's name, or one that nobody has, in a domain of ours and of nobody."""
    for username, realm in (("1001", t.domain), ("1999", t.domain), ("1001", "nowhere.test")):
        stranger = Device(t, username, realm, "x")
        t.equal(register(stranger, t.server, source, [contact(source[0])]).status, 401, f"REGISTER as {username}@{realm}")


def fault(t, name):
    try:
        return t.stack.kamcmd("user_routing.explain_register", name)
    except StackError as error:
        return str(error).removeprefix(f"kamcmd user_routing.explain_register {name}")


def explained(t, phone, carol, other):
    """What the log says, by RPC, for a phone that has not tried yet."""
    def says(name, *answers):
        seen = t.stack.kamcmd("user_routing.explain_register", name)
        for answer in answers:
            t.check(answer in seen, f"explain_register {name} should say {answer}: {seen}")

    name = f"{phone.auth_username}@{phone.realm}"
    says(name, "may_register: yes", f"user: {carol.id}", "uri: sip:", "received: ", "expires: ", "state: live")
    says(f"1001@{t.domain}", "may_register: no", "it is a user", f"devices: 1001-desk@{t.domain}")
    says(f"1999@{t.domain}", "may_register: no", "there is no such device")
    says("1001@nowhere.test", "may_register: no", "not in sip_domain")
    for row, status, why in ((phone, "disabled", "the device is disabled"), (carol, "disabled", "user is disabled"), (other, "suspended", "account is suspended")):
        row.update(status=status)
        t.settle()
        says(name, "may_register: no", why)
        row.update(status="active")
    for wrong in ("x", "@", "@x", "x@", "a\tb@x", "x" * 300 + "@x"):
        t.check("USERNAME@REALM" in fault(t, wrong), f"explain_register {wrong!r} should say what it wants: {fault(t, wrong)}")
