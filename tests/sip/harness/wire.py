# SPDX-License-Identifier: GPL-2.0-or-later
"""A bare UDP endpoint: registrations, and the messages no well-behaved phone sends."""

import socket
import time

from .net import family_of, in_uri
from .sip import Message, answer_challenge, token


class Endpoint:
    """One socket at one address; sends what it is told, byte by byte."""

    transport = "UDP"

    def __init__(self, address, port, server, name="wire"):
        """`name` is where Call-IDs begin: the server's log is read by them."""
        self.address, self.port, self.server, self.name = address, port, server, name
        self._socket = socket.socket(family_of(address), socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        self.received = []  # (time, Message)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, raw):
        self._socket.sendto(raw, self.server)

    def receive(self, seconds):
        """The next message, or None when nothing comes within the time."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            raw, _ = self._socket.recvfrom(65535)
        except socket.timeout:
            return None
        message = Message(raw)
        self.received.append((time.time(), message))
        return message

    def invites(self, count, seconds=3.0):
        """The next INVITEs, in the order in which they came over the wire."""
        deadline, found = time.monotonic() + seconds, []
        while len(found) < count and time.monotonic() < deadline:
            message = self.receive(deadline - time.monotonic())
            if message and message.method == "INVITE":
                found.append(message)
        return found

    def reply(self, request, status_line):
        tag = "" if request.to_tag else ";tag=wire"
        lines = [f"SIP/2.0 {status_line}"] + [f"Via: {via}" for via in request.all("Via")]
        lines += [f"From: {request.header('From')}", f"To: {request.header('To')}{tag}"]
        lines += [f"Call-ID: {request.call_id}", f"CSeq: {request.header('CSeq')}", "Content-Length: 0", "", ""]
        self.send("\r\n".join(lines).encode("utf-8", "surrogateescape"))

    def final(self, call_id, method, seconds=5.0, cseq=None):
        """The final response to a request of this Call-ID, or None."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            message = self.receive(deadline - time.monotonic())
            if not message or message.status is None or message.status < 200:
                continue
            if message.call_id == call_id and message.cseq_method == method:
                if cseq is None or message.header("CSeq").split()[0] == str(cseq):
                    return message
        return None


class TcpEndpoint(Endpoint):
    """A phone that connects to the server and can't be connected to."""

    transport = "TCP"

    def __init__(self, address, server, name="wire"):
        self.server, self.name, self.received, self._unread = server, name, [], b""
        self._socket = socket.create_connection(server, timeout=5, source_address=(address, 0))
        self.address, self.port = self._socket.getsockname()

    def send(self, raw):
        self._socket.sendall(raw)

    def receive(self, seconds):
        self._socket.settimeout(max(seconds, 0.001))
        try:
            while not self._whole():
                part = self._socket.recv(65535)
                if not part:
                    return None
                self._unread += part
        except socket.timeout:
            return None
        size = self._whole()
        message, self._unread = Message(self._unread[:size]), self._unread[size:]
        self.received.append((time.time(), message))
        return message

    def _whole(self):
        """Bytes of the first message, or 0 if it is not all there."""
        head, end, body = self._unread.partition(b"\r\n\r\n")
        if not end:
            return 0
        length = int(Message(head + end).header("Content-Length") or 0)
        return len(head) + len(end) + length if len(body) >= length else 0


class Request:
    """A request under construction; str fields may hold surrogates for odd bytes."""

    def __init__(self, endpoint, method, uri, sender, to=None, headers=(), body="", from_tag=None, to_tag=None):
        self.endpoint, self.method, self.uri = endpoint, method, uri
        self.sender, self.to = sender, to or uri
        self.to_tag = f";tag={to_tag}" if to_tag else ""
        self.extra, self.body = list(headers), body
        self.call_id, self.cseq = f"{endpoint.name}-{token()}", 1
        self.from_tag = from_tag or token()
        self.branch = f"z9hG4bK{token()}"

    def encode(self, authorization=None, method=None):
        method = method or self.method
        via = f"SIP/2.0/{self.endpoint.transport} {in_uri(self.endpoint.address)}:{self.endpoint.port};branch={self.branch};rport"
        lines = [
            f"{method} {self.uri} SIP/2.0",
            f"Via: {via}",
            f"From: <{self.sender}>;tag={self.from_tag}",
            f"To: <{self.to}>{self.to_tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            "Max-Forwards: 70",
        ]
        if method == self.method:
            lines += [f"{name}: {value}" for name, value in self.extra]
        if authorization:
            lines.append(f"{authorization[0]}: {authorization[1]}")
        body = self.body if method == self.method else ""
        text = "\r\n".join(lines + [f"Content-Length: {len(body)}", "", body])
        return text.encode("utf-8", "surrogateescape")

    def exchange(self, username=None, password=None, seconds=5.0):
        """Sends, answers one challenge when credentials are given, returns the final response."""
        self.endpoint.send(self.encode())
        reply = self.endpoint.final(self.call_id, self.method, seconds, self.cseq)
        if reply is None or reply.status not in (401, 407) or username is None:
            return reply
        self.acknowledge(reply)
        self.endpoint.send(self.authenticate(reply, username, password))
        return self.endpoint.final(self.call_id, self.method, seconds, self.cseq)

    def authenticate(self, challenged, username, password):
        """The same request again with an answer to the challenge, as bytes."""
        kind = "WWW" if challenged.status == 401 else "Proxy"
        challenge = challenged.header(f"{kind}-Authenticate")
        name = "Authorization" if kind == "WWW" else "Proxy-Authorization"
        value = answer_challenge(challenge, self.method, self.uri, username, password)
        self.cseq += 1
        self.branch = f"z9hG4bK{token()}"
        return self.encode((name, value))

    def acknowledge(self, reply):
        """ACK of a failure; of no use, and not sent, for anything but INVITE."""
        if self.method != "INVITE":
            return
        raw = self.encode(method="ACK").decode("utf-8", "surrogateescape")
        raw = raw.replace(f"To: <{self.to}>{self.to_tag}", f"To: {reply.header('To')}", 1)
        self.endpoint.send(raw.encode("utf-8", "surrogateescape"))

    def cancel(self):
        self.endpoint.send(self.encode(method="CANCEL"))
