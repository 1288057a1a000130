# SPDX-License-Identifier: GPL-2.0-or-later
import harness.gateways as at
from harness.net import free_address
from harness.phone import answers, rejects

ROUTES = True
LIMIT = 90
GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define WITH_LIMITS\n#!define UR_CALLS_AT_ONCE 2\n#!define UR_SPEND_A_DAY 25',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
EXPLAIN = "it does not count calls"
NATIONAL, ABROAD = "+4930555666", "+33123456789"


def at_once(t, bob, carol, other):
    """Two of the account's three get through, whoever calls or forwards; then nobody but for help. Another account may."""
    calls = [caller.calls(NATIONAL, talk=None) for caller in (bob, carol, bob)]
    t.equal(sorted(call.final.status for call in calls)[0], 200, "one of three calls at the same time")
    up = [call for call in calls if call.final.status == 200]
    t.check(len(up) <= 2, f"{len(up)} of three calls at the same time got through")
    if len(up) < 2:   # the last two have seen each other
        up.append(bob.calls(NATIONAL, talk=None).ends(200))
    for target in (NATIONAL, "1001"):
        bob.calls(target).ends(486)
    bob.calls("112").ends(200).over()
    other.calls(NATIONAL).ends(200).over()
    bob.calls("1002").ends(486)   # a user: no call to the PSTN
    for call in up:
        call.hang_up().over()
    bob.calls(NATIONAL, talk=0.1).ends(200).over()   # at once: the two are over


def on_a_day(t, bob, other):
    """2 cents for a minute at home, 20 abroad: 7 calls have cost 14; 34 is more than 25."""
    bob.calls(ABROAD, talk=0.1).ends(200).over()
    for number in (NATIONAL, ABROAD, "1001"):
        bob.calls(number).ends(403)
    bob.calls("112", talk=0.1).ends(200).over()
    bob.calls("1002").ends(486)
    other.calls(ABROAD, talk=0.1).ends(200).over()


def spent(t):
    values = [line.split()[-1] for line in t.stack.kamcmd("htable.dump", "spent").splitlines() if "value:" in line]
    return sum(map(int, values))


def external_phones(t, bob, gateways):
    """A call that rings one counts once while it rings, and then if that phone has answered, which is charged."""
    alice = t.user("1004", ring_timeout_sec=9)
    desk = alice.phone("desk", answers(after=2.0))
    mobile, other = "491704", "491705"
    for n, number in enumerate((mobile, other)):
        t.insert("sip_device", {"id": f"dev_{alice.id}_{n}", "user_id": alice.id, "number": number, "ring_delay_sec": n})
        gateways.number(number, at.rings())
    first = bob.calls(NATIONAL, talk=None).ends(200)
    call = bob.calls("1004", talk=None)
    gateways.ring(other, count=1)
    bob.calls(NATIONAL).ends(486)                    # both ring, and count as one
    call.ends(200)
    gateways.ring(mobile, count=1).cancelled_elsewhere()
    second = bob.calls(NATIONAL, talk=None).ends(200)    # the desk has answered: the call does not count
    bob.calls("1004", talk=0.1).ends(200).over()     # the desk alone rings
    for number in mobile, other:
        gateways.ring(number, count=1)
    for up in first, second, call:
        up.hang_up().over()
    desk.stop()
    t.sql("DELETE FROM sip_device WHERE number = %s", [other])
    gateways.number(mobile, at.rings(), at.answers(0.2))
    before = spent(t)
    up = bob.calls("1004", talk=None).ends(200)
    first = bob.calls(NATIONAL, talk=None).ends(200)
    bob.calls(NATIONAL).ends(486)                    # the external phone has answered: it counts
    for call in up, first:
        call.hang_up().over()
    t.equal(spent(t) - before, 4, "the external phone and a call were charged")


def run(t):
    gateways = at.Gateways(t, [GATEWAY], default=at.answers(0.05))
    theirs = t.other_tenant()
    for tenant in (t.tenant, theirs):
        tenant.update(country_code="49")
    bob, carol, other = t.user("1000").device("bob"), t.user("1003").device("carol"), theirs.user("1000").device("other")
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    t.user("1001", fwd_always_kind="forward", fwd_always_id="mobile")
    t.user("1002").phone("busy", rejects(486, after=0.05))
    at_once(t, bob, carol, other)
    external_phones(t, bob, gateways)
    on_a_day(t, bob, other)
    gateways.stop()
