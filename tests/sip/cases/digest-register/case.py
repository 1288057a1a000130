# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.registrar import contact, register
from harness.wire import Endpoint, Request

ROUTES = True


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
    with Endpoint(address, 5060, t.server, t.name) as endpoint:
        for sender, to in ((desk.aor, soft.aor), (soft.aor, desk.aor)):
            lines = [("Contact", contact(address)), ("Expires", 60)]
            reply = Request(endpoint, "REGISTER", f"sip:{t.domain}", sender, to, lines).exchange(desk.auth_username, desk.password)
            t.equal(reply.status, 403, f"From {sender}, To {to}")
    made_up = [("Authorization", f'Digest username="{desk.auth_username}", realm="{t.domain}", nonce="made-up", uri="sip:x", response="{"0" * 32}"')]
    reply = register(desk, t.server, (address, 5060), [contact(address)], headers=made_up, password="wrong")
    t.equal(reply.status, 401, "a nonce that is not the server's is challenged, again and again")
    for username in (f"{soft.auth_username}@{t.domain}", f"{soft.auth_username}@elsewhere.test", f"sip:{soft.auth_username}"):
        named = Device(t, username, t.domain, soft.password)
        t.equal(status(named, as_aor=soft.aor), 403, f"with the username {username}")
    desk.update(status="disabled")
    t.settle()
    t.equal(status(desk), 401, "disabled device")
    soft.auth_username = "nobody"
    t.equal(status(soft), 401, "unknown device")
