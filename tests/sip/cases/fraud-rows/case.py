# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import itertools
import re

from harness.accounts import Device
from harness.fraud import Attempts, Trap
from harness.net import free_address
from harness.sip import ha1

GATEWAY = free_address()
LOUD = True
ROUTES = True
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"},
         "after": 'modparam("user_routing", "log_calls", 1)'}

# What would end the header that it stands in, the URI, the quoted string, the line of the log.
LINES = ["a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1", "\r\nX-Injected: 1\r\n\r\nX", "a\r\n\tX-Injected: 1", "a\x0bX-Injected: 1\x7f"]
QUOTES = ['"', '\\', '\\"', 'a" <sip:boss@evil.test>', 'a\\', '<sip:boss@evil.test>', 'a>;tag=1', "a;x=y?X-Injected=1", "%0d%0aX-Injected:%201", "a,b",
          "\u010d\u010aX-Injected: 1", "\u560d\u560aX-Injected: 1", "é\u2028X-Injected: 1", "$ru {{x}} %s %n", "x" * 400]
IN_URI = ["a;x=y?X-Injected=1", "%0d%0aX-Injected:%201", "a,b", "x" * 400]  # of these, what may stand in a URI as it is
# What would make a display show another name: another line, or another order.
HIDDEN = ["boss\u202e1001", "a\u2066b\u2069", "a\u200eb\u200fc\u061c", "a\u2028b\u2029c", "a\u0085b\u009fc", "\ufeffa", "\u202a\u202b\u202c\u202d"]
SENDER = re.compile(r'("(?:[^"\\]|\\.)*" )?<sip:[^<>"\s@]+@[A-Za-z0-9.-]+>(;tag=\S+)?')


def drop_checks(t):
    for table, name in t.sql("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"):
        t.sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


@contextlib.contextmanager
def at_once(t):
    """One COMMIT, whose rows did not exist before."""
    t.db.autocommit = False
    yield
    t.db.commit()
    t.db.autocommit = True
    t.changed()


class Rows:
    """Rows that no decent application would write, and the calls by and to them. `bad`: how many are to be skipped."""

    def __init__(self, t, attack):
        self.t, self.attack, self.number, self.bad, self._calls = t, attack, 0, 0, []

    def user(self, username=None, **columns):
        self.number += 1
        return self.t.user(username or str(3000 + self.number), **{"id": f"us_{self.number}", **columns})

    def target(self, kind, target, address=None, **columns):
        self.t.insert("route_target", {"account_id": self.t.account, "kind": kind, "id": target, "address": address, **columns})

    def kind(self, kind, uri_template):
        self.t.insert("route_target_kind", {"kind": kind, "uri_template": uri_template})

    def call(self, what, uri, device, trap, statuses, arrives=None):
        """A call to place when all rows are there. `arrives`: whether it must reach the trap; None: it may."""
        self._calls.append((what, uri, device, trap, statuses, arrives))

    def place_calls(self):
        self._are_read()
        callers = itertools.cycle([self.t.endpoint() for _ in range(30)])
        for what, uri, device, trap, statuses, arrives in self._calls:
            self.attack.count += 1
            reply = self.attack.sends("INVITE", uri, device.aor, device=device, endpoint=next(callers))
            self.t.check(reply is not None and reply.status in statuses, f"{what}: expected {statuses}, saw {reply and reply.first_line}")
            seen = trap.seen
            for message in seen:
                harmless(self.t, message)
            self.t.check(arrives is None or bool(seen) == arrives, f"{what}: it should {'' if arrives else 'not '}come to somebody")
            trap.forget()

    def _are_read(self):
        """Loaded again, as changes of some ids can't be announced. Any of these ids could be the one that isn't skipped."""
        with contextlib.closing(self.t.stack.rpc()) as rpc:
            done = rpc.call("user_routing.resync")["done_at"]
            status = self.t.wait_for(lambda: (now := rpc.call("user_routing.status"))["resyncs"] >= done and now, 3, "all rows should be read")
        self.t.equal(status["skipped"], self.bad, "rows that are skipped")


def harmless(t, message):
    t.check(not re.search(rb"(^|[\r\n\x0b])\s*X-Injected", message.raw), f"a header was injected: {message.raw}")
    t.check(b"\r\n\r\nX" not in message.raw and message.raw.count(b"\r\n\r\n") == 1, f"the headers end too soon: {message.raw}")
    for name in ("From", "P-Asserted-Identity"):
        for value in message.all(name):
            t.check(SENDER.fullmatch(value), f"{name} is {value!r}")
            t.check(not re.search("[\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", value), f"{name} is {value!r}")
    t.check(re.fullmatch(r"INVITE sips?:[^<>\"\s]+ SIP/2.0", message.first_line), f"the first line is {message.first_line!r}")


def names(t, rows, phone, gateway):
    """Quoted, whatever is in them; control characters are left out."""
    for text in LINES + QUOTES + HIDDEN:
        bob = rows.user(display_name=text, out_cid_name=text, out_cid_number="4930101").device("p")
        rows.call(f"display_name {text!r}", f"sip:1001@{t.domain}", bob, phone, [486], True)
        rows.call(f"out_cid_name {text!r}", f"sip:+4930555@{t.domain}", bob, gateway, [486], True)


