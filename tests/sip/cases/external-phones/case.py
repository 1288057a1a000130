# SPDX-License-Identifier: GPL-2.0-or-later
import harness.gateways as at
from harness.beside import beside
from harness.net import TRUNKS, free_address
from harness.phone import ELSEWHERE, answers, rings
from harness.records import record
from harness.wire import Request

ROUTES = True
LIMIT = 60
PAIRED = True  # its calls are placed side by side
EXPLAIN = "calls are placed side by side"
FIRST, SECOND = free_address(), free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define WITH_RECORDS\n#!define WITH_LIMITS\n#!define UR_CALLS_AT_ONCE 1000',
         "after": 'modparam("dispatcher", "ds_ping_interval", 0)\nmodparam("user_routing", "fr_timer", 1000)',
         "files": {"gateways": f"1 sip:{FIRST}:5060 0 0 domain=carrier.test\n1 sip:{SECOND}:5060\n"}}
FAILS = at.refuses("503 Service Unavailable")


class Scenes:
    """What the scenes share: two gateways, and a caller."""

    def __init__(self, t):
        self.t, self.gateways = t, at.Gateways(t, [FIRST, SECOND])
        self.bob = t.user("1000", display_name="Bob").device("bobs-phone")

    def external(self, user, n, *behaviours, number=None, **columns):
        """A row of sip_device with a number."""
        number = number or f"4917{user.username}{n}"
        self.t.insert("sip_device", {"id": f"dev_{user.id}_{n}", "user_id": user.id, "number": number, **columns})
        return self.gateways.number(number, *behaviours)

    def ring(self, number, index=0, count=None):
        return self.gateways.ring(number, index, count)


def shown(t, ring, number, diverter):
    """Who calls, and who has diverted the call."""
    invite = ring.invite
    domain = "carrier.test" if ring.gateway == FIRST else t.domain
    sender = invite.header("From").split("<")[1].split(">")[0]
    if number is None:
        t.check("anonymous" in sender and invite.header("Privacy") == "id", f"From is {sender}, Privacy {invite.header('Privacy')}")
    else:
        t.equal(sender, f"sip:+{number}@{domain}", "From at the gateway")
        t.check(f"<sip:+{number}@{domain}>" in invite.header("P-Asserted-Identity"), f"P-Asserted-Identity is {invite.header('P-Asserted-Identity')}")
    t.equal(invite.all("Diversion"), [f"<sip:{diverter}@{domain}>;reason=unconditional"], "Diversion")
    t.check(f"<sip:{diverter}@{domain}>" in invite.header("History-Info"), f"History-Info is {invite.header('History-Info')}")
    called = invite.uri.partition("@")[0]
    t.check(invite.header("To").startswith(f"<{called}@"), f"To is {invite.header('To')}, Request-URI {invite.uri}")


def untouched(t, desk):
    """A desk's leg has nothing that is for the gateway."""
    invite = desk.leg().invite
    t.equal([invite.header(name) for name in ("Diversion", "History-Info")], [None, None], "diversions of the desk's leg")
    t.check(invite.header("From").startswith('"Bob" <sip:1000@'), f"the desk's leg shows {invite.header('From')}")
    desk.rang_times(1)


def beside_a_desk(s, name):
    alice = s.t.user(name, ring_timeout_sec=4, out_cid_number="4930101", out_cid_name="Alice Ltd")
    desk = alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, at.rings(), ring_delay_sec=1, ring_for_sec=2)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=4.0)
        desk.rang(4.0)
        untouched(s.t, desk)
        ring = s.ring(mobile, count=1).rang(2.0).cancelled()
        s.t.near(ring.time - call.started, 1.0, 0.3, "the external phone began after")
        s.t.check(ring.invite.header("From").startswith('"Alice Ltd"'), f"From is {ring.invite.header('From')}")
        shown(s.t, ring, "4930101", "+4930101")
    return checks


