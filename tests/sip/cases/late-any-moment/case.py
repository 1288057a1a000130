# SPDX-License-Identifier: GPL-2.0-or-later
import collections
import random
import time

from harness.crowd import EASY, Crowd
from harness.memory import usage

NOT_IN_LUA = "the ring's clock: no matter of the script"
LOUD = True
LIMIT = 60
EXPLAIN = "more than a thousand calls, by one process"
# Transactions are forgotten soon: what is in memory afterwards is looked at.
STACK = {"after": EASY + """
modparam("tm", "wt_timer", 1000)
modparam("user_routing", "log_calls", 1)
"""}
# A CANCEL before there are branches: tm may have sent the 487 when the script sends it, or not. One that crosses the next
# step: tm sends no more legs, and the script then hears that the caller has hung up.
HARMLESS = [r"INVITE late-any-moment-.*(failed to reply stateful|t_forward_noack failed)"]
USERS = 90  # of each kind
RATE = 100  # calls a second
STEP, END = 1.0, 2.0  # seconds: a device's or step's own end, and the next one's begin; the end of the ring
NEAR = 0.015  # seconds: about the same moment
SOON = 0.5  # seconds until a leg begins or ends, on a busy machine
LEAST = 0.5  # seconds that must be left for a phone that comes late
# Calls of each kind.
HUNG_UP, HUNG_UP_AS_IT_COMES, ANSWERED, ANSWERED_AS_IT_COMES, COMES_AT_THE_END = 700, 300, 150, 150, 150


class Script:
    """One call: when, in seconds from its begin, a phone registers, who answers when, and when the caller hangs up."""

    def __init__(self, comes, hangs_up=None, who=None, answers=None):
        self.comes, self.hangs_up, self.who, self.answers = comes, hangs_up, who, answers


def near(chance, moment):
    return max(0.0, moment + chance.uniform(-NEAR, NEAR))


def any_moment(chance):
    """Every fourth one is where devices begin or end."""
    return near(chance, chance.choice((0.0, STEP, END))) if chance.random() < 0.25 else chance.uniform(0.0, END)


def scripts(chance):
    made = [Script(any_moment(chance), any_moment(chance)) for _ in range(HUNG_UP)]
    for _ in range(HUNG_UP_AS_IT_COMES):
        moment = any_moment(chance)
        made.append(Script(near(chance, moment), moment))
    for _ in range(ANSWERED):
        made.append(Script(any_moment(chance), None, chance.choice(("desk", "soft", "late")), any_moment(chance)))
    for _ in range(ANSWERED_AS_IT_COMES):
        moment = any_moment(chance)
        made.append(Script(near(chance, moment), None, chance.choice(("desk", "soft")), moment))
    made += [Script(near(chance, chance.choice((STEP, END)))) for _ in range(COMES_AT_THE_END)]
    chance.shuffle(made)
    return made


class Person:
    """A user with phones that ring by time, or one after another; `late` is there only during calls."""

    def __init__(self, user, is_sequence):
        self.user, self.is_sequence = user, is_sequence
        self.desk, self.soft = user.contact("desk"), user.contact("soft")
        self.late = user.contact("desk", "late") if is_sequence else user.contact("late")


def people(crowd):
    """desk rings from 0 to STEP, soft from STEP to END."""
    timed = crowd.people("t", USERS, {"desk": {"ring_for_sec": 1}, "soft": {"ring_delay_sec": 1}, "late": {}}, ring_timeout_sec=2)
    steps = crowd.people("s", USERS, {"desk": {"ring_order": 1}, "soft": {"ring_order": 2}}, ring_strategy="sequential", ring_timeout_sec=1)
    return [Person(user, False) for user in timed] + [Person(user, True) for user in steps]


class Play:
    """A call and what happens in it."""

    def __init__(self, crowd, person, script):
        self.crowd, self.person, self.script = crowd, person, script
        person.late.registered = None
        self.call = crowd.call(person.user)
        crowd.at(script.comes, self._comes)
        if script.hangs_up is not None:
            crowd.at(script.hangs_up, self.call.cancel)
        if script.who:
            who = getattr(person, script.who)
            crowd.at(script.answers, lambda: crowd.answer(self.call.leg(who)))
        self.came = self.there = None

    def _comes(self):
        self.crowd.register(self.person.late)
        self.came = time.monotonic()

    @property
    def is_over(self):
        self.there = self.there or self.person.late.registered
        return self.there and self.call.is_over

    def leaves(self):
        self.crowd.register(self.person.late, expires=0)


