# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.phone import answers, rejects, rings

ROUTES = True


def run(t):
    queue = Device(t, "queue", t.domain, "").phone(answers(after=0.1), register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "q", "address": f"sip:q@{queue.address}:5060"})
    bob = t.user("1002", ring_strategy="sequential", ring_timeout_sec=1, fwd_busy_kind="queue", fwd_busy_id="q")
    alice = t.user("1001", ring_timeout_sec=2, fwd_noanswer_kind="user", fwd_noanswer_id=bob.id)
    desk, soft = alice.phone("desk", rings()), alice.phone("soft", rejects(480, after=0.3))
    first = bob.phone("first", rejects(480, after=0.3), ring_order=1)
    second = bob.phone("second", rejects(486, after=0.4), ring_order=2)

    call = t.calls("1001").ends(200, after=2.8, tolerance=0.6).over()

    desk.rang(2.0).cancelled()
    soft.rejected(480)
    first.rang_after(call, 2.0).rang(0.3)
    second.rang_after(call, 2.3).rang(0.4)
    invite = queue.leg().invite
    t.equal(invite.uri, f"sip:q@{queue.address}:5060", "the queue's Request-URI")
    t.equal(invite.all("Diversion"), [f"<sip:1002@{t.domain}>;reason=user-busy", f"<sip:1001@{t.domain}>;reason=no-answer"],
            "Diversion, the last one first")
    t.equal(invite.all("Route"), [], "Route headers")
    t.nothing_rings()
    t.equal([len(p.legs) for p in (desk, soft, first, second)], [1, 1, 1, 1], "calls at each phone")
