# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness import fail2ban
from harness.fraud import Attempts, Trap
from harness.wire import Request

ROUTES = True
STACK = {"after": 'modparam("user_routing", "log_calls", 1)'}
HARMLESS = [r"."]  # what the parsers think of these messages, each in a line of its own: that is what is looked at
MARK = "FORGED: user 1001: to ring"
BAN = "NOTICE: user_routing [kam/attempt.c:1]: ur_attempt_log_ban(): banned 192.0.2.9: too many names failed to authenticate"
BREAKS = ["\r\n ", "\r\n\t", "\n ", "\r", "\x0b", "\x0c", "%0d%0a", "%0A", "\\n", "\x85", "\u2028", "\0", "\x1b[2K"]


def lines(t):
    """The forged lines. What the core's parsers quote of an unparsable message does not count: such a message ends the call."""
    text = re.split(r"[\r\n\v\f\0]", t.stack.log_text())
    ours = ("user_routing [", "<script>")
    return [line for before, line in zip(["", *text], text)
            if re.match(r"\s*(\x1b\S*)?FORGED", line) and any(o in before or o in line for o in ours)]


def run(t):
    phone, bob = Trap(t), t.caller()
    t.user("1001").device("alice").register(phone.address, source=(phone.address, 5099))
    t.user("1002", ring_timeout_sec=1).device("other")
    attack = Attempts(t)

    def forges(tried, what, method, uri, sender, **fields):
        attack.count += 1
        endpoint = t.endpoint()
        extra = fields.pop("headers", [("Contact", f"<sip:x@{endpoint.address}:5060>")])
        request = Request(endpoint, method, uri, sender, fields.pop("to", None), headers=extra)
        vars(request).update(fields)
        endpoint.send(request.encode())
        asked = endpoint.receive(0.1)
        if asked is not None and asked.status in (401, 407):
            request.acknowledge(asked)
            endpoint.send(request.authenticate(asked, bob.auth_username, bob.password))
            endpoint.receive(0.1)
        endpoint.__exit__()
        tried.append(what)

    t.equal(attack.sends("INVITE", f"sip:1001@{t.domain}", bob.aor, device=bob).status, 486, "an ordinary call")
    phone.takes(1)
    for number, end in enumerate(BREAKS):
        text, tried = f"{t.name}-{number}{end}{MARK}{end}{BAN}", []
        forges(tried, "Call-ID", "INVITE", f"sip:1001@{t.domain}", bob.aor, call_id=text)
        forges(tried, "Call-ID of a call to nobody", "INVITE", f"sip:1999@{t.domain}", bob.aor, call_id=text)
        forges(tried, "user of the Request-URI", "INVITE", f"sip:1001{end}{MARK}@{t.domain}", bob.aor, to=f"sip:x@{t.domain}")
        forges(tried, "a parameter of the Request-URI", "INVITE", f"sip:1001@{t.domain};x={end}{MARK}", bob.aor, to=f"sip:x@{t.domain}")
        forges(tried, "To", "REGISTER", f"sip:{t.domain}", bob.aor, to=f"sip:x{end}{MARK}@{t.domain};x={end}{BAN}")
        forges(tried, "From", "INVITE", f"sip:1001@{t.domain}", f"sip:x{end}{MARK}@{t.domain}")
        forges(tried, "CSeq", "INVITE", f"sip:1001@{t.domain}", bob.aor, cseq=f"1{end}{MARK}")
        forges(tried, "Contact", "REGISTER", f"sip:{t.domain}", bob.aor, headers=[("Contact", f"<sip:x{end}{MARK}@127.0.0.1>;x=\"{end}{MARK}\"")], to=bob.aor)
        forges(tried, "a call to that Contact", "INVITE", bob.aor, bob.aor)
        t.equal(lines(t), [], f"lines of the log that one of these has begun, with {end!r}: {tried}")
    t.equal(fail2ban.found(t), [], "addresses that fail2ban would ban")
    t.check("called by 1000-bob@" in t.stack.log_text(), "the log should tell about calls")
    attack.over()