def answers_it(s, name):
    """The number is not verified: it shows the account's. The record names the phone's owner as the payer."""
    alice = s.t.user(name, ring_timeout_sec=9, out_cid_number="4930999")
    desk = alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, at.answers(0.5))
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=0.5)
        desk.cancelled(ELSEWHERE)
        call.over()
        ring = s.ring(mobile, count=1)
        shown(s.t, ring, "4930100", "+4930100")
        s.t.check(ring.bye, "the gateway should get the BYE")
        record(s.t, call, number=f"+{mobile}", gateway=f"sip:{ring.gateway}:5060", payer=alice.id, payer_account=s.t.account,
               called=alice.id, shown=f"sip:+4930100@{'carrier.test' if ring.gateway == FIRST else s.t.domain}")
    return checks


def desk_answers(s, name):
    alice = s.t.user(name, ring_timeout_sec=9)
    desk = alice.phone(name + "desk", answers(after=0.6))
    mobile = s.external(alice, 1, at.rings())
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200)
        s.ring(mobile, count=1).cancelled_elsewhere()
        call.over()
        record(s.t, call, user=alice.id, gateway=None, payer=None)
        untouched(s.t, desk)
    return checks


def in_a_sequence(s, name):
    alice = s.t.user(name, ring_strategy="sequential", ring_timeout_sec=1)
    desk = alice.phone(name + "desk", rings(), ring_order=1)
    first = s.external(alice, 1, at.rings(), ring_order=2, ring_delay_sec=9)
    second = s.external(alice, 2, FAILS, at.answers(0.2), ring_order=3)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=2.4, tolerance=0.5)
        desk.rang(1.0)
        s.ring(first, count=1).rang(1.0).cancelled()
        s.ring(second, 1, count=2)
        call.over()
    return checks


def busy(s, name):
    carol = s.t.user(name + "1", ring_timeout_sec=5)
    carol.phone(name + "desk", answers(after=0.2))
    alice = s.t.user(name, fwd_busy_kind="user", fwd_busy_id=carol.id)
    mobile = s.external(alice, 1, at.refuses("486 Busy Here", 0.3))
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=0.5)
        s.ring(mobile, count=1)
        call.over()
    return checks


def another_gateway(s, name):
    """It ends when the first would have."""
    alice = s.t.user(name, ring_timeout_sec=5)
    desk = alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, at.refuses("503 Service Unavailable", 0.7), at.rings(), ring_for_sec=2)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=5.0)
        first, second = s.ring(mobile), s.ring(mobile, 1, count=2)
        s.t.check(first.gateway != second.gateway, "another gateway should get the second INVITE")
        for ring in first, second:
            shown(s.t, ring, "4930100", "+4930100")
        second.rang(1.3).cancelled()
        untouched(s.t, desk)
    return checks


def silent_gateway(s, name):
    alice = s.t.user(name, ring_timeout_sec=9)
    desk = alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, at.silent(), at.answers(0.2))
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=1.3, tolerance=0.4)
        s.t.check(s.ring(mobile).gateway != s.ring(mobile, 1, count=2).gateway, "another gateway")
        desk.rang_times(1)
        call.over()
    return checks


def silent_to_its_end(s, name):
    """Its own time is over before the gateway is given up."""
    alice = s.t.user(name, ring_timeout_sec=3)
    alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, at.refuses("503 Service Unavailable", 0.8), at.silent(), ring_for_sec=1)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=3.0)
        s.ring(mobile, count=1)   # less than half a second was left
    return checks


def all_fail(s, name):
    alice = s.t.user(name, ring_timeout_sec=2)
    desk = alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, FAILS, FAILS)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=2.0)
        s.ring(mobile, 1, count=2)
        untouched(s.t, desk)
    return checks


def alone_and_all_fail(s, name):
    """Unreachable."""
    carol = s.t.user(name + "1", ring_timeout_sec=5)
    carol.phone(name + "desk", answers(after=0.2))
    alice = s.t.user(name, fwd_unreachable_kind="user", fwd_unreachable_id=carol.id)
    mobile = s.external(alice, 1, FAILS, FAILS)
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(200, after=0.4)
        s.ring(mobile, 1, count=2)
        call.over()
    return checks


