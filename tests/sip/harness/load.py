# SPDX-License-Identifier: GPL-2.0-or-later
"""Many calls a second, of all kinds, and phones that register again and again: by few processes, for a long time. Each
call has one right end, whatever else goes on, and SIPp counts those that had another.

    load = Load(t, media, seconds=600)       # users, devices and phones
    load.register_all()
    load.start()
    results = load.finish()
"""

import csv
import glob
import random
import time
import uuid
from dataclasses import dataclass, field

from .caller import placed_scenario
from .expect import check, equal
from .groups import Group
from .net import EDGES, TRUNKS
from .phone import answers, rejects, rings
from .registrar import sipp_scenario
from .sip import token
from .sipp import Sipp, render

# Ports at the phones' address. SIPp tells calls by their Call-ID: so no call comes to the same one twice.
ANSWERS, MOVED, RINGS, RINGS_TOO, BUSY, DECLINES, TCP = range(5060, 5073, 2)
NOWHERE = None  # a device that never registers
_PHONES = {
    ANSWERS: answers(after=0.05), MOVED: answers(after=0.05), TCP: answers(after=0.05), RINGS: rings(), RINGS_TOO: rings(),
    BUSY: rejects(486, after=0.05), DECLINES: rejects(603, after=0.05),
}
EACH = 8  # users of each kind
EXPIRES = 300  # seconds
SOON = 2  # … of a contact that has expired before it is registered again
REGISTERS = 12  # a second
OVER = 3  # seconds until phones know that their calls are over
END = 20  # seconds that the last call may take
BOX = "7"
REGISTRATIONS = "registrations"  # among the results
ANSWERED = ("answered", "with a password")  # kinds of calls that a device answers

# Users by kind: the ports of their devices, in ring order; and columns.
_USERS = {
    "forked": ((RINGS, ANSWERS), {}),
    "alone": ((ANSWERS,), {"max_calls": 1000}),
    "sequential": ((BUSY, ANSWERS), {"ring_strategy": "sequential"}),
    "tcp": ((TCP,), {}),
    "moving": (((ANSWERS, MOVED),), {}),  # it registers from one and then from the other
    "busy": ((BUSY,), {}),
    "declines": ((DECLINES, RINGS), {}),
    "dnd": ((ANSWERS,), {"dnd": 1}),
    "rings": ((RINGS,), {"ring_timeout_sec": 1}),
    "expiring": ((RINGS,), {"ring_timeout_sec": 1}),
    "nobody": ((NOWHERE,), {}),
    "timed": ((RINGS, ANSWERS), {"ring_timeout_sec": 3}),
    "ends": ((RINGS, RINGS_TOO), {"ring_timeout_sec": 2}),
    "late": ((RINGS, (RINGS_TOO, NOWHERE)), {"ring_timeout_sec": 3}),  # one registers, and takes that back
    "patient": ((RINGS, RINGS_TOO), {"ring_timeout_sec": 60}),
    "disabled": ((NOWHERE,), {"status": "disabled"}),
    "boxed": ((RINGS_TOO,), {"ring_timeout_sec": 1, "voicemail_id": BOX}),
    "chained": ((BUSY,), {}),  # → boxed → voicemail
    "forwarded": ((RINGS,), {}),  # → alone, at once
}
# Of those whose devices have times of their own.
_TIMES = dict.fromkeys(("timed", "ends"), ({"ring_for_sec": 1}, {"ring_delay_sec": 1}))
_FORWARDS = {"chained": ("fwd_busy", "boxed"), "forwarded": ("fwd_always", "alone")}
_STRATEGIES = ("simultaneous", "sequential", "random", "round_robin")
# Of the list's fields: device, its password, port, transport, instance, expires.
_CONTACT = '<sip:phone@[local_ip]:[field2];transport=[field3]>;+sip.instance="<urn:uuid:[field4]>";expires=[field5]'
# With the edge proxy's Path: at another port of its address than where the REGISTER comes from nobody else is called.
_PATH = "\n      Path: <sip:[local_ip]:[field2];transport=[field3];lr>\n      Supported: path"


@dataclass
class Kind:
    """Calls of one kind: to whom (kinds of users, or else user parts), how many a second, how they end."""
    rate: int
    callees: tuple
    ending: str
    values: dict
    by_device: bool = False  # not by a trunk


