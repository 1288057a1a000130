# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import Addresses6
from harness.phone import answers, rings
from harness.registrar import contact
from harness.wire import Request

ROUTES = True
OWN_NETWORK = True
STACK = {"before": '#!define UR_SIP_HOST_2 "[::1]"\n#!define WITH_IPV6'}


def cancels(t, bob, desk):
    """From another address, then from the caller's own."""
    caller, other = t.endpoint(), t.endpoint()
    invite = Request(caller, "INVITE", f"sip:1003@{t.domain}", bob.aor, headers=[("Contact", contact(caller.address))])
    invite.exchange(bob.auth_username, bob.password, 0.5)
    leg = desk.leg()
    other.send(invite.encode(method="CANCEL"))
    t.pause(0.3)
    t.check(leg.end is None, "a CANCEL from another address should have no effect")
    invite.cancel()
    final = caller.final(invite.call_id, "INVITE")
    t.equal(final and final.status, 487, "after a CANCEL of the caller")
    invite.acknowledge(final)


def run(t):
    alice, bella, carol = (t.user(name, ring_timeout_sec=5) for name in ("1001", "1002", "1003"))
    bob, dave = t.caller(), t.user("1004").device("four")
    four = bella.phone("four", answers(after=0.2))
    usual, t.server, of_4, t.addresses = t.server, ("::1", t.server[1]), t.addresses, Addresses6()
    six = alice.phone("six", answers(after=0.2))
    desk = carol.phone("desk", rings())

    for target, phone in (("1001", six), ("1002", four)):
        call = t.calls(target, talk=None).ends(200, after=0.2)
        t.pause(0.1)
        call.hold()
        t.pause(0.1)
        call.hang_up().over()
        phone.saw_bye()
    t.equal(len(four.leg().invite.all("Record-Route")), 2, "Record-Routes of a call from IPv6 to IPv4")
    cancels(t, bob, desk)

    t.server, t.addresses = usual, of_4
    dave.calls("1001").ends(200, after=0.2).over()
    six.saw_bye()
