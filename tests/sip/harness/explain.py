# SPDX-License-Identifier: GPL-2.0-or-later
"""Does what user_routing.explain said before a call agree with what the call did?

Each call that a case places is asked about first; when the case is over, the answer is walked by what the
phones and the caller have seen: who got an INVITE and with which From, how each ring ended, where the call
left for, how it ended. What a phone's answer means is read from the contract here, not asked from the module.
"""

import contextlib
import json
import os
import re
import threading
import time

from .expect import Unexpected, check
from .phone import TOLERANCE, Leg
from .rpc import Rpc, RpcError
from .trace import Event, Trace

AT_THE_DOOR = (401, 407)  # explain begins behind authentication
PATIENCE = 10  # seconds until a call is under way
BUSY, DECLINES = (486, 600, 603), (600, 603)
ONE_BY_ONE = ("sequential", "random", "round_robin")
UNREACHABLE = (404, 410, 430, 503)
NEGOTIATION = (415, 420, 421, 422, 488, 489, 493, 494, 580)


_one_at_a_time = threading.Lock()  # a client's own socket is named after the process


def ask(path, uri, caller, headers):
    """What explain says of a call."""
    privacy = ";".join(h.split(":", 1)[1].strip() for h in headers if h.lower().startswith("privacy:"))
    with _one_at_a_time, contextlib.closing(Rpc(path)) as rpc:
        try:
            return rpc.call("user_routing.explain", uri, caller or ".", privacy)
        except RpcError as error:
            return {"found": "fault", "why": str(error)}


def asserted_number(sender, headers):
    """The number that a trunk's call asserts: who calls, for explain; None: none."""
    asserted = [h for h in headers if h.lower().startswith("p-asserted-identity:")] or [sender]
    found = re.search(r"(?:sip|tel):(\+?[0-9-]+)(?:@|>|$)", asserted[0])
    return found and found[1]


class Question:
    """What explain says of a call just before it is placed, and again when its INVITE is out: a change of the rows that
    was committed before may come into force between the two, on a busy machine."""

    def __init__(self, *words):
        self._words, self.call = words, None
        self.answers = [ask(*words)]

    def about(self, call):
        self.call = call
        self._thread = threading.Thread(target=self._ask_again, args=(Trace(call.sipp.trace.path),), daemon=True)
        self._thread.start()

    def _ask_again(self, trace):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not any(_is_decided(event.message) for event in trace.events):
            time.sleep(0.005)
        self.answers.append(ask(*self._words))

    def possible(self):
        """The answers, each once: two of them only if the world has changed."""
        self._thread.join(2 * PATIENCE)
        return [a for n, a in enumerate(self.answers) if _without_times(a) not in map(_without_times, self.answers[:n])]


def _is_decided(message):
    """Has the server got hold of the call? Not, when it only asked for a password."""
    return bool(message.status) and message.cseq_method == "INVITE" and message.status not in AT_THE_DOOR


def _without_times(answer):
    return re.sub(r'"expires": -?\d+', "", json.dumps(answer, sort_keys=True))


class Seen:
    """An INVITE that reached somebody of the case."""

    def __init__(self, actor, leg):
        self.place, self.name, self.leg = (actor.address, actor.port), actor.name, leg
        self.uri, self.time = leg.invite.uri, leg.time

    @property
    def cancelled(self):
        leg = self.leg
        return leg.cancel and (not leg.final or leg.cancel.time <= leg.final.time)

    @property
    def unreachable(self):
        leg = self.leg
        return self.status in UNREACHABLE or not (leg.final or leg.cancel or leg.provisionals)

    @property
    def status(self):
        """Of its own final response, or None."""
        return self.leg.final.message.status if self.leg.final and not self.cancelled else None


class World:
    """Who of the case could see an INVITE, and all that was seen, by Call-ID."""

    def __init__(self, stage):
        self.places = {(actor.address, actor.port) for actor in stage.phones + stage.boards}
        self._seen = {}
        for phone in stage.phones:
            for leg in phone.legs:
                self._add(Seen(phone, leg))
        for board in stage.boards:
            for leg in board.legs:
                self._add(Seen(board, leg))

    def _add(self, seen):
        self._seen.setdefault(seen.leg.invite.call_id, []).append(seen)

    def of(self, call_id):
        return sorted(self._seen.get(call_id, []), key=lambda seen: seen.time)

    def sees(self, contact):
        return place_of(contact) in self.places


def place_of(contact):
    """Where a request to the contact goes first: host and port."""
    uri = contact["path"] or contact["received"] or contact["uri"]
    found = re.search(r"sips?:(?:[^@>]*@)?(\[[^]]*\]|[^:;>?]+)(?::(\d+))?", uri)
    return (found[1].strip("[]"), int(found[2] or 5060)) if found else None


