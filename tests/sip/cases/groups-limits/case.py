# SPDX-License-Identifier: GPL-2.0-or-later
from harness.expect import Unexpected, wait_for
from harness.groups import Group
from harness.phone import ELSEWHERE, answers, rings
from harness.rpc import Rpc

LIMIT = 120
STACK = {"before": "#!define WITH_MAX_CALLS"}


class Calls:
    """What user_routing.calls says."""

    def __init__(self, t):
        self._rpc = Rpc(t.stack.rpc_socket)

    def of(self, user):
        return self._rpc.call("user_routing.calls", user.id)["calls"]

    def are(self, user, *states):
        """In those states, soon."""
        seen = []

        def as_expected():
            seen[:] = sorted(call["state"] for call in self.of(user))
            return seen == sorted(states)
        try:
            wait_for(as_expected, 2, "calls")
        except Unexpected as error:
            raise Unexpected(f"{user.username}'s calls should be {sorted(states)}; they are {seen}") from error


def rung(phones):
    return [len(phone.legs) for phone in phones]


def in_a_call(t, calls, bob, carol):
    """Who has answered a call, or placed one, is left out: not with skip_busy = 0."""
    a, b, c = users = [t.user(f"10{letter}") for letter in "abc"]
    phones = [user.phone("desk", answers(after=0.05)) for user in (a, b)] + [c.phone("desk", rings())]
    group = Group(t, "100", *users, ring_timeout_sec=1)
    first = bob.calls("10a", talk=None).ends(200)
    second = phones[1].device.calls("10a", talk=None).ends(200)
    calls.are(a, "answered", "answered")
    calls.are(b, "placed")
    before = rung(phones)
    carol.calls("100").ends(480, after=1.0)
    t.equal(rung(phones), [before[0], before[1], before[2] + 1], "INVITEs with skip_busy")
    group.update(skip_busy=0, strategy="sequential")
    carol.calls("100").ends(200, after=0.05).over()
    t.equal(rung(phones), [before[0] + 1, before[1], before[2] + 1], "INVITEs without")
    second.hang_up().over()
    first.hang_up().over()
    for user in users:
        calls.are(user)
    group.update(skip_busy=1)
    carol.calls("100").ends(200, after=0.05).over()
    t.equal(rung(phones), [before[0] + 2, before[1], before[2] + 1], "INVITEs when all calls are over")


def who_answers(t, calls, bob, carol):
    """The call is listed for the member who has answered, from the 200 on; ringing members are in none."""
    a, b = users = [t.user(f"12{letter}") for letter in "ab"]
    phones = [a.phone("desk", rings()), b.phone("desk", answers(after=1.5))]
    Group(t, "120", *users)
    call = bob.calls("120", talk=None).proceeding(180)
    other = carol.calls("120", talk=None).proceeding(180)   # nobody has answered yet: both ring
    wait_for(lambda: rung(phones) == [2, 2], 1, "both phones should get both INVITEs")
    call.ends(200)
    other.ends(200)
    calls.are(a)
    calls.are(b, "answered", "answered")
    shown = next(shown for shown in calls.of(b) if shown["call_id"] == call.call_id)
    t.equal(shown["with"], f"1000@{t.domain}", "with whom")
    other.hang_up().over()
    call.hang_up().over()
    calls.are(b)
    phones[0].cancelled(ELSEWHERE)


def limit(t, calls, bob, carol):
    """max_calls leaves out a member as well without skip_busy: as busy."""
    a, b = users = [t.user("14a", max_calls=2), t.user("14b", dnd=1)]
    desk = a.phone("desk", answers(after=0.05))
    b.phone("desk", rings())
    group = Group(t, "140", *users, skip_busy=0)
    first = bob.calls("140", talk=None).ends(200)
    second = carol.calls("140", talk=None).ends(200)
    calls.are(a, "answered", "answered")
    bob.calls("140").ends_at_once(486)
    desk.rang_times(2)
    other = t.user("141").phone("desk", answers(after=0.05))
    group.update(fwd_busy_kind="user", fwd_busy_id=f"us_{t.key}_141")
    bob.calls("140").ends(200).over()
    other.rang_times(1)
    second.hang_up().over()
    calls.are(a, "answered")
    carol.calls("140").ends(200).over()
    desk.rang_times(3)
    group.update(skip_busy=1)
    carol.calls("140").ends(200).over()
    other.rang_times(2)
    first.hang_up().over()
    calls.are(a)


