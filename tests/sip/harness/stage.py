# SPDX-License-Identifier: GPL-2.0-or-later
"""Where phones and callers meet a running stack: whoever started them ends them here."""

import contextlib
import time

from .accounts import place_call
from .caller import Call
from .explain import Question, asserted_number, compare_all
from .expect import Unexpected, check
from .net import Addresses
from .stack import rpc_socket
from .wire import Endpoint

CHANGE_IN_FORCE = 0.1  # seconds from COMMIT until the contract promises that calls see it


class Stage:
    def __init__(self, name, stack, folder, run, number, domain):
        self.name, self.folder, self.stack, self.domain = name, folder, stack, domain
        self.server = stack.server
        self.addresses = Addresses(run, number)
        self.phones, self.callers, self._endpoints = [], [], []
        self.background = []  # phones and callers of a crowd: not drawn, and a retransmission is no fault of theirs
        self.boards = []
        self.asked = []  # what explain said of each call
        self.explains = False
        self._changed = 0.0

    def changed(self):
        """Something was committed just now."""
        self._changed = time.monotonic()

    def settle(self):
        """Lets the promised time pass between the last COMMIT and what comes next, and no more."""
        time.sleep(max(0.0, self._changed + CHANGE_IN_FORCE - time.monotonic()))

    def pause(self, seconds):
        time.sleep(seconds)

    # -- who is there

    def add_phone(self, phone):
        self.phones.append(phone)
        return phone

    def add_call(self, call, question=None):
        self.callers.append(call)
        if question is not None:
            question.about(call)
            self.asked.append(question)
        return call

    def place(self, device, target, **options):
        """A call from a device."""
        self.settle()
        question = self._ask(self.uri_of(target), f"{device.auth_username}@{device.realm}", options)
        return self.add_call(place_call(self, device, target, **options), question)

    @contextlib.contextmanager
    def unexplained(self):
        """Calls that begin meanwhile are not compared with what explain says: something happens while they ring that it
        can't know."""
        before, self.explains = self.explains, False
        yield
        self.explains = before

    def stranger_calls(self, target, sender="<sip:stranger@elsewhere.test>", address=None, **options):
        """A call without credentials, e.g. from a trunk's address."""
        self.settle()
        uri = self.uri_of(target)
        address = address or self.addresses.take()
        question = self._ask(uri, asserted_number(sender, options.get("headers", ())), options)
        return self.add_call(Call(self, "stranger", uri, address, sender, **options), question)

    def uri_of(self, target):
        """A whole URI, of that or of a user part."""
        return target if ":" in target else f"sip:{target}@{self.domain}"

    def _ask(self, uri, caller, options):
        if not self.explains or not uri.startswith("sip:"):
            return None
        return Question(rpc_socket(self.server) or self.stack.rpc_socket, uri, caller, options.get("headers", ()))

    def endpoint(self, port=5060, address=None):
        """A bare UDP socket, for messages no phone would send."""
        self.settle()
        endpoint = Endpoint(address or self.addresses.take(), port, self.server, self.name)
        self._endpoints.append(endpoint)
        return endpoint

    # -- what goes on

    def nothing_rings(self, seconds=1.0):
        """No phone gets an INVITE any more, and none is left ringing."""
        before = {p: len(p.legs) for p in self.phones}
        time.sleep(seconds)
        for phone in self.phones:
            check(len(phone.legs) == before[phone], f"{phone.name} got an INVITE after the call was over")
            ringing = [leg for leg in phone.legs if leg.provisionals and not leg.end]
            check(not ringing, f"{phone.name} still rings although the call is over")

    # -- the end

    def verify(self):
        """What holds in every case, whether it asked or not; the number of calls that explain was right about."""
        for actor in self.phones + self.callers:
            complaints = actor.sipp.complaints()
            if complaints:
                raise Unexpected(f"{actor.name}: SIPp met a message it did not expect:\n{complaints[0]}")
        return compare_all(self)

    def clear(self):
        """Ends all phones and callers."""
        for actor in self.phones + self.callers + self.background:
            actor.stop()
        self.phones, self.callers, self.background = [], [], []

    def close(self):
        self.clear()
        for endpoint in self._endpoints:
            endpoint.__exit__()
