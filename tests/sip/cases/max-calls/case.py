# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.expect import Unexpected, wait_for
from harness.phone import answers, crosses, rejects, rings
from harness.rpc import Rpc, RpcError
from harness.wire import Request

ROUTES = True
LIMIT = 120
VANISHED = 15  # seconds until dialog gives up a call
STACK = {"before": "#!define WITH_MAX_CALLS", "after": f'modparam("dialog", "default_timeout", {VANISHED})'}
DIALOG = "Replaces: 98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff"


class Calls:
    """What user_routing.calls says."""

    def __init__(self, t):
        self.t, self.rpc = t, Rpc(t.stack.rpc_socket)

    def of(self, user):
        return self.rpc.call("user_routing.calls", user.id)

    def are(self, user, *states):
        """In those states, soon."""
        seen = []

        def as_expected():
            seen[:] = sorted(call["state"] for call in self.of(user)["calls"])
            return seen == sorted(states)
        try:
            wait_for(as_expected, 2, f"{user.username}'s calls should be {sorted(states)}")
        except Unexpected as error:
            raise Unexpected(f"{error}; they are {seen}") from error


def figure(t, name):
    return int(t.stack.kamcmd("cnt.get", "user_routing", name))


def answered(t, calls, bob, carol):
    """A second call finds the user busy, and so does the user who places one."""
    alice = t.user("1001", max_calls=1)
    desk = alice.phone("desk", answers(after=0.05))
    full, over = figure(t, "decisions_full_total"), figure(t, "calls_over_limit_total")
    first = bob.calls("1001", talk=None).ends(200)
    calls.are(alice, "answered")
    shown = calls.of(alice)
    t.equal((shown["user"], shown["max_calls"], shown["found"]), (alice.id, 1, 1), "what user_routing.calls says of alice")
    t.equal((shown["calls"][0]["with"], shown["calls"][0]["call_id"]), (f"1000@{t.domain}", first.call_id), "and of her call")
    carol.calls("1001").ends_at_once(486)
    carol.calls("1001-desk").ends_at_once(486)
    desk.rang_times(1)
    desk.device.calls("1000").ends_at_once(486)
    t.equal(figure(t, "decisions_full_total") - full, 2, "decisions_full_total")
    t.equal(figure(t, "calls_over_limit_total") - over, 1, "calls_over_limit_total")
    t.check(figure(t, "calls_in_progress") >= 1, "calls_in_progress counts the call")
    first.hang_up().over()
    calls.are(alice)
    carol.calls("1001").ends(200).over()
    calls.are(alice)


def busy_line(t, calls, bob, carol):
    """By fwd_busy, which do not disturb takes as well; fwd_always comes first."""
    other = t.user("1011")
    phone = other.phone("other", answers(after=0.05))
    alice = t.user("1012", max_calls=1, fwd_busy_kind="user", fwd_busy_id=other.id)
    alice.phone("desk", answers(after=0.05))
    first = bob.calls("1012", talk=None).ends(200)
    carol.calls("1012").ends(200).over()
    phone.rang_times(1)
    alice.update(fwd_always_kind="user", fwd_always_id=other.id, fwd_busy_kind=None, fwd_busy_id=None)
    carol.calls("1012").ends(200).over()
    phone.rang_times(2)
    calls.are(other)
    first.hang_up().over()


def ringing(t, calls, bob, carol):
    """What rings has a place; so of two calls at once one gets it. The place is free when the ring is over, however it ends."""
    other = t.user("1021")
    other.phone("other", answers(after=0.05))
    alice = t.user("1022", max_calls=1, ring_timeout_sec=2)
    desk = alice.phone("desk", rings())
    first = bob.calls("1022").proceeding(180)
    calls.are(alice, "ringing")
    carol.calls("1022").ends_at_once(486)
    first.cancel().ends(487)
    calls.are(alice)
    bob.calls("1022").ends(480)
    calls.are(alice)
    alice.update(fwd_noanswer_kind="user", fwd_noanswer_id=other.id)
    first = bob.calls("1022", talk=None).ends(200)
    calls.are(alice)
    calls.are(other, "answered")
    first.hang_up().over()
    desk.rang_times(3)
    alice.update(dnd=1, fwd_noanswer_kind=None, fwd_noanswer_id=None)
    bob.calls("1022").ends_at_once(486)
    calls.are(alice)
    pair = [caller.calls("1021", talk=None) for caller in (bob, carol)]
    for call in pair:
        call.ends(200)
    calls.are(other, "answered", "answered")   # no limit, and counted all the same
    for call in pair:
        call.hang_up().over()
    calls.are(other)


def late(t, calls, bob):
    """A phone that answers when the call has gone on is in the call."""
    other = t.user("1031")
    other.phone("rings", rings())
    alice = t.user("1032", max_calls=1, ring_timeout_sec=1, fwd_noanswer_kind="user", fwd_noanswer_id=other.id)
    alice.phone("late", crosses(0.9))
    with t.unexplained():
        call = bob.calls("1032", talk=None).ends(200)
    calls.are(alice, "answered")
    calls.are(other)
    call.hang_up().over()
    calls.are(alice)


