# SPDX-License-Identifier: GPL-2.0-or-later
import harness.gateways as at
from harness.beside import beside
from harness.groups import Group
from harness.net import TRUNKS, free_address
from harness.phone import ELSEWHERE, answers, rings
from harness.records import record

LIMIT = 60
PAIRED = True  # its calls are placed side by side
EXPLAIN = "calls are placed side by side"
FIRST, SECOND = free_address(), free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define WITH_RECORDS\n#!define WITH_LIMITS\n#!define UR_CALLS_AT_ONCE 1000',
         "after": 'modparam("dispatcher", "ds_ping_interval", 0)\nmodparam("user_routing", "fr_timer", 1000)',
         "files": {"gateways": f"1 sip:{FIRST}:5060\n1 sip:{SECOND}:5060\n"}}
FAILS = at.refuses("503 Service Unavailable")


class Scenes:
    """What the scenes share: two gateways, and a caller."""

    def __init__(self, t):
        self.t, self.gateways = t, at.Gateways(t, [FIRST, SECOND])
        self.bob = t.user("1000", display_name="Bob", out_cid_number="4930102").device("bobs-phone")

    def number(self, name, n, *behaviours):
        return self.gateways.number(f"4917{name}{n}", *behaviours)

    def external(self, user, n, *behaviours, **columns):
        """A row of sip_device with a number."""
        number = self.number(user.username, n, *behaviours)
        self.t.insert("sip_device", {"id": f"dev_{user.id}_{n}", "user_id": user.id, "number": number, **columns})
        return number

    def from_trunk(self, name):
        return self.t.stranger_calls(name, sender="<sip:+4911022@gateway.test>", address=self.t.addresses.take_trusted(TRUNKS))

    def shown(self, ring, number, diversions):
        """The caller's number and who diverted the call; nothing of what members' own phones see."""
        invite, domain = ring.invite, self.t.domain
        self.t.equal(invite.header("From").split("<")[1].split(">")[0], f"sip:+{number}@{domain}", "From at the gateway")
        self.t.check("Sales" not in invite.header("From"), f"From is {invite.header('From')}")
        self.t.check(f"<sip:+{number}@{domain}>" in invite.header("P-Asserted-Identity"), f"P-Asserted-Identity is {invite.header('P-Asserted-Identity')}")
        self.t.equal(invite.all("Diversion"), [f"<sip:+{who}@{domain}>;reason=unconditional" for who in diversions], "Diversion")
        self.t.equal(invite.all("Alert-Info"), [], "Alert-Info at the gateway")


def number_of_a_trunks_call(s, name):
    """A number that is a member rings as the account's: beside a desk, with its own time, and no forward is in between."""
    desk = s.t.user(name + "a").phone(name + "desk", rings())
    mobile = s.number(name, 1, at.rings())
    Group(s.t, name, desk.device, (mobile, {"ring_delay_sec": 1, "ring_for_sec": 1}), ring_timeout_sec=3, cid_name_prefix="Sales: ", alert_info="<http://alert.test/sales>")
    yield
    call = s.from_trunk(name)

    def checks():
        call.ends(480, after=3.0)
        desk.rang(3.0)
        ring = s.gateways.ring(mobile, count=1).rang(1.0).cancelled()
        s.t.near(ring.time - call.started, 1.0, 0.3, "the number began after")
        s.shown(ring, "4930100", ["4930100"])
        s.t.equal(desk.header("Diversion"), None, "Diversion at the desk")
        s.t.check(desk.header("From").startswith('"Sales: +4911022" <sip:+4911022@gateway.test>'), f"From at the desk: {desk.header('From')}")
    return checks


def number_answers(s, name):
    """A user of ours pays for the number of a group, as for a forward of an extension, and shows the own number."""
    desk = s.t.user(name + "a").phone(name + "desk", rings())
    mobile = s.number(name, 1, at.answers(0.5))
    Group(s.t, name, desk.device, mobile)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=0.5)
        desk.cancelled(ELSEWHERE)
        call.over()
        ring = s.gateways.ring(mobile, count=1)
        s.shown(ring, "4930102", ["4930100"])
        s.t.check(ring.bye, "the gateway should get the BYE")
        record(s.t, call, number=f"+{mobile}", gateway=f"sip:{ring.gateway}:5060", payer_account=s.t.account)
    return checks


def phone_of_a_member(s, name):
    """Its owner's verified number, or else the account's; the owner pays, and is who diverted the call."""
    a = s.t.user(name + "1", out_cid_number="4930101")
    b = s.t.user(name + "2", out_cid_number="4930999")   # not verified
    mobile, other = s.external(a, 1, at.answers(0.6)), s.external(b, 1, at.rings())
    Group(s.t, name, a, b)
    yield
    call = s.from_trunk(name)

    def checks():
        call.ends(200, after=0.6)
        call.over()
        ring = s.gateways.ring(mobile, count=1)
        s.shown(ring, "4930101", ["4930101"])
        s.shown(s.gateways.ring(other, count=1).cancelled_elsewhere(), "4930100", ["4930100"])
        record(s.t, call, number=f"+{mobile}", payer=a.id, payer_account=s.t.account)
    return checks


