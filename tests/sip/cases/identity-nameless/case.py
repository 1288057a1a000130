# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import free_address
from harness.phone import answers, rejects

GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(rejects(486, after=0.1), address=GATEWAY, register=False)
    t.insert("cid_number", {"account_id": t.account, "e164": "4930101", "verified": 1})
    bob = t.user("1002", out_cid_number="4930101").device("bobs-phone")
    soft = t.user("1001").phone("soft", answers(after=0.1))
    forged = f'"The CEO" <{bob.aor}>'

    call = bob.calls("1001", sender=forged, talk=None).ends(200)
    t.check(soft.leg().invite.header("From").startswith(f"<sip:1002@{t.domain}>"), f"From is {soft.leg().invite.header('From')}")
    t.check(call.final.header("From").startswith(forged), f"the caller's own From: {call.final.header('From')}")
    t.pause(0.2)  # or the BYE overtakes the ACK, in another worker
    call.hang_up().over()

    bob.calls("+4930555666", sender=forged).ends(486)
    t.check(gateway.leg().invite.header("From").startswith(f"<sip:+4930101@{t.domain}>"), f"From is {gateway.leg().invite.header('From')}")
