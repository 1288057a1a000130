# SPDX-License-Identifier: GPL-2.0-or-later
import select
import socket
import time

from harness.expect import check, wait_for
from harness.fraud import Attempts, Dialog, Trap
from harness.sip import token
from harness.wire import Request, TcpEndpoint

LOUD = True
ROUTES = True
LIMIT = 120
STATUSES = ["100 Trying", "180 Ringing", "183 Progress", "200 OK", "302 Moved Temporarily", "407 Proxy Authentication Required", "486 Busy", "603 Decline"]
BAD = 1000  # replies that the log is measured with
LOG_A_BAD_ONE = 100  # bytes
LOG_OF_CALLED = 10000  # bytes, of as many responses in a call
BAD_LINES = 200  # messages with a bad line
LOG_OF_BAD_LINES = 300000  # bytes: a few messages a second and process


class Catcher:
    """A TCP service: nobody may connect to it."""

    def __init__(self, address):
        self.socket = socket.create_server((address, 5060))

    def came(self):
        return select.select([self.socket], [], [], 0)[0]


def reply(t, vias, status="200 OK", method="INVITE", headers=(), name="Via"):
    lines = [f"SIP/2.0 {status}", *(f"{name}: {via}" for via in vias), f"From: <sip:x@{t.domain}>;tag=a", f"To: <sip:y@{t.domain}>;tag=b",
             f"Call-ID: {t.name}-{token()}", f"CSeq: 1 {method}", *headers, "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode()


def ours(t):
    """First Vias that the core takes for our own."""
    host, port = t.server
    for sent_by in (f"{host}:{port}", "localhost", "whoever.test:1"):
        yield f"SIP/2.0/UDP {sent_by};branch=z9hG4bK{token()}"
    yield f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{token()};i=1"
    yield f"SIP/2.0/TCP {host}:{port};branch=z9hG4bK0a1b.{'0' * 32}.0"


def theirs(victim):
    """Second Vias that lead to the victim."""
    for transport in ("UDP", "TCP"):
        yield f"SIP/2.0/{transport} {victim}:5060;branch=z9hG4bKx"
        yield f"SIP/2.0/{transport} 192.0.2.1:9;received={victim};rport=5060;branch=z9hG4bKx"
        yield f"SIP/2.0/{transport} 192.0.2.1:9;received={victim};branch=z9hG4bKx"
        yield f"SIP/2.0/{transport} 192.0.2.1;maddr={victim};received={victim};rport=5060"


def without_transaction(t, attack, victim, catcher):
    with t.endpoint() as stranger:
        phone = TcpEndpoint(t.addresses.take(), t.server, t.name)
        for first in ours(t):
            for second in theirs(victim.address):
                variants = [reply(t, (first, second), name=name) for name in ("Via", "v", "VIA ")]
                variants += [reply(t, (f"{first}, {second}",)), reply(t, (f"{first}\r\n ,\r\n {second}",)), reply(t, (first, second, second))]
                variants += [reply(t, (first, second), status) for status in STATUSES] + [reply(t, (first, second), "200 OK", "REGISTER")]
                for raw in variants:
                    attack.count += 2
                    stranger.send(raw)
                    phone.send(raw)
                time.sleep(0.01)
        time.sleep(0.5)
        attack.nothing_came("replies of no transaction")
        check(not catcher.came(), "a reply of no transaction opened a TCP connection")
        phone.__exit__()


def names(t, attack):
    """The server resolves no name for a stranger, so it is never blocked by one. It answers to a request's source address."""
    host, port = t.server
    with t.endpoint() as stranger:
        for number in range(40):
            name = f"{token()}.invalid"
            stranger.send(reply(t, (f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{number}", f"SIP/2.0/UDP {name}")))
            stranger.send(reply(t, (f"SIP/2.0/UDP {name};branch=z9hG4bK{number}", f"SIP/2.0/UDP {name}", f"SIP/2.0/UDP {name}")))
            attack.count += 2
        begin = time.monotonic()
        for via in (f"{token()}.invalid:9", f"192.0.2.1;maddr={token()}.invalid", f"{attack.traps[0].address};received={attack.traps[0].address}",
                    f"{attack.traps[0].address};maddr={attack.traps[0].address}"):
            found = attack.sends("OPTIONS", f"sip:{host}:{port}", "sip:x@y.test", endpoint=stranger,
                                 change=lambda raw, via=via: raw.replace(f"UDP {stranger.address}:5060".encode(), f"UDP {via}".encode(), 1))
            check(found is not None and found.status == 200, f"a request with the Via {via} should be answered where it came from")
        check(time.monotonic() - begin < 1, f"answers took {time.monotonic() - begin:.1f} s")
    attack.nothing_came("replies to requests")


def through_itself(t, attack):
    """1,000 Vias that name the server, which used to send such a reply to itself as many times."""
    host, port = t.server
    with t.endpoint() as stranger:
        for _ in range(3):
            stranger.send(reply(t, [f"SIP/2.0/UDP {host}:{port}"] * 1000))
            attack.count += 1
        begin = time.monotonic()
        found = attack.sends("OPTIONS", f"sip:{host}:{port}", "sip:x@y.test", endpoint=stranger)
        check(found is not None and time.monotonic() - begin < 0.5, f"the next request was answered after {time.monotonic() - begin:.1f} s")


def called_phone(t, attack, bob):
    """What a called phone sends after its final response, from at once until the transaction is gone."""
    phone = Trap(t, answer="486 Busy Here")
    t.user("1002").device("called").register(phone.address, source=(phone.address, 5099))
    t.settle()
    caller = t.endpoint()
    final = attack.sends("INVITE", f"sip:1002@{t.domain}", bob.aor, device=bob, endpoint=caller)
    t.equal(final.status, 486, "the phone's answer")
    invite = phone.takes(1)
    hidden = ["P-Asserted-Identity: <sip:boss@bank.test>", "Contact: <sip:+88213456789@192.0.2.1>", 'Proxy-Authenticate: Digest realm="x", nonce="y"']
    for wait in (0, 6):
        time.sleep(wait)
        for status in STATUSES[1:]:
            attack.count += 1
            phone._reply(invite, status, hidden)  # pylint: disable=protected-access
        late = caller.receive(0.5)
        # RFC 3261 wants a 2xx passed on, whenever it comes
        while late is not None and late.status == 200 and not wait and not late.all("P-Asserted-Identity"):
            late = caller.receive(0.3)
        check(late is None, f"{wait} s after the end of the call its caller got {late and late.raw}")
    phone.close()


def repeated(t, attack, bob):
    """A 2xx is sent again until ACK comes, for 32 s by the RFC. Those of the first 5 s get through (wt_timer)."""
    phone = Trap(t, answer="200 OK", headers=["Contact: <sip:x@192.0.2.1>"])
    t.user("1003").device("repeats").register(phone.address, source=(phone.address, 5099))
    t.settle()
    used = lambda: int(t.stack.kamcmd("core.shmmem").split("real_used: ")[1].split()[0])
    before = used()
    dialog = Dialog(attack, bob, f"sip:1003@{t.domain}")
    t.note(f"a call's transaction takes {used() - before} bytes of shared memory")
    invite = phone.takes(1)
    begin = time.monotonic()
    for at in (0.5, 1.5, 3.5):
        time.sleep(max(0, begin + at - time.monotonic()))
        phone._reply(invite, "200 OK")  # pylint: disable=protected-access
        found = dialog.endpoint.final(dialog.call_id, "INVITE", 1.0)
        check(found is not None and found.status == 200, f"the 2xx of {at} s after the first did not come to the caller")
    phone.close()


def log_of_bad(t, attack):
    """The log lines that 1,000 unparsable replies cause."""
    raw = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1\r\nVia: \x01;;;\r\nCSeq: x\r\n\r\n"
    with t.endpoint() as stranger:
        for kind, message in (("71 bytes", raw), ("60 KB of garbage", bytes(range(1, 256)) * 235), ("600 bytes of garbage", b"x" * 600)):
            time.sleep(1.1)
            before = len(t.stack.log_text())
            for _ in range(BAD):
                stranger.send(message)
                time.sleep(0.001)
            attack.count += BAD
            wait_for(lambda: attack.sends("OPTIONS", f"sip:{t.server[0]}:{t.server[1]}", "sip:x@y.test", wait=0.5), 5, "the server should answer")
            size = len(t.stack.log_text()) - before
            t.note(f"{BAD} replies of {kind}: {size} bytes of log")
            check(size < LOG_A_BAD_ONE * BAD, f"{BAD} messages of {kind} left {size} bytes in the log: less than {LOG_A_BAD_ONE * BAD} expected")


def log_of_called(t, attack, bob):
    """The log lines that 1,000 provisional responses of a called phone cause, with another Record-Route or From than it got."""
    phone = t.endpoint()
    t.user("1004", ring_timeout_sec=30).device("chatty").register(phone.address, source=(phone.address, 5099))
    t.settle()
    with t.endpoint() as caller:
        request = Request(caller, "INVITE", f"sip:1004@{t.domain}", bob.aor, headers=[("Contact", f"<sip:x@{caller.address}:5060>")])
        caller.send(request.encode())
        asked = caller.final(request.call_id, "INVITE")
        request.acknowledge(asked)
        caller.send(request.authenticate(asked, bob.auth_username, bob.password))
        invite, = phone.invites(1)
        lines = lambda *more: [f"To: {invite.header('To')};tag=e", *(f"Via: {v}" for v in invite.all("Via")), f"Call-ID: {invite.call_id}", f"CSeq: {invite.header('CSeq')}", *more, "Content-Length: 0", "", ""]
        sender = f"From: {invite.header('From')}"
        for kind, more in (("without Record-Route", [sender]), ("with another Record-Route", [sender, "Record-Route: <sip:evil.test;lr>"]), ("without From", []), ("with another From", ["From: x"]),
                           ("with a Record-Route that can't be read", [sender, "Record-Route: <"])):
            before = len(t.stack.log_text())
            for _ in range(BAD):
                phone.send("\r\n".join(["SIP/2.0 183 Session Progress", *lines(*more)]).encode())
                time.sleep(0.001)
            attack.count += BAD
            time.sleep(0.3)
            size = len(t.stack.log_text()) - before
            t.note(f"{BAD} responses {kind}: {size} bytes of log")
            check(size < LOG_OF_CALLED, f"{BAD} responses {kind} left {size} bytes in the log: less than {LOG_OF_CALLED} expected")
        phone.reply(invite, "486 Busy Here")


def log_of_bad_lines(t, attack):
    """The first headers are good, a later line isn't: such a reply or request is not logged as a whole each time."""
    host, port = t.server
    names = ["From: <sip:a@b>;tag=x", "To: <sip:c@d>;tag=y", f"Call-ID: {t.name}"]
    long = "y" * 10000
    firsts = (["SIP/2.0 200 OK", f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKx.y.0", *names, "CSeq: 1 INVITE"],
              [f"OPTIONS sip:{host}:{port} SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bKx", *names, "CSeq: 1 OPTIONS"])
    with t.endpoint() as stranger:
        for first in firsts:
            for line in (long, f":{long}", f"Via: SIP/2.0/UDP ;;;{long}", f"Content-Length: x{long}", "garbage"):
                time.sleep(1.1)
                before = len(t.stack.log_text())
                for _ in range(BAD_LINES):
                    stranger.send("\r\n".join([*first, line, "", ""]).encode())
                    time.sleep(0.001)
                attack.count += BAD_LINES
                wait_for(lambda: attack.sends("OPTIONS", f"sip:{host}:{port}", "sip:x@y.test", wait=0.5), 5, "the server should answer")
                size, what = len(t.stack.log_text()) - before, f"{BAD_LINES} times {first[0]!r} with the line {line[:25]!r}"
                t.note(f"{what}: {size} bytes of log")
                check(size < LOG_OF_BAD_LINES, f"{what} left {size} bytes in the log: less than {LOG_OF_BAD_LINES} expected")


def run(t):
    victim, bob = Trap(t), t.caller()
    catcher = Catcher(victim.address)
    attack = Attempts(t, victim)
    log_of_bad(t, attack)
    log_of_called(t, attack, bob)
    log_of_bad_lines(t, attack)
    without_transaction(t, attack, victim, catcher)
    names(t, attack)
    through_itself(t, attack)
    called_phone(t, attack, bob)
    repeated(t, attack, bob)
    attack.over()


HARMLESS = [r"ERROR: (?!.*user_routing)"]  # what the parsers say of these
