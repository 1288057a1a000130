# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import TRUNKS, free_address
from harness.phone import rejects

ROUTES = True
EXPLAIN = "explain knows no Diversion"
GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
OLD = "<sip:old@gateway.test>"
HISTORY = ", ".join(f"<sip:old@gateway.test>;index={'.'.join('1' * (n + 1))}" for n in range(11))


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(rejects(486, after=0.05), address=GATEWAY, register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    desk = t.user("1001", fwd_always_kind="forward", fwd_always_id="mobile").phone("desk", rejects(480, after=0.05))

    def comes_to(where, *headers, by_phone=False):
        before = len(where.legs)
        if by_phone:
            t.calls("1001", headers=headers).final
        else:
            t.stranger_calls("1001", headers=headers, address=t.addresses.take_trusted(TRUNKS)).final
        t.equal(len(where.legs), before + 1, f"calls to {where.name}, with {headers}")

    comes_to(gateway)
    comes_to(gateway, f"Diversion: {OLD};counter=9")
    comes_to(desk, f"Diversion: {OLD};reason=unconditional;counter=10")
    comes_to(desk, f"Diversion: {OLD};counter=99, {OLD}")
    comes_to(desk, f"Diversion: {OLD};counter=4", f"Diversion: {OLD};counter=5, {OLD}")
    comes_to(desk, f"History-Info: {HISTORY}")
    comes_to(gateway, f"Diversion: {OLD};counter=x", "History-Info: <sip:a@b>")
    comes_to(gateway, f"Diversion: {OLD};counter=99", by_phone=True)
