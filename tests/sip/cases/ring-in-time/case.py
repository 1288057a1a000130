# SPDX-License-Identifier: GPL-2.0-or-later
from harness.beside import beside
from harness.phone import ELSEWHERE, answers, crosses, deaf, rejects, rings

PAIRED = True  # its calls are placed side by side


def delays(t, name):
    alice = t.user(name, ring_timeout_sec=4)
    desk = alice.phone("desk", rings())
    soft = alice.phone("soft", rings(), ring_delay_sec=1)
    mobile = alice.phone("mobile", rings(), ring_delay_sec=3)
    yield
    call = t.calls(name)
    yield 0.5
    alice.update(dnd=1)  # the call keeps its plan

    def checks():
        call.ends(480, after=4.0)
        desk.rang_after(call, 0.0).rang(4.0).timed_out()
        soft.rang_after(call, 1.0).rang(3.0).timed_out()
        mobile.rang_after(call, 3.0).rang(1.0).timed_out()
    return checks


def ends(t, name):
    """A device's time counts from when it began."""
    alice = t.user(name, ring_timeout_sec=4)
    desk = alice.phone("desk", rings(), ring_for_sec=2)
    soft = alice.phone("soft", rings(), ring_delay_sec=1, ring_for_sec=1)
    last = alice.phone("last", rings(), ring_delay_sec=2, ring_for_sec=9)
    yield
    call = t.calls(name)

    def checks():
        call.ends(480, after=4.0)
        desk.rang(2.0).timed_out()
        soft.rang_after(call, 1.0).rang(1.0).timed_out()
        last.rang_after(call, 2.0).rang(2.0).timed_out()
    return checks


def answered_by_the_last(t, name):
    alice = t.user(name, ring_timeout_sec=9)
    desk = alice.phone("desk", rings(), ring_for_sec=1)
    soft = alice.phone("soft", rings(), ring_delay_sec=1)
    mobile = alice.phone("mobile", answers(after=0.5), ring_delay_sec=2)
    never = alice.phone("never", rings(), ring_delay_sec=4)
    yield
    call = t.calls(name)

    def checks():
        call.ends(200, after=2.5)
        desk.timed_out()
        soft.cancelled(ELSEWHERE)
        mobile.rang_after(call, 2.0).answered()
        never.never_rang()
        call.over()
    return checks


def nobody_rings(t, name):
    """Then the next begin at once, and those after them keep their times."""
    alice = t.user(name, ring_timeout_sec=5)
    desk = alice.phone("desk", rejects(486))
    soft = alice.phone("soft", rejects(486, after=0.5), ring_delay_sec=2)
    mobile = alice.phone("mobile", rings(), ring_delay_sec=3, ring_for_sec=2)
    last = alice.phone("last", answers(after=0.3), ring_delay_sec=4)
    yield
    call = t.calls(name)

    def checks():
        call.ends(200, after=3.1)
        soft.rang_after(call, 0.3)
        mobile.rang_after(call, 0.8).rang(2.0).timed_out()
        last.rang_after(call, 2.8).answered()
        desk.rejected(486)
        call.over()
    return checks


def busy_counts_beside_an_own_end(t, name):
    """The ring's time did not run out: the desk's own did."""
    alice = t.user(name, ring_timeout_sec=6)
    alice.phone("desk", rings(), ring_for_sec=1)
    alice.phone("soft", rejects(486, after=1.5))
    yield
    call = t.calls(name)

    def checks():
        call.ends(486, after=1.5)
    return checks


def declines(t, name, behaviour, after, ends=None):
    """One declines beside another of that behaviour; nobody begins afterwards. `ends`: when the call does."""
    alice = t.user(name, ring_timeout_sec=5)
    desk, other = alice.phone("desk", rejects(603, after=after)), alice.phone("other", behaviour)
    soft = alice.phone("soft", rings(), ring_delay_sec=1)
    yield
    call = t.calls(name)

    def checks():
        call.ends(486, after=ends)
        desk.rejected(603)
        other.cancelled()
        soft.never_rang()
    return checks


def declined(t, name):
    return (yield from declines(t, name, rings(), 0.5, ends=0.5))


def declined_beside_a_deaf_one(t, name):
    """That one still rings when the next is due."""
    return (yield from declines(t, name, deaf(), 0.7))