def by_turns(t, calls, bob, carol):
    """One member after another: who is in a call has no step."""
    users = [t.user(f"16{letter}") for letter in "abc"]
    phones = [user.phone("desk", answers(after=0.05)) for user in users]
    Group(t, "160", *users, strategy="round_robin")
    held = [caller.calls("160", talk=None).ends(200) for caller in (bob, carol, bob)]
    t.equal(rung(phones), [1, 1, 1], "INVITEs, each to the next member")
    for user in users:
        calls.are(user, "answered")
    carol.calls("160").ends_at_once(486)
    held[1].hang_up().over()
    calls.are(users[1])
    for _ in range(3):
        carol.calls("160").ends(200).over()
        calls.are(users[1])
    t.equal(rung(phones), [1, 4, 1], "INVITEs, to the only one who is free")
    for call in (held[0], held[2]):
        call.hang_up().over()


def who_calls(t, calls):
    """A member who calls the group is left out, with all phones; without skip_busy only the phone that calls."""
    a, b = users = [t.user(f"18{letter}") for letter in "ab"]
    desk, mobile = a.phone("desk", rings()), a.phone("mobile", rings())
    other = b.phone("desk", answers(after=0.2))
    group = Group(t, "180", *users)
    desk.device.calls("180").ends(200, after=0.2).over()
    t.equal(rung((desk, mobile, other)), [0, 0, 1], "INVITEs when a member calls")
    group.update(skip_busy=0)
    desk.device.calls("180").ends(200, after=0.2).over()
    t.equal(rung((desk, mobile, other)), [0, 1, 2], "INVITEs when the member's other phones ring")
    group.update(skip_busy=1)
    group.change(b, enabled=0)
    desk.device.calls("180").ends_at_once(480)
    for user in users:
        calls.are(user)


def nested(t, calls, bob, carol):
    """skip_busy is that of the group that was called."""
    a = t.user("20a")
    desk = a.phone("desk", answers(after=0.05))
    inner = Group(t, "201", a, skip_busy=0)
    outer = Group(t, "200", inner)
    first = bob.calls("200", talk=None).ends(200)
    carol.calls("200").ends_at_once(486)
    carol.calls("201").ends(200).over()
    outer.update(skip_busy=0)
    inner.update(skip_busy=1)
    carol.calls("200").ends(200).over()
    carol.calls("201").ends_at_once(486)
    first.hang_up().over()
    desk.rang_times(3)
    calls.are(a)


def cancelled(t, calls, bob):
    """Nothing stays of calls that nobody answers, or that are hung up on."""
    a, b = users = [t.user(f"22{letter}", max_calls=1) for letter in "ab"]
    phones = [user.phone("desk", rings()) for user in users]
    Group(t, "220", *users, ring_timeout_sec=1, strategy="sequential")
    bob.calls("220").proceeding(180).cancel().ends(487)
    bob.calls("220").ends(480, after=2.0)
    for user in users:
        calls.are(user)
    t.equal(rung(phones), [2, 1], "INVITEs")


def run(t):
    calls = Calls(t)
    bob, carol = t.user("1000").device("bob"), t.user("1004").device("carol")
    in_a_call(t, calls, bob, carol)
    who_answers(t, calls, bob, carol)
    limit(t, calls, bob, carol)
    by_turns(t, calls, bob, carol)
    who_calls(t, calls)
    nested(t, calls, bob, carol)
    cancelled(t, calls, bob)
    wait_for(lambda: int(t.stack.kamcmd("cnt.get", "user_routing", "calls_in_progress")) == 0, 2, "no call should be left")
    t.nothing_rings()
