# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of calls whose moments are chosen by the case: callers and phones in one process, at two sockets.

    crowd = Crowd(t)
    people = crowd.people(150, {"desk": {"ring_for_sec": 1}, "soft": {"ring_delay_sec": 1}}, ring_timeout_sec=2)
    crowd.register(contact)             # sent now; contact.registered is set when it has been answered
    call = crowd.call(user)             # INVITE from a trunk
    crowd.at(1.5, call.cancel)          # seconds from now
    crowd.run(lambda: done())           # serves until it is true

Phones ring until CANCEL, unless answer() or refuse() is called for one of their legs. Both sides repeat what is not answered.
"""

import heapq
import re
import select
import socket
import time

from psycopg2 import sql
from psycopg2.extras import execute_values

from .expect import Unexpected, check, equal
from .net import TRUNKS
from .sip import Message, answer_challenge, ha1, token
from .wire import Endpoint, Request

# For a case's STACK: one challenge does for all REGISTERs, and an address may send more than pike allows.
EASY = """
modparam("auth", "one_time_nonce", 0)
modparam("auth", "nonce_count", 0)
modparam("pike", "reqs_density_per_unit", 100000)
"""
BUFFER = 8 << 20  # bytes that wait to be read
AGAIN, TIMES = 0.5, 12  # seconds until a message is repeated, and how often
PASSWORD = "pw"


class _Socket(Endpoint):
    def __init__(self, *where):
        super().__init__(*where)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)

    def fileno(self):
        return self._socket.fileno()

    def waiting(self, most=50):
        """The messages that have come, up to so many."""
        for _ in range(most):
            try:
                yield Message(self._socket.recv(65535, socket.MSG_DONTWAIT))
            except BlockingIOError:
                return


class Contact:
    """A phone: one contact of a device."""

    def __init__(self, device, name):
        self.device, self.name = device, name
        self.asked = self.registered = None  # when the last REGISTER was sent, and answered


class User:
    def __init__(self, username, domain):
        self.username, self.domain = username, domain

    def contact(self, device, name=None):
        device = f"{self.username}-{device}"
        return Contact(device, f"{self.username}-{name}" if name else device)


class Leg:
    """An INVITE at a phone."""

    def __init__(self, invite):
        self.invite, self.began = invite, time.monotonic()
        self.name = invite.uri.removeprefix("sip:").split("@")[0]
        self.cancelled = self.answered = self.refused = self.acked = self.bye = None
        self.status = self.reason = None  # with which it was refused; of the CANCEL

    @property
    def rings(self):
        return self.cancelled is None and self.answered is None and self.refused is None

    @property
    def is_over(self):
        """Nothing more comes: it was cancelled, has refused, or was hung up on, and has the ACK."""
        return self.acked and (self.bye if self.answered else self.cancelled or self.refused)


class Call:
    """An INVITE of the trunk's, and its legs at the phones."""

    def __init__(self, crowd, user):
        self.crowd, self.user, self.began = crowd, user, time.monotonic()
        uri = f"sip:{user.username}@{user.domain}"
        trunk = crowd.trunk
        self.request = Request(trunk, "INVITE", uri, "sip:+493012345@trunk.test", headers=[("Contact", f"<sip:{trunk.address}:{trunk.port}>")])
        self.call_id = self.request.call_id
        self.legs, self.finals = [], {}  # finals: by To tag, status and when
        self.asked_to_end = self.cancelled = None  # when CANCEL was sent, and answered
        self.is_heard = self.is_to_be_cancelled = False
        self.dialogs, self.byes = set(), 0  # To tags of answers; BYEs that have been answered

    @property
    def status(self):
        """Of the first final response; None: there is none yet."""
        return next(iter(self.finals.values()))[0] if self.finals else None

    @property
    def ended(self):
        return next(iter(self.finals.values()))[1]

    def cancel(self):
        """RFC 3261 §9.1: once something is heard. tm can't reply to who is earlier, and logs an error."""
        if self.finals:
            return
        if not self.is_heard:
            self.is_to_be_cancelled = True
            return
        self.asked_to_end = time.monotonic()
        self.crowd.repeat(("CANCEL", self.call_id), self.crowd.trunk, self.request.encode(method="CANCEL"))

    def leg(self, contact):
        """The latest one of that phone."""
        return next((leg for leg in reversed(self.legs) if leg.name == contact.name), None)

    @property
    def is_over(self):
        answers = sum(status == 200 for status, _ in self.finals.values())
        return self.finals and self.byes == answers and all(leg.is_over for leg in self.legs)


def raw_request(method, uri, endpoint, cseq, headers):
    lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/UDP {endpoint.address}:{endpoint.port};branch=z9hG4bK{token()};rport",
             *headers, f"CSeq: {cseq} {method}", "Max-Forwards: 70", "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode()