def by_turns(s, name):
    """A number is a step as others are; another gateway is tried within it."""
    desk = s.t.user(name + "a").phone(name + "desk", rings())
    first = s.number(name, 1, at.rings())
    second = s.number(name, 2, FAILS, at.answers(0.2))
    Group(s.t, name, desk.device, first, second, strategy="sequential", ring_timeout_sec=1)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=2.4, tolerance=0.5)
        desk.rang(1.0)
        s.gateways.ring(first, count=1).rang(1.0).cancelled()
        s.gateways.ring(second, 1, count=2)
        call.over()
    return checks


def follows(s, name):
    """fwd_always of a member: the number rings in the member's place, with the member's times, and is the member's forward."""
    a, b = s.t.user(name + "1", out_cid_number="4930101"), s.t.user(name + "2")
    desks = [user.phone(name + "desk", rings()) for user in (a, b)]
    mobile = s.number(name, 1, at.rings())
    s.t.insert("route_target", {"account_id": s.t.account, "kind": "forward", "id": name, "address": mobile})
    a.update(fwd_always_kind="forward", fwd_always_id=name)
    Group(s.t, name, (a, {"ring_delay_sec": 1}), b, member_rules="follow", ring_timeout_sec=2, count_missed=0)
    yield
    call = s.from_trunk(name)

    def checks():
        call.ends(480, after=2.0)
        desks[0].never_rang()
        desks[1].rang(2.0).cancelled(ELSEWHERE)
        ring = s.gateways.ring(mobile, count=1).rang(1.0).cancelled_elsewhere()
        s.t.equal(ring.invite.header("From").split("<")[1].split(">")[0], f"sip:+4930101@{s.t.domain}", "From at the gateway")
    return checks


def not_allowed(s, name):
    """Whose dial class does not allow it: the owner's of a phone, the caller's of a number."""
    a = s.t.user(name + "1", dial_class="emergency")
    desk, mobile = a.phone(name + "desk", rings()), s.external(a, 1, at.rings())
    number = s.number(name, 2, at.rings())
    Group(s.t, name, a, number, ring_timeout_sec=1)
    caller = s.t.user(name + "2", dial_class="emergency").device(name + "caller")
    yield
    call, other = caller.calls(name), s.from_trunk(name)

    def checks():
        call.ends(480, after=1.0)
        other.ends(480, after=1.0)
        desk.rang_times(2)
        s.t.equal(s.gateways.rings(mobile), [], "INVITEs to the phone of a member who may not call it")
        s.gateways.ring(number, count=1)
    return checks


def declines(s, name):
    """603 of a number ends that number's ring, and no other."""
    number, other = s.number(name, 1, at.refuses("603 Decline", 0.2)), s.number(name, 2, at.answers(0.8))
    Group(s.t, name, number, other)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=0.8)
        s.gateways.ring(number, count=1)
        s.gateways.ring(other, count=1)
        call.over()
    return checks


def twice(s, name):
    """A number that two members have rings once, at its earliest time."""
    a = s.t.user(name + "1")
    mobile = s.number(name, 1, at.rings())
    s.t.insert("sip_device", {"id": f"dev_{a.id}_1", "user_id": a.id, "number": mobile})
    Group(s.t, name, (mobile, {"ring_delay_sec": 1}), a, ring_timeout_sec=2)
    yield
    call = s.from_trunk(name)

    def checks():
        call.ends(480, after=2.0)
        s.gateways.ring(mobile, count=1).rang(2.0)
    return checks


def hung_up(s, name):
    number, later = s.number(name, 1, FAILS, at.rings()), s.number(name, 2, at.rings())
    Group(s.t, name, number, (later, {"ring_delay_sec": 5}), count_missed=0)
    yield
    call = s.bob.calls(name)
    yield 1.0
    call.cancel()

    def checks():
        call.ends(487)
        s.gateways.ring(number, 1, count=2).cancelled_elsewhere()
        s.t.equal(s.gateways.rings(later), [], "INVITEs to the later number")
    return checks


def all_fail(s, name):
    """No answer, as a group knows no other outcome but busy."""
    desk = s.t.user(name + "1").phone(name + "desk", answers(after=0.2))
    number = s.number(name, 1, FAILS, FAILS)
    Group(s.t, name, number, fwd_noanswer_kind="user", fwd_noanswer_id=f"us_{s.t.key}_{name}1")
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=0.4)
        s.gateways.ring(number, 1, count=2)
        desk.rang_times(1)
        call.over()
    return checks


def run(t):
    t.tenant.update(country_code="49", default_cid_number="4930100")
    for number, verified in (("4930100", 1), ("4930101", 1), ("4930102", 1), ("4930999", 0)):
        t.insert("cid_number", {"account_id": t.account, "e164": number, "verified": verified})
    s = Scenes(t)

    def with_gateways(scene):
        def play(_, name):
            return (yield from scene(s, name))
        play.__name__ = scene.__name__
        return play
    beside(t, *map(with_gateways, (number_of_a_trunks_call, number_answers, phone_of_a_member, by_turns, follows, not_allowed, declines, twice,
                                   hung_up, all_fail)))
    s.gateways.stop()
    t.nothing_rings()
