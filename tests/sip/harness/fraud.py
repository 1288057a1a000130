# SPDX-License-Identifier: GPL-2.0-or-later
"""Fraud: what an attacker tries, counted, and the sockets at which nothing of it may arrive."""

import re
import threading
import time

from .expect import Never, check, equal, wait_for
from .wire import Request

PREMIUM = "+88213456789"  # where the attacker earns by the minute


class Trap:
    """A gateway, a media server, a phone, anybody: notes what comes, and ends each call that does."""

    def __init__(self, stage, address=None, port=5060, answer="486 Busy Here", headers=(), above=(), others="200 OK", after=0):
        """`answer`: to INVITE, with these header lines; None: silence. `above`: Record-Routes of proxies before it.
        `others`: the answer to other requests, `after` some seconds."""
        self._endpoint, self._answer, self._headers = stage.endpoint(port, address), answer, headers
        self.address, self.port = self._endpoint.address, port
        if answer and answer.startswith("200") and not headers:
            self._headers = [f"Contact: <sip:x@{self.address}:{port}>"]
        self.others, self.after = others, after
        self._above = [f"Record-Route: {value}" for value in above]
        self.beside = None  # another socket there, once it was needed
        self._seen, self._invited = [], set()  # messages, and branches of all INVITEs
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._end.set()
        self._thread.join(2)
        self._endpoint.__exit__()

    def _serve(self):
        while not self._end.is_set():
            message = self._endpoint.receive(0.05)
            if message is None or message.method is None:
                continue
            if message.method != "OPTIONS" or "sip:ping@localhost" not in (message.header("From") or ""):  # the server's own
                self._seen.append(message)
            if message.method == "INVITE":
                self._invited.add(message.branch)
                if self._answer:
                    self._reply(message, self._answer, self._headers)
            elif message.method != "ACK" and self.others:
                time.sleep(self.after)
                self._reply(message, self.others)

    def _reply(self, request, status_line, headers=()):
        routes = [f"Record-Route: {value}" for value in request.all("Record-Route")]
        self._endpoint.reply(request, "\r\n".join([status_line, *self._above, *routes, *headers]))

    @property
    def messages(self):
        """All requests, ACKs and copies too."""
        return list(self._seen)

    @property
    def seen(self):
        """The requests, without copies and ACKs of failures."""
        found = {}
        for message in list(self._seen):
            if message.method != "ACK":
                found.setdefault((message.branch, message.method), message)
        return list(found.values())

    @property
    def intruders(self):
        """All that should not have come: an ACK, too, unless it is that of a failure."""
        check(self._thread.is_alive(), "a trap should listen until it is closed")
        return [m for m in list(self._seen) if m.method != "ACK" or m.branch not in self._invited]

    def forget(self):
        """From now on it has seen nothing."""
        self._seen = []

    def takes(self, count=1, within=2.0):
        """The requests, which are so many; from now on it has seen none."""
        wait_for(lambda: len(self.seen) >= count, within, f"{count} requests should get through")
        found = self.seen
        equal(len(found), count, f"requests that got through ({', '.join(m.first_line for m in found)})")
        self.forget()
        return found if count > 1 else found[0]


class Attempts:
    """Each says what is to come of it; that nothing came to the traps is said by over()."""

    def __init__(self, t, *traps):
        self.t, self.traps, self.count = t, traps, 0
        t.settle()

    def sends(self, method, uri, sender, *, device=None, headers=(), change=None, endpoint=None, wait=3.0, **options):
        """A request from an address of its own, with the device's credentials if there is one; the final response.
        `change`: bytes to bytes, the last word about what is sent."""
        own = endpoint or self.t.endpoint()
        headers = [("Contact", f"<sip:x@{own.address}:5060>"), *headers]
        request = Request(own, method, uri, sender, headers=headers, **options)
        if change:
            encode = request.encode
            request.encode = lambda *args, **more: change(encode(*args, **more))
        reply = request.exchange(device and device.auth_username, device and device.password, wait)
        if reply is not None:
            request.acknowledge(reply)
        if endpoint is None:
            own.__exit__()
        return reply

    def refused(self, statuses, what, *args, **options):
        """sends(); the response has one of these statuses (a number, or several). None: there is no answer."""
        self.count += 1
        if statuses is None:
            reply = self.sends(*args, wait=0.2, **options)
            check(reply is None, f"{what}: expected no answer, saw {reply and reply.first_line}")
            self.nothing_came(what)
            return None
        statuses = (statuses,) if isinstance(statuses, int) else statuses
        reply = self.sends(*args, **options)
        check(reply is not None and reply.status in statuses,
              f"{what}: expected {' or '.join(map(str, statuses))}, saw {reply.first_line if reply else 'no answer'}")
        self.nothing_came(what)
        return reply

    def nothing_came(self, what):
        for trap in self.traps:
            came = [m.first_line for m in trap.intruders]
            if came:
                raise Never(f"{what}: it got through: {came}")

    def over(self):
        time.sleep(0.3)
        self.nothing_came("at the end")
        self.t.note(f"{self.count} attempts, 0 got through")


