# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import TRUNKS
from harness.phone import rejects
from harness.rules import Rules

STACK = {"after": 'modparam("user_routing", "log_calls", 1)'}


def run(t):
    box = Device(t, "box", t.domain, "").phone(rejects(486, after=0.05), register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7", "address": f"sip:7@{box.address}:5060"})
    bob = t.user("1002", dnd=1, voicemail_id="7")
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=5, fwd_busy_kind="user", fwd_busy_id=bob.id)
    desk = alice.phone("desk", rejects(480, after=0.1), ring_order=1)
    soft = alice.phone("soft", rejects(486, after=0.1), ring_order=2)
    alice.device("gone", ring_order=3)
    alice.device("off", ring_order=4, status="disabled")
    carol = t.user("1003")

    def lines(call):
        found = [line for line in t.stack.log_text().splitlines() if f"{call.call_id}: " in line and "INFO" in line]
        return [line.split(f"{call.call_id}: ", 1)[1].replace(t.domain, "D") for line in found]

    call = t.calls("1001").ends(486)
    t.equal(lines(call), [
        "called by 1000-bob@D: user 1001: to ring, but not 1001-gone@D (not-registered), 1001-off@D (disabled)",
        f"user 1001 rings, step 1, 5000 ms: 1001-desk@D sip:phone@{desk.address}:5060",
        f"user 1001 rings, step 2, 5000 ms: 1001-soft@D sip:phone@{soft.address}:5060",
        f"busy: user 1001 → user 1002: voicemail (do-not-disturb) → voicemail 7, "
        f"sip:7@{box.address}:5060;target=sip:1002%40D;cause=486",
    ], "lines about a call that leaves")
    call = t.calls("1003").ends(480)
    t.equal(lines(call), ["called by 1000-bob@D: user 1003: to ring, but the user has no device", "unreachable: user 1003: no rule (no-answer) → 480 Temporarily Unavailable"],
            "lines about a call to nobody's phone")
    call = t.stranger_calls("1003", "<sip:+4930@carrier.test>", address=t.addresses.take_trusted(TRUNKS)).ends(480)
    t.equal(lines(call)[:1], ["called by a trunk: user 1003: to ring, but the user has no device"], "the first line about a trunk's call")
    carol.update(status="disabled")
    call = t.calls("1003").ends(404)
    t.equal(lines(call), ["called: the user is disabled → 404 Not Found, unless the script sends it on"], "lines about a call to nobody")
    call = t.calls(f"sip:1001-desk@{t.domain}").ends(480)
    t.equal(len(lines(call)), 3, f"lines about a call to a device: {lines(call)}")

    rules = Rules(t)
    dave = t.user("1004")
    always = rules.add(dave, "always", action="ring")
    lost = rules.add(dave, "unreachable", ("hangup", "404"), action="reject")
    call = t.calls("1004").ends(404)
    t.equal(lines(call), [f"called by 1000-bob@D: user 1004: user_rule {always} → to ring, but the user has no device",
                          f"unreachable: user 1004: user_rule {lost} (unavailable) → 404 Not Found"], "lines about a call that rules decide")

    call = t.calls("1001").proceeding(180).cancel().ends(487)
    t.wait_for(lambda: lines(call)[-1:] == ["the caller has hung up → 487 Request Terminated"], 2, "the last line about a cancelled call")
