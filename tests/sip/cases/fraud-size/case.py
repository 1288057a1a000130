# SPDX-License-Identifier: GPL-2.0-or-later
import re
import time

from harness.expect import check
from harness.fraud import Attempts, Trap
from harness.memory import usage
from harness.wire import Request, TcpEndpoint

LOUD = True
STACK = {"after": ""}
ROUTES = True
LIMIT = 100
HARMLESS = [r"ERROR: (?!.*user_routing)"]
LARGEST, MOST = 16384, 100  # the parameters' defaults
FLOOD = [("y", "x")] * 9000


def cpu(t):
    """Seconds that Kamailio's processes have used so far."""
    total = 0
    for pid in re.findall(r"(?m)^\s*(\d+)\s", t.stack.kamcmd("core.ps").replace("{", " ")):
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def padded(size, kind):
    """Adds to a message, up to this size."""
    def change(raw):
        missing = size - len(raw)
        if kind == "header":
            return raw.replace(b"\r\nMax-", b"\r\nX: " + b"y" * (missing - 5) + b"\r\nMax-", 1)
        if kind == "folded":
            return raw.replace(b"\r\nMax-", b"\r\nX: " + b"y" * (missing - 9) + b"\r\n z\r\nMax-", 1)
        length = b"Content-Length: "
        digits = len(str(missing)) - 1
        return raw.replace(length + b"0", length + str(missing - digits).encode(), 1) + b"y" * (missing - digits)
    return change


def by_size(t, attack, bob, phone):
    uri = f"sip:1001@{t.domain}"
    for kind in ("header", "folded", "body"):
        for size in (LARGEST + 1, 20000, 52000):
            attack.refused(None, f"{size} bytes, {kind}", "INVITE", uri, bob.aor, device=bob, change=padded(size, kind))
            attack.refused(None, f"REGISTER of {size} bytes, {kind}", "REGISTER", f"sip:{t.domain}", bob.aor, device=bob, change=padded(size, kind))
            attack.refused(None, f"MESSAGE of {size} bytes, {kind}", "MESSAGE", uri, bob.aor, to_tag="x", change=padded(size, kind))
        reply = attack.sends("INVITE", uri, bob.aor, device=bob, change=padded(LARGEST, kind))
        t.equal(reply and reply.status, 486, f"an INVITE as large as it may be, {kind}")
        phone.takes(1)
    with TcpEndpoint(t.addresses.take(), t.server, t.name) as tcp:
        attack.refused(None, "20000 bytes over TCP, more than tcp_rd_buf_size", "INVITE", uri, bob.aor, endpoint=tcp, change=padded(20000, "header"))


def by_number(t, attack, bob, phone):
    uri = f"sip:1001@{t.domain}"
    for headers in (FLOOD, [("y", "x")] * 101, [("y", "x\r\n z")] * 51, [("y", "x")] * 98 + [("a", "\r\n " * 20)]):
        status = None if headers is FLOOD else 400
        attack.refused(status, f"{len(headers)} headers", "INVITE", uri, bob.aor, device=bob, headers=headers)
        attack.refused(status, f"REGISTER with {len(headers)} headers", "REGISTER", f"sip:{t.domain}", bob.aor, device=bob, headers=headers)
    attack.refused(400, "LF alone ends 120 lines", "INVITE", uri, bob.aor, device=bob, headers=[("a", "b\nc: d" * 120)])
    # 8 of its own, 8 with credentials
    reply = attack.sends("INVITE", uri, bob.aor, device=bob, headers=[("y", "x")] * (MOST - 10))
    t.equal(reply and reply.status, 486, "an INVITE with about as many headers as it may have")
    phone.takes(1)


def in_time(t, attack, bob):
    """20 of the INVITEs that took 4.5 s of CPU each, from addresses of their own."""
    before = cpu(t)
    for _ in range(20):
        attack.refused(None, "9000 headers", "INVITE", f"sip:1001@{t.domain}", bob.aor, device=bob, headers=FLOOD)
    used = (cpu(t) - before) / 20
    t.note(f"an INVITE with 9,000 headers takes {used * 1000:.1f} ms of CPU")
    check(used < 0.05, f"{used:.3f} s of CPU for an INVITE with 9,000 headers")


