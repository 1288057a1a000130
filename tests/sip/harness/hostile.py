# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages that mean harm: how they are written down, sent and counted, and what of the server must not change by them."""

import collections
import os
import re
import select
import socket
import time

from .expect import check, wait_for
from .memory import renew, usage
from .net import TRUNKS
from .sip import Message, answer_challenge

# Kamailio's own parser says what it can't read, in many lines, and so does who looks for the way of an answer whose Via
# is odd. What the module says counts.
PARSERS = [r"ERROR: (?!.*user_routing)", r"CRITICAL: .*get_send_socket2\(\): unsupported proto"]
# For a stack's `after`. The sample's prefix has the Call-ID, in which there may be the end of a line.
ONE_LINE = 'log_prefix="{$mt} "\n'

_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|[rnt\\])")
_PLAIN = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}


def read(text, **values):
    """A message as it is written in a file, as bytes: lines end with CRLF, \\x00 is a byte, {ab*3} is ababab, {name} one
    of `values`, {n} the length of the body."""
    for name, value in values.items():
        text = text.replace("{%s}" % name, value)
    text = re.sub(r"\{([^{}]+?)\*(\d+)\}", lambda m: m[1] * int(m[2]), text).replace("\n", "\r\n")
    text = _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if m[1][0] == "x" else _PLAIN[m[1]], text)
    head, empty, body = text.partition("\r\n\r\n")
    # Characters above 127 stand there as the bytes that they are.
    return (head.replace("{n}", str(len(body))) + empty + body).encode("latin-1")


def status_of(raw):
    """Of a response; None: it is a request."""
    found = re.match(rb"SIP/2\.0 (\d\d\d)", raw)
    return int(found[1]) if found else None


