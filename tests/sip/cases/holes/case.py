# SPDX-License-Identifier: GPL-2.0-or-later
from harness import registrar
from harness.phone import rings
from harness.wire import Endpoint, Request

ROUTES = True


def made_up_dialog(t, victim):
    """A request that claims to be inside a dialog, with a Route to somebody."""
    for route in (f"<sip:{victim.address}:5060;lr>", f"<sip:{t.server[0]}:{t.server[1]};lr>, <sip:{victim.address}:5060;lr>"):
        for method in ("INVITE", "MESSAGE"):
            with t.endpoint() as endpoint:
                uri = f"sip:victim@{victim.address}:5060"
                request = Request(endpoint, method, uri, "sip:a@b.test", headers=[("Route", route)])
                endpoint.send(request.encode().replace(f"To: <{uri}>".encode(), f"To: <{uri}>;tag=x".encode()))
                reply = endpoint.final(request.call_id, method)
                t.check(reply and reply.status == 404, f"{method} with Route {route}: expected 404, saw {reply and reply.first_line}")


def second_header(t, thief, victim):
    """REGISTER for the victim with the thief's password, and the victim's name in another header."""
    with Endpoint(t.addresses.take(), 5060, t.server, t.name) as endpoint:
        extra = [("Contact", f"<sip:x@{endpoint.address}:5060>"), ("Expires", 60),
                 ("Proxy-Authorization", f'Digest username="{victim.name}", realm="{t.domain}", nonce="n", uri="sip:x", response="r"')]
        request = Request(endpoint, "REGISTER", f"sip:{t.domain}", victim.aor, victim.aor, extra)
        reply = request.exchange(thief.auth_username, thief.password)
        t.check(reply and reply.status == 403, f"REGISTER for another device: expected 403, saw {reply and reply.first_line}")


def run(t):
    victim = t.endpoint()
    made_up_dialog(t, victim)

    alice, bob = t.user("1001", ring_timeout_sec=1), t.user("1002")
    hers, his = alice.device("hers"), bob.device("his")
    t.settle()
    second_header(t, his, hers)
    t.calls("1001").ends_at_once(480)

    phone = hers.phone(rings(), register=False)
    hers.register(victim.address, source=(phone.address, 5099))  # a contact that is not its own
    t.calls("1001").ends(480)
    path = registrar.register(hers, t.server, (phone.address, 5099), [registrar.contact(phone.address)],
                              headers=[("Path", f"<sip:{victim.address}:5060;lr>")])
    t.equal(path.status, 403, "a Path from a device")

    t.equal(victim.receive(0.5), None, "what reached somebody who has nothing to do with it")
