# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import free_address
from harness.phone import answers, rejects, rings

ROUTES = True
LIMIT = 60
FAILS, WORKS = free_address(), free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"',
         "files": {"gateways": f"1 sip:{FAILS}:5060\n1 sip:{WORKS}:5060\n"}}


def run(t):
    fails = Device(t, "fails", t.domain, "").phone(rejects(503, after=0.05), address=FAILS, register=False)
    works = Device(t, "works", t.domain, "").phone(answers(after=0.1), address=WORKS, register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    alice = t.user("1001", ring_timeout_sec=1, fwd_noanswer_kind="forward", fwd_noanswer_id="mobile")
    alice.phone("desk", rings())
    for _ in range(2):  # in turns: one of the two calls comes to the gateway that fails
        t.calls("1001").ends(200).over()
    t.check(fails.legs, "one call should come to the gateway that fails")
    for invite in fails.invites + works.invites:
        t.check(invite.uri.startswith("sip:+491701234567@"), f"the Request-URI is {invite.uri}")
        t.check(invite.uri in invite.header("History-Info"), f"History-Info is {invite.header('History-Info')}")
