# SPDX-License-Identifier: GPL-2.0-or-later
"""A switchboard: one socket that is the phone of many devices.

For crowds, where a SIPp process for each would keep the machine busy (an idle one takes 1 % of a CPU),
and for the order of arrival, which is that of sending only at a single socket.
"""

import threading
import time

from .expect import check, equal, wait_for
from .explain import leg
from .registrar import contact, must_register
from .sip import Message
from .wire import Endpoint, Request


class Board:
    def __init__(self, stage, refuse_with=None, endpoint=None):
        """Rings until CANCEL, or refuses with a status line like "486 Busy Here"."""
        self._endpoint, self._refuse_with = endpoint or stage.endpoint(), refuse_with
        self._stage, self.name, self.address, self.port = stage, "board", self._endpoint.address, self._endpoint.port
        stage.boards.append(self)
        self.invites, self.cancelled = {}, {}  # by branch: (time, INVITE), time
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join(2)

    def register(self, device):
        """The device's contact is a user of its own at this socket."""
        self._stage.settle()
        here, server = self._endpoint, self._stage.server
        must_register(device, server, (here.address, 5099), [contact(here.address, here.port, user=device.name)])

    def register_at_once(self, devices):
        """All at the same time: each sends its REGISTER with a password when all have been challenged."""
        here, server, name = self._endpoint, self._stage.server, self._stage.name
        self._stage.settle()
        with Endpoint(here.address, 5099, server, name) as endpoint:
            requests = []
            for device in devices:
                value = contact(here.address, here.port, user=device.name)
                request = Request(endpoint, "REGISTER", f"sip:{device.realm}", device.aor, device.aor, [("Contact", value)])
                challenged = request.exchange()
                requests.append((request, request.authenticate(challenged, device.auth_username, device.password)))
            for _, raw in requests:
                endpoint.send(raw)
            replies = [endpoint.receive(3.0) for _ in requests]
        equal([reply.status if reply else None for reply in replies], [200] * len(replies), "responses to REGISTER")

    def _serve(self):
        while not self._end.is_set():
            message = self._endpoint.receive(0.1)
            if message and message.method == "INVITE":
                self._invited(message)
            elif message and message.method == "CANCEL":
                self._cancelled(message)

    def _invited(self, invite):
        if invite.branch in self.invites:
            return
        self.invites[invite.branch] = (time.time(), invite)
        self._endpoint.reply(invite, self._refuse_with or "180 Ringing")

    def _cancelled(self, cancel):
        self._endpoint.reply(cancel, "200 OK")
        if cancel.branch in self.invites and cancel.branch not in self.cancelled:
            self.cancelled[cancel.branch] = time.time()
            self._endpoint.reply(self.invites[cancel.branch][1], "487 Request Terminated")

    @property
    def legs(self):
        """As a phone's."""
        status = Message(f"SIP/2.0 {self._refuse_with}\r\n\r\n") if self._refuse_with else None
        return [leg(begin, invite, self.cancelled.get(branch), status) for branch, (begin, invite) in self.invites.items()]

    @property
    def called(self):
        """The devices' names in the order of their INVITEs."""
        return [invite.uri.removeprefix("sip:").split("@")[0] for _, invite in list(self.invites.values())]

    def all_rang(self, seconds, tolerance=0.3):
        """Every INVITE has got its CANCEL, after so many seconds."""
        wait_for(lambda: len(self.cancelled) == len(self.invites), 5, "each ringing leg should get a CANCEL")
        for branch, (begin, invite) in self.invites.items():
            rang = self.cancelled[branch] - begin
            check(abs(rang - seconds) <= tolerance, f"{invite.uri}: expected to ring {seconds} s, it rang {rang:.2f} s")
