# SPDX-License-Identifier: GPL-2.0-or-later
from harness.registrar import contact, register


def run(t):
    alice = t.user("1001")
    desk, soft = alice.device("desk"), alice.device("soft")
    t.settle()
    address = t.addresses.take()

    def status(device, **options):
        reply = register(device, t.server, (address, 5060), [contact(address)], **options)
        return reply.status if reply else None

    t.equal(status(desk, password="wrong"), 401, "wrong password")
    t.equal(status(desk, as_aor=soft.aor), 403, "under another device's address")
    t.equal(status(desk, as_aor=f"sip:nobody@{t.domain}"), 403, "under an address that is not there")
    t.equal(status(desk), 200, "under its own address")
    desk.update(status="disabled")
    t.settle()
    t.equal(status(desk), 401, "disabled device")
    soft.auth_username = "nobody"
    t.equal(status(soft), 401, "unknown device")
