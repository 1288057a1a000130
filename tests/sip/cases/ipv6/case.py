# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import Addresses6, free_port
from harness.phone import answers, rings
from harness.registrar import contact
from harness.softphone import Softphone
from harness.sound import NOT_YET_THERE, Rtpengine, is_tone
from harness.wire import Request

ROUTES = True
OWN_NETWORK = True
LIMIT = 60
PORT = free_port()
STACK = {"before": f'#!define UR_SIP_HOST_2 "[::1]"\n#!define WITH_IPV6\n#!define WITH_RTPENGINE\n#!define UR_RTPENGINE "udp:127.0.0.1:{PORT}"'}
HARMLESS = NOT_YET_THERE
RELAYS = ("127.0.0.9", "::1")


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


def talk(t, caller, callee, target):
    caller.call(target)
    for phone in (caller, callee):
        phone.await_event("CALL_ESTABLISHED")
    t.pause(2)
    caller.hang_up()
    for phone in (caller, callee):
        phone.await_event("CALL_CLOSED")
    for phone, other, relay in zip((caller, callee), (callee, caller), RELAYS):
        t.equal(phone.hears_from(), {relay}, f"where the sound of {phone.device.name} came from")
        is_tone(phone.heard, other.hz)


def run(t):
    with Rtpengine(t.folder, PORT, RELAYS):
        calls(t)


def calls(t):
    alice, bella, carol = (t.user(name, ring_timeout_sec=5) for name in ("1001", "1002", "1003"))
    bob, dave = t.caller(), t.user("1004").device("four")
    four = bella.phone("four", answers(after=0.2))
    usual, on_4, on_6 = t.server, t.addresses, Addresses6()
    t.server, t.addresses = ("::1", usual[1]), on_6
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

    t.server, t.addresses = usual, on_4
    dave.calls("1001").ends(200, after=0.2).over()
    six.saw_bye()
    with Softphone(t.user("1005").device("four"), 440) as caller:
        t.server, t.addresses = ("::1", usual[1]), on_6
        with Softphone(t.user("1006").device("six"), 900) as callee:
            talk(t, caller, callee, "1006")
