# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone: a SIPp process at one contact of a device, what it does, what it was seen doing."""

from dataclasses import dataclass, field

from .expect import check, near, wait_for
from .sipp import Sipp, render

TOLERANCE = 0.3  # seconds; every time the contract promises is measured to this
NEVER_MS = 600_000
GRACE = 0.5  # seconds that a phone has to answer the CANCEL at its deadline
ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'


@dataclass
class Behaviour:
    template: str
    values: dict = field(default_factory=dict)


def rings(provisional="180 Ringing"):
    """Rings until it gets a CANCEL."""
    return Behaviour("rings.xml", {"provisional": provisional})


def only_trying():
    """Sends 100 and nothing else."""
    return rings("100 Trying")


def answers(after=0.5, hangs_up_after=None):
    """Rings, answers after some seconds, talks until either side hangs up."""
    talk = NEVER_MS if hangs_up_after is None else int(hangs_up_after * 1000)
    return Behaviour("answers.xml", {"after_ms": int(after * 1000), "talk_ms": talk})


REASONS = {302: "Moved Temporarily", 404: "Not Found", 408: "Request Timeout", 410: "Gone", 480: "Unavailable",
           486: "Busy Here", 500: "Server Internal Error", 503: "Service Unavailable", 600: "Busy Everywhere",
           603: "Decline"}


def rejects(status, after=0.3, contact="sip:elsewhere@127.0.0.1:9", provisional="180 Ringing", headers=()):
    """Rings, refuses with a status after some seconds. `headers`: lines of that response."""
    values = {"status": f"{status} {REASONS.get(status, 'Refused')}", "after_ms": max(1, int(after * 1000))}
    lines = "".join(f"\n      {h}" for h in headers)
    return Behaviour("rejects.xml", {**values, "contact": contact, "provisional": provisional, "headers": lines})


def alternates(every=0.7):
    """180, 183, 180, … until CANCEL."""
    return Behaviour("alternates.xml", {"every_ms": int(every * 1000)})


def silent():
    """Never says a word."""
    return Behaviour("silent.xml")


def deaf():
    """Rings and ignores the CANCEL."""
    return Behaviour("deaf.xml")


def crosses(after=0, status="200 OK"):
    """Rings; its final response crosses the CANCEL, and comes some seconds after that."""
    ending = "<!-- include hung-up.part.xml -->" if status.startswith("2") else ""
    return Behaviour("crosses.xml", {"after_ms": max(1, int(after * 1000)), "status": status, "ending": ending})


class Leg:
    """One INVITE that reached a phone, and all that followed on this branch."""

    def __init__(self, event):
        self.time, self.invite = event.time, event.message
        self.copies = 1  # of the INVITE: retransmissions count
        self.provisionals, self.final, self.cancel, self.bye, self.bye_answer, self.acked = [], None, None, None, None, None

    def add(self, event):
        message = event.message
        if message.method == "INVITE" and message.branch == self.invite.branch:
            self.copies += 1
        elif message.method == "CANCEL" and self.cancel is None:
            self.cancel = event
        elif message.method == "BYE" and self.bye is None:
            self.bye = event
        elif message.method == "ACK" and self.acked is None:
            self.acked = event
        elif event.sent and message.status and message.cseq_method == "INVITE":
            self._replied(event)
        elif event.received and message.status and message.cseq_method == "BYE":
            self.bye_answer = event

    def _replied(self, event):
        if event.message.status < 200:
            self.provisionals.append(event)
        elif self.final is None:
            self.final = event

    @property
    def end(self):
        """When it stopped ringing: its own final answer or the CANCEL, whichever came first."""
        times = [e.time for e in (self.final, self.cancel) if e]
        return min(times) if times else None

    @property
    def reason(self):
        return self.cancel.message.header("Reason") if self.cancel else None


