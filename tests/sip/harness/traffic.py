# SPDX-License-Identifier: GPL-2.0-or-later
"""Traffic that does not stop: calls from a trunk and from a device, and a phone that registers again and again.

    traffic = Traffic(t)                            # begins; its first seconds are what the rest is compared with
    with traffic.through("the database hangs"):     # nothing is lost meanwhile, and nothing waits longer
        ...
"""

import contextlib
import statistics
import time

from . import registrar
from .caller import call_scenario
from .expect import check, wait_for
from .net import TRUNKS
from .phone import answers
from .sip import token
from .sipp import Sipp
from .stack import StackError
from .stalls import HOPS, Stalls

SLOWER = 0.05  # seconds that each may take longer than usual, besides the machine's stalls
GIVEN_UP = 2.0  # seconds without an answer after which a request counts as lost
WARM_UP, USUAL = 0.5, 2.5  # seconds
REGISTERED = 3600  # seconds: longer than any traffic


class Stream:
    """One SIPp that begins something at a fixed rate."""

    def __init__(self, t, name, scenario, address, rate, auth_uri):
        self._t, self._what, self._address = t, (name, scenario), address
        self._options = ["-r", str(rate), "-l", "1000", "-auth_uri", auth_uri]
        self.usual = 0.0
        self.start()

    def start(self):
        t, options = self._t, [*self._options, "-cid_str", f"{self._t.name}-{token(6)}-%u"]
        self.sipp = Sipp(*self._what, self._address, 5060, t.server, t.folder, options)

    def attempts(self, begin, end):
        """What was begun from `begin` to `end`: when, and the seconds from the first request to 180 or the final response,
        the challenge in between included; None where it failed or nobody answered."""
        started, waits, refused = {}, {}, set()
        for event in self.sipp.trace.events:
            message, call_id = event.message, event.message.call_id
            if event.sent and message.method in ("INVITE", "REGISTER"):
                started.setdefault(call_id, event.time)
            elif event.received and message.status and message.cseq_method in ("INVITE", "REGISTER"):
                if call_id not in started:
                    continue  # of the stream's life before stop()
                if message.status in (180, 200):
                    waits.setdefault(call_id, event.time - started[call_id])
                elif message.status > 200 and message.status not in (401, 407):
                    refused.add(call_id)
        return [
            (time_, None if call_id in refused else waits.get(call_id))
            for call_id, time_ in started.items() if begin <= time_ < end
        ]

    def stop(self):
        self.sipp.stop()


