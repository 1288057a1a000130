# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import TRUNKS
from harness.phone import rejects, rings

ROUTES = True

THEIRS = "<sip:old@gateway.test>;reason=user-busy"
HISTORY = ["<sip:old@gateway.test>;index=1", "<sip:1001@gateway.test;cause=486>;index=1.2;mp=1"]


def run(t):
    box = Device(t, "box", t.domain, "").phone(rejects(486, after=0.05), register=False)
    target = f"sip:q@{box.address}:5060"
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "q", "address": target})
    bob = t.user("1002", dnd=1, fwd_busy_kind="queue", fwd_busy_id="q")
    t.user("1001", ring_timeout_sec=1, fwd_noanswer_kind="user", fwd_noanswer_id=bob.id).phone("desk", rings())
    diversions = [f"<sip:1002@{t.domain}>;reason=do-not-disturb", f"<sip:1001@{t.domain}>;reason=no-answer"]

    def told(*headers):
        t.stranger_calls("1001", sender="<sip:+4930123456@gateway.test>", headers=headers,
                         address=t.addresses.take_trusted(TRUNKS)).ends(486)
        invite = box.leg().invite
        t.equal(invite.uri, target, "Request-URI")
        return invite.all("Diversion"), ", ".join(invite.all("History-Info")).split(", ")

    def ours(parent):
        return [f"<sip:1001@{t.domain}>;index={parent}", f"<sip:1002@{t.domain};cause=408>;index={parent}.1",
                f"<{target};cause=486>;index={parent}.1.1"]

    t.equal(told(), (diversions, ours("1")), "no header of the trunk's")
    t.equal(told(f"Diversion: {THEIRS}", *[f"History-Info: {entry}" for entry in HISTORY]),
            ([*diversions, THEIRS], [*HISTORY, *ours("1.2.1")]), "behind the trunk's")
    t.equal(told(f"Diversion: {THEIRS}", "History-Info: <sip:old@gateway.test>"),
            ([*diversions, THEIRS], ours("1")), "a history without index")
