# SPDX-License-Identifier: GPL-2.0-or-later
import re
from collections import Counter

from harness.caller import placed_scenario
from harness.load import Phones, Stream
from harness.net import TRUNKS
from harness.phone import answers, rings

CALLS, RATE = 1500, 250  # a second
RINGING = 5  # seconds
ARRIVALS = 2  # of a request that is not answered in time
LONG = f"\n      Subject: {'x' * 9000}"  # a request is more than its transaction: it's that which finds no room
LIMIT = 60
ALONE = True
STACK = {"KAMAILIO_SHM": "32"}
EXPLAIN = "some thousands of calls, by SIPp alone"
HARMLESS = [r"[A-Z]+ memory-none-", r"<core> \[core/(mem|sip_msg)", r" tm \[t_"]


def run(t):
    address, phones = t.addresses.take(), Phones(t, LIMIT)
    phones.run(rings(), address)
    t.user("1001", ring_timeout_sec=RINGING).device("desk").register(address, source=(address, 5099))
    bob = t.user("1002")
    bob.phone("desk", answers(after=0.1))
    t.calls("1002").ends(200).over()

    scenario = placed_scenario("sip:[field0]", "<sip:+493012345@trunk.test>", "refused", status=480, headers=LONG)
    trunk, options = t.addresses.take_trusted(TRUNKS), ("-m", str(CALLS))
    calls = Stream(t, "calls", scenario, trunk, RATE, [f"1001@{t.domain}"], t.domain, LIMIT, options)
    t.background.append(calls)
    calls.sipp.wait(LIMIT)
    rang = calls.result().good
    tries = Counter(re.findall(r"INVITE (memory-none-\S+)}.*t_newtran\(\): new_t failed", t.stack.log_text()))
    t.note(f"{CALLS} calls: {rang} were answered 480, for {len(tries)} there was no memory, {max(tries.values(), default=0)} times at most")
    t.check(rang > 0 and tries, "memory should last for some of the calls")
    t.check(max(tries.values()) <= ARRIVALS, f"more often than they came: {tries.most_common(3)}")
    t.pause(8)  # tm forgets the calls
    t.calls("1002").ends(200).over()
