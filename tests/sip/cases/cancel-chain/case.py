# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.phone import rings


def run(t):
    box = Device(t, "box", t.domain, "").phone(rings(), register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7", "address": f"sip:7@{box.address}:5060"})
    bob = t.user("1002", ring_timeout_sec=1, voicemail_id="7")
    alice = t.user("1001", ring_timeout_sec=1, fwd_noanswer_kind="user", fwd_noanswer_id=bob.id)
    desk, his = alice.phone("desk", rings()), bob.phone("his", rings())
    for moment, expected in ((0.5, (1, 0, 0)), (1.5, (2, 1, 0)), (2.5, (3, 2, 1))):
        call = t.calls("1001").proceeding(180)
        t.pause(moment)
        call.cancel()
        t.equal(call.final.status, 487, f"cancelled after {moment} s: the call")
        t.nothing_rings(1.5)
        t.equal((len(desk.legs), len(his.legs), len(box.legs)), expected, f"cancelled after {moment} s: calls so far")
