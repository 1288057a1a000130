# SPDX-License-Identifier: GPL-2.0-or-later
import select
import socket
import time

from harness.registrar import contact
from harness.sip import answer_challenge
from harness.wire import Endpoint, Request

ROUTES = True
LOUD = True
LIMIT = 90
PHONES = 100
RATE, OFFICE_RATE = 200, 1000  # UR_RATE, UR_OFFICE_RATE: in 2 s
T1, T2 = 0.5, 4.0  # RFC 3261
FLOOD = 2000  # a second


class Phone:
    """Sends request after request: the next one when the one before has its answer; again if there is none."""

    def __init__(self, t, device, address):
        self.endpoint = Endpoint(address, 0, t.server, t.name)
        self.endpoint.port = self.endpoint._socket.getsockname()[1]
        where, aor = [("Contact", contact(address, self.endpoint.port)), ("Expires", 300)], device.aor
        self.device = device
        self.requests = [Request(self.endpoint, "REGISTER", f"sip:{t.domain}", aor, aor, where),
                         Request(self.endpoint, "SUBSCRIBE", aor, aor, aor, [*where, ("Event", "ua-profile")]),
                         Request(self.endpoint, "OPTIONS", f"sip:{t.domain}", aor, f"sip:{t.domain}")]
        self.statuses, self.registered, self.sent = [], None, 0
        self._say(self.requests[0].encode())

    def _say(self, raw):
        self._raw, self._wait = raw, T1
        self._again()

    def _again(self):
        self.endpoint.send(self._raw)
        self.sent += 1
        self._due, self._wait = time.monotonic() + self._wait, min(2 * self._wait, T2)

    def is_over(self):
        return not self.requests

    def waits(self):
        if not self.is_over() and time.monotonic() > self._due:
            self._again()

    def hears(self):
        reply = self.endpoint.receive(0.001)
        if self.is_over() or not reply or reply.call_id != self.requests[0].call_id or reply.header("CSeq") != f"{self.requests[0].cseq} {self.requests[0].method}":
            return  # to something that was sent twice
        request = self.requests[0]
        if reply.status == 401 and request.cseq == 1:
            self._say(request.authenticate(reply, self.device.auth_username, self.device.password))
            return
        self.statuses.append(reply.status)
        if request.method == "REGISTER":
            self.registered = time.monotonic()
        self.requests.pop(0)
        if self.requests:
            self._say(self.requests[0].encode())


def power_cut(t, devices, address):
    """All phones begin at once; returns how many seconds until each has registered."""
    begun, phones = time.monotonic(), [Phone(t, device, address) for device in devices]
    by_socket = {phone.endpoint._socket: phone for phone in phones}
    while not all(phone.is_over() for phone in phones) and time.monotonic() < begun + 30:
        for sock in select.select(list(by_socket), [], [], 0.05)[0]:
            by_socket[sock].hears()
        for phone in phones:
            phone.waits()
    for phone in phones:
        t.equal(phone.statuses, [200, 489, 200], f"what {phone.device.name} got to REGISTER, SUBSCRIBE and OPTIONS")
        phone.endpoint._socket.close()
    seconds = max(phone.registered for phone in phones) - begun
    t.check(seconds < 5, f"all phones should be registered within 5 s: took {seconds:.1f}")
    return seconds, sum(phone.sent for phone in phones)


def flood(t, address, count):
    """INVITEs without credentials; returns how many got an answer, and the seconds it took."""
    with Endpoint(address, 0, t.server, t.name) as endpoint:
        endpoint.port = endpoint._socket.getsockname()[1]
        endpoint._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        begun = time.monotonic()
        for number in range(count):
            endpoint.send(Request(endpoint, "INVITE", f"sip:1001@{t.domain}", f"sip:x@{t.domain}", headers=[("Contact", contact(address))]).encode())
            time.sleep(max(0, begun + (number + 1) / FLOOD - time.monotonic()))
        seconds = time.monotonic() - begun
        while endpoint.receive(0.3):
            pass
        return len({reply.call_id for _, reply in endpoint.received if reply.status == 407}), seconds


def forged(t, device):
    """A device that answers a challenge of its own from somebody else's address, which it can forge over UDP."""
    own, victim = (Endpoint(t.addresses.take(), 5060, t.server, t.name) for _ in range(2))
    requests = [Request(e, "REGISTER", f"sip:{t.domain}", device.aor, device.aor, [("Contact", contact(e.address)), ("Expires", 300)]) for e in (own, victim)]
    challenge = requests[0].exchange().header("WWW-Authenticate")
    value = answer_challenge(challenge, "REGISTER", requests[1].uri, device.auth_username, device.password)
    victim.send(requests[1].encode(("Authorization", value)))
    victim.final(requests[1].call_id, "REGISTER", 3.0)
    offices = t.stack.kamcmd("htable.dump", "offices")
    t.check(victim.address not in offices, f"a forged address should be no office: {offices}")


def run(t):
    alice, address, stranger = t.user("1001"), t.addresses.take(), t.addresses.take()
    devices = [alice.device(f"phone{number}") for number in range(PHONES)]
    t.settle()
    for _ in range(2):
        seconds, sent = power_cut(t, devices, address)
        t.note(f"{PHONES} phones registered within {seconds:.2f} s, by {sent} requests")
    forged(t, devices[0])

    got, seconds = flood(t, stranger, FLOOD)
    t.check(0 < got <= 2 * RATE, f"of {FLOOD} INVITEs of a stranger in {seconds:.1f} s {got} were answered")
    office, seconds = flood(t, address, 2 * FLOOD)
    windows = seconds // 2 + 2
    t.check(got < office <= windows * OFFICE_RATE + RATE, f"of {2 * FLOOD} INVITEs of the office in {seconds:.1f} s {office} were answered")
    t.note(f"answered: {got} of {FLOOD} INVITEs of a stranger, {office} of {2 * FLOOD} from the office")
