# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib

from harness.groups import Group
from harness.net import TRUNKS
from harness.phone import ELSEWHERE, answers, rejects, rings
from harness.rules import Rules

LIMIT = 120


class Team:
    """Three users, a to c, with a phone each."""

    def __init__(self, t, name, *behaviours):
        self.users = [t.user(f"{name}{letter}", display_name=f"{letter}") for letter in "abc"[:len(behaviours)]]
        self.phones = [user.phone("desk", behaviour) for user, behaviour in zip(self.users, behaviours)]


def simultaneous(t):
    """Who answers has the call; the others' phones are told. The caller is shown, with the group's prefix."""
    team = Team(t, "10", rings(), answers(after=0.5), rings())
    alert = "<http://alert.test/sales>;info=sales"
    Group(t, "100", *team.users, cid_name_prefix='Sales "A": ', alert_info=alert)
    t.caller()
    t.sql("UPDATE sip_user SET display_name = 'Bob' WHERE username = '1000' AND account_id = %s", [t.account])
    t.calls("100").ends(200, after=0.5).over()
    for phone in (team.phones[0], team.phones[2]):
        phone.rang(0.5).cancelled(ELSEWHERE)
    team.phones[1].answered()
    for phone in team.phones:
        shown = f'"Sales \\"A\\": Bob" <sip:1000@{t.domain}>'
        t.check(phone.header("From").startswith(shown), f"From: {phone.header('From')}")
        t.equal(phone.header("P-Asserted-Identity"), shown, "P-Asserted-Identity")
        t.equal(phone.header("Alert-Info"), alert, "Alert-Info")


def of_a_trunk(t):
    """What a trunk has asserted stays, with the prefix."""
    team = Team(t, "12", answers(after=0.1))
    Group(t, "120", *team.users, cid_name_prefix="Sales: ")
    headers = ["P-Asserted-Identity: Carol <sip:+4930555@trunk.test>"]
    trunk = t.addresses.take_trusted(TRUNKS)
    t.stranger_calls(f"sip:120@{t.domain}", sender="<sip:+4930555@trunk.test>", address=trunk, headers=headers).ends(200).over()
    phone = team.phones[0]
    t.equal(phone.header("P-Asserted-Identity"), '"Sales: Carol" <sip:+4930555@trunk.test>', "P-Asserted-Identity")
    t.check(phone.header("From").startswith('"Sales: +4930555" <sip:+4930555@trunk.test>'), f"From: {phone.header('From')}")


def sequential(t):
    """Each member for the group's time or its own; who is busy gives way at once."""
    team = Team(t, "14", rings(), rejects(486, after=0.2), rings())
    a, b, c = team.users
    Group(t, "140", (a, {"ring_for_sec": 2}), b, c, strategy="sequential", ring_timeout_sec=1)
    t.calls("140").ends(480, after=3.2)
    team.phones[0].rang(2.0).cancelled()
    team.phones[2].rang(1.0)


def in_time(t):
    """Members' delays, and those of their devices."""
    team = Team(t, "16", rings(), rings(), rings())
    a, b, c = team.users
    Group(t, "160", a, (b, {"ring_delay_sec": 1, "ring_for_sec": 1}), (c, {"ring_delay_sec": 2}), ring_timeout_sec=3)
    call = t.calls("160").ends(480, after=3.0)
    team.phones[0].rang(3.0).rang_after(call, 0.0)
    team.phones[1].rang(1.0).rang_after(call, 1.0)
    team.phones[2].rang(1.0).rang_after(call, 2.0)


