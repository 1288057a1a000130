# SPDX-License-Identifier: GPL-2.0-or-later
import os
import time

from harness.caller import call_scenario
from harness.net import TRUNKS
from harness.phone import answers
from harness.rpc import Rpc
from harness.sip import token
from harness.sipp import Sipp

LOUD = True
LIMIT = 60  # seconds, for so many calls
STACK = {"before": "#!define WITH_MAX_CALLS", "KAMAILIO_SHM": "128"}
EXPLAIN = "thousands of calls, by SIPp alone"
PLACES, CALLERS, RATE = 5, 3, 50
CALLS = int(os.environ.get("MAX_CALLS") or 2000) // CALLERS
RINGS, TALKS = 0.05, 0.1  # seconds


def place(t, number):
    """One caller's calls: each is answered or busy."""
    scenario = call_scenario(f"sip:1001@{t.domain}", "[call_id]", f"<sip:+49301234{number}@trunk.test>", talk=TALKS)
    options = ["-m", str(CALLS), "-r", str(RATE), "-l", "1000", "-cid_str", f"{t.name}-{token(6)}-%u"]
    caller = Sipp(f"trunk{number}", scenario, t.addresses.take_trusted(TRUNKS), 5060, t.server, t.folder, options)
    t.background.append(caller)
    return caller


def watch(callers, rpc, user):
    """How many calls the user was in, as user_routing.calls says, as often as it can be asked."""
    seen = []
    while any(caller.running for caller in callers):
        seen.append(rpc.call("user_routing.calls", user.id)["found"])
        time.sleep(0.01)
    return seen


def at_once(phone):
    """How many calls the phone was in at a time, from its 200 to the BYE."""
    changes = []
    for leg in phone.legs:
        if leg.final and leg.bye:
            changes += [(leg.final.time, 1), (leg.bye.time, -1)]
    most = now = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most, len(changes) // 2


def run(t):
    alice = t.user("1001", max_calls=PLACES)
    phone = alice.phone("desk", answers(after=RINGS))
    t.settle()
    began = time.time()
    callers = [place(t, number) for number in range(CALLERS)]
    rpc = Rpc(t.stack.rpc_socket)
    seen = watch(callers, rpc, alice)
    for caller in callers:
        t.equal(caller.wait(30), 0, f"SIPp's exit status: {caller.complaints()[:1]}")
    took = time.time() - began
    most, answered = at_once(phone)
    t.note(f"{CALLERS * CALLS} calls in {took:.0f} s: {answered} answered, {most} at once; user_routing.calls was asked {len(seen)} times: {max(seen)} at most")
    t.check(len(seen) >= 100, f"asked often: {len(seen)} times")
    t.equal(max(seen), PLACES, "calls that alice was in at a time, as user_routing.calls says")
    t.equal(most, PLACES, "calls that her phone was in at a time")
    # A place is taken again within some hundredths of a second: the next of 150 calls a second gets it.
    t.check(answered > 0.5 * PLACES * took / (RINGS + TALKS), f"no place is lost: {answered} calls were answered in {took:.1f} s")
    t.wait_for(lambda: rpc.call("user_routing.calls", alice.id)["found"] == 0, 5, "all places should be free in the end")
    t.equal(int(t.stack.kamcmd("cnt.get", "user_routing", "calls_in_progress")), 0, "no call is left")
