# SPDX-License-Identifier: GPL-2.0-or-later
from harness.caller import placed_scenario
from harness.load import Phones, Stream
from harness.net import TRUNKS
from harness.phone import rings

CALLS, RATE = 3000, 150  # a second
LIMIT = 60
ALONE = True
STACK = {"after": ""}  # of its own: there is much in memory
EXPLAIN = "some thousands of calls, by SIPp alone"
# A CANCEL before there are branches: tm may have sent the 487 when the script sends it, or not.
HARMLESS = [r"INVITE cancel-at-once-.*failed to reply stateful"]


def run(t):
    phones, address = Phones(t, LIMIT), t.addresses.take()
    phones.run(rings(), address)
    t.user("1001", ring_timeout_sec=60).device("desk").register(address, source=(address, 5099))
    t.settle()

    scenario = placed_scenario("sip:[field0]", "<sip:+493012345@trunk.test>", "cancelled-at-once")
    address, options = t.addresses.take_trusted(TRUNKS), ("-m", str(CALLS))
    calls = Stream(t, "calls", scenario, address, RATE, [f"1001@{t.domain}"], t.domain, LIMIT, options)
    t.background.append(calls)
    t.equal(calls.sipp.wait(LIMIT), 0, f"SIPp's exit status: {calls.sipp.complaints()[:1]}")
    t.equal(calls.result().good, CALLS, "calls that ended as they should")
    phones.all_is_over()
