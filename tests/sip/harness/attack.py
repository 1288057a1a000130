# SPDX-License-Identifier: GPL-2.0-or-later
"""An attack with messages made wrong: by a trunk, by a device that knows its password, by strangers, and by the phones that
are called. What they do is chosen by a seed; the latest messages are kept, so that they can be sent again."""

import collections
import json
import random
import re
import selectors
import socket
import time

from .accounts import Tenant
from .hostile import Addresses, follow_up, forgery, status_of
from .mutate import mutate
from .registrar import contact, must_register
from .sip import Message, answer_challenge
from .wire import Request

RATE = 150  # messages a second, besides what the phones say
KEPT = 3000  # the latest messages
DOMAIN = "hostile.test"
MEDIA = ("127.0.0.1", 5090)  # the sample's media server
CALLED = {"called-by-trunks": {}, "called-in-turn": {"ring_strategy": "sequential"}, "called-by-devices": {}}
STRANGER_SENDS = 25  # messages, then the next one: pike takes more for a flood
EXTRAS = ["Privacy: id", "Privacy: none", 'P-Asserted-Identity: "A" <sip:a@trunk.test>, <tel:+4930>', "P-Preferred-Identity: <sip:b@c.test>",
          'Remote-Party-ID: "C" <sip:c@d.test>;party=calling;screen=yes', "Diversion: <sip:d@e.test>;reason=user-busy;counter=1",
          "History-Info: <sip:f@g.test>;index=1, <sip:h@i.test?Reason=SIP%3Bcause%3D302>;index=1.1", "Supported: timer, 100rel, replaces",
          "Session-Expires: 1800;refresher=uac", "Route: <sip:127.0.0.1:9;lr>", "Record-Route: <sip:127.0.0.1:9;lr>", "Subject: x",
          "Allow: INVITE, ACK, BYE, CANCEL", "User-Agent: x/1.0 (y)", "Accept: application/sdp", "Expires: 60", "Referred-By: <sip:x@y.test>"]
NAMES = ['"F" ', "", "F ", '"F \\"<sip:boss@evil.test>\\" , G" ', '"\u00e4\u4e2d\U0001f4de" ', f'"{"long name " * 30}" ', f'"{"x" * 1500}" ']
ANSWERS = ["100 Trying", "180 Ringing", "183 Session Progress", "200 OK", "200 OK", "302 Moved Temporarily", "401 Unauthorized", "404 Not Found",
           "407 Proxy Authentication Required", "408 Request Timeout", "480 Unavailable", "486 Busy Here", "500 Error", "503 Unavailable",
           "600 Busy Everywhere", "603 Decline", "699 What"]
ANSWER_EXTRAS = ["Contact: <sip:x@127.0.0.1:9>", "Contact: *", "Record-Route: <sip:127.0.0.1:9;lr>", "Require: 100rel\r\nRSeq: 1",
                 "Retry-After: 5", "Warning: 399 x \"y\"", 'WWW-Authenticate: Digest realm="x", nonce="y"', "P-Asserted-Identity: <sip:x@y>",
                 "Allow: INVITE", "Session-Expires: 90;refresher=uas", "Diversion: <sip:x@y>", "Reason: SIP;cause=200"]
IN_DIALOG = ["ACK", "BYE", "INVITE", "CANCEL", "INFO", "UPDATE", "PRACK", "NOTIFY", "MESSAGE"]
ELSEWHERE = ["sip:x@127.0.0.1:9", "sip:x@127.0.0.1;alias=127.0.0.1~9~1", "sip:x@127.0.0.1:9;transport=tcp", "tel:+4930", "sip:127.0.0.1:9;lr"]
VIAS = ["SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx", "SIP/2.0/TCP 127.0.0.1:9", "SIP/2.0/UDP slow.invalid", "SIP/2.0/TCP slow.invalid;received=127.0.0.1",
        "SIP/2.0/UDP x;received=127.0.0.1;rport=9", "SIP/2.0/UDP x;maddr=127.0.0.1", "SIP/2.0/WS x;received=127.0.0.1", "SIP/2.0/UDP [::1]:9"]
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"


