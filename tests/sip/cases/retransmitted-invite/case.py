# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings
from harness.wire import Request

ROUTES = True


def run(t):
    alice = t.user("1001", ring_timeout_sec=2, ring_strategy="sequential")
    desk = alice.phone("desk", rings(), ring_order=1)
    soft = alice.phone("soft", rings(), ring_order=2)
    bob = t.caller()
    endpoint = t.endpoint()
    headers = [("Contact", f"<sip:{endpoint.address}:{endpoint.port}>")]
    request = Request(endpoint, "INVITE", alice.uri, bob.aor, headers=headers)

    endpoint.send(request.encode())
    challenged = endpoint.final(request.call_id, "INVITE")
    request.acknowledge(challenged)
    invite = request.authenticate(challenged, bob.auth_username, bob.password)
    # Back to back, so that two workers of the server may hold it at the same time; then during both steps.
    for pause in (0, 0, 0, 0.2, 0.5, 1.6):
        t.pause(pause)
        endpoint.send(invite)

    final = endpoint.final(request.call_id, "INVITE", 5, request.cseq)
    t.check(final and final.status == 480, f"expected 480, saw {final and final.first_line}")
    request.acknowledge(final)
    desk.rang(2.0).rang_times(1)
    soft.rang(2.0).rang_times(1)
    t.equal(desk.leg().copies + soft.leg().copies, 2, "INVITEs at the phones")
    t.nothing_rings()
