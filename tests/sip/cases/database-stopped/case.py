# SPDX-License-Identifier: GPL-2.0-or-later
import os
import signal
import time

from harness.phone import rejects
from harness.registrar import contact
from harness.wire import Endpoint, Request

STACK = {}
LIMIT = 60
# The mirror says so when it loses the database.
HARMLESS = [r"user_routing.*database"]
AT_ONCE = 24  # the sample has 4 workers


def postgres(stack):
    """All processes of the stack's PostgreSQL; its first one comes first."""
    first = int(stack.env["POSTGRES_PID"])
    with open(f"/proc/{first}/task/{first}/children", encoding="ascii") as children:
        return [first, *map(int, children.read().split())]


def register_all(t, devices, what):
    """REGISTER of all devices at once, with digest; every answer soon."""
    started = time.monotonic()
    endpoints = [Endpoint(t.addresses.take(), 5060, t.server, t.name) for _ in devices]
    requests = [
        Request(e, "REGISTER", f"sip:{d.realm}", d.aor, d.aor, [("Contact", contact(e.address)), ("Expires", 300)])
        for e, d in zip(endpoints, devices)
    ]
    for endpoint, request in zip(endpoints, requests):
        endpoint.send(request.encode())
    for endpoint, request, device in zip(endpoints, requests, devices):
        reply = endpoint.final(request.call_id, "REGISTER", cseq=request.cseq)
        t.equal(reply and reply.status, 401, f"REGISTER, {what}")
        endpoint.send(request.authenticate(reply, device.auth_username, device.password))
    replies = [e.final(r.call_id, "REGISTER", cseq=r.cseq) for e, r in zip(endpoints, requests)]
    took = time.monotonic() - started
    for endpoint in endpoints:
        endpoint.__exit__()
    t.equal([reply and reply.status for reply in replies], [200] * len(devices), f"REGISTER with a password, {what}")
    t.check(took < 1, f"{len(devices)} phones registered in {took:.2f} s, {what}: expected less than 1")


def calls(t, callers, what):
    for call in [device.calls("1001") for device in callers]:
        call.ends(486)
        t.check(call.lasted < 0.5, f"a call took {call.lasted:.2f} s, {what}: expected less than 0.5")


def gone(pid):
    return not os.path.exists(f"/proc/{pid}")


def run(t):
    t.user("1001").phone("desk", rejects(486, after=0.05))
    crowd = t.user("1002")
    devices = [crowd.device(f"phone-{n}") for n in range(AT_ONCE)]
    t.settle()
    processes = postgres(t.stack)
    register_all(t, devices, "with a database")
    try:
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        register_all(t, devices, "while the database hangs")
        calls(t, devices[:6], "while the database hangs")
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)
    os.kill(processes[0], signal.SIGINT)
    t.wait_for(lambda: gone(processes[0]), 10, "PostgreSQL should stop")
    t.wait_for(lambda: "state: stale" in t.stack.kamcmd("user_routing.status"), 15, "the mirror should notice")
    register_all(t, devices, "without a database")
    calls(t, devices[:6], "without a database")