def tag_of(message):
    return message.header("To").partition(";tag=")[2]


class Crowd:
    def __init__(self, t):
        self._t = t
        self.trunk, self.phones = (
            _Socket(address, 5060, t.server, t.name) for address in (t.addresses.take_trusted(TRUNKS), t.addresses.take()))
        self._serve = {self.trunk: self._to_trunk, self.phones: self._to_phones}
        self.calls, self._due, self._number = {}, [], 0
        self._repeated, self.lost = {}, []
        self._registers, self._challenge = {}, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for endpoint in self._serve:
            endpoint.__exit__()

    def _insert(self, table, rows):
        columns = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
        with self._t.db.cursor() as cursor:
            execute_values(cursor, sql.SQL("INSERT INTO {} ({}) VALUES %s").format(sql.Identifier(table), columns),
                           [tuple(row.values()) for row in rows])
        self._t.changed()

    def people(self, prefix, count, devices, **columns):
        """Users with these devices, name: columns."""
        t, domain = self._t, self._t.domain
        names = [f"{prefix}{n:03}" for n in range(count)]
        users = [{"id": f"us_{t.key}_{name}", "account_id": t.account, "username": name, **columns} for name in names]
        self._insert("sip_user", users)
        for device, more in devices.items():
            self._insert("sip_device", [
                {"id": f"dev_{t.key}_{name}_{device}", "user_id": f"us_{t.key}_{name}", "auth_username": f"{name}-{device}",
                 "realm": domain, "ha1": ha1(f"{name}-{device}", domain, PASSWORD), **more} for name in names])
        return [User(name, domain) for name in names]

    # -- time

    def at(self, seconds, what):
        self._number += 1
        heapq.heappush(self._due, (time.monotonic() + seconds, self._number, what))

    def run(self, is_over, seconds, what_is_open=lambda: ""):
        """Serves phones and callers until it is true."""
        end = time.monotonic() + seconds
        while not is_over():
            if time.monotonic() > end:
                raise Unexpected(f"not over after {seconds} s: {what_is_open()}; not answered: {self.lost[:5]}")
            wait = self._due[0][0] - time.monotonic() if self._due else 0.05
            for endpoint in select.select(list(self._serve), [], [], min(max(wait, 0), 0.05))[0]:
                for message in endpoint.waiting():
                    self._serve[endpoint](message)
            while self._due and self._due[0][0] <= time.monotonic():
                heapq.heappop(self._due)[2]()

    def repeat(self, key, endpoint, raw, times=TIMES):
        """Sends it, again and again until answered(key)."""
        self._repeated[key] = raw
        endpoint.send(raw)

        def again():
            if self._repeated.get(key) is not raw:
                return
            if times == 0:
                self.lost.append(key)
                return
            self.repeat(key, endpoint, raw, times - 1)
        self.at(AGAIN, again)

    def answered(self, key):
        return self._repeated.pop(key, None) is not None

    # -- REGISTER

    def _credentials(self, device, uri):
        """With one challenge for all: see EASY."""
        if self._challenge is None:
            with Endpoint(self.phones.address, 5099, self._t.server, self._t.name) as endpoint:
                reply = Request(endpoint, "REGISTER", uri, f"sip:{device}@{self._t.domain}").exchange()
            check(reply is not None and reply.status == 401, "REGISTER without a password should be challenged")
            self._challenge = reply.header("WWW-Authenticate")
        return answer_challenge(self._challenge, "REGISTER", uri, device, PASSWORD)

    def register(self, contact, expires=300):
        """Sends it now."""
        uri, aor = f"sip:{self._t.domain}", f"sip:{contact.device}@{self._t.domain}"
        self._number += 1
        call_id, here = f"{self._t.name}-{token(6)}-{self._number}", self.phones
        raw = raw_request("REGISTER", uri, here, 1, [
            f"From: <{aor}>;tag={token(6)}", f"To: <{aor}>", f"Call-ID: {call_id}",
            f"Contact: <sip:{contact.name}@{here.address}:{here.port}>;expires={expires}",
            f"Authorization: {self._credentials(contact.device, uri)}"])
        contact.asked, contact.registered = time.monotonic(), None
        self._registers[call_id] = contact
        self.repeat(("REGISTER", call_id), here, raw)

    def register_all(self, contacts):
        for contact in contacts:
            self.register(contact)
        self.run(lambda: all(contact.registered for contact in contacts), 10)

    def _registered(self, reply):
        contact = self._registers.pop(reply.call_id, None)
        if contact is None:
            return
        self.answered(("REGISTER", reply.call_id))
        equal(reply.status, 200, f"REGISTER of {contact.name}")
        contact.registered = time.monotonic()

    # -- callers

    def call(self, user):
        call = Call(self, user)
        self.calls[call.call_id] = call
        self.repeat(("INVITE", call.call_id), self.trunk, call.request.encode())
        return call

    def _to_trunk(self, message):
        call = self.calls.get(message.call_id)
        if call is None or message.status is None:
            return
        self.answered((message.cseq_method, message.call_id))
        if message.cseq_method == "INVITE" and message.status >= 200:
            self._final(call, message)
        elif message.cseq_method == "INVITE":
            self._provisional(call)
        elif message.cseq_method == "CANCEL" and call.cancelled is None:
            call.cancelled = time.monotonic()
        elif message.cseq_method == "BYE" and self.answered(("BYE", message.call_id, tag_of(message))):
            call.byes += 1

    @staticmethod
    def _provisional(call):
        call.is_heard = True
        if call.is_to_be_cancelled:
            call.is_to_be_cancelled = False
            call.cancel()

    def _final(self, call, reply):
        tag = tag_of(reply)
        call.finals.setdefault(tag, (reply.status, time.monotonic()))
        if reply.status >= 300:
            call.request.acknowledge(reply)
            return
        self._in_dialog("ACK", call, reply, 1)
        if tag not in call.dialogs:
            call.dialogs.add(tag)
            self.at(0.05, lambda: self._in_dialog("BYE", call, reply, 2, ("BYE", call.call_id, tag)))

    def _in_dialog(self, method, call, reply, cseq, key=None):
        target = re.search(r"<([^>]*)>", reply.header("Contact"))[1]
        routes = [f"Route: {route}" for route in reversed(reply.all("Record-Route"))]
        raw = raw_request(method, target, self.trunk, cseq, [
            *routes, f"From: {reply.header('From')}", f"To: {reply.header('To')}", f"Call-ID: {call.call_id}"])
        if key:
            self.repeat(key, self.trunk, raw)
        else:
            self.trunk.send(raw)

    # -- phones

    def answer(self, leg):
        """200 of a leg that rings."""
        if leg is None or not leg.rings:
            return
        leg.answered = time.monotonic()
        self.repeat(("final", leg.invite.branch), self.phones, self._reply(leg.invite, "200 OK"))

    def refuse(self, leg, status):
        """A status line like "603 Decline" of a leg that rings."""
        if leg is None or not leg.rings:
            return
        leg.refused, leg.status = time.monotonic(), status
        self.repeat(("final", leg.invite.branch), self.phones, self._reply(leg.invite, status))

    def _reply(self, request, status):
        tag = "" if request.to_tag else f";tag={request.branch[-12:]}"
        lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in request.all("Via")),
                 *(f"Record-Route: {route}" for route in request.all("Record-Route")),
                 f"From: {request.header('From')}", f"To: {request.header('To')}{tag}", f"Call-ID: {request.call_id}",
                 f"CSeq: {request.header('CSeq')}", f"Contact: <sip:{self.phones.address}:{self.phones.port}>", "Content-Length: 0", "", ""]
        return "\r\n".join(lines).encode()

    def _to_phones(self, message):
        if message.status:
            self._registered(message)
            return
        call = self.calls.get(message.call_id)
        serve = getattr(self, "_" + message.method.lower() + "_at_phone", None)
        if call and serve:
            serve(call, message)

    def _invite_at_phone(self, call, invite):
        leg = next((leg for leg in call.legs if leg.invite.branch == invite.branch), None)
        if leg is None:
            call.legs.append(leg := Leg(invite))
            self._ring(leg)

    def _ring(self, leg):
        """Tells it again and again: without having heard anything of a phone a proxy may send it no CANCEL."""
        if leg.rings:
            self.phones.send(self._reply(leg.invite, "180 Ringing"))
            self.at(AGAIN, lambda: self._ring(leg))

    def _cancel_at_phone(self, call, cancel):
        self.phones.send(self._reply(cancel, "200 OK"))
        leg = next((leg for leg in call.legs if leg.invite.branch == cancel.branch), None)
        if leg and leg.rings:
            leg.cancelled, leg.reason = time.monotonic(), cancel.header("Reason")
            self.repeat(("final", cancel.branch), self.phones, self._reply(leg.invite, "487 Request Terminated"))

    def _ack_at_phone(self, call, ack):
        for leg in call.legs:
            if leg.invite.branch == ack.branch or leg.answered and tag_of(ack) == leg.invite.branch[-12:]:
                leg.acked = True
                self.answered(("final", leg.invite.branch))

    def _bye_at_phone(self, call, bye):
        self.phones.send(self._reply(bye, "200 OK"))
        for leg in call.legs:
            if leg.answered and tag_of(bye) == leg.invite.branch[-12:]:
                leg.bye = True