def delay_past_the_ring(t, name):
    alice = t.user(name, ring_timeout_sec=2)
    alice.phone("desk", rings())
    soft = alice.phone("soft", rings(), ring_delay_sec=2)
    yield
    call = t.calls(name)

    def checks():
        call.ends(480, after=2.0)
        soft.never_rang()
    return checks


def only_late_ones(t, name):
    """Nobody is there who could ring before."""
    alice = t.user(name, ring_timeout_sec=2)
    alice.device("desk")
    soft = alice.phone("soft", answers(after=0.3), ring_delay_sec=9)
    yield
    call = t.calls(name)

    def checks():
        call.ends(200, after=0.3)
        soft.rang_after(call, 0.0)
        call.over()
    return checks


def sequence(t, name):
    """The delay does not count; the device's time is that of its step."""
    alice = t.user(name, ring_strategy="sequential", ring_timeout_sec=2)
    first = alice.phone("first", rings(), ring_order=1, ring_for_sec=1, ring_delay_sec=9)
    second = alice.phone("second", rings(), ring_order=2, ring_delay_sec=1)
    third = alice.phone("third", rings(), ring_order=3, ring_for_sec=3)
    yield
    call = t.calls(name)

    def checks():
        call.ends(480, after=6.0)
        first.rang(1.0).timed_out()
        second.rang_after(call, 1.0).rang(2.0).timed_out()
        third.rang_after(call, 3.0).rang(3.0).timed_out()
    return checks


def opted_in(t, name):
    alice = t.user(name, ring_strategy="specific", ring_timeout_sec=3)
    alice.phone("desk", rings(), ring_specific=1)
    soft = alice.phone("soft", rings(), ring_specific=1, ring_delay_sec=1)
    not_asked = alice.phone("other", rings(), ring_delay_sec=1)
    yield
    call = t.calls(name)

    def checks():
        call.ends(480, after=3.0)
        soft.rang_after(call, 1.0)
        not_asked.never_rang()
    return checks


def hung_up(t, name):
    alice = t.user(name, ring_timeout_sec=5)
    desk = alice.phone("desk", rings())
    soft = alice.phone("soft", rings(), ring_delay_sec=1)
    never = alice.phone("never", rings(), ring_delay_sec=2)
    yield
    call = t.calls(name)
    yield 1.5
    call.cancel()

    def checks():
        call.ends(487)
        desk.cancelled()
        soft.rang_after(call, 1.0).cancelled()
        never.never_rang()
    return checks


def answer_that_crosses_an_own_end(t, name):
    """It is passed to the caller, and wins."""
    alice = t.user(name, ring_timeout_sec=5)
    desk = alice.phone("desk", crosses(after=0.1), ring_for_sec=1)
    soft = alice.phone("soft", rings())
    yield
    with t.unexplained():  # nobody knows beforehand that a phone answers late
        call = t.calls(name)

    def checks():
        call.ends(200, after=1.1)
        desk.timed_out()
        soft.cancelled(ELSEWHERE)
        call.over()
    return checks


def to_another_user(t, name):
    """Each user's ring has its own times."""
    bob = t.user(name + "1", ring_timeout_sec=5)
    desk = bob.phone("desk", rings(), ring_for_sec=1)
    soft = bob.phone("soft", answers(after=0.3), ring_delay_sec=1)
    alice = t.user(name, ring_timeout_sec=2, fwd_noanswer_kind="user", fwd_noanswer_id=bob.id)
    first, second = alice.phone("desk", rings()), alice.phone("soft", rings(), ring_delay_sec=1)
    yield
    call = t.calls(name)

    def checks():
        call.ends(200, after=3.3)
        first.rang(2.0)
        second.rang_after(call, 1.0).rang(1.0)
        desk.rang_after(call, 2.0)
        soft.rang_after(call, 3.0).answered()
        call.over()
    return checks


def run(t):
    beside(t, sequence, delays, ends, answered_by_the_last, nobody_rings, busy_counts_beside_an_own_end, declined,
           declined_beside_a_deaf_one, delay_past_the_ring, only_late_ones, opted_in, hung_up, answer_that_crosses_an_own_end,
           to_another_user)
    t.nothing_rings()
