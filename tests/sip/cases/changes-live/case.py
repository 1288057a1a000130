# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects


def run(t):
    alice = t.user("1001", ring_timeout_sec=2)
    desk_device, soft_device = alice.device("desk"), alice.device("soft")
    desk, soft = desk_device.phone(rejects(486, after=0.05)), soft_device.phone(rejects(486, after=0.05))
    caller = t.caller()
    seen = [0, 0]

    def call(what, status, desk_rings, soft_rings, number="1001"):
        caller.calls(number).ends(status)
        seen[0] += desk_rings
        seen[1] += soft_rings
        t.equal([len(desk.legs), len(soft.legs)], seen, f"{what}: calls to desk and soft so far")

    call("at first", 486, 1, 1)
    soft_device.update(status="disabled")
    call("soft disabled", 486, 1, 0)
    soft_device.update(status="active", available=0)
    call("soft unavailable", 486, 1, 0)
    soft_device.update(available=1, ring_on_fork=0)
    call("soft not on fork", 486, 1, 0)
    soft_device.update(ring_on_fork=1)
    alice.update(ring_strategy="specific")
    call("specific, none opted in", 480, 0, 0)
    desk_device.update(ring_specific=1)
    call("specific, desk opted in", 486, 1, 0)
    alice.update(ring_strategy="simultaneous", username="1111")
    call("renamed, old name", 404, 0, 0)
    call("renamed, new name", 486, 1, 1, number="1111")
    alice.update(status="disabled")
    call("user disabled", 404, 0, 0, number="1111")
    alice.update(status="active", username="1001")
    call("back again", 486, 1, 1)
    t.sql("UPDATE sip_device SET user_id = %s WHERE id = %s", (t.user("1002").id, soft_device.id))
    call("soft given to another user", 486, 1, 0)
    call("the other user", 486, 0, 1, number="1002")
    new_domain = "new-" + t.domain
    t.insert("sip_domain", {"domain": new_domain, "account_id": t.account})
    call("a second domain", 486, 1, 0, number=f"sip:1001@{new_domain}")
    t.sql("DELETE FROM sip_device WHERE id = %s", (desk_device.id,))
    call("desk deleted", 480, 0, 0)
    t.sql("DELETE FROM sip_user WHERE id = %s", (alice.id,))
    call("user deleted", 404, 0, 0)
    t.sql("DELETE FROM sip_domain WHERE domain = %s", (new_domain,))
    status = caller.calls(f"sip:1002@{new_domain}").final.status
    t.check(status in (403, 404), f"domain deleted: expected a refusal, saw {status}")