def by_control(t, attack, bob, phone):
    uri = f"sip:1001@{t.domain}"
    for number, byte in enumerate((0, 1, 7, 8, 11, 12, 27, 31, 127)):
        for name in ("Call-ID", "From", "To", "CSeq", "X-Any", "P-Asserted-Identity", "Contact"):
            odd = bytes([byte])

            def change(raw, name=name, odd=odd):
                if name.encode() not in raw:
                    return raw.replace(b"\r\nMax-", f"\r\n{name}: <sip:a@b>;x=".encode() + odd + b"\r\nMax-", 1)
                return re.sub(rb"(\r\n" + name.encode() + rb": [^\r]*)", rb"\1;x=" + odd.replace(b"\\", b"\\\\"), raw, count=1)
            # Kamailio's parser throws some of them away by itself
            got = attack.sends("INVITE", uri, bob.aor, device=bob, change=change, wait=0.3)
            attack.count += 1
            check(got is None or got.status == 400, f"byte {byte} in {name}: expected 400 or nothing, saw {got and got.first_line}")
        for text in ("\0\n", "\0\x1b", "a\r\n b"):
            with t.endpoint() as endpoint:
                request = Request(endpoint, "INVITE", uri, bob.aor)
                request.call_id += f"{number}{text}FORGED"
                endpoint.send(request.encode())
                got = endpoint.receive(0.3)
            attack.count += 1
            check(got is None or got.status == 400, f"the Call-ID {text!r}: saw {got and got.first_line}")
    check(not phone.seen, f"came to the phone: {[m.first_line for m in phone.seen]}")


def contacts(t, attack, bob):
    """What a registration's one Contact may not be."""
    own = t.addresses.take()
    for size in (5000, 9000, 50000):
        for text in ('<sip:x@{own}>;a="{x}"', "<sip:x@{own}>;a={x}", "<sip:x@{own};a={x}>", '"{x}" <sip:x@{own}>', '<sip:x@{own}>;a="{x}\0";received="sip:192.0.2.1"'):
            value = text.format(own=own, x="x" * size)
            with t.endpoint() as endpoint:
                request = Request(endpoint, "REGISTER", f"sip:{t.domain}", bob.aor, bob.aor, headers=[("Contact", value)])
                reply = request.exchange(bob.auth_username, bob.password, 0.2 if size > LARGEST else 2.0)
            attack.count += 1
            wanted = (None,) if size > LARGEST else (400,) if "\0" in text else (200, 400, 403)
            check((reply and reply.status) in wanted, f"a Contact {text} of {size} bytes: {reply and reply.first_line}")


def replies(t, attack, bob):
    """Replies of a called phone. Refused ones count as not sent; the next one it sends is its answer."""
    with t.endpoint() as phone, t.endpoint() as caller:
        t.user("1009", ring_timeout_sec=5).device("answers").register(phone.address, source=(phone.address, 5099))
        t.settle()
        request = Request(caller, "INVITE", f"sip:1009@{t.domain}", bob.aor, headers=[("Contact", f"<sip:x@{caller.address}:5060>")])
        caller.send(request.encode())
        challenge = caller.final(request.call_id, "INVITE")
        request.acknowledge(challenge)
        caller.send(request.authenticate(challenge, bob.auth_username, bob.password))
        invite, = phone.invites(1)
        before = cpu(t)
        for extra in ("\r\n".join(["y:x"] * 9000), "X: " + "y" * 20000, "X: \0", "X: a\rP-Asserted-Identity: <sip:boss@bank.test>", "X: \x1b"):
            phone.reply(invite, f"183 Session Progress\r\n{extra}")
            phone.reply(invite, f"200 OK\r\n{extra}")
            attack.count += 2
        time.sleep(0.3)
        used = cpu(t) - before
        phone.reply(invite, "486 Busy Here")
        found = caller.final(request.call_id, "INVITE", 3.0, request.cseq)
        t.equal(found and found.status, 486, "the response that the caller gets")
        statuses = {message.status for _, message in caller.received}
        t.equal(statuses, {100, 407, 486}, "all that the caller got")
        check(used < 0.3, f"{used:.2f} s of CPU for the replies")
        t.note(f"all refused replies, two with 9,000 headers among them, took {used * 1000:.0f} ms of CPU")
        request.acknowledge(found)


def run(t):
    phone, bob = Trap(t), t.caller()
    t.user("1001").device("alice").register(phone.address, source=(phone.address, 5099))
    attack = Attempts(t, phone)
    t.equal(attack.sends("INVITE", f"sip:1001@{t.domain}", bob.aor, device=bob).status, 486, "an ordinary call")
    phone.takes(1)
    by_size(t, attack, bob, phone)
    by_number(t, attack, bob, phone)
    in_time(t, attack, bob)
    by_control(t, attack, bob, phone)
    contacts(t, attack, bob)
    replies(t, attack, bob)
    attack.over()
    usage(t.stack)  # which waits until tm has freed the transactions: one whose reply was dropped, too