def devices(t, rows, phone):
    """Such a device does not exist; the user's others do."""
    for text in LINES + QUOTES[:-1]:
        for column in ("id", "auth_username", "realm") if text in LINES else ("realm",):
            with at_once(t):
                device = rows.user().device("p", id=f"dev_{rows.number}")
                other = {"id": f"dev_{rows.number}_x", "auth_username": f"x{rows.number}", "realm": t.domain, column: f"{rows.number}{text}"}
                t.insert("sip_device", {"user_id": f"us_{rows.number}", **other})
            rows.bad += 1
            rows.call(f"another device's {column} {text!r}", f"sip:1001@{t.domain}", device, phone, [486], True)


def users(t, rows, phone):
    """A user of such a row does not exist: it can neither call nor be called."""
    for text in LINES:
        rows.kind(text, f"sip:x@{phone.address}:5060")
        rows.bad += 1
        for columns in ({"username": text}, {"id": text}, {"voicemail_id": text}, {"out_cid_number": text}, {"fwd_always_kind": "queue", "fwd_always_id": text},
                        {"fwd_busy_kind": text, "fwd_busy_id": "1"}):
            user = rows.user(**columns)
            rows.bad += 1
            device = Device(t, f"n{rows.number}", t.domain, "secret", f"dev_{rows.number}")
            t.insert("sip_device", {"id": device.id, "user_id": user.id, "auth_username": device.name, "realm": t.domain, "ha1": ha1(device.name, t.domain, "secret")})
            rows.call(f"{columns}", f"sip:1001@{t.domain}", device, phone, [407], False)
            rows.call(f"{columns}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [404], False)
    for text in QUOTES:
        rows.user(voicemail_id=text, out_cid_number=text[:100], dnd=1)
        rows.call(f"voicemail_id {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [486])


def domains(t, rows, phone):
    """Such a domain does not exist, its account does. An account of such a row does not exist, nor do its users."""
    def account(number, what, domain="", bad=2, ends=([407], False), **columns):
        own, realm = f"acc_{t.key}_{number}", f"r{number}-{t.domain}"
        device = Device(t, "p", realm, "secret", f"dev_{number}")
        with at_once(t):
            t.insert("account", {"id": own, "name": "d", **columns})
            own = columns.get("id", own)
            t.insert("sip_domain", {"domain": domain or f"x-{realm}", "account_id": own})
            t.insert("sip_user", {"id": f"us_{number}", "account_id": own, "username": "4001"})
            t.insert("sip_device", {"id": device.id, "user_id": f"us_{number}", "auth_username": "p", "realm": realm, "ha1": ha1("p", realm, "secret")})
        rows.bad += bad
        rows.call(what, f"sip:1001@{t.domain}", device, phone, *ends)

    for number, text in enumerate(LINES + QUOTES[:-1]):
        account(f"d{number}", f"domain {text!r}", domain="a" + text, bad=1, ends=([486], True))
    for number, text in enumerate(LINES):
        account(f"i{number}", f"account {text!r}", id=text)
        rows.target("queue", f"i{number}", account_id=text)
        rows.bad += 1
        account(f"n{number}", f"default_cid_number {text!r}", default_cid_number=text)


def extensions(t, rows):
    for number, text in enumerate(LINES):
        for column in ("id", "digits", "dest_kind", "dest_id"):
            row = {"id": f"ext_{number}_{column}", "digits": f"7{number}{len(column)}", "dest_kind": "hangup", "dest_id": "410", column: text}
            t.insert("extension", {"account_id": t.account, **row})
            rows.bad += 1


def targets(t, rows, phone):
    """A target that does not exist is ignored; an existing one is as written, with its id escaped."""
    host = f"{phone.address}:5060"
    rows.kind("escaped", f"sip:{{id}}@{host}")
    for number, text in enumerate(LINES + QUOTES):
        rows.target("queue", f"q{number}", f"sip:q@{host};x={text}")
        rows.user(fwd_always_kind="queue", fwd_always_id=f"q{number}")
        rows.call(f"address {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [480, 486])
        rows.kind(f"k{number}", f"sip:{{id}}@{host};x={text}")
        rows.bad += 0 if text in IN_URI else 2
        rows.target(f"k{number}", "1")
        rows.user(fwd_always_kind=f"k{number}", fwd_always_id="1")
        rows.call(f"uri_template {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [480, 486])
    for text in QUOTES[:-1]:
        rows.target("escaped", text)
        rows.user(fwd_always_kind="escaped", fwd_always_id=text)
        rows.call(f"id {text!r}", f"sip:{3000 + rows.number}@{t.domain}", t.caller(), phone, [486], True)
    for text in LINES:
        rows.target("queue", text)
        rows.target(text, "1")
        rows.bad += 2


def run(t):
    drop_checks(t)
    phone, gateway = Trap(t), Trap(t, GATEWAY)
    t.user("1001").device("alice").register(phone.address, source=(phone.address, 5099))
    t.insert("cid_number", {"account_id": t.account, "e164": "4930101", "verified": 1})
    rows = Rows(t, Attempts(t))
    rows.call("an ordinary call", f"sip:1001@{t.domain}", t.caller(), phone, [486], True)
    names(t, rows, phone, gateway)
    users(t, rows, phone)
    devices(t, rows, phone)
    extensions(t, rows)
    domains(t, rows, phone)
    targets(t, rows, phone)
    rows.place_calls()
    log = t.stack.log_text()
    t.check("is skipped: " in log, "the log should name rows that are skipped")
    t.equal([line for line in re.split(r"[\r\n\v]", log) if re.match(r"\s*X-Injected", line)], [], "lines of the log that a row has begun")
    rows.attack.over()
