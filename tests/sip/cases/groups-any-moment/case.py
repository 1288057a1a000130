# SPDX-License-Identifier: GPL-2.0-or-later
import collections
import random
import time

from harness.crowd import EASY, Crowd, User
from harness.expect import wait_for
from harness.memory import usage
from harness.phone import ELSEWHERE
from harness.stack import SANITIZED

NOT_IN_LUA = "the ring's clock: no matter of the script"
LOUD = True
LIMIT = 120
EXPLAIN = "a thousand calls, by one process"
# Transactions are forgotten soon: what is in memory afterwards is looked at.
STACK = {**SANITIZED, "before": "#!define WITH_MAX_CALLS", "after": EASY + """
modparam("tm", "wt_timer", 1000)
modparam("user_routing", "log_calls", 1)
"""}
# A CANCEL before there are branches: tm may have sent the 487 when the script sends it, or not. One that crosses the next
# step: tm sends no more legs, and the script then hears that the caller has hung up. Where two phones have answered, dialog
# has one dialog for both: the ACK of one may come when the BYE of the other has just ended it.
HARMLESS = [r"INVITE groups-any-moment-.*(failed to reply stateful|t_forward_noack failed)",
            r"ACK groups-any-moment-.*(Trying to update a bogus dlg|failed to update dialog lifetime)"]
STRATEGIES = ("simultaneous", "sequential", "random", "round_robin")
GROUPS = 30  # of each strategy
CALLS, FIRST, RATE = 1000, 100, 60  # in all; those before memory is looked at; a second
STEP, END = 1.0, 2.0  # seconds: a step's time; when all have rung
NEAR = 0.015  # seconds: about the same moment
HARDLY = 0.02  # seconds that a phone has rung when its CANCEL and its INVITE cross
SOON = 0.5  # seconds until a leg begins or ends, on a busy machine


