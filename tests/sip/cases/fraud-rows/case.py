# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.accounts import Device
from harness.fraud import Attempts, Trap
from harness.net import free_address
from harness.sip import ha1

GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"},
         "after": 'modparam("user_routing", "log_calls", 1)'}

# What would end the header that it stands in, the URI, the quoted string, the line of the log.
LINES = ["a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1", "\r\nX-Injected: 1\r\n\r\nX", "a\r\n\tX-Injected: 1", "a\x0bX-Injected: 1\x7f"]
QUOTES = ['"', '\\', '\\"', 'a" <sip:boss@evil.test>', 'a\\', '<sip:boss@evil.test>', 'a>;tag=1', "a;x=y?X-Injected=1", "%0d%0aX-Injected:%201", "a,b",
          "\u010d\u010aX-Injected: 1", "\u560d\u560aX-Injected: 1", "é\u2028X-Injected: 1", "$ru {{x}} %s %n", "x" * 400]
SENDER = re.compile(r'("(?:[^"\\]|\\.)*" )?<sip:[^<>"\s@]+@[A-Za-z0-9.-]+>(;tag=\S+)?')


def drop_checks(t):
    for table, name in t.sql("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"):
        t.sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Rows:
    """Rows that no decent application would write, and the calls by and to them."""

    def __init__(self, t, attack):
        self.t, self.attack, self.number, self._calls = t, attack, 0, []

    def user(self, username=None, **columns):
        self.number += 1
        return self.t.user(username or str(3000 + self.number), **{"id": f"us_{self.number}", **columns})

    def target(self, kind, target, address=None):
        self.t.insert("route_target", {"account_id": self.t.account, "kind": kind, "id": target, "address": address})

    def call(self, what, uri, device, trap, statuses, arrives=None):
        """To be placed when all rows are there. `arrives`: whether it must come to the trap; None: it may."""
        self._calls.append((what, uri, device, trap, statuses, arrives))

    def place_calls(self):
        self.t.settle()
        for what, uri, device, trap, statuses, arrives in self._calls:
            self.attack.count += 1
            reply = self.attack.sends("INVITE", uri, device.aor, device=device)
            self.t.check(reply is not None and reply.status in statuses, f"{what}: expected {statuses}, saw {reply and reply.first_line}")
            seen = trap.seen
            for message in seen:
                harmless(self.t, message)
            self.t.check(arrives is None or bool(seen) == arrives, f"{what}: it should {'' if arrives else 'not '}come to somebody")
            trap.forget()


def harmless(t, message):
    t.check(not re.search(rb"(^|[\r\n\x0b])\s*X-Injected", message.raw), f"a header was injected: {message.raw}")
    t.check(b"\r\n\r\nX" not in message.raw and message.raw.count(b"\r\n\r\n") == 1, f"the headers end too soon: {message.raw}")
    for name in ("From", "P-Asserted-Identity"):
        for value in message.all(name):
            t.check(SENDER.fullmatch(value), f"{name} is {value!r}")
    t.check(re.fullmatch(r"INVITE sips?:[^<>\"\s]+ SIP/2.0", message.first_line), f"the first line is {message.first_line!r}")


def names(t, rows, phone, gateway):
    """Quoted, whatever is in them; control characters are left out."""
    for text in LINES + QUOTES:
        bob = rows.user(display_name=text, out_cid_name=text, out_cid_number="4930101").device("p")
        rows.call(f"display_name {text!r}", f"sip:1001@{t.domain}", bob, phone, [486], True)
        rows.call(f"out_cid_name {text!r}", f"sip:+4930555@{t.domain}", bob, gateway, [486], True)


