# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib

from harness.accounts import Device
from harness.beside import Late
from harness.board import Board
from harness.fraud import Trap
from harness.groups import Group
from harness.net import free_address
from harness.phone import ELSEWHERE, answers, rejects, rings
from harness.wire import Request

LIMIT = 120
NOT_IN_LUA = "its own branch_route"
MEDIA = free_address()
# In place of the sample's routes of each leg.
STACK = {"before": f'#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"\n#!subst "/^LEG$/SEEN/"', "after": """
branch_route[SEEN] {
	append_hf("X-Seen: $ur(group) $ur(member) $ur(leg_kind) $ur(user)\\r\\n");
}
onreply_route[SEEN] {
	user_dialog_reply("$var(hop)");
}
"""}
DIALOG = "Replaces: 98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff"
ROOM = 29  # of 30 branches, one is reserved


def late(t):
    """A phone of a member joins, if the member rings now."""
    a, b, c, d = users = [t.user(f"10{letter}") for letter in "abcd"]
    desk = a.phone("desk", rings())
    c.update(dnd=1)
    gone = d.phone("desk", rejects(603, after=0.2))
    Group(t, "100", *users, ring_timeout_sec=4)
    joins, left_out, declined = (Late(user.device("late"), answers(after=0.3)) for user in (b, c, d))
    with t.unexplained():
        call = t.calls("100").proceeding(180)
        gone.rejected(603)
        left_out.registers()
        declined.registers()
        t.pause(0.6)
        joins.registers()
        call.ends(200).over()
    joins.rang_at_once().answered()
    desk.cancelled(ELSEWHERE)
    left_out.phone.never_rang()
    declined.phone.never_rang()


def late_in_a_step(t):
    """Only the member whose step it is."""
    a, b, c = users = [t.user(f"12{letter}") for letter in "abc"]
    first = a.phone("desk", rejects(486, after=0.1))
    second = b.phone("desk", rings())
    Group(t, "120", *users, strategy="sequential", ring_timeout_sec=2)
    missed, joins, next_one = (Late(user.device("late"), rings()) for user in users)
    with t.unexplained():
        call = t.calls("120").proceeding(180)
        second.ringing()
        for phone in (missed, joins, next_one):
            phone.registers()
        call.ends(480, after=4.1)
    missed.phone.never_rang()
    joins.rang_at_once()
    second.rang(2.0)
    next_one.phone.rang(2.0)
    first.rang_times(1)


def counter(t, name):
    return int(t.stack.kamcmd("cnt.get", "user_routing", name))


def three_rings(t):
    """A device that two groups have, and that is called as itself, at the same time: each call is one of its own."""
    a, b = users = [t.user(f"16{letter}", ring_timeout_sec=3) for letter in "ab"]
    desk = a.phone("desk", rings())
    other = b.phone("desk", answers(after=1.0))
    Group(t, "160", desk.device, ring_timeout_sec=2)
    Group(t, "161", *users, ring_timeout_sec=9)
    callers = [t.user(f"16{number}").device("phone") for number in "234"]
    calls = [caller.calls(to) for caller, to in zip(callers, ("160", "161", "16a-desk"))]
    calls[1].ends(200).over()
    calls[0].ends(480, after=2.0)
    calls[2].ends(480, after=3.0)
    other.answered()
    legs = {leg.invite.call_id: leg for leg in desk.legs}
    t.equal(sorted(legs), sorted(call.call_id for call in calls), "calls at the phone")
    t.equal([legs[call.call_id].reason for call in calls], [None, ELSEWHERE, None], "Reasons of the CANCELs")
    for call, seconds in zip(calls, (2.0, 1.0, 3.0)):
        leg = legs[call.call_id]
        t.near(leg.end - leg.time, seconds, 0.3, f"the ring of {call.uri}")


def transfers(t):
    """All registered phones of all members at once, whatever the group and the members say; 481 of all: 481."""
    a, b, c, d = [t.user(f"18{letter}", dnd=1) for letter in "abcd"]
    knows_not = [a.phone("desk", rejects(481, after=0.1)), b.device("quiet", ring_on_fork=0, available=0).phone(rejects(481, after=0.1))]
    off = c.phone("desk", answers(after=0.1))
    group = Group(t, "180", a, (b, {"ring_delay_sec": 5}), c, strategy="sequential", fwd_busy_kind="user", fwd_busy_id=d.id)
    group.change(c, enabled=0)
    caller = t.caller()
    with t.unexplained():
        caller.calls("180", headers=[DIALOG]).ends(481, after=0.1).over()
        knows = b.phone("desk", answers(after=0.3))
        caller.calls("180", headers=[DIALOG]).ends(200, after=0.3).over()
    t.equal(knows.header("Replaces"), DIALOG.split(": ")[1], "Replaces at the phone")
    for phone in knows_not:
        phone.rang_times(2).rejected(481)
    off.never_rang()