class Journal:
    """The latest messages: (sender, bytes, the INVITE that they answer or b"")."""

    def __init__(self):
        self.messages = collections.deque(maxlen=KEPT)

    def save(self, path, credentials):
        with open(path, "w", encoding="ascii") as file:
            json.dump({"credentials": credentials, "messages": [[s, r.decode("latin-1"), i.decode("latin-1")] for s, r, i in self.messages]}, file)

    @staticmethod
    def load(path):
        with open(path, encoding="ascii") as file:
            saved = json.load(file)
        return saved["credentials"], [(s, r.encode("latin-1"), i.encode("latin-1")) for s, r, i in saved["messages"]]


class Attack:
    """`more`: further messages to make wrong, for the trunk."""

    def __init__(self, t, seed, more=()):
        self._t, self._seed, self._more = t, seed, list(more)
        self.journal, self.sent, self.answered = Journal(), collections.Counter(), collections.Counter()
        self.legs, self.forged, self.unasked = 0, [], 0
        self._number, self._dialogs, self._invites = 0, collections.deque(maxlen=50), collections.OrderedDict()
        self._addresses, self._sockets = Addresses(), selectors.DefaultSelector()
        self._trunk = self._socket((self._addresses.trunk(), 5060), "trunk")
        self._strangers, self._script, self._other = collections.deque(), None, b""
        self._people()

    # -- who is there

    def _people(self):
        t = self._t
        tenant = Tenant(t, t.key + "_h", DOMAIN)
        self.identity = f'"The Attacker" <sip:attacker@{DOMAIN}>'
        self._device = tenant.user("attacker", display_name="The Attacker").device("phone")
        self._registers = tenant.user("registers").device("phone")
        phone = (t.addresses.take(), 5060)
        t.insert("route_target", {"account_id": tenant.account, "kind": "voicemail", "id": "7"})
        for name, columns in CALLED.items():
            user = tenant.user(name, ring_timeout_sec=1, voicemail_id="7" if name == "called-in-turn" else None, **columns)
            for order in range(2):
                device = user.device(f"{order}", ring_order=order)
                must_register(device, t.server, (phone[0], 5099), [contact(*phone, user=f"{name}-{order}")], 3600)
        tenant.user("called-away", dnd=1, voicemail_id="7")
        self._socket(phone, "phone")
        self._socket(MEDIA, "phone")
        self._ask()

    def _ask(self):
        """For nonces, and what answers them: they last for some minutes."""
        self._asked, self.credentials = time.monotonic(), {}
        for method, device in (("INVITE", self._device), ("REGISTER", self._registers)):
            with self._t.endpoint() as endpoint:
                reply = Request(endpoint, method, f"sip:{DOMAIN}", device.aor, device.aor).exchange()
            challenge = reply.header("Proxy-Authenticate") or reply.header("WWW-Authenticate")
            self.credentials[method] = answer_challenge(challenge, method, "sip:whoever", device.auth_username, device.password)

    def _socket(self, address, sender):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind(address)
        made.setblocking(False)
        self._sockets.register(made, selectors.EVENT_READ, sender)
        return made

    def _stranger(self):
        """The socket of somebody who has not said much yet."""
        if self._number % STRANGER_SENDS == 0 or not self._strangers:
            self._strangers.append(self._socket((self._addresses.stranger(), 5060), "stranger"))
            if len(self._strangers) > 20:
                old = self._strangers.popleft()
                self._sockets.unregister(old)
                old.close()
        return self._strangers[-1]

    def _send(self, from_socket, sender, raw, invite=b""):
        self.journal.messages.append((sender, raw, invite))
        try:
            from_socket.sendto(raw, self._t.server)
        except BlockingIOError:
            pass  # the server is behind: one less

    # -- the attack

    def run(self, seconds, watch=lambda: None):
        """For that long; watch() each second, which raises what ends it."""
        end = due = look = time.monotonic()
        end += seconds
        while due < end:
            self._next()
            due += 1 / RATE
            self._listen_until(due)
            if due > look:
                watch()
                look += 1
                if due > self._asked + 200:
                    self._ask()

    def _next(self):
        self._number += 1
        rng = random.Random(f"{self._seed}:{self._number}")
        make = rng.choices((self._by_trunk, self._by_device, self._registration, self._from_book, self._in_dialog, self._reply, self._large,
                            self._garbage), (35, 25, 12, 6, 14, 5, 2, 1))[0]
        make(rng)

    def _wrong(self, rng, raw, share=0.85, apart=False):
        """Made wrong, mostly: some are right, so that what comes after them is reached. `apart`: not to be spliced with
        other messages, as who is called says later who may have called."""
        made = mutate(rng, raw, raw if apart else self._other or raw) if rng.random() < share else raw
        self._other = self._other if apart else raw
        return made

    def _by_trunk(self, rng):
        raw = self._invite(rng, rng.choice(("called-by-trunks", "called-in-turn", "called-away", "registers")), "sip:+4930@trunk.test")
        self.sent["INVITE of the trunk"] += 1
        self._send(self._trunk, "trunk", self._wrong(rng, raw))

    def _by_device(self, rng):
        lines = [f"Proxy-Authorization: {self.credentials['INVITE']}"]
        raw = self._invite(rng, "called-by-devices", self._device.aor, lines)
        self.sent["INVITE of the device"] += 1
        self._send(self._stranger(), "stranger", self._wrong(rng, raw, apart=True))

    def _registration(self, rng):
        contacts = rng.sample([contact("127.0.0.1", 9), contact("127.0.0.1", 9, reg_id=1, instance=f"0-{rng.randrange(9)}"), "*",
                               contact("[::1]", 9, expires=9), "<sip:x@y.test;transport=tcp>"], rng.choice((1, 1, 2)))
        aor = self._registers.aor
        lines = [f"REGISTER sip:{DOMAIN} SIP/2.0", *self._top(rng, aor, aor, "REGISTER"), *(f"Contact: {c}" for c in contacts),
                 f"Authorization: {self.credentials['REGISTER']}", "Expires: 60", "Content-Length: 0", "", ""]
        self.sent["REGISTER"] += 1
        self._send(self._stranger(), "stranger", self._wrong(rng, "\r\n".join(lines).encode()))

    def _from_book(self, rng):
        self.sent["of RFC 4475"] += 1
        self._send(self._trunk, "trunk", self._wrong(rng, rng.choice(self._more)))

    def _in_dialog(self, rng):
        if not self._dialogs:
            return self._by_trunk(rng)
        own, sender, reply = rng.choice(self._dialogs)
        if own.fileno() == -1 or rng.random() < 0.2:  # closed meanwhile; or somebody else
            own, sender = self._stranger(), "stranger"
        self.sent["in dialogs"] += 1
        target = self._target(reply) if rng.random() < 0.7 else rng.choice(ELSEWHERE)
        raw = follow_up(reply, rng.choice(IN_DIALOG), target, rng.sample(EXTRAS, 2), rng.randrange(2, 10**6))
        if rng.random() < 0.3:
            raw = re.sub(rng.choice((rb"(\r\n(?:From|To): [^\r]*;tag=)", rb"(\r\nCall-ID: )", rb"(\r\nRoute: <[^>\r]*)", rb"(\r\nFrom: <sip:)")), rb"\1x", raw, count=1)
        return self._send(own, sender, self._wrong(rng, raw, 0.7))

    # -- what a door must keep out: no answer is expected

    def _reply(self, rng):
        """Of no transaction, or of one that may be over; with Vias that lead elsewhere."""
        host, port = self._t.server
        vias = [f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{rng.choice(('x', f'{rng.randrange(16**4):x}.{self._number:032x}.0', ''))}",
                *rng.choices(VIAS, k=rng.choice((0, 1, 1, 2, 5)))]
        if rng.random() < 0.1:
            vias *= 300
        name, joint = rng.choice(("Via", "v", "VIA ")), rng.random() < 0.2
        lines = [f"SIP/2.0 {rng.choice(ANSWERS)}", *([f"{name}: {', '.join(vias)}"] if joint else [f"{name}: {via}" for via in vias]),
                 *self._top(rng, "sip:x@y.test", "sip:z@y.test", rng.choice(("INVITE", "BYE", "REGISTER", "CANCEL")))[1:], *rng.sample(ANSWER_EXTRAS, 2),
                 "Content-Length: 0", "", ""]
        self._quiet(rng, "\r\n".join(lines).encode(), 0.5)

    def _large(self, rng):
        """9,000 headers, 50 KB in one header, in the body, or in the Contact of a REGISTER."""
        lines = [f"Proxy-Authorization: {self.credentials['INVITE']}", f"Authorization: {self.credentials['REGISTER']}"]
        raw = self._invite(rng, "called-by-devices", self._device.aor, lines)
        size = rng.choice((1000, 12000, 16000, 50000))
        made = rng.choice((lambda: raw.replace(b"\r\nContact", b"\r\ny:x" * (size // 5) + b"\r\nContact", 1),
                           lambda: raw.replace(b"\r\nContact", b"\r\nX: " + b"y" * size + b"\r\nContact", 1),
                           lambda: raw.replace(b"\r\nContact: <sip:", b"\r\nContact: <sip:" + b"y" * size, 1),
                           lambda: raw.replace(b"INVITE", b"REGISTER").replace(b"127.0.0.1:9>", b'127.0.0.1:9>;a="' + b"y" * size + b'\0";received="sip:127.0.0.1:9"', 1),
                           lambda: raw.replace(f": {len(SDP)}\r\n".encode(), f": {len(SDP) + size}\r\n".encode(), 1) + b"y" * size))()
        self._quiet(rng, made, 0.2)

    def _garbage(self, rng):
        begin = rng.choice((b"", b"SIP/2.0 200 OK\r\n", b"SIP/2.0 200 OK\r\nVia: ", b"INVITE sip:x SIP/2.0\r\n", b"INVITE sip:x SIP/2.0\r\nVia: ", b"\r\n\r\n", b"GET / HTTP/1.1\r\n"))
        self._quiet(rng, begin + rng.randbytes(rng.choice((20, 71, 600, 9000, 50000))), 0)

    def _quiet(self, rng, raw, share):
        self.unasked += 1
        made = self._wrong(rng, raw, share, apart=True)[:60000]
        if rng.random() < 0.1:
            self._by_tcp(made)
        else:
            self._send(self._stranger(), "stranger", made)

    def _by_tcp(self, raw):
        """On a connection that is closed at once."""
        self.journal.messages.append(("stranger", raw, b""))
        with socket.socket() as made:
            made.bind((self._addresses.stranger(), 0))
            made.settimeout(0.2)
            try:
                made.connect(self._t.server)
                made.sendall(raw)
            except OSError:
                pass  # closed, or behind: one less

    def _top(self, rng, sender, to, method):
        return [f"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{self._seed}x{self._number};rport", f"From: {rng.choice(NAMES)}<{sender}>;tag={rng.randrange(10**9)}",
                f"To: <{to}>", f"Call-ID: fuzzed-{self._seed}-{self._number}", f"CSeq: {self._number} {method}", "Max-Forwards: 70"]

    def _invite(self, rng, callee, sender, headers=()):
        uri = f"sip:{callee}@{DOMAIN}"
        lines = [f"INVITE {uri} SIP/2.0", *self._top(rng, sender, uri, "INVITE"), *headers, "Contact: <sip:caller@127.0.0.1:9>",
                 *rng.sample(EXTRAS, rng.randrange(5)), "Content-Type: application/sdp", f"Content-Length: {len(SDP)}", "", SDP]
        return "\r\n".join(lines).encode()

    # -- what comes back

    def _listen_until(self, end):
        while True:
            for key, _ in self._sockets.select(max(0.0, end - time.monotonic())):
                self._heard(key.fileobj, key.data)
            if time.monotonic() >= end:
                return

    def _heard(self, own, sender):
        try:
            raw = own.recv(65535)
        except (BlockingIOError, ConnectionError):
            return
        status = status_of(raw)
        rng = random.Random(f"{self._seed}:{self._number}:{sender}:{len(raw)}")
        if sender == "phone" and status is None:
            self._called(own, rng, raw)
        elif sender != "phone" and status is not None:
            self._replied(own, sender, rng, Message(raw))

    @staticmethod
    def _target(reply):
        uri = (reply.header("Contact") or "").partition("<")[2].partition(">")[0]
        return uri or f"sip:called-by-trunks@{DOMAIN}"

    def _replied(self, own, sender, rng, reply):
        self.answered[reply.status] += 1
        if reply.cseq_method != "INVITE":
            return
        if reply.status >= 300:
            self._send(own, sender, self._wrong(rng, follow_up(reply, "ACK", f"sip:x@{DOMAIN}"), 0.2))
        elif reply.status >= 200:
            self._send(own, sender, self._wrong(rng, follow_up(reply, "ACK", self._target(reply)), 0.4))
            self._dialogs.append((own, sender, reply))
        elif rng.random() < 0.1:
            self._send(own, sender, self._wrong(rng, follow_up(reply, "CANCEL", f"sip:called-by-trunks@{DOMAIN}"), 0.5))

    def _called(self, own, rng, raw):
        request = Message(raw)
        if request.method == "INVITE" and not request.to_tag:
            self._invited(own, rng, raw, request)
        elif request.method != "ACK":
            self._send(own, "phone", self._wrong(rng, self._answer(rng, request, "200 OK"), 0.4), raw)
            invite = self._invites.pop(request.branch, None) if request.method == "CANCEL" else None
            if invite:
                self._send(own, "phone", self._wrong(rng, self._answer(rng, Message(invite), "487 Request Terminated"), 0.4), invite)

    def _invited(self, own, rng, raw, invite):
        again = invite.branch in self._invites
        self._invites[invite.branch] = raw
        if len(self._invites) > 2000:
            self._invites.popitem(last=False)
        if again and rng.random() < 0.5:
            return
        self.legs += not again
        wrong = forgery(invite, self.identity) if "called-by-devices" in invite.uri else ""
        if wrong:
            self.forged.append(wrong)
        for answer in self._answers(rng, invite, raw):
            self._send(own, "phone", answer, raw)

    def _answers(self, rng, invite, raw):
        if self._script:
            old_invite, answers = self._script.popleft()
            return [_fitted(answer, Message(old_invite), invite) for answer in answers]
        answers = [self._wrong(rng, self._answer(rng, invite, rng.choice(ANSWERS)), 0.7) for _ in range(rng.choice((1, 1, 2, 3)))]
        return answers + [self._answer(rng, invite, "486 Busy Here")] * (rng.random() < 0.7)

    @staticmethod
    def _answer(rng, request, status_line):
        lines = [f"SIP/2.0 {status_line}", *(f"Via: {v}" for v in request.all("Via")), *(f"Record-Route: {r}" for r in request.all("Record-Route")),
                 f"From: {request.header('From')}", f"To: {request.header('To')}" + ("" if request.to_tag else f";tag=p{rng.randrange(10**6)}"),
                 f"Call-ID: {request.call_id}", f"CSeq: {request.header('CSeq')}", "Contact: <sip:phone@127.0.0.1:9>",
                 *rng.sample(ANSWER_EXTRAS, rng.randrange(3)), "Content-Type: application/sdp", f"Content-Length: {len(SDP)}", "", SDP]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape")

    # -- once more

    def replay(self, path):
        """Sends what a Journal has saved, in the same order. What a phone said is said again when it is called next."""
        old, messages = Journal.load(path)
        changes = [(old[method].encode(), now.encode()) for method, now in self.credentials.items()]
        for sender, raw, invite in messages:
            if sender == "phone":
                self._script = collections.deque([(invite, [raw])])
                own, sender, raw = self._trunk, "trunk", self._invite(random.Random(self._number), "called-by-trunks", "sip:+4930@trunk.test")
            else:
                own = self._trunk if sender == "trunk" else self._stranger()
            self._number += 1
            for before, now in changes:
                raw = raw.replace(before, now)
            self._send(own, sender, raw)
            self._listen_until(time.monotonic() + 1 / RATE)


def _fitted(answer, old, new):
    """An answer to an old INVITE, as one to a new one."""
    pairs = [*zip(old.all("Via"), new.all("Via")), (old.call_id, new.call_id), (old.header("From"), new.header("From")),
             (old.header("CSeq"), new.header("CSeq"))]
    for before, now in pairs:
        answer = answer.replace(before.encode("utf-8", "surrogateescape"), now.encode("utf-8", "surrogateescape"))
    return answer