def _kinds(others):
    """`others`: user parts that are answered, besides _USERS."""
    extensions = (f"8{kind}{number}" for kind in (0, 1) for number in range(EACH))
    busy_groups = (f"82{number}" for number in range(EACH))
    answered = ("forked", "alone", "sequential", "tcp", "moving", "timed", "forwarded", *extensions, *others)
    return {
        "answered": Kind(24, answered, "answered", {"talk_ms": 200}),
        "with a password": Kind(2, answered, "answered", {"talk_ms": 200}, by_device=True),
        "chain to voicemail": Kind(6, ("chained",), "answered", {"talk_ms": 200}),
        "busy": Kind(8, ("busy", "declines", "dnd", *busy_groups), "refused", {"status": 486}),
        "no answer": Kind(8, ("rings", "ends", "late", "expiring", "nobody"), "refused", {"status": 480}),
        "unknown": Kind(4, ("disabled", "1"), "refused", {"status": 404}),
        "cancelled at once": Kind(4, ("patient",), "cancelled-at-once", {}),
        "cancelled": Kind(6, ("patient",), "cancelled", {"after_ms": 300}),
    }


@dataclass
class Result:
    """What has become of what one SIPp began."""
    begun: int
    good: int
    sent_again: int  # messages
    waits: list = field(repr=False)  # seconds from INVITE to the first thing heard but 100
    complaint: str

    @property
    def lost(self):
        return self.begun - self.good


def _last_figures(path):
    with open(path, encoding="ascii", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))[-1]


class Stream:
    """One SIPp that begins something at a rate: all kinds of calls here are told from each other by it."""

    def __init__(self, t, name, scenario, address, rate, lines, auth_uri, lifetime, options=(), port=5060):
        """`lines`: fields of a list, of which each takes the next line."""
        self.name = name.replace(" ", "-")
        self._file = f"{t.folder}/{self.name}-{token(4)}"
        with open(self._file + ".list", "w", encoding="utf-8") as target:
            target.write("\n".join(["SEQUENTIAL", *lines]) + "\n")
        options = [
            "-inf", self._file + ".list", "-r", str(rate), "-l", "1000", "-recv_timeout", "10000", "-buff_size", "1048576",
            "-cid_str", f"{t.name}-{token(6)}-%u", "-auth_uri", auth_uri,
            "-trace_stat", "-stf", self._file + ".csv", "-fd", "5", "-trace_rtt", "-rtt_freq", "1", *options,
        ]
        self.sipp = Sipp(self.name, scenario, address, port, t.server, t.folder, options, lifetime=lifetime)

    def result(self):
        """Of one that has ended."""
        last = _last_figures(self._file + ".csv")
        begun, good, again = (int(last[name]) for name in ("TotalCallCreated", "SuccessfulCall(C)", "Retransmissions(C)"))
        return Result(begun, good, again, list(self._waits()), "\n".join(self.sipp.complaints()[:1]))

    def _waits(self):
        for path in glob.glob(self.sipp.base + "_*_rtt.csv"):
            with open(path, encoding="ascii", newline="") as file:
                for line in list(csv.reader(file, delimiter=";"))[1:]:
                    yield float(line[1]) / 1000

    def stop(self):
        self.sipp.stop()


class Phones:
    """Many calls at a time: SIPp counts how they end."""

    def __init__(self, t, lifetime):
        self._t, self._lifetime, self._figures = t, lifetime, []

    def run(self, behaviour, address, port=5060, transport="udp"):
        t, scenario = self._t, render(behaviour.template, behaviour.values)
        figures = f"{t.folder}/phones-{address}-{port}.csv"
        options = ["-buff_size", "1048576", "-trace_stat", "-stf", figures, "-fd", "1"]
        t.background.append(Sipp("phones", scenario, address, port, t.server, t.folder, options, transport, self._lifetime))
        self._figures.append(figures)

    def _left(self):
        figures = [_last_figures(path) for path in self._figures]
        return sum(int(last["TotalCallCreated"]) - int(last["SuccessfulCall(C)"]) for last in figures)

    def all_is_over(self):
        """Each has been told how each of its calls ended."""
        deadline = time.monotonic() + OVER
        while self._left() > 0 and time.monotonic() < deadline:
            time.sleep(0.2)
        wrong = [path for path in self._figures if _last_figures(path)["FailedCall(C)"] != "0"]
        equal(wrong, [], "phones at which a call went wrong")
        equal(self._left(), 0, f"phones that ring though their calls are over: see {self._figures}")