def alone_and_busy_at_the_second(s, name):
    """The failed gateway does not count beside the one that took its place."""
    alice = s.t.user(name)
    mobile = s.external(alice, 1, FAILS, at.refuses("488 Not Acceptable Here"))
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(488)
        s.ring(mobile, 1, count=2)
    return checks


def heard(s, name):
    """It has rung: another gateway would make it ring again."""
    alice = s.t.user(name, ring_timeout_sec=2)
    alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, [(0.0, "183 Session Progress"), (0.3, "502 Bad Gateway")], at.rings())
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=2.0)
        s.ring(mobile, count=1)
    return checks


def two_at_once(s, name):
    alice = s.t.user(name, ring_timeout_sec=3)
    alice.phone(name + "desk", rings())
    first = s.external(alice, 1, FAILS, at.rings())
    second = s.external(alice, 2, FAILS, at.rings())
    third = s.external(alice, 3, at.rings())
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=3.0)
        for number in first, second:
            s.t.equal({s.ring(number).gateway, s.ring(number, 1, count=2).gateway}, {FIRST, SECOND}, f"gateways of {number}")
            s.ring(number, 1).cancelled()
        s.ring(third, count=1).rang(3.0)
    return checks


def not_allowed(s, name):
    """With a delay, too: then the timer leaves it out."""
    alice = s.t.user(name, ring_timeout_sec=2, dial_class="national")
    desk = alice.phone(name + "desk", rings())
    abroad = s.external(alice, 1, at.rings(), number=f"331{name}1")
    late = s.external(alice, 2, at.rings(), number=f"331{name}2", ring_delay_sec=1)
    home = s.external(alice, 3, at.rings())
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=2.0)
        desk.rang(2.0)
        s.ring(home, count=1)
        for number in abroad, late:
            s.t.equal(s.gateways.rings(number), [], f"INVITEs to {number}")
            s.t.check(f"the external phone +{number} of user {alice.id} does not ring: its user's dial_class" in s.t.stack.log_text(), f"a line about {number}")
    return checks


def not_allowed_alone(s, name):
    """Nobody can be rung."""
    alice = s.t.user(name, dial_class="emergency")
    mobile = s.external(alice, 1, at.rings())
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends_at_once(480)
        s.t.equal(s.gateways.rings(mobile), [], "INVITEs")
    return checks


def private_caller(s, name):
    alice = s.t.user(name, ring_timeout_sec=2)
    mobile = s.external(alice, 1, at.rings())
    yield
    call = s.bob.calls(name, headers=["Privacy: id"])

    def checks():
        call.ends(480, after=2.0)
        invite = s.ring(mobile, count=1).invite
        s.t.equal(invite.header("Privacy"), "id", "Privacy")
        s.t.check("1000" not in invite.header("From") + (invite.header("P-Asserted-Identity") or "") and "Bob" not in invite.header("From"),
                  f"From is {invite.header('From')}")
    return checks


def from_a_trunk(s, name):
    alice = s.t.user(name, ring_timeout_sec=9, out_cid_number="4930101")
    alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, at.answers(0.4))
    yield
    call = s.t.stranger_calls(name, sender="<sip:+4911022@gateway.test>", address=s.t.addresses.take_trusted(TRUNKS))

    def checks():
        call.ends(200)
        shown(s.t, s.ring(mobile, count=1), "4930101", "+4930101")
        call.over()
    return checks


def hung_up(s, name):
    alice = s.t.user(name, ring_timeout_sec=9)
    desk = alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, FAILS, at.rings())
    later = s.external(alice, 2, at.rings(), ring_delay_sec=5)
    yield
    call = s.bob.calls(name)
    yield 1.0
    call.cancel()

    def checks():
        call.ends(487)
        desk.cancelled()
        s.ring(mobile, 1, count=2).cancelled()
        s.t.equal(s.gateways.rings(later), [], "INVITEs to the later phone")
    return checks


