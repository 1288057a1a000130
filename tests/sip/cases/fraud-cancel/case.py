# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import Attempts
from harness.wire import Request, TcpEndpoint

ROUTES = True


def forged(raw, name, stranger):
    """A request that somebody else sends in the caller's name."""
    return {
        "the same": raw,
        "compact": re.sub(rb"\r\nVia:", b"\r\nv:", raw).replace(b"\r\nCall-ID:", b"\r\ni:"),
        "with rport": raw.replace(b";rport", b";rport=5060"),
        "with received": raw.replace(b";rport", b";received=" + name.encode() + b";rport"),
        "with a To tag": re.sub(rb"(\r\nTo: [^\r]*)", rb"\1;tag=x", raw),
        "with another Via on top": raw.replace(b"\r\nVia:", f"\r\nVia: SIP/2.0/UDP {stranger}:5060;branch=z9hG4bKy\r\nVia:".encode(), 1),
        "with a Route": raw.replace(b"\r\nMax", b"\r\nRoute: <sip:127.0.0.1;lr>\r\nMax"),
    }


def run(t):
    bob = t.caller()
    phone, caller = t.endpoint(), t.endpoint()
    t.user("1001", ring_timeout_sec=20).device("alice").register(phone.address, source=(phone.address, 5099))
    attack = Attempts(t)
    request = Request(caller, "INVITE", f"sip:1001@{t.domain}", bob.aor, headers=[("Contact", f"<sip:x@{caller.address}:5060>")])
    caller.send(request.encode())
    challenge = caller.final(request.call_id, "INVITE")
    request.acknowledge(challenge)
    caller.send(request.authenticate(challenge, bob.auth_username, bob.password))
    invite, = phone.invites(1)
    phone.reply(invite, "180 Ringing")
    caller.receive(1), caller.receive(1)
    cancel = request.encode(method="CANCEL")
    for where in (t.endpoint(), t.endpoint(), TcpEndpoint(t.addresses.take(), t.server, t.name)):
        for what, raw in forged(cancel, caller.address, where.address).items():
            attack.count += 1
            where.send(raw)
            got = phone.receive(0.15)
            t.equal(got and got.first_line, None, f"what a CANCEL from elsewhere ({what}, {where.transport}) brings the phone")
    t.equal([m.first_line for m in iter(lambda: caller.receive(0.1), None) if m.status >= 200], [], "final responses to the caller")
    caller.send(cancel)
    t.equal(caller.final(request.call_id, "CANCEL").status, 200, "the caller's own CANCEL")
    t.equal(phone.receive(2).method, "CANCEL", "what the phone gets then")
    attack.over()
