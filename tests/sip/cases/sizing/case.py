# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import time

from harness.caller import placed_scenario
from harness.load import Phones, Stream
from harness.net import TRUNKS
from harness.phone import rings

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../.."))
CALLS, RATE = 400, 200  # a second
RINGING = 8  # seconds
LOUD = True
STACK = {}
EXPLAIN = "hundreds of calls, by SIPp alone"


def figure(what):
    """The kilobytes that operating.md states."""
    with open(os.path.join(ROOT, "modules/user_routing/doc/operating.md"), encoding="utf-8") as file:
        return int(re.search(rf"(\d+) KB {what}", file.read())[1])


def used(t):
    return int(re.search(r"real_used: (\d+)", t.stack.kamcmd("core.shmmem"))[1])


def each_takes(t, username, scenario):
    """Bytes of each call, at the moment when most of them are there: tm keeps a call for some seconds after its end."""
    before, trunk = used(t), t.addresses.take_trusted(TRUNKS)
    calls = Stream(t, username, scenario, trunk, RATE, [f"{username}@{t.domain}"], t.domain, 60, ("-m", str(CALLS)))
    t.background.append(calls)
    most, until = before, time.time() + CALLS / RATE + 1
    while time.time() < until:
        most = max(most, used(t))
        time.sleep(0.1)
    return (most - before) / CALLS


def holds(t, took, what):
    t.note(f"{what}: {took / 1024:.1f} KB")
    t.check(took <= 1024 * figure(what), f"{what}: {took / 1024:.1f} KB, operating.md says {figure(what)}")
    t.check(took > 512 * figure(what), f"{what}: {took / 1024:.1f} KB, operating.md says much more")


def run(t):
    address, phones = t.addresses.take(), Phones(t, 60)
    phones.run(rings(), address)
    t.user("1001", ring_timeout_sec=RINGING).device("desk").register(address, source=(address, 5099))
    second = t.addresses.take()
    phones.run(rings(), second)
    carol = t.user("1003", ring_timeout_sec=RINGING)
    for name, at in (("desk", address), ("soft", second)):
        carol.device(name).register(at, source=(at, 5099))
    silent = t.addresses.take()  # nobody is there
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7", "address": f"sip:7@{silent}:5060"})
    t.user("1002", dnd=1, voicemail_id="7")
    scenario = placed_scenario("sip:[field0]", "<sip:+493012345@trunk.test>", "refused", status=480)
    one = each_takes(t, "1001", scenario)
    holds(t, one, "a call that rings one phone")
    holds(t, each_takes(t, "1003", scenario) - one, "more for each further phone")
    holds(t, each_takes(t, "1002", scenario), "a call that waits")
