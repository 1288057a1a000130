# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import Attempts
from harness.hostile import PARSERS
from harness.wire import Request

LOUD = True
STACK = {"after": 'modparam("pike", "reqs_density_per_unit", 10000)'}
ROUTES = True
LIMIT = 60
HARMLESS = PARSERS
EVIL = b"evil.test"


def calls(t, caller, device, uri, tag=None, to=None, wait=2.0):
    """Sends an INVITE with the password; nobody has answered yet."""
    request = Request(caller, "INVITE", uri, device.aor, to=to, headers=[("Contact", f"<sip:x@{caller.address}:5060>")], from_tag=tag)
    caller.send(request.encode())
    asked = caller.final(request.call_id, "INVITE", wait)
    request.acknowledge(asked)
    if asked.status == 407:
        caller.send(request.authenticate(asked, device.auth_username, device.password))
    return request, asked


def answer(phone, invite, status, routes, lines=(), bad=None, branch=None, source=None, tag="e"):
    """A hand-written response: `bad`, an unparsable line, comes before `lines`."""
    vias = invite.all("Via")
    if branch:
        vias[0] = vias[0].replace(invite.branch, branch)
    text = [f"SIP/2.0 {status}", *(f"Via: {v}" for v in vias), *(f"Record-Route: {r}" for r in routes), f"From: {invite.header('From')}", f"To: {invite.header('To')};tag={tag}",
            f"Call-ID: {invite.call_id}", f"CSeq: {invite.header('CSeq')}", f"Contact: <sip:x@{phone.address}:5060>", *([bad] if bad else []), *lines, "Content-Length: 0", "", ""]
    (source or phone).send("\r\n".join(text).encode())


def hangs_up(t, caller, device, request, reply, routes):
    """Sends ACK and BYE by the caller's Routes. Returns the response to BYE."""
    target = re.search(r"<([^>]*)>", reply.header("Contact"))[1]
    for method in ("ACK", "BYE"):
        last = Request(caller, method, target, device.aor, to=request.to, from_tag=request.from_tag, to_tag="e", headers=[("Route", r) for r in routes])
        last.call_id, last.cseq = request.call_id, request.cseq + (method == "BYE")
        caller.send(last.encode())
    return last


def record_route(t, attack, bob, evil):
    """Whatever the phone does to Record-Route, the caller's requests pass through us."""
    for what, routes in (("none", lambda own: []), ("the phone's", lambda own: [f"<sip:{evil.address}:5060;lr>"]), ("another seal", lambda own: [re.sub(r"ur=.", "ur=X", own[0])]),
                         ("ours in the middle", lambda own: [*own, f"<sip:{evil.address};lr>"]), ("as it should be", lambda own: own)):
        attack.count += 1
        caller = t.endpoint()
        request, _ = calls(t, caller, bob, f"sip:1001@{t.domain}")
        invite, = evil.invites(1)
        own = invite.all("Record-Route")
        answer(evil, invite, "200 OK", routes(own))
        reply = caller.final(request.call_id, "INVITE", 2.0, request.cseq)
        got = list(reversed(reply.all("Record-Route")))
        t.equal(got, own, f"Record-Route of the phone: {what}")
        hangs_up(t, caller, bob, request, reply, got)
        t.wait_for(lambda: any(m.method == "BYE" for _, m in evil.received) or evil.receive(0.1) is None and any(m.method == "BYE" for _, m in evil.received), 2, "BYE")
        bye = [m for _, m in evil.received if m.method == "BYE"][-1]
        evil.reply(bye, "200 OK")
        t.equal(len(bye.all("Via")), 2, "the BYE came by us")
        evil.received.clear()


def unreadable(t, attack, bob, evil):
    identity = [f"P-Asserted-Identity: \"Boss\" <sip:boss@{EVIL.decode()}>", f"Remote-Party-ID: <sip:boss@{EVIL.decode()}>"]
    for bad in ("garbage", ": x", "P-x", "Via: x", "CSeq: 1", "Content-Length: y", "To: <<<", "From: <", None):
        for status in ("180 Ringing", "200 OK"):
            attack.count += 1
            caller = t.endpoint()
            request, _ = calls(t, caller, bob, f"sip:1001@{t.domain}")
            invite, = evil.invites(1)
            answer(evil, invite, status, invite.all("Record-Route"), identity, bad)
            seen = [m for m in iter(lambda: caller.receive(0.15), None)]
            t.equal([m.raw for m in seen if EVIL in m.raw], [], f"identity behind {bad!r} in {status}")
            answer(evil, invite, "486 Busy Here", [])
            request.cancel()
            while evil.receive(0.05):
                pass
            caller.__exit__()


