# SPDX-License-Identifier: GPL-2.0-or-later
"""Gateways of a stack that many scenes share: what is answered depends on the number, and on how often it was called."""

import heapq
import itertools
import select
import threading
import time

from .expect import check, equal, near, wait_for
from .phone import ELSEWHERE, TOLERANCE

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9000 RTP/AVP 0\r\n"


class Ring:
    """An INVITE that came to a gateway, and how it went on."""

    def __init__(self, gateway, invite):
        self.gateway, self.invite, self.time = gateway, invite, time.time()
        self.final = self.cancel = self.bye = None
        self.ended = None  # time of its final response or of the CANCEL

    def rang(self, seconds):
        wait_for(lambda: self.ended, 10, f"{self.invite.uri} should stop ringing")
        near(self.ended - self.time, seconds, TOLERANCE, f"{self.invite.uri} rang")
        return self

    def cancelled(self, reason=None):
        wait_for(lambda: self.cancel, 10, f"{self.invite.uri} should get a CANCEL")
        equal(self.cancel.header("Reason"), reason, f"Reason of {self.invite.uri}'s CANCEL")
        return self

    def cancelled_elsewhere(self):
        return self.cancelled(ELSEWHERE)


class Gateways:
    """Answers at all addresses. A number has a list of behaviours, one for each INVITE to it, and then `default`; a
    behaviour is a list of (seconds, status line)."""

    def __init__(self, t, addresses, default=()):
        self._default = default
        self._endpoints = [t.endpoint(address=a) for a in addresses]
        self._numbers, self._rings, self._due, self._order = {}, [], [], itertools.count()
        self._lock = threading.Lock()
        self._runs = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def number(self, number, *behaviours):
        self._numbers[number] = list(behaviours)
        return number

    def stop(self):
        self._runs = False
        self._thread.join()

    def rings(self, number):
        with self._lock:
            return [r for r in self._rings if f"+{number}@" in r.invite.uri]

    def ring(self, number, index=0, count=None):
        """One of the number's INVITEs; `count`: how many there are in all."""
        wait_for(lambda: len(self.rings(number)) > index, 10, f"INVITE {index + 1} to {number}")
        if count is not None:
            check(len(self.rings(number)) == count, f"{number}: expected {count} INVITE(s), saw {len(self.rings(number))}")
        return self.rings(number)[index]

    def _run(self):
        sockets = {e._socket: e for e in self._endpoints}
        while self._runs:
            wait = self._due[0][0] - time.time() if self._due else 0.2
            for ready in select.select(list(sockets), [], [], min(max(wait, 0.0), 0.2))[0]:
                self._received(sockets[ready], sockets[ready].receive(0.01))
            while self._due and self._due[0][0] <= time.time():
                _, _, ring, status = heapq.heappop(self._due)
                self._reply(ring, status)

    def _received(self, endpoint, message):
        if message is None or message.method is None:
            return
        found = [r for r in self._rings if r.invite.call_id == message.call_id and r.gateway == endpoint.address]
        if message.method == "INVITE" and not message.to_tag:
            if message.branch not in [r.invite.branch for r in found]:
                self._invited(endpoint, message)
        elif message.method == "CANCEL":
            endpoint.reply(message, "200 OK")
            for ring in found:
                if ring.invite.branch == message.branch and ring.final is None:
                    ring.cancel = message
                    ring.ended = time.time()
                    self._reply(ring, "487 Request Terminated")
        elif message.method == "OPTIONS":
            endpoint.reply(message, "200 OK")
        elif message.method == "BYE":
            endpoint.reply(message, "200 OK")
            for ring in found:
                ring.bye = message

    def _invited(self, endpoint, message):
        ring = Ring(endpoint.address, message)
        number = message.uri.partition("+")[2].partition("@")[0]
        with self._lock:
            index = len([r for r in self._rings if f"+{number}@" in r.invite.uri])
            self._rings.append(ring)
        behaviours = self._numbers.get(number, [])
        for seconds, status in behaviours[index] if index < len(behaviours) else self._default:
            heapq.heappush(self._due, (ring.time + seconds, next(self._order), ring, status))

    def _reply(self, ring, status):
        if ring.final is not None:
            return
        if not status.startswith("1"):
            ring.final = status
            ring.ended = ring.ended or time.time()
        endpoint = next(e for e in self._endpoints if e.address == ring.gateway)
        request = ring.invite
        lines = [f"SIP/2.0 {status}"] + [f"Via: {via}" for via in request.all("Via")]
        lines += [f"Record-Route: {route}" for route in request.all("Record-Route")]
        lines += [f"From: {request.header('From')}", f"To: {request.header('To')};tag=gw{request.branch[-6:]}"]
        lines += [f"Call-ID: {request.call_id}", f"CSeq: {request.header('CSeq')}", f"Contact: <sip:gw@{ring.gateway}:5060>"]
        if status.startswith("302"):
            lines[-1] = "Contact: <sip:elsewhere@127.0.0.1:9>"
        if status.startswith("401"):
            lines.append('WWW-Authenticate: Digest realm="carrier.test", nonce="1"')
        body = SDP if status.startswith("200") else ""
        if body:
            lines.append("Content-Type: application/sdp")
        endpoint.send("\r\n".join(lines + [f"Content-Length: {len(body)}", "", body]).encode("utf-8", "surrogateescape"))


RINGING = (0.0, "180 Ringing")


def rings():
    return [RINGING]


def answers(after=0.5):
    return [RINGING, (after, "200 OK")]


def refuses(status, after=0.05):
    """Without having rung."""
    return [(0.0, "100 Trying"), (after, status)]


def silent():
    return []
