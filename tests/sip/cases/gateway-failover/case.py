# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import free_address
from harness.phone import answers, rejects, rings

ROUTES = True
LIMIT = 60
EXPLAIN = "it does not know that a gateway may have a domain of its own"
FAILS, WORKS = free_address(), free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"',
         # none is asked whether it is there: between two of its lives, one is not
         "after": 'modparam("dispatcher", "ds_ping_interval", 0)',
         "files": {"gateways": f"1 sip:{FAILS}:5060 0 0 domain=carrier.test\n1 sip:{WORKS}:5060\n"}}


def gateway(t, address, behaviour):
    return Device(t, "gateway", t.domain, "").phone(behaviour, address=address, register=False)


def over_to_the_next(t, works):
    """It refuses at once. Gateways take turns, so one of two calls reaches it first."""
    fails = gateway(t, FAILS, rejects(503, after=0.05, provisional="100 Trying"))
    for _ in range(2):
        t.calls("1001").ends(200).over()
    t.check(fails.legs, "one call should come to the gateway that fails")
    for phone, domain in ((fails, "carrier.test"), (works, "pstn.invalid")):
        for invite in phone.invites:
            t.equal(invite.uri, f"sip:+491701234567@{domain};user=phone", "the Request-URI")
    for invite in fails.invites + works.invites:
        t.check(invite.uri in invite.header("History-Info"), f"History-Info is {invite.header('History-Info')}")
    forwards = len(works.legs)
    for _ in range(2):
        t.calls("+4930555666").ends(200).over()
    t.equal([i.uri for i in works.invites[forwards:]], [f"sip:+4930555666@{t.domain}"] * 2, "outbound: the next gateway gets no domain of the first")
    for invite in works.invites[forwards:]:
        t.check("carrier.test" not in invite.header("From") + invite.header("To"), f"From and To: {invite.header('From')}, {invite.header('To')}")
    fails.ended()  # SIPp may write that later than the caller hears of it
    fails.stop()


def nobody_is_rung_twice(t, works, behaviour, status=502):
    """The phone has rung, or the gateway says that nobody answers: the other gateway is not tried."""
    fails, before = gateway(t, FAILS, behaviour), len(works.legs)
    ends = [t.calls("1001").final.status for _ in range(2)]
    t.equal((sorted(ends), len(fails.legs), len(works.legs) - before), ([200, status], 1, 1), "ends, and calls at either")
    fails.ended()  # SIPp may write that later than the caller hears of it
    fails.stop()


def run(t):
    works = gateway(t, WORKS, answers(after=0.1))
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    alice = t.user("1001", ring_timeout_sec=1, fwd_noanswer_kind="forward", fwd_noanswer_id="mobile")
    alice.phone("desk", rings())
    alice.phone("soft", rings())  # what two phones were heard to do does not count for the gateway
    over_to_the_next(t, works)
    alice.update(fwd_always_kind="forward", fwd_always_id="mobile")
    nobody_is_rung_twice(t, works, rejects(502, after=0.2))
    nobody_is_rung_twice(t, works, rejects(502, after=0.2, provisional="183 Session Progress"))
    nobody_is_rung_twice(t, works, rejects(408, after=0.2, provisional="100 Trying"), 408)
    nobody_is_rung_twice(t, works, rejects(407, after=0.2, provisional="100 Trying"), 480)
    t.equal(t.stack.log_text().count(f"the gateway {FAILS} wants a password"), 1, "lines about the gateway that wants a password")