def users(t, rows, phone):
    """Nobody of such a row is there: neither to call, nor to be called."""
    for text in LINES:
        for columns in ({"username": text}, {"id": text}, {"voicemail_id": text}, {"out_cid_number": text}, {"fwd_always_kind": "queue", "fwd_always_id": text}):
            user = rows.user(**columns)
            device = Device(t, f"n{rows.number}", t.domain, "secret", f"dev_{rows.number}")
            t.insert("sip_device", {"id": device.id, "user_id": user.id, "auth_username": device.name, "realm": t.domain, "ha1": ha1(device.name, t.domain, "secret")})
            rows.call(f"{columns}", f"sip:1001@{t.domain}", device, phone, [407], False)
            rows.call(f"{columns}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [404], False)
        device = rows.user().device("p", id=f"dev_{rows.number}")
        t.insert("sip_device", {"id": f"dev_{rows.number}_x", "user_id": f"us_{rows.number}", "auth_username": text, "realm": t.domain})
        rows.call(f"another device's auth_username {text!r}", f"sip:1001@{t.domain}", device, phone, [407, 486])
    for text in QUOTES:
        rows.user(voicemail_id=text, out_cid_number=text[:100], dnd=1)
        rows.call(f"voicemail_id {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [486])


def domains(t, rows, phone):
    """The account stays as it was without such a domain; if it is new, it is not there, with all its users."""
    for number, text in enumerate(LINES + QUOTES[:-1]):
        account, realm = f"acc_{t.key}_d{number}", f"r{number}-{t.domain}"
        t.insert("account", {"id": account, "name": "d"})
        t.insert("sip_domain", {"domain": "a" + text, "account_id": account})
        t.insert("sip_user", {"id": f"us_d{number}", "account_id": account, "username": "4001"})
        device = Device(t, "p", realm, "secret", f"dev_d{number}")
        t.insert("sip_device", {"id": device.id, "user_id": f"us_d{number}", "auth_username": "p", "realm": realm, "ha1": ha1("p", realm, "secret")})
        rows.call(f"domain {text!r}", f"sip:1001@{t.domain}", device, phone, [407, 486])


def targets(t, rows, phone):
    """A target that is not there counts as not set; what is there is as it was written, and its id escaped."""
    host = f"{phone.address}:5060"
    t.insert("route_target_kind", {"kind": "escaped", "uri_template": f"sip:{{id}}@{host}"})
    for number, text in enumerate(LINES + QUOTES):
        rows.target("queue", f"q{number}", f"sip:q@{host};x={text}")
        rows.user(fwd_always_kind="queue", fwd_always_id=f"q{number}")
        rows.call(f"address {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [480, 486])
        t.insert("route_target_kind", {"kind": f"k{number}", "uri_template": f"sip:{{id}}@{host};x={text}"})
        rows.target(f"k{number}", "1")
        rows.user(fwd_always_kind=f"k{number}", fwd_always_id="1")
        rows.call(f"uri_template {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [480, 486])
    for text in QUOTES[:-1]:
        rows.target("escaped", text)
        rows.user(fwd_always_kind="escaped", fwd_always_id=text)
        blank = re.search(r"\s", text)  # a change of it can't be announced
        rows.call(f"id {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [480, 486] if blank else [486], None if blank else True)


def run(t):
    drop_checks(t)
    phone, gateway = Trap(t), Trap(t, GATEWAY)
    t.user("1001").device("alice").register(phone.address, source=(phone.address, 5099))
    t.insert("cid_number", {"account_id": t.account, "e164": "4930101", "verified": 1})
    rows = Rows(t, Attempts(t))
    rows.call("an ordinary call", f"sip:1001@{t.domain}", t.caller(), phone, [486], True)
    names(t, rows, phone, gateway)
    users(t, rows, phone)
    domains(t, rows, phone)
    targets(t, rows, phone)
    rows.place_calls()
    log = t.stack.log_text()
    t.check("is skipped: " in log, "the log should name rows that are skipped")
    t.equal([line for line in re.split(r"[\r\n\v]", log) if re.match(r"\s*X-Injected", line)], [], "lines of the log that a row has begun")
    rows.attack.over()
