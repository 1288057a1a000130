# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.phone import answers, rings


def run(t):
    box = Device(t, "box", t.domain, "").phone(answers(after=0.1), register=False)
    queue = Device(t, "queue", t.domain, "").phone(answers(after=0.1), register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7", "address": f"sip:7@{box.address}:5060"})
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "q", "address": f"sip:q@{queue.address}:5060"})
    alice = t.user("1001", dnd=1)
    desk = alice.phone("desk", rings())

    t.calls("1001").ends_at_once(486)

    alice.update(voicemail_id="7")
    t.calls("1001").ends(200).over()
    invite = box.leg().invite
    t.equal(invite.uri, f"sip:7@{box.address}:5060;target=sip:1001%40{t.domain};cause=486", "the box's Request-URI")
    t.equal(invite.all("Diversion"), [f"<sip:1001@{t.domain}>;reason=do-not-disturb"], "Diversion")
    t.check(f"<sip:1001@{t.domain}>;index=1, <{invite.uri}>;index=1.1" == invite.header("History-Info"),
            f"History-Info is {invite.header('History-Info')}")

    alice.update(fwd_busy_kind="queue", fwd_busy_id="q")
    t.calls("1001").ends(200).over()
    t.equal((len(box.legs), len(queue.legs)), (1, 1), "calls at the box and at the queue")

    alice.update(fwd_busy_id="gone")
    t.calls("1001").ends(200).over()
    t.equal((len(box.legs), len(queue.legs)), (2, 1), "a target that does not exist counts as not set")
    desk.never_rang()