class Group:
    """Three members: a has two phones, of b's two phones one is there only during calls, and c, with a simultaneous ring,
    begins in the middle."""

    def __init__(self, t, strategy, number, members):
        self.strategy = strategy
        self.hides_missed = number % 2 == 1
        self.digits = f"{STRATEGIES.index(strategy) + 1}{number:02}"
        self.id = f"grp_{t.key}_{self.digits}"
        self.called = User(self.digits, t.domain)
        a, b, c = members
        self.late = b.contact("late")
        self.there = [a.contact("desk"), a.contact("soft"), b.contact("desk"), c.contact("desk")]
        self.contacts = [*self.there, self.late]
        t.insert("ring_group", {"id": self.id, "account_id": t.account, "name": self.digits, "strategy": strategy, "count_missed": 1 - number % 2,
                                "ring_timeout_sec": END if strategy == "simultaneous" else STEP, "member_rules": ("none", "follow")[number % 3 == 0]})
        for position, user in enumerate(members):
            t.insert("ring_group_member", {"group_id": self.id, "position": position, "member_kind": "user", "member_id": f"us_{t.key}_{user.username}",
                                           "ring_delay_sec": position // 2})
        t.insert("extension", {"account_id": t.account, "digits": self.digits, "dest_kind": "ring_group", "dest_id": self.id})


def groups(t, crowd):
    devices = {"desk": {}, "soft": {}, "late": {}}
    members = iter(crowd.people("m", 3 * GROUPS * len(STRATEGIES), devices))
    return [Group(t, strategy, number, [next(members) for _ in range(3)]) for strategy in STRATEGIES for number in range(GROUPS)]


def any_moment(chance):
    """Every fourth one is where members begin or end."""
    if chance.random() < 0.25:
        return max(0.0, chance.choice((0.0, STEP, END)) + chance.uniform(-NEAR, NEAR))
    return chance.uniform(0.0, END)


class Play:
    """A call and what happens in it."""

    def __init__(self, crowd, chance, group):
        self.crowd, self.chance, self.group = crowd, chance, group
        group.late.registered = None
        self.call, self.came = crowd.call(group.called), None
        crowd.at(any_moment(chance), self._comes)
        what = chance.choice(("nothing", "cancel", "answer", "answer", "two", "declines", "mixed"))
        if what in ("cancel", "mixed"):
            crowd.at(any_moment(chance), self.call.cancel)
        if what in ("answer", "two", "mixed"):
            crowd.at(any_moment(chance), lambda: self._answers(2 if what == "two" else 1))
        if what in ("declines", "mixed"):
            crowd.at(any_moment(chance), lambda: self._refuses(chance.choice(("603 Decline", "603 Decline", "486 Busy Here"))))

    def _ringing(self, most):
        """Some of the legs that ring now."""
        legs = [leg for leg in self.call.legs if leg.rings]
        return self.chance.sample(legs, min(most, len(legs)))

    def _answers(self, most):
        for leg in self._ringing(most):
            self.crowd.answer(leg)

    def _refuses(self, status):
        for leg in self._ringing(1):
            self.crowd.refuse(leg, status)

    def _comes(self):
        self.crowd.register(self.group.late)
        self.came = time.monotonic()

    @property
    def is_over(self):
        return self.came and self.group.late.registered and self.call.is_over

    def leaves(self):
        self.crowd.register(self.group.late, expires=0)

    def __str__(self):
        call = self.call

        def since(moment):
            return "never" if moment is None else f"{moment - call.began:.3f}"
        legs = ", ".join(f"{leg.name} {since(leg.began)}-{since(leg.cancelled)}, answers {since(leg.answered)}, refuses {since(leg.refused)}" for leg in call.legs)
        return (f"{self.group.strategy} {call.call_id}: seconds from its begin: REGISTER {since(self.came)}; CANCEL {since(call.asked_to_end)}, answered"
                f" {since(call.cancelled)}; {call.finals}; {legs}")


class Round:
    """Calls, those of a group one after another."""

    def __init__(self, crowd, chance, idle, count):
        self.crowd, self.chance, self.todo, self.plays, self.ended = crowd, chance, count, [], []
        self.idle, self.leaving = collections.deque(idle), []
        self._begin()

    def _begin(self):
        self.idle += [group for group in self.leaving if group.late.registered]
        self.leaving = [group for group in self.leaving if not group.late.registered]
        for play in [play for play in self.plays if play.is_over]:
            self.plays.remove(play)
            self.ended.append(play)
            play.leaves()
            self.leaving.append(play.group)
        if self.todo and self.idle:
            self.todo -= 1
            self.plays.append(Play(self.crowd, self.chance, self.idle.popleft()))
        if not self.is_over:
            self.crowd.at(1 / RATE, self._begin)

    def open(self):
        return [str(play) for play in self.plays[:3]]

    @property
    def is_over(self):
        return not (self.todo or self.plays or self.leaving)


def wanted(call):
    """The statuses that it may end with."""
    if any(leg.answered for leg in call.legs):
        return {200, 487} if call.asked_to_end else {200}
    ends = {486} if any(leg.refused for leg in call.legs) and all(leg.refused or leg.cancelled for leg in call.legs) else set()
    ends |= {480}
    return ends | {487} if call.asked_to_end else ends


def member_of(name):
    return name.partition("-")[0]


def check_call(t, play):
    call = play.call
    t.check(call.status in wanted(call), f"expected one of {wanted(call)}, saw {call.status}: {play}")
    answers = sum(status == 200 for status, _ in call.finals.values())
    t.check(answers == sum(bool(leg.answered) for leg in call.legs), f"each answer should come to the caller: {play}")
    names = collections.Counter(leg.name for leg in call.legs)
    t.check(not names or max(names.values()) == 1, f"a phone rang twice: {play}")
    end = min(moment for moment in (call.cancelled, call.ended) if moment)
    for leg in call.legs:
        t.check(leg.began < end + SOON, f"{leg.name} began after the end: {play}")
    for declined in [leg for leg in call.legs if leg.refused and leg.status.startswith("603")]:
        for leg in call.legs:
            if leg is not declined and member_of(leg.name) == member_of(declined.name):
                t.check(leg.began < declined.refused + SOON, f"{leg.name} began after {declined.name} had declined: {play}")
                over = leg.cancelled or leg.answered or leg.refused
                t.check(over < declined.refused + SOON, f"{leg.name} rang on after {declined.name} had declined: {play}")


def check_missed(t, play):
    """Which phones list a missed call. A CANCEL that overtakes the INVITE to a phone is out of the module's hands."""
    gave_up = play.call.asked_to_end
    ends = [leg for leg in play.call.legs if leg.cancelled and not (gave_up and gave_up < leg.began + HARDLY)]
    for leg in ends:
        if play.group.hides_missed:
            t.check(leg.reason == ELSEWHERE, f"{leg.name} lists a missed call: {play}")
        elif not any(other.answered or other.refused for other in play.call.legs):
            t.check(leg.reason != ELSEWHERE, f"{leg.name}'s CANCEL has the Reason {leg.reason}: {play}")


def check_order(t, play):
    """One member after another: no two of them at a time."""
    if play.group.strategy == "simultaneous":
        return
    for leg in play.call.legs:
        for other in play.call.legs:
            if member_of(leg.name) != member_of(other.name) and leg.began < other.began:
                over = leg.cancelled or leg.answered or leg.refused
                t.check(over < other.began + SOON, f"{leg.name} rang on while {other.name} rang: {play}")


def check_all(t, crowd, plays):
    for play in plays:
        check_call(t, play)
        check_missed(t, play)
        check_order(t, play)
    t.equal(crowd.lost, [], "what was not answered")
    calls = [play.call for play in plays]
    cancelled = sum(bool(call.asked_to_end) for call in calls)
    answered = sum(call.status == 200 for call in calls)
    twice = sum(len(call.dialogs) > 1 for call in calls)
    declined = sum(any(leg.refused for leg in call.legs) for call in calls)
    late = sum(play.call.leg(play.group.late) is not None for play in plays)
    t.note(f"{len(calls)} calls: {cancelled} CANCELs, {answered} answered, {twice} of them twice, {declined} refused by a phone, {late} rang a phone that had come late")
    t.check(min(cancelled, answered, declined, late) > 100 and twice > 5, "there should be more of each")


def run(t):
    seed = random.randrange(1 << 32)
    t.note(f"seed {seed}")
    chance = random.Random(seed)
    with Crowd(t) as crowd:
        everybody = groups(t, crowd)
        t.settle()
        crowd.register_all([contact for group in everybody for contact in group.there])
        chance.shuffle(everybody)
        first = Round(crowd, chance, everybody, FIRST)
        crowd.run(lambda: first.is_over, 20, first.open)
        before = usage(t.stack)
        rest = Round(crowd, chance, everybody, CALLS - FIRST)
        crowd.run(lambda: rest.is_over, 45, rest.open)
        check_all(t, crowd, first.ended + rest.ended)
    wait_for(lambda: int(t.stack.kamcmd("cnt.get", "user_routing", "calls_in_progress")) == 0, 2, "no call should be left")
    after = usage(t.stack)
    after.is_level_of(before)
    t.note(f"shared memory grew by {after.shared - before.shared} bytes")