class Round:
    """All calls, each user's one after another."""

    def __init__(self, crowd, everybody, todo):
        self.crowd, self.todo, self.plays, self.ended = crowd, list(todo), [], []
        self.idle, self.leaving = collections.deque(everybody), []
        self._begin()

    def _begin(self):
        self.leaving, gone = [p for p in self.leaving if not p.late.registered], [p for p in self.leaving if p.late.registered]
        self.idle += gone
        for play in [play for play in self.plays if play.is_over]:
            self.plays.remove(play)
            self.ended.append(play)
            play.leaves()
            self.leaving.append(play.person)
        if self.todo and self.idle:
            self.plays.append(Play(self.crowd, self.idle.popleft(), self.todo.pop()))
        if not self.is_over:
            self.crowd.at(1 / RATE, self._begin)

    def open(self):
        """What is not over."""
        return [story(play) for play in self.plays[:3]] + [f"{person.late.name} leaves" for person in self.leaving[:3]]

    @property
    def is_over(self):
        return not (self.todo or self.plays or self.leaving)


def last_moment(call):
    """From then on nothing may begin."""
    return min(moment for moment in (call.cancelled, call.ended) if moment)


def check_call(t, play):
    call, late = play.call, play.call.leg(play.person.late)
    what = f"call {call.call_id}"
    answered = [leg for leg in call.legs if leg.answered]
    wanted = {200} if answered else {480}
    if call.asked_to_end:
        wanted = {200, 487} if answered else {487, 480} if call.asked_to_end > call.began + END - SOON else {487}
    t.check(call.status in wanted, f"{what}: expected one of {wanted}, saw {call.status}")
    names = collections.Counter(leg.name for leg in call.legs)
    t.check(not names or max(names.values()) == 1, f"{what}: phones that rang: {names}")
    for leg in call.legs:
        t.check(leg.began < last_moment(call) + SOON, f"{what}: {leg.name} began {leg.began - last_moment(call):.3f} s after its end")
    t.check(late is None or play.came < last_moment(call), f"{what}: {play.person.late.name} registered after its end, and rang")
    if should_ring(play):
        t.check(late and late.began < play.there + SOON, f"{what}: {play.person.late.name} did not ring at once; {story(play)}")


def story(play):
    call = play.call

    def since(moment):
        return "never" if moment is None else f"{moment - call.began:.3f}"
    legs = ", ".join(f"{leg.name} {since(leg.began)}-{since(leg.cancelled or leg.answered)}" for leg in call.legs)
    return (f"seconds from its begin: REGISTER {since(play.came)}, answered {since(play.there)}; CANCEL {since(call.asked_to_end)},"
            f" answered {since(call.cancelled)}; {call.status} {since(call.ended)}; {legs}")


def should_ring(play):
    """Did its phone come well before the ring's or step's end?"""
    window = STEP if play.person.is_sequence else END
    return play.there + LEAST + SOON < min(play.call.began + window, last_moment(play.call))


def check_all(t, crowd, plays):
    for play in plays:
        check_call(t, play)
    t.equal(crowd.lost, [], "what was not answered")
    cancelled = [play for play in plays if play.call.asked_to_end]
    late = [play for play in plays if play.call.leg(play.person.late)]
    answered = sum(play.call.status == 200 for play in plays)
    t.note(f"{len(plays)} calls: {len(cancelled)} CANCELs, {answered} answered, {len(late)} rang a phone that had come late,"
           f" {sum(play.call.leg(play.person.late) is not None for play in cancelled)} of them were hung up on")
    t.check(len(cancelled) > 700 and answered > 100 and len(late) > 300, "there should be more of each")


def run(t):
    seed = random.randrange(1 << 32)
    t.note(f"seed {seed}")
    todo = scripts(random.Random(seed))
    with Crowd(t) as crowd:
        everybody = people(crowd)
        t.settle()
        crowd.register_all([contact for person in everybody for contact in (person.desk, person.soft)])
        first = Round(crowd, everybody, todo[:100])
        crowd.run(lambda: first.is_over, 20, first.open)
        before = usage(t.stack)
        rest = Round(crowd, everybody, todo[100:])
        crowd.run(lambda: rest.is_over, 45, rest.open)
        check_all(t, crowd, first.ended + rest.ended)
    after = usage(t.stack)
    after.is_level_of(before)
    t.note(f"shared memory grew by {after.shared - before.shared} bytes")
