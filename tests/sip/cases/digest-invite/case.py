# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings
from harness.wire import Request

ROUTES = True


def run(t):
    desk = t.user("1001").phone("desk", rings())
    bob = t.caller()

    t.stranger_calls("1001", sender=f"<{bob.aor}>").ends(407)
    right, bob.password = bob.password, "wrong"
    bob.calls("1001").ends(407)
    bob.password = right

    outside = t.endpoint()
    for uri in (f"sip:victim@{outside.address}:{outside.port}", "sip:victim@elsewhere.test"):
        status = bob.calls(uri).final.status
        t.check(400 <= status < 500, f"{uri}: expected a refusal, saw {status}")
        stranger = Request(t.endpoint(), "INVITE", uri, "sip:stranger@elsewhere.test").exchange()
        t.check(stranger and 400 <= stranger.status < 500, f"{uri}, a stranger: saw {stranger and stranger.first_line}")
    t.check(outside.receive(0.5) is None, "an INVITE for another domain was relayed")
    desk.never_rang()