def _begin_ms(node, step):
    """When the step begins if nobody ends early; negative: then it does not."""
    return next(d["begin_ms"] for d in node["devices"] if d["step"] == step)


def _declines(node, seen):
    """For the whole ring: a group's member does not."""
    return seen.status in DECLINES and "group_id" not in node


def _rang_to_the_end(node, rung, seen):
    """To that of the ring, or of its step: not to that of its device's own time."""
    return node["strategy"] in ONE_BY_ONE or seen.leg.end - rung[0].time >= node["ring_ms"] / 1000 - TOLERANCE


def _gone(node, rung):
    """The members of a group who have declined: no other phone of theirs begins to ring."""
    places = {seen.place for seen in rung if seen.status in DECLINES}
    return {d["member"] for d in node["devices"] if "group_id" in node and d["member"]
            for c in d["contacts"] if place_of(c) in places}


def _places_of(node, members):
    return {place_of(c) for d in node["devices"] if members and d["member"] in members for c in d["contacts"]}


class Comparison:
    """One call and the answer about it."""

    def __init__(self, world, call, answer):
        self._world, self._call, self._answer = world, call, answer
        self._left = world.of(call.call_id)  # the INVITEs that nothing has accounted for yet
        event = call.final_event()
        self._final = event.message.status if event else None
        self._retry_after = bool(event and event.message.header("Retry-After"))
        # When the caller gives up the call may end anywhere.
        self._gave_up = call.gave_up or self._final in (None, 487)

    def run(self):
        """False when there is nothing to compare: the call came to an end at the door."""
        found = self._answer["found"]
        if self._final in AT_THE_DOOR or (self._final == 503 and self._retry_after and found != "not-loaded"):
            self._nobody_else("it was refused at the door")
            return False
        if found == "fault":
            raise Unexpected(f"explain refused: {self._answer['why']}")
        if "caller_status" in self._answer:
            self._end({"status": self._answer["caller_status"]})
        elif "decision" in self._answer:
            self._walk(self._answer["decision"])
        else:
            self._nobody_of_ours(self._answer)
        return True

    # -- decisions

    def _walk(self, node):
        check("cut" not in node, "explain was cut short")
        while node["action"] == "move":
            node = node["next"]
        {"ring": self._ring, "leave": self._leave, "end": self._end, "unknown": self._nobody_of_ours}[node["action"]](node)

    def _end(self, node):
        self._nobody_else(f"it ends with {node['status']}")
        check(self._gave_up or self._final == node["status"], f"explain says {node['status']}, the caller saw {self._final}")

    def _leave(self, node):
        legs, self._left = self._left, []
        for seen in legs:
            check(seen.uri == node["target_uri"], f"explain says it leaves for {node['target_uri']}, {seen.name} got {seen.uri}")
            self._shows(node, seen)
        is_seen = place_of({"uri": node["target_uri"], "path": "", "received": ""}) in self._world.places
        check(legs or self._gave_up or not is_seen, f"explain says it leaves for {node['target_uri']}, nobody came there")
        if legs and not self._gave_up:
            said = legs[-1].status
            passed_on = 480 if said in (401, 407) else said  # a password of ours is not the phone's
            check(self._final == passed_on, f"the target said {said}, the caller saw {self._final}")

    def _nobody_of_ours(self, node):
        """The script may send such a call on; else it is answered as explain says."""
        if not self._left:
            self._end(node)
        for seen in self._left:
            self._shows(node, seen)

    # -- a ring

    def _ring(self, node):
        rung, blind = [], False
        steps = sorted({d["step"] for d in node["devices"]} - {0})
        for step in steps:
            gone = _gone(node, rung)
            contacts = [c for d in node["devices"] if d["step"] == step and d.get("member") not in gone
                        for c in d["contacts"] if c["state"] == "live"]
            watched = [c for c in contacts if self._world.sees(c)]
            legs = self._take(watched)
            for seen in legs:
                self._shows(node, seen)
            if watched and not legs:
                names = ", ".join(c["uri"] for c in watched)
                check(self._may_stop(node, rung, step), f"explain says that step {step} rings {names}; it didn't")
                break
            check(len(legs) == len(watched), f"step {step}: of {len(watched)} phones in explain's answer {len(legs)} rang")
            self._in_step(node, step, legs, rung)
            rung += legs
            blind = blind or len(watched) < len(contacts)
        if any(seen.status == 200 for seen in rung):
            self._nobody_else("somebody answered")
            check(self._final == 200 or self._gave_up, f"a phone answered, the caller saw {self._final}")
        elif rung and not blind and all(seen.status in NEGOTIATION for seen in rung):
            self._nobody_else("caller and phones could not agree")
            first = min(rung, key=lambda seen: seen.leg.end).status
            check(self._gave_up or self._final == first, f"the phones could not agree: {first}, the caller saw {self._final}")
        elif self._left or not self._gave_up:
            self._after(node, rung, blind)

    def _take(self, watched):
        """The INVITEs that come next, as long as they are for these contacts."""
        wanted, taken = {(place_of(c), c["uri"]) for c in watched}, []
        while self._left and (self._left[0].place, self._left[0].uri) in wanted:
            wanted.remove((self._left[0].place, self._left[0].uri))
            taken.append(self._left.pop(0))
        return taken

    @staticmethod
    def _in_step(node, step, legs, earlier):
        """One step's phones begin together: at the step's time, or when those of the steps before have ended."""
        if not legs:
            return
        spread = legs[-1].time - legs[0].time
        check(spread <= TOLERANCE, f"explain says that step {step} rings at once; its phones rang within {spread:.2f} s")
        late = [seen.name for seen in earlier if seen.leg.end and seen.leg.end > legs[0].time + TOLERANCE]
        if late and node["strategy"] not in ONE_BY_ONE:
            due = earlier[0].time + _begin_ms(node, step) / 1000
            check(abs(legs[0].time - due) <= TOLERANCE, f"explain says that step {step} begins {legs[0].time - due:.2f} s earlier")
        else:
            check(not late, f"explain says that step {step} comes after {', '.join(late)}, which rang still")

    def _may_stop(self, node, rung, step):
        """May a ring end before this step?"""
        if self._gave_up or (step == 1 and not rung and self._final is None) or (rung and _begin_ms(node, step) < 0):
            return True
        return any(s.status == 200 or _declines(node, s) for s in rung) or (node["total"] and any(s.cancelled for s in rung))

    def _after(self, node, rung, blind):
        ways = [self._way(node, rung)] if not blind else [w for w in ("if_busy", "if_no_answer", "if_unreachable") if w in node]
        left, reasons = list(self._left), []
        for way in ways:
            check(way in node, f"the ring came to {way}, of which explain says nothing")
            self._left = list(left)
            try:
                self._walk(node[way])
                return
            except Unexpected as error:
                reasons.append(f"{way}: {error}")
        raise Unexpected("; ".join(reasons))

    @staticmethod
    def _way(node, rung):
        """What the ring came to, as sections 3 and 4 of the contract have it."""
        if not rung and "if_busy" in node and "if_no_answer" not in node:
            return "if_busy"  # a group whose members are busy
        declined = any(_declines(node, seen) for seen in rung)
        gone = _places_of(node, _gone(node, rung))
        timed_out = any(seen.cancelled and seen.place not in gone and _rang_to_the_end(node, rung, seen)
                        for seen in rung) and not declined
        if not timed_out and any(seen.status in BUSY for seen in rung):
            return "if_busy"
        is_unreachable = not timed_out and all(seen.unreachable for seen in rung)
        return "if_unreachable" if is_unreachable and "if_unreachable" in node else "if_no_answer"

    # -- what may not be

    def _nobody_else(self, why):
        names = ", ".join(f"{seen.name} ({seen.uri})" for seen in self._left)
        check(not self._left, f"explain says that {why}, but an INVITE came to {names}")

    def _shows(self, node, seen):
        if "shown_uri" not in node:
            return
        name = node["shown_name"]
        wanted, saw = f"{name} <{node['shown_uri']}>" if name else f"<{node['shown_uri']}>", seen.leg.invite.header("From")
        check(saw.startswith(wanted), f"explain says that {seen.name} is shown {wanted}, it saw {saw}")


def compare_all(stage):
    """Compares every call that was asked about; returns how many there were."""
    world = World(stage)
    return sum(_compare(world, stage, question) for question in stage.asked)


def _compare(world, stage, question):
    call, answers, reasons = question.call, question.possible(), []
    for answer in answers:
        try:
            return Comparison(world, call, answer).run()
        except Unexpected as error:
            reasons.append(str(error))
    path = os.path.join(stage.folder, f"{call.call_id}.explain")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(answers, file, indent=1, ensure_ascii=False)
    raise Unexpected(f"{call.name}'s call {call.call_id} to {call.uri} differs from what explain said (in {path}): {'; '.join(reasons)}")


def leg(time, invite, cancelled=None, status=None):
    """A leg that no SIPp has traced."""
    made = Leg(Event(time, False, invite))
    if cancelled:
        made.cancel = Event(cancelled, False, invite)
    elif status:
        made.final = Event(time, True, status)
    return made