def round_robin(t):
    """Each call begins with the next member."""
    team = Team(t, "18", *[answers(after=0.05)] * 3)
    Group(t, "180", *team.users, strategy="round_robin")
    for turn in range(4):
        t.calls("180").ends(200).over()
        t.equal([len(phone.legs) for phone in team.phones], [(turn + 3 - i) // 3 for i in range(3)], f"after call {turn + 1}")


def random(t):
    """One of them, each sooner or later."""
    team = Team(t, "20", *[answers(after=0.02)] * 2)
    Group(t, "200", *team.users, strategy="random")
    calls = 0
    while not all(phone.legs for phone in team.phones):
        calls += 1
        t.check(calls < 30, f"30 calls rang {[len(phone.legs) for phone in team.phones]}")
        with t.unexplained():
            t.calls("200").ends(200).over()


def outcomes(t):
    """Busy if anybody was and no time ran out; the group's forwards, and no member's."""
    busy, late, box = t.user("221"), t.user("222"), t.user("223")
    phones = [user.phone("desk", answers(after=0.05)) for user in (busy, late, box)]
    team = Team(t, "22", rejects(486, after=0.1), rejects(480, after=0.1))
    for user in team.users:
        user.update(fwd_busy_kind="user", fwd_busy_id=box.id, fwd_noanswer_kind="user", fwd_noanswer_id=box.id, voicemail_id="1")
    group = Group(t, "220", *team.users)
    t.calls("220").ends(486)
    group.update(fwd_busy_kind="user", fwd_busy_id=busy.id, fwd_noanswer_kind="user", fwd_noanswer_id=late.id)
    t.calls("220").ends(200).over()
    phones[0].rang_times(1)
    group.change(team.users[0], enabled=0)
    t.calls("220").ends(200).over()
    phones[1].rang_times(1)
    team.phones[0].rang_times(2)
    phones[2].never_rang()


def nobody(t):
    """Without anybody to ring: busy if members do not want to be disturbed, else no answer."""
    a, b = t.user("24a", dnd=1), t.user("24b")
    a.phone("desk", rings())
    Group(t, "240", a, b)
    t.calls("240").ends_at_once(486)
    a.update(dnd=0, status="disabled")
    t.calls("240").ends_at_once(480)
    Group(t, "241")
    t.calls("241").ends_at_once(480)


def left_out(t):
    """Members' own forwards are ignored, or followed."""
    other = t.user("261").phone("desk", rings())
    team = Team(t, "26", rings(), rings(), rings())
    a, b, c = team.users
    group = Group(t, "260", a, b, c, ring_timeout_sec=1)
    a.update(fwd_always_kind="user", fwd_always_id=f"us_{t.key}_261")
    b.update(dnd=1)
    c.update(fwd_always_kind="ring_group", fwd_always_id=group.id)  # a loop
    t.calls("260").ends(480)
    t.equal([len(phone.legs) for phone in (*team.phones, other)], [1, 0, 1, 0], "without following")
    group.update(member_rules="follow")
    t.calls("260").ends(480)
    t.equal([len(phone.legs) for phone in (*team.phones, other)], [1, 0, 2, 1], "following")
    Rules(t).add(c, "always", action="reject")
    t.calls("260").ends(480)
    t.equal([len(phone.legs) for phone in (*team.phones, other)], [1, 0, 2, 2], "with a rule that rejects")
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "1001"})  # no number, though it looks like one
    b.update(dnd=0, fwd_always_kind="voicemail", fwd_always_id="1001")
    Group(t, "262", b, member_rules="follow")
    t.settle()
    with contextlib.closing(t.stack.rpc()) as rpc:
        node = rpc.call("user_routing.explain", f"262@{t.domain}")["decision"]["next"]
    t.equal([(d["device"], d["why"]) for d in node["devices"]], [(f"26b-desk@{t.domain}", "forwards")], "who rings for a voicemail box")
    t.calls("262").ends_at_once(480)


def nested(t):
    """A group in a group; each phone once, at its earliest time."""
    team = Team(t, "28", rings(), rings(), rings())
    a, b, c = team.users
    inner = Group(t, "281", b, c)
    Group(t, "280", a, (inner, {"ring_delay_sec": 1}), c, (team.phones[0].device, {"ring_delay_sec": 1}), ring_timeout_sec=2)
    call = t.calls("280").ends(480, after=2.0)
    for phone, delay in zip(team.phones, (0, 1, 0)):
        phone.rang_times(1).rang_after(call, delay)
    inner.add(Group(t, "282", inner))  # a loop
    t.calls("280").ends(480, after=2.0)
    for phone in team.phones:
        phone.rang_times(2)


def declined(t):
    """603 ends the part of the member who sends it: all of that member's phones."""
    team = Team(t, "30", rejects(603, after=0.3), answers(after=1.2))
    mobile = team.users[0].phone("mobile", rings())
    late = team.users[0].phone("late", rings(), ring_delay_sec=1)
    Group(t, "300", *team.users)
    t.calls("300").ends(200, after=1.2).over()
    mobile.rang(0.3).cancelled()
    late.never_rang()
    team.users[1].update(dnd=1)
    t.calls("300").ends(486, after=0.3)


def missed(t):
    """count_missed = 0: no phone lists a missed call, however the ring ends."""
    team = Team(t, "32", rings())
    Group(t, "320", *team.users, count_missed=0, ring_timeout_sec=1)
    t.calls("320").ends(480, after=1.0)
    team.phones[0].cancelled(ELSEWHERE)
    t.calls("320").proceeding(180).cancel().ends(487)
    team.phones[0].rang_times(2).cancelled(ELSEWHERE)


def run(t):
    for story in (simultaneous, of_a_trunk, sequential, in_time, round_robin, random, outcomes, nobody, left_out, nested, declined, missed):
        story(t)
    t.nothing_rings()
