# SPDX-License-Identifier: GPL-2.0-or-later
import os

from harness.accounts import Device
from harness.phone import answers, rejects, rings

HERE = os.path.dirname(os.path.abspath(__file__))
STACK = {"script": os.path.join(HERE, "script.cfg"), "before": f'#!define SCRIPT "{os.path.join(HERE, "script.py")}"'}
NOT_IN_LUA = "its own script"
EXPLAIN = "its own script: no RPC, and all steps at once"
HARMLESS = [r"was called in a route where it does not work"]


def rings_and_leaves(t):
    """With user_fork(): two steps, then to a queue."""
    queue = Device(t, "queue", t.domain, "").phone(answers(after=0.1), register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "q", "address": f"sip:q@{queue.address}:5060"})
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=1, fwd_noanswer_kind="queue", fwd_noanswer_id="q")
    first, second = alice.phone("first", rejects(480, after=0.3), ring_order=1), alice.phone("second", rings(), ring_order=2)

    call = t.calls("1001").ends(200, after=1.4).over()

    first.rang_after(call, 0.0).rejected(480)
    second.rang_after(call, 0.3).rang(1.0).cancelled()
    t.equal(queue.leg().invite.all("Diversion"), [f"<sip:1001@{t.domain}>;reason=no-answer"], "Diversion")
    t.check(f"{alice.id} leaves for queue q" in t.stack.log_text(), "$ur() in the script: the log should name user and target")


def rung_by_tm(t):
    """By user_fork_all(): tm rings the steps."""
    bob = t.user("1002", ring_strategy="sequential", ring_timeout_sec=1)
    first, second = bob.phone("first", rings(), ring_order=1), bob.phone("second", answers(after=0.3), ring_order=2)

    call = t.calls("1002", headers=["X-Steps: all"]).ends(200, after=1.3)

    first.rang(1.0).cancelled()
    second.rang_after(call, 1.0).answered()
    call.over()


def return_codes(t):
    """The end of a call and the end of a ring are told apart."""
    t.user("1004")
    t.calls("1004").ends_at_once(480)
    said = [line for line in t.stack.log_text().splitlines() if "1004: " in line]
    for what in ("policy 1, outcome no-answer no-answer", "fork -1", "policy -7, outcome unreachable unreachable"):
        t.check(any(f"1004: {what}" in line for line in said), f"the script should have seen {what!r}: {said}")


def run(t):
    rings_and_leaves(t)
    rung_by_tm(t)
    return_codes(t)
    t.user("1003", dnd=1)
    t.calls("1003").ends_at_once(486)
    t.calls("1999").ends_at_once(404)
    t.calls("sip:1001@elsewhere.test").ends_at_once(404)
    t.stranger_calls("1003").ends_at_once(407)
    t.nothing_rings()
    t.check("in a reply route: [-6, -6, -6, -1, -1, -1]" in t.stack.log_text(), "in a reply route each function should say that it failed")