def message(t):
    """To all phones of all members at once."""
    a, b, c = [t.user(f"20{letter}") for letter in "abc"]
    a.update(dnd=1)
    inner = Group(t, "201", b)
    Group(t, "200", a, inner, c, strategy="round_robin", cid_name_prefix="Sales: ", alert_info="<http://alert.test/sales>")
    bob = t.caller()
    devices = [a.device("desk"), b.device("desk", ring_on_fork=0), c.device("desk")]
    with contextlib.ExitStack() as stack:
        traps = [stack.enter_context(Trap(t)) for _ in devices]
        for device, trap in zip(devices, traps):
            device.register(trap.address, source=(trap.address, 5099))
        own = stack.enter_context(t.endpoint())
        request = Request(own, "MESSAGE", f"sip:200@{t.domain}", bob.aor, headers=[("Content-Type", "text/plain")], body="Hello")
        t.equal(request.exchange(bob.auth_username, bob.password).status, 200, "a MESSAGE to a group")
        for trap in traps:
            came = trap.takes()
            t.equal((came.method, came.body), ("MESSAGE", "Hello"), "what a phone gets")
            t.equal(came.header("From").split(";tag")[0], f"<sip:1000@{t.domain}>", "From")
    Group(t, "202")
    with t.endpoint() as own:
        request = Request(own, "MESSAGE", f"sip:202@{t.domain}", bob.aor, headers=[("Content-Type", "text/plain")], body="Hello")
        t.equal(request.exchange(bob.auth_username, bob.password).status, 480, "a MESSAGE to a group of nobody")


def turns(t):
    """Whose turn it is: only a call that rings the group one member after another counts, no transfer and no ring of all."""
    users = [t.user(f"24{letter}") for letter in "abc"]
    phones = [user.phone("desk", answers(after=after)) for user, after in zip(users, (0.1, 0.4, 0.7))]
    Group(t, "241", Group(t, "240", *users, strategy="round_robin"))
    bob = t.caller()

    def calls(group, who):
        before = [len(phone.legs) for phone in phones]
        bob.calls(group).ends(200).over()
        t.equal([len(phone.legs) - count for phone, count in zip(phones, before)], who, f"INVITEs of a call to {group}")
    calls("240", [1, 0, 0])
    with t.unexplained():
        bob.calls("240", headers=[DIALOG]).ends(200).over()
    calls("241", [1, 1, 1])
    calls("240", [0, 1, 0])


def seen(t):
    """$ur(group), $ur(member), $ur(leg_kind) and $ur(user) in branch_route: $ur(member) is whose phone the leg rings, also of a user."""
    a, b = users = [t.user(f"22{letter}") for letter in "ab"]
    phones = [user.phone("desk", rings()) for user in users]
    c = t.user("22c")
    other = c.phone("desk", answers(after=0.2))
    group = Group(t, "220", a, (b, {"ring_delay_sec": 1}), ring_timeout_sec=2, fwd_noanswer_kind="user", fwd_noanswer_id=c.id)
    t.calls("220").ends(200, after=2.2).over()
    for user, phone in zip(users, phones):
        t.equal(phone.header("X-Seen"), f"{group.id} {user.id} device <null>", "what branch_route sees")
    t.equal(other.header("X-Seen"), f"<null> {c.id} device {c.id}", "what branch_route sees of a user's leg")


def too_many(t):
    """The first in order ring; it is logged once, and counted."""
    users = [t.user(f"3{number:02}") for number in range(40)]
    group = Group(t, "30", *users, ring_timeout_sec=2)
    names = [f"{user.username}-desk" for user in users]
    left_out = counter(t, "contacts_left_out_total")
    with Board(t) as board:
        for user in users:
            board.register(user.device("desk"))
        call = t.calls("30").ends(480, after=2.0)
        t.equal(board.called, names[:ROOM], "devices that rang")
        board.all_rang(2.0)
        lines = [line for line in t.stack.log_text().splitlines() if "branches run short" in line and call.call_id in line]
        t.equal(len(lines), 1, "log lines")
        t.check(f"group Group 30 (id {group.id})" in lines[0], f"the log says {lines[0]}")
        t.equal(counter(t, "contacts_left_out_total") - left_out, 40 - ROOM, "contacts_left_out_total")


def too_many_steps(t):
    """A branch is kept for the way out."""
    box = Device(t, "box", t.domain, "").phone(answers(after=0.1), address=MEDIA, register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    users = [t.user(f"4{number:02}") for number in range(40)]
    names = [f"{user.username}-desk" for user in users]
    Group(t, "42", *users, strategy="sequential", fwd_busy_kind="voicemail", fwd_busy_id="7")
    with Board(t, refuse_with="486 Busy Here") as board:
        for user in users:
            board.register(user.device("desk"))
        t.calls("42").ends(200).over()
        t.equal(board.called, names[:ROOM], "devices that rang")
    box.rang_times(1)


def run(t):
    for story in (late, late_in_a_step, three_rings, transfers, message, turns, seen, too_many, too_many_steps):
        story(t)
    t.nothing_rings()