def legs_of(trace):
    """The legs in a phone's trace, in the order in which their INVITEs came."""
    legs, calls = {}, {}
    for event in trace.events:
        message = event.message
        if message.method == "INVITE" and not message.to_tag and message.branch not in legs:
            leg = legs[message.branch] = calls[message.call_id] = Leg(event)
        else:  # BYE and the ACK of a 200 have branches of their own: by their Call-ID
            leg = legs.get(message.branch) or calls.get(message.call_id)
            if leg:
                leg.add(event)
    return list(legs.values())


class Phone:
    def __init__(self, device, number, behaviour, address, port, case, transport):
        self.device, self.case, self.address, self.port = device, case, address, port
        self.name = device.name if number == 1 else f"{device.name}-{number}"
        scenario = render(behaviour.template, behaviour.values)
        self.sipp = Sipp(self.name, scenario, address, port, case.server, case.folder, transport=transport)

    @property
    def legs(self):
        return legs_of(self.sipp.trace)

    @property
    def invites(self):
        return [leg.invite for leg in self.legs]

    def leg(self, index=-1):
        """The latest leg (or the one at `index`); waits for the first."""
        self.ringing()
        return self.legs[index]

    def ringing(self, within=10):
        """Waits until the phone's INVITE is there."""
        wait_for(lambda: self.legs, within, f"{self.name} should get an INVITE")
        return self

    def ended(self, within=20):
        """Waits until the latest leg has ended, returns it."""
        self.ringing()
        wait_for(lambda: self.legs[-1].end, within, f"{self.name} should stop ringing")
        return self.legs[-1]

    def rang(self, seconds, tolerance=TOLERANCE):
        leg = self.ended()
        near(leg.end - leg.time, seconds, tolerance, f"{self.name} rang")
        return self

    def rang_after(self, call, seconds, tolerance=TOLERANCE):
        """Its INVITE came so many seconds after the caller's (authenticated) INVITE went out."""
        near(self.leg().time - call.started, seconds, tolerance, f"{self.name} started to ring after")
        return self

    def cancelled(self, reason=None):
        """Got a CANCEL; with `reason`, carrying exactly that Reason header."""
        leg = self.ended()
        seen = leg.final.message.first_line if leg.final else "nothing"
        check(leg.cancel, f"{self.name}: expected a CANCEL, but it had answered {seen}")
        if reason is not None:
            check(leg.reason == reason, f"{self.name}: CANCEL: expected Reason {reason!r}, saw {leg.reason!r}")
        return self

    def timed_out(self):
        """Got a CANCEL that says nothing about others."""
        self.cancelled()
        check(self.leg().reason is None, f"{self.name}: CANCEL: expected no Reason header, saw {self.leg().reason!r}")
        return self

    def answered(self):
        leg = self.ended()
        check(leg.final and leg.final.message.status == 200, f"{self.name}: expected it to answer; it did not")
        return self

    def rejected(self, status):
        leg = self.ended()
        seen = leg.final.message.status if leg.final else None
        check(seen == status and not leg.cancel, f"{self.name}: expected it to refuse with {status}, saw {seen}")
        return self

    def saw_bye(self, within=5):
        def bye():
            leg = self.legs[-1]
            return leg.bye and not leg.bye.sent
        wait_for(bye, within, f"{self.name} should get a BYE")
        return self

    def hung_up(self, within=5):
        """Its own BYE was answered: before that it may not go away."""
        wait_for(lambda: self.legs[-1].bye_answer, within, f"{self.name}'s BYE should be answered")
        return self

    def never_rang(self):
        check(not self.legs, f"{self.name}: expected no INVITE, saw {len(self.legs)}")
        return self

    def rang_times(self, count):
        check(len(self.legs) == count, f"{self.name}: expected {count} INVITE(s), saw {len(self.legs)}")
        return self

    def header(self, name):
        return self.leg().invite.header(name)

    def hang_up(self):
        self.sipp.tell("HANGUP", self.leg().invite.call_id)

    def stop(self):
        self.sipp.stop()
