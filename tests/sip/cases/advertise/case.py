# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import free_address
from harness.phone import answers, rings
from harness.wire import Request

ROUTES = True
PUBLIC = free_address()  # nobody is there: packets go to where Kamailio really is
STACK = {"before": f'#!define UR_ADVERTISE "{PUBLIC}"'}


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    desk = alice.phone("desk", rings())
    soft = alice.phone("soft", answers(after=0.3))
    dora = t.user("1002", ring_timeout_sec=5).phone("desk", answers(after=0.1, hangs_up_after=0.5))
    public = f"{PUBLIC}:{t.server[1]}"

    call = t.calls("1001", talk=None).ends(200)
    t.pause(0.2)
    call.hold()
    t.pause(0.2)
    call.hang_up().over()
    soft.saw_bye()
    desk.cancelled()
    for what, header in (("Via", soft.leg().invite.all("Via")[0]), ("Record-Route", soft.leg().invite.header("Record-Route")),
                         ("Record-Route of the answer", call.final.header("Record-Route"))):
        t.check(public in header and t.server[0] not in header, f"{what} should have {public} alone: {header}")
    t.calls("1002", talk=None).ends(200).over()
    dora.rang_times(1)

    call = t.calls("1001").proceeding(180)
    call.cancel()
    t.equal(call.final.status, 487, "a call that is cancelled")

    t.equal(Request(t.endpoint(), "OPTIONS", f"sip:{public}", "sip:x@elsewhere.test").exchange().status, 200, "OPTIONS for the public address")
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "loop", "address": f"sip:loop@{public}"})
    t.user("1003", fwd_always_kind="queue", fwd_always_id="loop")
    t.settle()
    t.calls("1003").ends_at_once(480)
    t.check("its URI leads to this server" in t.stack.log_text(), "the log should say why")