class Dialog:
    """A call that was answered: both sides, who may go on as they like. `trap`: where it is answered. `method`: what begins
    it, if it is no call."""

    def __init__(self, attack, device, uri, headers=(), trap=None, contact=None, method="INVITE"):
        self.endpoint, self.device, self.trap = attack.t.endpoint(), device, trap
        self._stage = attack.t
        headers = [("Contact", contact or f"<sip:x@{self.endpoint.address}:5060>"), *headers]
        invite = Request(self.endpoint, method, uri, device.aor, headers=headers)
        answer = invite.exchange(device.auth_username, device.password)
        check(answer is not None and answer.status == 200, f"{uri}: expected an answer, saw {answer and answer.first_line}")
        self.call_id, self.from_tag, self.cseq, self.to = invite.call_id, invite.from_tag, invite.cseq, invite.to
        self.to_tag = answer.header("To").split(";tag=")[1]
        self.routes = list(reversed(answer.all("Record-Route")))
        self.target = answer.header("Contact").strip("<>")
        if method == "INVITE":
            self.sends("ACK", cseq=invite.cseq)
        if trap is not None:
            self.invite = next(m for m in trap.messages if m.method == method and m.call_id == self.call_id)

    def sends(self, method, uri=None, routes=None, headers=(), sender=None, cseq=None, endpoint=None, proof=None, **change):
        """A request in the dialog, from its caller; the final response. `change`: attributes of the Request; `proof`: the
        device whose credentials answer a challenge."""
        request = Request(endpoint or self.endpoint, method, uri or self.target, sender or self.device.aor, to=self.to,
                          from_tag=self.from_tag, to_tag=self.to_tag, headers=self._with(method, self.routes if routes is None else routes, headers))
        return self._exchange(request, cseq, proof, change)

    def callee_sends(self, method, uri=None, routes=None, headers=(), sender=None, to=None, endpoint=None, **change):
        """The same from the other side, as its INVITE says it: (what the caller gets of it, the final response). The caller
        answers with 200."""
        invite, endpoint = self.invite, endpoint or self._beside_trap()
        own, shown = (re.search(r"<([^>]*)>", invite.header(name))[1] for name in ("To", "From"))
        routes = invite.all("Record-Route") if routes is None else routes
        request = Request(endpoint, method, uri or invite.header("Contact").strip("<>"), sender or own, to=to or shown,
                          from_tag=self.to_tag, to_tag=self.from_tag, headers=self._with(method, routes, headers))
        self.cseq += 1
        request.call_id, request.cseq = self.call_id, self.cseq
        vars(request).update(change)
        endpoint.send(request.encode())
        came = self._answered()
        reply = endpoint.final(request.call_id, method, 2.0, request.cseq)
        if reply is not None:
            request.acknowledge(reply)
        return came, reply

    def _beside_trap(self):
        """Another port of the called phone: its own is busy answering."""
        if self.trap.beside is None:
            self.trap.beside = self._stage.endpoint(5098, self.trap.address)
        return self.trap.beside

    def _answered(self):
        """The next request that comes to the caller, which is answered; None: there is none."""
        deadline = time.monotonic() + 0.3
        while time.monotonic() < deadline:
            message = self.endpoint.receive(deadline - time.monotonic())
            if message is not None and message.method not in (None, "ACK"):
                self.endpoint.reply(message, "200 OK")
                return message
        return None

    @staticmethod
    def _with(method, routes, headers):
        """NOTIFY and SUBSCRIBE are those of a transfer, unless the headers say another Event."""
        is_bare = method in ("NOTIFY", "SUBSCRIBE") and not any(name.lower() in ("event", "o") for name, _ in headers)
        return [*[("Route", route) for route in routes], *headers, *([("Event", "refer")] if is_bare else [])]

    def _exchange(self, request, cseq, proof, change):
        self.cseq += 1
        request.call_id, request.cseq = self.call_id, cseq or self.cseq
        vars(request).update(change)
        if request.method == "ACK":
            request.endpoint.send(request.encode())
            return None
        reply = request.exchange(proof and proof.auth_username, proof and proof.password, 2.0)
        self.cseq = max(self.cseq, request.cseq)
        if reply is not None:
            request.acknowledge(reply)
        return reply