def other_leg(t, attack, bob, evil, honest):
    """The branches of two legs differ in a digit."""
    for what, status, third in (("200", "200 OK", False), ("200 from elsewhere", "200 OK", True), ("603", "603 Decline", False), ("486", "486 Busy Here", True)):
        attack.count += 1
        caller = t.endpoint()
        request, _ = calls(t, caller, bob, f"sip:1003@{t.domain}")
        invite, = evil.invites(1)
        evil.reply(invite, "486 Busy Here")
        second, = honest.invites(1)
        honest.reply(second, "180 Ringing")
        t.pause(0.1)
        guess = re.sub(r"\.0$", ".1", invite.branch)
        t.equal(guess, second.branch, "the branch of the other leg")
        answer(evil, invite, status, invite.all("Record-Route"), branch=guess, source=t.endpoint() if third else None)
        t.equal(caller.final(request.call_id, "INVITE", 0.5, request.cseq), None, f"{what} for the other leg")
        answer(honest, second, "200 OK", second.all("Record-Route"))
        reply = caller.final(request.call_id, "INVITE", 2.0, request.cseq)
        t.equal(reply.status, 200, "the phone that rings answers")
        bye = hangs_up(t, caller, bob, request, reply, list(reversed(reply.all("Record-Route"))))
        t.wait_for(lambda: (m := honest.receive(0.1)) is not None and m.method == "BYE" and honest.reply(m, "200 OK") is None, 2, "BYE")
        caller.final(request.call_id, "BYE", 1.0, bye.cseq)
        while evil.receive(0.05):
            pass


def long_names(t, attack, bob, evil):
    """What does not fit is refused, not passed on unchanged."""
    for size in (200, 300, 1000, 2000, 2100, 4000, 12000):
        attack.count += 1
        caller = t.endpoint()
        request, asked = calls(t, caller, bob, f"sip:1001@{t.domain}", tag="t" * size)
        reply = asked if asked.status != 407 else caller.final(request.call_id, "INVITE", 0.3, request.cseq)
        if size < 256:
            invite, = evil.invites(1)
            t.check(f"<sip:1000@{t.domain}>" in invite.header("From"), f"tag of {size}: From is {invite.header('From')[:100]}")
            evil.reply(invite, "486 Busy Here")
            reply = caller.final(request.call_id, "INVITE", 1.0, request.cseq)
        else:
            t.equal(reply.status, 400, f"a tag of {size} bytes")
        request.acknowledge(reply)
    t.equal(evil.invites(1, 0.2), [], "INVITEs at the phone")


def tags(t, attack, bob, evil):
    """No caller gets a tag that, without its quotes, ends the parameter or the address."""
    for tag, good in (('"w;isup-oli=27;verstat=x"', False), ('"w>, <sip:boss@evil.test>"', False), ('"a,b"', False), ('"a b"', False), ('"a?b"', False), ('"a=b"', False), (r'"a\"b"', False), ("a\u00e4b", False),
                      ("a@192.0.2.1:5060/x", True), ('"quoted"', True)):
        for status in ("183 Session Progress", "200 OK", *(["404 Not Found"] if not good else [])):
            attack.count += not good
            caller = t.endpoint()
            request, _ = calls(t, caller, bob, f"sip:1001@{t.domain}")
            invite, = evil.invites(1)
            answer(evil, invite, status, invite.all("Record-Route"), tag=tag)
            seen = [m for m in iter(lambda: caller.receive(0.15), None) if m.status not in (100, 407)]
            t.equal(len(seen), int(good), f"responses {status} with the tag {tag}: {[m.header('To') for m in seen]}")
            t.equal([m for m in seen if not m.header("To").endswith(";tag=" + tag.strip('"'))], [], f"{status} with the tag {tag}")
            answer(evil, invite, "486 Busy Here", [])
            request.cancel()
            while evil.receive(0.05):
                pass
            caller.__exit__()


def run(t):
    bob, evil, honest = t.caller(), t.endpoint(), t.endpoint()
    t.user("1001", ring_timeout_sec=2).device("evil").register(evil.address, source=(evil.address, 5099))
    v = t.user("1002", ring_timeout_sec=8)
    v.device("honest").register(honest.address, source=(honest.address, 5099))
    t.user("1003", fwd_busy_kind="user", fwd_busy_id=v.id).device("evil3").register(evil.address, source=(evil.address, 5099))
    t.settle()
    attack = Attempts(t)
    record_route(t, attack, bob, evil)
    unreadable(t, attack, bob, evil)
    other_leg(t, attack, bob, evil, honest)
    long_names(t, attack, bob, evil)
    tags(t, attack, bob, evil)
    attack.over()