class Traffic:
    def __init__(self, t, phone=None, number=7001, rate=20):
        """`phone`: of a user 7001 that is there already; then only a trunk calls, and nobody needs a password. `number`: of
        the user, and of two more after it; `rate`: calls a second of the trunk."""
        self._t, self._stalls, self._number = t, Stalls(t.folder), number
        people = None if phone else (t.user(str(number + 1)).device("calls"), t.user(str(number + 2)).device("registers"))
        phone = phone or t.user(str(number)).device("desk").phone(answers(after=0.02), expires=REGISTERED)
        t.settle()
        calls = self._scenario("<sip:+493012345@trunk.test>")
        self._calls = [Stream(t, "trunk", calls, t.addresses.take_trusted(TRUNKS), rate, t.domain)]
        self._registers = []
        if people:
            self._add_people(*people)
        self._streams = self._calls + self._registers
        t.phones.remove(phone)
        t.background += [phone, *self._streams]
        time.sleep(WARM_UP)
        wait_for(self._learn, 15, "calls and registrations should work without a fault")

    def _scenario(self, sender, credentials=None):
        return call_scenario(f"sip:{self._number}@{self._t.domain}", "[call_id]", sender, credentials, talk=0.1)

    def _add_people(self, caller, desk):
        """Those with passwords. Their rates stay far below what pike takes for a flood."""
        t, take = self._t, self._t.addresses.take
        digest = self._scenario(f"<{caller.aor}>", (caller.auth_username, caller.password))
        registers = registrar.sipp_scenario(desk.realm, desk.aor, desk.sipp_authentication)
        self._calls.append(Stream(t, "digest", digest, take(), 2, f"{self._number}@{t.domain}"))
        self._registers.append(Stream(t, "registers", registers, take(), 4, t.domain))

    def _learn(self):
        """What is usual. False when the machine itself could not keep up."""
        begin = time.time()
        time.sleep(USUAL)
        for stream in self._streams:
            waits = [wait for _, wait in self._settled(stream, begin, time.time())]
            if None in waits or len(waits) < 3:
                return False
            stream.usual = statistics.median(waits)
        return True

    @property
    def usual(self):
        """Seconds from the trunk's INVITE to the 180, when nothing is wrong."""
        return self._calls[0].usual

    @staticmethod
    def _settled(stream, begin, end):
        """Its attempts, once each has ended or is given up."""
        while True:
            attempts = stream.attempts(begin, end)
            if None not in (wait for _, wait in attempts) or time.time() > end + GIVEN_UP:
                return attempts
            time.sleep(0.05)

    def stop(self):
        for stream in self._streams:
            stream.stop()

    def start(self):
        """Goes on after stop()."""
        for stream in self._streams:
            stream.start()

    def recovered(self, since, seconds=1.0):
        """Watches for that long; seconds from `since` to the last answer that took longer than usual, 0 if none did."""
        time.sleep(max(0.0, since + seconds - time.time()))
        end = time.time()
        allowed = SLOWER + HOPS * self._stalls.worst(since, end)
        late = [begun + wait - since if wait is not None else GIVEN_UP for stream in self._streams
                for begun, wait in self._settled(stream, since, end) if wait is None or wait > stream.usual + allowed]
        return max(late, default=0.0)

    @contextlib.contextmanager
    def through(self, what, in_time=True, slower=SLOWER):
        """What happens inside must not be noticed by any of them; the figures become a note of the case. `in_time`: it
        must not take longer than usual either, by more than `slower` seconds and the machine's stalls."""
        begin = time.time()
        yield
        end = time.time()
        found = [(s, [wait for _, wait in self._settled(s, begin, end)]) for s in self._streams]
        lost = sum(waits.count(None) for _, waits in found)
        late = [w - s.usual for s, waits in found for w in waits if w is not None]
        calls = sum(len(waits) for s, waits in found if s in self._calls)
        registers = sum(len(waits) for s, waits in found if s in self._registers)
        check(calls > 0, f"no call was placed while {what}")
        check(late, f"all of {calls} calls and {registers} registrations were lost while {what}")
        worst, stall = max(late), self._stalls.worst(begin, end)
        longest = max(w for _, waits in found for w in waits if w is not None)
        self._t.note(
            f"{what}: {end - begin:.1f} s, {calls} calls, {registers} registrations, {lost} lost;"
            f" longer than usual by {1000 * statistics.median(late):.0f} ms, at most {1000 * worst:.0f} ms,"
            f" the longest answer took {1000 * longest:.0f} ms"
            f" (the machine's worst stall {1000 * stall:.0f} ms)"
        )
        check(lost == 0, f"{lost} of {calls + registers} were lost while {what}")
        allowed = slower + HOPS * stall
        check(not in_time or worst <= allowed,
              f"one took {1000 * worst:.0f} ms longer than usual while {what}: at most {1000 * allowed:.0f} expected")


def wait_status(server, pattern, seconds, what):
    """Waits until user_routing.status has the text; the seconds it took. Not asked in haste: that takes CPU from calls."""
    started = time.monotonic()

    def has():
        time.sleep(0.04)
        try:
            return pattern in server.kamcmd("user_routing.status")
        except StackError:
            return False  # it starts, or stops

    wait_for(has, seconds, what)
    return time.monotonic() - started