def follow_up(reply, method, uri, headers=(), cseq=77):
    """The request that belongs to a response as the server sent it: ACK, CANCEL, and in the dialog the others. Two that are
    alike but for the URI need a `cseq` each: who is still at work on the first would take the second for that."""
    same = method == "CANCEL" or method == "ACK" and reply.status >= 300  # hop by hop
    number = (reply.header("CSeq") or "1").split()[0]
    via = re.sub(r";(received|rport)=[^;,\s]*", "", reply.header("Via") or "")
    if not same:
        via += f"-{method}-{cseq}"
        headers = [*(f"Route: {r}" for r in reversed(reply.all("Record-Route"))), *headers]
        number = number if method == "ACK" else str(cseq)
    to = re.sub(r";tag=[^;]*", "", reply.header("To") or "") if method == "CANCEL" else reply.header("To")
    lines = [f"{method} {uri} SIP/2.0", f"Via: {via}", f"From: {reply.header('From')}", f"To: {to}",
             f"Call-ID: {reply.call_id}", f"CSeq: {number} {method}", "Max-Forwards: 70", *headers, "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


class Addresses:
    """For a case in a network of its own: any of 127/8 is free."""

    def __init__(self):
        self._last = 0

    def stranger(self):
        """Far from the one before: pike takes many messages for a flood, if from one address or from its neighbours."""
        self._last += 1
        return f"127.{50 + self._last % 150}.{100 + self._last // 150 % 150}.{1 + self._last // 22500}"

    def trunk(self):
        self._last += 1
        return f"127.{TRUNKS}.{100 + self._last // 250 % 150}.{1 + self._last % 250}"


def with_credentials(raw, challenge, username, password):
    """The request once more, with the answer to a challenge (a Message) in its second line. Its CSeq is the next one:
    the server may still be at work on the first, and would take it for that."""
    kind = "WWW" if challenge.status == 401 else "Proxy"
    method = raw.split(b" ", 1)[0].decode("latin-1")
    value = answer_challenge(challenge.header(f"{kind}-Authenticate"), method, "sip:whoever", username, password)
    raw = re.sub(rb"(\r\ncseq[ \t]*:\s*)(\d+)", lambda m: m[1] + str(int(m[2]) + 1).encode(), raw, count=1, flags=re.IGNORECASE)
    start, line_end, rest = raw.partition(b"\r\n")
    return start + line_end + f"{'Proxy-' * (kind == 'Proxy')}Authorization: {value}\r\n".encode() + rest


class Shot:
    """One message on its way, and what came back. A socket of its own, so that nothing is mistaken for its answer.
    `credentials`: what the answer to one challenge is made with, (user name, password)."""

    def __init__(self, name, raw, address, server, tcp=False, credentials=None):
        self.name, self.raw, self.server, self.tcp, self._credentials = name, raw, server, tcp, credentials
        self.status, self.closed = None, False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        # Some answers go to the port that Via says, others to where the message came from.
        self.socket.bind((address, 0 if tcp else 5060))
        if tcp:
            self.socket.settimeout(5)
            self.socket.connect(server)
        self.send(raw)

    def send(self, raw):
        if self.tcp:
            self.socket.sendall(raw)
        else:
            self.socket.sendto(raw, self.server)

    def heard(self):
        """Reads what is there. A challenge is answered, and a final response to an INVITE gets its ACK."""
        try:
            raw = self.socket.recv(65535)
        except ConnectionError:
            raw = b""
        self.closed = self.tcp and not raw
        if self.tcp:
            raw = raw[raw.rfind(b"SIP/2.0 "):]  # a 100 may be before it
        status = status_of(raw)
        if status is None or status < 200 or self.status is not None:
            return
        reply = Message(raw)
        if status in (401, 407) and self._credentials:
            self.raw = with_credentials(self.raw, reply, *self._credentials)
            self._credentials = None
            self.send(self.raw)
            return
        self.status = status
        if reply.cseq_method == "INVITE":
            self.send(follow_up(reply, "ACK", "sip:ack@hostile.test"))

    @property
    def outcome(self):
        """The status, or "drop"."""
        return "drop" if self.status is None else str(self.status)


def volley(shots, patience=1.0, pace=0.02):
    """Sends all (an iterable that sends as it goes), and listens until all are answered or nothing came for a while."""
    flying, done = [], []
    quiet = time.monotonic()
    shots = iter(shots)
    more = True
    while more or flying and time.monotonic() < quiet + patience:
        shot = next(shots, None) if more else None
        more = shot is not None
        if more:
            flying.append(shot)
            quiet = time.monotonic()
        ready, _, _ = select.select([s.socket for s in flying], [], [], pace)
        for shot in [s for s in flying if s.socket in ready]:
            shot.heard()
            quiet = time.monotonic()
            if shot.status is not None or shot.closed:
                flying.remove(shot)
                done.append(shot)
    for shot in done + flying:
        shot.socket.close()
    return done + flying


def by_class(counts):
    """{200: 3, 486: 1, None: 2} → "3 2xx, 1 4xx, 2 not answered"."""
    classes = collections.Counter("not answered" if s is None else f"{s // 100}xx" for s in counts.elements())
    return ", ".join(f"{classes[name]} {name}" for name in sorted(classes))


# -- what a phone is shown

_ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
_SAYS_WHO = ("p-asserted-identity", "p-preferred-identity", "remote-party-id", "diversion", "history-info")


def shown_lines(message):
    """The headers as phones read them, both those for which CR or LF alone ends a line and those that want CRLF: (name,
    value)."""
    for name, value in message.headers:
        first, *others = re.split(r"[\r\n](?![ \t])", value)
        yield name, first.strip()
        for line in others:
            name, _, value = line.partition(":")
            yield name.strip().lower(), value.strip()


def forgery(invite, identity):
    """What a leg says of who calls besides `identity`, '"name" <URI>', although its caller is a device; "" if nothing.
    A caller who asked for privacy is anonymous."""
    lines = list(shown_lines(invite))
    senders = [re.sub(r"\"\s*<", "\" <", value.partition(";")[0].strip()) for name, value in lines if name in ("from", "f")]
    told = [(name, value) for name, value in lines if name in _SAYS_WHO]
    if senders == [_ANONYMOUS] and not told or senders == [identity] and told == [("p-asserted-identity", identity)]:
        return ""
    return f"a leg says From {senders} and {told}, not {identity}"


# -- the server


class Processes:
    """Kamailio's, as they were when all was well."""

    def __init__(self, stack):
        self._stack = stack
        self._names = dict(re.findall(r"^\s*(?:\{\s*)?(\d+)\s+(.*)$", stack.kamcmd("core.ps").replace("\t", " "), re.MULTILINE))
        check(len(self._names) > 8, f"core.ps should list Kamailio's processes: {self._names}")

    def live(self):
        """None has ended: the first error that a sanitizer finds would have ended it, and with it all the others."""
        gone = [f"{name} ({pid})" for pid, name in self._names.items() if not os.path.exists(f"/proc/{pid}")]
        check(not gone, f"Kamailio has died: {gone[:3]}; its log is {self._stack.log}")

    def rest(self, seconds=0.5):
        """With nothing to do none of them is busy, and those that receive wait for the next message."""
        self.live()
        before = self._ticks()
        time.sleep(seconds)
        busy = {f"{self._names[pid]} ({pid})": used - before[pid] for pid, used in self._ticks().items()}
        spins = {name: ticks for name, ticks in busy.items() if ticks > seconds * os.sysconf("SC_CLK_TCK") / 2}
        check(not spins, f"processes that are busy with nothing to do, in clock ticks: {spins}")
        receivers = [pid for pid, name in self._names.items() if name.startswith("udp receiver")]
        wait_for(lambda: len({self._system_call(pid) for pid in receivers}) == 1, 3, "all UDP receivers should wait for a message")

    def _ticks(self):
        return {pid: self._stat(pid) for pid in self._names}

    @staticmethod
    def _stat(pid):
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return sum(int(word) for word in file.read().rpartition(")")[2].split()[11:13])

    @staticmethod
    def _system_call(pid):
        with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
            return " ".join(file.read().split()[:2])  # its number, and the socket


def at_rest(t, traffic, processes):
    """When all is over: what memory is used."""
    processes.live()
    traffic.stop()
    renew(t)
    left = usage(t.stack)
    processes.rest()
    return left
