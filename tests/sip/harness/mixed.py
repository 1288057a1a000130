# SPDX-License-Identifier: GPL-2.0-or-later
"""Many calls of all kinds, for what shows only in quantity: memory, races, load."""

import itertools

from .beside import Late
from .expect import check
from .groups import Group
from .phone import alternates, answers, rejects, rings
from .rules import Rules

LATE = "2011"  # has a phone that registers during the call


def _people(t, ring_time):
    """Users whose calls end in all ways there are, each within two ring times; user name -> final status."""
    def user(number, *behaviours, **columns):
        made = t.user(number, ring_timeout_sec=ring_time, **columns)
        for order, behaviour in enumerate(behaviours):
            made.phone(f"p{order}", behaviour, ring_order=order, ring_specific=order % 2)
        return made

    user("2001", rings(), answers(after=0.2))
    answering = user("2002", answers(after=0.1))
    user("2003", rings(), rejects(486, after=0.1))
    user("2004", rejects(603, after=0.1), rings(), rings())
    user("2005", rejects(486, after=0.1), rejects(503, after=0.1), rings(), ring_strategy="sequential")
    user("2006", rings(), answers(after=0.3), ring_strategy="sequential")
    user("2007", alternates(every=0.2), answers(after=0.1), ring_strategy="specific")
    user("2008", alternates(every=0.2))
    t.user("2009").device("nowhere")
    in_time = t.user("2010", ring_timeout_sec=2 * ring_time)
    in_time.phone("p0", rings(), ring_for_sec=ring_time)
    in_time.phone("p1", answers(after=0.2), ring_delay_sec=ring_time)
    _ruled(t, ring_time, user, answering)
    _grouped(t, ring_time, user)
    return {"2001": 200, "2002": 200, "2003": 480, "2004": 486, "2005": 480, "2006": 200, "2007": 200, "2008": 480,
            "2009": 480, "2010": 200, LATE: 200, "2012": 200, "2013": 603, "2014": 200, "2015": 200, "2016": 200, "2017": 486,
            "2999": 404}


def _ruled(t, ring_time, user, answering):
    """Users with rules of their own, which hold for calls of the user 1000."""
    rules = Rules(t)
    always = rules.schedule("always", {"from_time": "00:00", "to_time": "24:00"})
    callers = rules.list_of("callers", "+4930", "1000")
    away = user("2012", rings(), answers(after=0.2), dnd=1)
    rules.add(away, "always", ("queue", "gone"), schedule_id=always)
    rules.add(away, "always", action="reject", schedule_id=always, outside=1)
    rules.add(away, "dnd", action="ring", caller_list_id=callers, ring_strategy="sequential", ring_timeout_sec=ring_time)
    rules.add(user("2013", rings()), "always", action="reject", caller_list_id=callers, scope="internal")
    rules.add(user("2014", rejects(486, after=0.1)), "busy", ("user", answering.id), schedule_id=always)


def _grouped(t, ring_time, user):
    """Groups with their extensions: one takes it, the second one does, and nobody."""
    a, b, c = user("3001", rings(), answers(after=0.2)), user("3002", rejects(603, after=0.1), rings()), user("3003", rings(), dnd=1)
    c.update(fwd_always_kind="user", fwd_always_id=a.id)
    Group(t, "2015", a, b, c, strategy="round_robin", member_rules="follow", cid_name_prefix="Sales: ", ring_timeout_sec=2 * ring_time)
    Group(t, "2016", Group(t, "2018", b, c), (a, {"ring_delay_sec": 1}), ring_timeout_sec=3 * ring_time)
    Group(t, "2017", b, c, strategy="sequential", count_missed=0, ring_timeout_sec=ring_time)


def _late_phone(t):
    """That of a user who has another one, which rings until it answers, however slow the server is."""
    user = t.user(LATE, ring_timeout_sec=20)
    user.phone("p0", rings())
    return Late(user.device("p1"), answers(after=0.1))


class Mix:
    def __init__(self, t, slower=1, also=None):
        """`slower`: how much the server may be; talks are longer then (BYE may not overtake ACK), and rings.
        `also`: further users that are called, user name -> final status."""
        self.t, self._caller, self._slower = t, t.caller(), slower
        ring_time = 1 if slower == 1 else 2
        self._expected = {**_people(t, ring_time), **(also or {})}
        self._late = _late_phone(t)
        self._numbers = itertools.cycle(self._expected)

    def run(self, count, at_once=8):
        """Places so many calls, every seventh of them cancelled; checks how each ended."""
        alive = []
        warm = 2 * self._slower * (self._slower > 1)  # a slow server's first calls are slower still: one by one
        for n in range(count):
            if len(alive) == (at_once if n > warm else 1):
                self._finish(alive.pop(0))
            number = next(self._numbers)
            cancelled = n % 7 == 3 and n >= warm
            call = self._late_call() if number == LATE else self._caller.calls(number, talk=0.1 * self._slower)
            if cancelled:
                call.cancel()
            alive.append((call, number, cancelled))
        for item in alive:
            self._finish(item)

    def _late_call(self):
        with self.t.unexplained():
            call = self._caller.calls(LATE, talk=0.1 * self._slower).proceeding()
        self._late.registers()
        return call

    def _finish(self, item):
        call, number, cancelled = item
        status, wanted = call.final.status, self._expected[number]
        check(status == wanted or cancelled and status == 487, f"call to {number}: expected {wanted}, saw {status}")
        call.over(5 * self._slower)
        self.t.callers.remove(call)
        if number == LATE:
            self._late.device.unregister(self._late.phone)