def redirected(s, name):
    alice = s.t.user(name)
    mobile = s.external(alice, 1, at.refuses("302 Moved Temporarily"), at.rings())
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480)
        s.ring(mobile, count=1)
    return checks


def password(s, name):
    alice = s.t.user(name, ring_timeout_sec=2)
    desk = alice.phone(name + "desk", rings())
    mobile = s.external(alice, 1, at.refuses("401 Unauthorized"), at.rings())
    yield
    call = s.bob.calls(name)

    def checks():
        call.ends(480, after=2.0)
        desk.rang(2.0)
        gateway = s.ring(mobile, count=1).gateway
        s.t.check(f"the gateway {gateway} wants a password: an external phone of user {alice.id}" in s.t.stack.log_text(), "a line about the password")
    return checks


def anonymous(s, name):
    """No number of its account is verified. What has been spent today is too much for the other account."""
    theirs = s.t.other_tenant()
    alice = theirs.user(name, ring_timeout_sec=2)
    mobile = s.external(alice, 1, at.rings())
    yield
    call = s.bob.calls(alice.uri)

    def checks():
        call.ends(480, after=2.0)
        invite = s.ring(mobile, count=1).invite
        s.t.check("anonymous" in invite.header("From") and invite.header("Privacy") == "id", f"From is {invite.header('From')}")
        s.t.equal(invite.all("P-Asserted-Identity"), [], "P-Asserted-Identity")
    return checks


def nobody_is_it(s, name):
    """An external phone has no credentials, and no address that could be dialled."""
    alice = s.t.user(name)
    mobile = s.external(alice, 1, at.rings())
    yield
    endpoint = s.t.endpoint()
    seen = []
    for username in ("", mobile, f"+{mobile}", f"dev_{alice.id}_1"):
        for method in "REGISTER", "INVITE":
            sender = f"sip:{username or 'nobody'}@{s.t.domain}"
            request = Request(endpoint, method, f"sip:{s.t.domain}" if method == "REGISTER" else f"sip:{name}@{s.t.domain}",
                              sender, sender, [("Contact", f"<sip:x@{endpoint.address}:5060>")])
            reply = request.exchange(username, "", 2)
            request.acknowledge(reply)
            seen.append(reply.status)
    call = s.bob.calls(f"dev_{alice.id}_1")

    def checks():
        s.t.check(set(seen) <= {400, 401, 403, 407}, f"answers are {seen}")
        call.ends(404)
        s.t.equal(s.gateways.rings(mobile), [], "INVITEs")
    return checks


def without_a_template(t, s):
    """explain says so, and shows the number."""
    alice = t.user("3000")
    number = s.external(alice, 1, at.rings())
    t.settle()
    question = (alice.uri, s.bob.aor)
    lines = t.stack.kamcmd("user_routing.explain_tree", *question)
    t.check(f"step 1, at once: +{number}, through the gateway" in lines, lines)
    t.sql("UPDATE route_target_kind SET uri_template = NULL WHERE kind = 'forward'")
    t.settle()
    lines = t.stack.kamcmd("user_routing.explain", *question)
    t.check(f"device: +{number}" in lines and "why: no-gateway" in lines, lines)
    s.bob.calls("3000").ends_at_once(480)


def run(t):
    t.tenant.update(country_code="49", default_cid_number="4930100")
    for number, verified in (("4930100", 1), ("4930101", 1), ("4930999", 0)):
        t.insert("cid_number", {"account_id": t.account, "e164": number, "verified": verified})
    s = Scenes(t)
    scenes = (beside_a_desk, another_gateway, answers_it, desk_answers, in_a_sequence, busy, silent_gateway, silent_to_its_end, all_fail,
              alone_and_all_fail, alone_and_busy_at_the_second, heard, two_at_once, not_allowed, not_allowed_alone, private_caller,
              from_a_trunk, hung_up, redirected, password, anonymous, nobody_is_it)

    def with_gateways(scene):
        def play(t, name):
            return (yield from scene(s, name))
        play.__name__ = scene.__name__
        return play
    beside(t, *map(with_gateways, scenes))
    without_a_template(t, s)
    s.gateways.stop()
