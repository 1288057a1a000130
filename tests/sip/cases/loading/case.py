# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import TRUNKS
from harness.phone import rings
from harness.registrar import contact, register
from harness.spare import SpareKamailio

ROUTES = True


def run(t):
    t.user("1001").phone("desk", rings())
    bob = t.caller()
    # Its mirror never gets a connection: nobody listens on port 9.
    spare = SpareKamailio(t.stack, t.folder, UR_DB_URL='"postgresql://user_routing@127.0.0.1:9/user_routing"')
    try:
        t.server = spare.server
        call = bob.calls("1001").ends_at_once(503)
        retry = call.final.header("Retry-After")
        t.check(retry is not None and retry.isdigit() and int(retry) > 0, f"expected Retry-After in seconds, saw {retry!r}")
        address = t.addresses.take()
        reply = register(bob, t.server, (address, 5060), [contact(address)])
        t.equal((reply.status, reply.header("Retry-After")), (503, retry), "REGISTER")
        bob.calls("1999").ends_at_once(503)
        t.stranger_calls("1001", address=t.addresses.take_trusted(TRUNKS)).ends_at_once(503)
        counted = [spare.kamcmd("cnt.get", "user_routing", name).strip() for name in ("auth_not_loaded_total", "calls_total", "decisions_not_loaded_total")]
        t.equal(counted, ["3", "1", "1"], "counted: devices without a password to check, calls, calls not decided")
    finally:
        spare.stop()