def placed(t, calls):
    """From the INVITE on, until the call ends or fails."""
    alice = t.user("1041", max_calls=1)
    desk, mobile = alice.device("desk"), alice.phone("mobile", answers(after=0.05))
    t.user("1042").phone("rings", rings())
    t.user("1043").phone("busy", rejects(486, after=0.05))
    call = desk.calls("1042").proceeding(180)
    calls.are(alice, "placed")
    t.equal(calls.of(alice)["calls"][0]["with"], f"1042@{t.domain}", "whom she has dialled")
    mobile.device.calls("1042").ends_at_once(486)
    call.cancel().ends(487)
    for target, status in (("1043", 486), ("1999", 404)):
        desk.calls(target).ends(status)
        calls.are(alice)
    call = desk.calls("1041", talk=None).ends(200)   # her own mobile: the same call
    calls.are(alice, "placed")
    call.hang_up().over()
    calls.are(alice)


def transferred(t, calls, bob):
    """A transfer goes through, and counts."""
    alice = t.user("1051", max_calls=1)
    desk = alice.phone("desk", answers(after=0.05))
    first = bob.calls("1051", talk=None).ends(200)
    with t.unexplained():   # explain does not know Replaces
        second = t.user("1052").device("carol").calls("1051", talk=None, headers=[DIALOG]).ends(200)
        calls.are(alice, "answered", "answered")
        desk.device.calls("1000", headers=[DIALOG]).ends(481)   # not 486: hers, too
    for call in (first, second):
        call.hang_up().over()
    calls.are(alice)


def vanished(t, calls, bob, carol):
    """Nobody says BYE: the place is free when dialog gives the call up, or is told to end it. So it is after a restart."""
    alice = t.user("1061", max_calls=1)
    desk = alice.phone("desk", answers(after=0.05))
    for end in ("timeout", "rpc"):
        call = bob.calls("1061", talk=None).ends(200)
        carol.calls("1061").ends_at_once(486)
        call.stop()
        if end == "rpc":
            t.stack.kamcmd("dlg.terminate_dlg", call.call_id, *tags(call))
        wait_for(lambda: calls.of(alice)["found"] == 0, VANISHED + 5, f"{end}: the place should be free again")
    desk.stop()


def forged(t, calls, bob):
    """Who sends a 200 from elsewhere puts nobody into a call."""
    alice = t.user("1071", max_calls=1)
    desk = alice.phone("desk", rings())
    call = bob.calls("1071").proceeding(180)
    with t.endpoint() as stranger:
        stranger.reply(desk.leg().invite, "200 OK")
        t.pause(0.3)
    calls.are(alice, "ringing")
    call.cancel().ends(487)
    calls.are(alice)


def too_early(t, calls, bob):
    """A BYE that overtakes the phone's own 200 is refused: dialog would not notice it, and the caller's place stay taken."""
    alice = t.user("1081", max_calls=1)
    with t.endpoint() as phone:
        alice.device("hasty").register(phone.address, source=(phone.address, 5099))
        with t.unexplained():   # nobody traces this phone
            call = bob.calls("1081", talk=None)
        invite = phone.invites(1)[0]
        routes = invite.all("Record-Route")
        answered = [*(f"Record-Route: {route}" for route in routes), f"Contact: <sip:x@{phone.address}:5060>"]
        phone.reply(invite, "\r\n".join(["180 Ringing", *answered]))
        call.proceeding(180)
        caller = re.match(r"(.*<(.*)>.*);tag=(.*)", invite.header("From"))
        contact = re.search("<(.*)>", invite.header("Contact"))[1]
        bye = Request(phone, "BYE", contact, f"sip:1081@{t.domain}", to=caller[2], headers=[("Route", route) for route in routes], from_tag="wire", to_tag=caller[3])
        bye.call_id = invite.call_id
        t.equal(bye.exchange().status, 481, "a BYE before the 200")
        calls.are(alice, "ringing")
        phone.reply(invite, "\r\n".join(["200 OK", *answered]))
        call.ends(200)
        calls.are(alice, "answered")
        bye.cseq, bye.branch = 2, bye.branch + "2"
        bye.exchange()
        calls.are(alice)


def tags(call):
    final = call.final
    return [final.header(name).partition("tag=")[2] for name in ("From", "To")]


def refused(t, rpc):
    for words, code in (((), 400), (("nobody@nowhere.test",), 404), (("x" * 600,), 400)):
        try:
            rpc.call("user_routing.calls", *words)
        except RpcError as error:
            t.equal(error.code, code, str(error))
        else:
            t.check(False, f"user_routing.calls {words} should be refused")


def run(t):
    calls = Calls(t)
    bob, carol = t.user("1000").device("bob"), t.user("1004").device("carol")
    answered(t, calls, bob, carol)
    busy_line(t, calls, bob, carol)
    ringing(t, calls, bob, carol)
    late(t, calls, bob)
    placed(t, calls)
    transferred(t, calls, bob)
    vanished(t, calls, bob, carol)
    forged(t, calls, bob)
    too_early(t, calls, bob)
    refused(t, calls.rpc)
    t.equal(figure(t, "calls_in_progress"), 0, "no call is left")