class Load:
    def __init__(self, t, media, seconds):
        """`media`: address of the media server. `seconds`: how long it may take in all."""
        self._t, self._lifetime = t, int(seconds)
        self._edge = t.addresses.take_trusted(EDGES)  # behind which all phones are
        self._registrations = []  # fields: see _CONTACT; in turn
        self._others, self.phones = [], Phones(t, self._lifetime)
        for port, behaviour in _PHONES.items():
            self.phones.run(behaviour, self._edge, port, "tcp" if port == TCP else "udp")
        self.phones.run(answers(after=0.05), media)
        t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": BOX})
        for number in range(EACH):
            self._add_people(number)
        self._caller = t.user("7000").device("calls")
        self._addresses, self._streams = {}, {}

    def _add_people(self, number):
        t, ids, users = self._t, {}, {}
        for kind, (ports, columns) in _USERS.items():
            forward = {} if kind not in _FORWARDS else {
                f"{_FORWARDS[kind][0]}_kind": "user", f"{_FORWARDS[kind][0]}_id": ids[_FORWARDS[kind][1]]}
            user = t.user(f"{kind}-{number}", **columns, **forward)
            users[kind], ids[kind] = user, user.id
            for order, port in enumerate(ports):
                times = _TIMES[kind][order] if kind in _TIMES else {}
                self._add_device(user, port, SOON if kind == "expiring" else EXPIRES, ring_order=order, **times)
        t.insert("extension", {"account_id": t.account, "digits": f"80{number}", "dest_kind": "user", "dest_id": ids["alone"]})
        self._add_groups(number, users)

    def _add_groups(self, number, users):
        """One that is answered, and one in another that is busy."""
        t, strategy = self._t, _STRATEGIES[number % len(_STRATEGIES)]
        Group(t, f"81{number}", *(users[kind] for kind in ("busy", "dnd", "alone", "declines")), strategy=strategy, skip_busy=0)
        Group(t, f"82{number}", users["busy"], Group(t, f"83{number}", users["declines"], users["dnd"]), strategy=strategy)

    def _add_device(self, user, ports, expires, **columns):
        """`ports`: one, several in turn, or NOWHERE."""
        device = user.device(f"d{columns.get('ring_order', 0)}", **columns)
        if ports is NOWHERE:
            return
        instance, ports = uuid.uuid4(), ports if isinstance(ports, tuple) else (ports,)
        self._registrations.append([
            f"{device.auth_username};{device.sipp_authentication};{port or ports[0]};{'tcp' if port == TCP else 'udp'};{instance};"
            f"{0 if port is NOWHERE else expires}" for port in ports])

    def phone(self, user):
        """Gives somebody else a phone that answers; he is called, too."""
        self._add_device(user, ANSWERS, EXPIRES)
        self._others.append(user.username)

    def _stream(self, name, scenario, address, rate, lines, *options, port=5060):
        t = self._t
        # SIPp signs one digest URI for all calls: without a user, as the module compares that with the Request-URI's.
        return Stream(t, name, scenario, address, rate, lines, t.domain, self._lifetime, options, port)

    def _register(self, rate, lines, *options):
        scenario = sipp_scenario(self._t.domain, f"sip:[field0]@{self._t.domain}", "[field1]", _CONTACT + _PATH)
        return self._stream("registers", scenario, self._edge, rate, lines, *options, port=5099)

    def register_all(self):
        """Everybody, once."""
        self._t.settle()
        lines = [each[0] for each in self._registrations]
        stream = self._register(100, lines, "-m", str(len(lines)))
        equal(stream.sipp.wait(END), 0, f"SIPp's exit status when all register: {stream.sipp.complaints()[:1]}")

    def start(self):
        turns = max(map(len, self._registrations))
        lines = [each[turn % len(each)] for turn in range(turns) for each in self._registrations]
        self._streams = {REGISTRATIONS: self._register(REGISTERS, lines)}
        for name, kind in _kinds(self._others).items():
            self._streams[name] = self._call(name, kind)
        self._t.background += self._streams.values()

    def _call(self, name, kind):
        t, digest = self._t, kind.by_device
        if name not in self._addresses:
            self._addresses[name] = t.addresses.take() if digest else t.addresses.take_trusted(TRUNKS)
        callees = [one for who in kind.callees for one in ([f"{who}-{n}" for n in range(EACH)] if who in _USERS else [who])]
        random.Random(1).shuffle(callees)
        scenario = placed_scenario(
            f"sip:[field0]@{t.domain}", f"<{self._caller.aor}>" if digest else "<sip:+493012345@trunk.test>", kind.ending,
            (self._caller.auth_username, self._caller.password) if digest else None, **kind.values)
        return self._stream(name, scenario, self._addresses[name], kind.rate, callees)

    def finish(self):
        """Nothing new is begun; when all is over: Result by name, that of registrations among those of calls."""
        for stream in self._streams.values():
            stream.sipp.begin_no_more()
        for name, stream in self._streams.items():
            check(stream.sipp.wait(END) is not None, f"{name}: not over {END} s after the last one began")
            self._t.background.remove(stream)
        return {name: stream.result() for name, stream in self._streams.items()}
