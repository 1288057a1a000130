# SPDX-License-Identifier: GPL-2.0-or-later
import uuid

from harness import registrar
from harness.beside import Late, beside
from harness.board import Board
from harness.net import EDGES
from harness.phone import ELSEWHERE, answers, rejects, rings, silent
from harness.sip import token
from harness.sipp import Sipp
from harness.wire import Request

PAIRED = True  # its calls are placed side by side
EXPLAIN = "phones register during the call"


def joins_and_answers(t, name):
    alice = t.user(name, ring_timeout_sec=5)
    desk, soft = alice.phone("desk", rings()), Late(alice.device("soft"), answers(after=0.5))
    yield
    call = t.calls(name)
    yield 1.0
    soft.registers()

    def checks():
        call.ends(200)
        soft.rang_at_once().answered()
        desk.cancelled(ELSEWHERE)
        call.over()
    return checks


def rings_for_the_time_left(t, name):
    alice = t.user(name, ring_timeout_sec=3)
    alice.phone("desk", rings())
    soft, last = Late(alice.device("soft"), rings()), Late(alice.device("last"), rings())
    yield
    call = t.calls(name)
    yield 1.5
    soft.registers()
    yield 1.2
    last.registers()  # less than half a second would be left

    def checks():
        call.ends(480, after=3.0)
        soft.rang_at_once()
        soft.phone.rang(3.0 - (soft.registered - call.started)).cancelled()
        last.phone.never_rang()
    return checks


def second_contact(t, name):
    """The first one is all that rings: no branch was added for it."""
    alice = t.user(name, ring_timeout_sec=5)
    device = alice.device("desk")
    first, second = device.phone(rings()), Late(device, answers(after=0.3))
    yield
    call = t.calls(name)
    yield 1.0
    second.registers()

    def checks():
        call.ends(200)
        second.rang_at_once().answered()
        first.cancelled(ELSEWHERE)
        call.over()
    return checks


def rings_already(t, name):
    alice = t.user(name, ring_timeout_sec=3)
    desk, busy = alice.phone("desk", rings()), alice.phone("busy", rejects(486))
    yield
    call = t.calls(name)
    yield 1.0
    for phone in desk, busy:
        phone.device.register(phone.address, source=(phone.address, 5099))

    def checks():
        call.ends(480, after=3.0)
        desk.rang_times(1)
        busy.rang_times(1)
    return checks


def moved(t, name, behaviour):
    """Its old address says that, its new one answers."""
    instance = str(uuid.uuid4())
    device = t.user(name, ring_timeout_sec=4).device("desk")
    old, new = device.phone(behaviour, instance=instance), Late(device, answers(after=0.3))
    yield
    call = t.calls(name)
    yield 1.0
    new.registers(instance=instance)
    return call, old, new


def moved_before_it_rang(t, name):
    call, old, new = yield from moved(t, name, silent())

    def checks():
        call.ends(200)
        new.rang_at_once().answered()
        old.rang_times(1)
        call.over()
    return checks


def moved_while_it_rings(t, name):
    call, old, new = yield from moved(t, name, rings())

    def checks():
        call.ends(480, after=4.0)
        old.rang(4.0)
        new.phone.never_rang()
    return checks


# Two names that are one to a hash that adds up words of four bytes, as the core's does.
ALIKE = "0000000abcd000000000000", "00000000000abcd00000000"


def named_alike(t, name):
    alice = t.user(name, ring_timeout_sec=4)
    alice.device("desk").phone(rings(), instance=ALIKE[0])
    soft = Late(alice.device("soft"), answers(after=0.3))
    yield
    call = t.calls(name)
    yield 0.5
    soft.registers(instance=ALIKE[1])

    def checks():
        call.ends(200)
        soft.rang_at_once().answered()
        call.over()
    return checks


def comes_back(t, name, after, within):
    """It was off, and has the contact that it had before. A leg that says nothing is given up after 4 s."""
    alice = t.user(name, ring_timeout_sec=9)
    alice.phone("soft", rings())
    device, address = alice.device("desk"), t.addresses.take()
    device.register(address, source=(address, 5099))
    yield
    call = t.calls(name)
    yield after
    desk = Late(device, answers(after=0.3), address=address)
    desk.registers()

    def checks():
        call.ends(200)
        t.check(desk.phone.answered().leg().time - call.started < within, f"expected its INVITE within {within} s")
        call.over()
    return checks


def comes_back_early(t, name):
    return (yield from comes_back(t, name, 3.6, 5.0))


def comes_back_late(t, name):
    return (yield from comes_back(t, name, 5.0, 5.6))


def in_a_sequence(t, name):
    alice = t.user(name, ring_strategy="sequential", ring_timeout_sec=2)
    missed = Late(alice.device("first", ring_order=1), rings())
    device = alice.device("second", ring_order=2)
    rung, joined = device.phone(rings()), Late(device, rings())
    last = Late(alice.device("third", ring_order=3), answers(after=0.3))
    yield
    call = t.calls(name)
    yield 0.7
    for late in missed, joined, last:
        late.registers()

    def checks():
        call.ends(200, after=2.3)
        rung.rang(2.0)
        joined.rang_at_once().cancelled()
        last.phone.rang_after(call, 2.0).answered()
        missed.phone.never_rang()
        call.over()
    return checks


def nobody_rings(t, name):
    late = Late(t.user(name).device("desk"), rings())
    yield
    call = t.calls(name)
    yield 0.5
    late.registers()

    def checks():
        call.ends_at_once(480)
        late.phone.never_rang()
    return checks


def wrong_password(t, name):
    alice = t.user(name, ring_timeout_sec=3)
    alice.phone("desk", rings())
    device = alice.device("soft")
    phone = device.phone(rings(), register=False)
    yield
    call = t.calls(name)
    yield 1.0
    reply = registrar.register(device, t.server, (phone.address, 5099), [registrar.contact(phone.address)], password="guessed")

    def checks():
        t.equal(reply.status, 401, "REGISTER with a wrong password")
        call.ends(480, after=3.0)
        phone.never_rang()
    return checks


def answered(t, name):
    alice = t.user(name, ring_timeout_sec=9)
    desk, late = alice.phone("desk", answers(after=0.3)), Late(alice.device("soft"), rings())
    yield
    call = t.calls(name, talk=2.0)
    yield 1.2
    late.registers()

    def checks():
        call.ends(200)
        call.over()
        desk.answered()
        late.phone.never_rang()
    return checks


def hung_up(t, name):
    alice = t.user(name, ring_timeout_sec=9)
    desk, late = alice.phone("desk", rings()), Late(alice.device("soft"), rings())
    yield
    call = t.calls(name)
    yield 1.0
    call.cancel()
    yield 0.3
    late.registers()

    def checks():
        call.ends(487)
        desk.cancelled()
        late.phone.never_rang()
    return checks


def over_tcp(t, name):
    alice = t.user(name, ring_timeout_sec=5)
    alice.phone("desk", rings())
    late = Late(alice.device("soft"), answers(after=0.3), transport="tcp")
    yield
    call = t.calls(name)
    yield 1.0
    late.registers(uri_params=";transport=tcp")

    def checks():
        call.ends(200)
        late.rang_at_once().answered()
        call.over()
    return checks


def behind_an_edge(t, name):
    alice = t.user(name, ring_timeout_sec=5)
    alice.phone("desk", rings())
    edge = t.addresses.take_trusted(EDGES)
    path = f"<sip:{edge}:5060;lr>"
    late = Late(alice.device("soft"), answers(after=0.3), address=edge)
    yield
    call = t.calls(name)
    yield 1.0
    late.registers("127.255.255.1", headers=[("Path", path), ("Supported", "path")])

    def checks():
        call.ends(200)
        late.rang_at_once().answered()
        t.equal(late.phone.header("Route"), path, "Route")
        call.over()
    return checks


def behind_nat(t, name):
    """It has a private address, and is reached where its REGISTER came from."""
    alice = t.user(name, ring_timeout_sec=5)
    desk, device = alice.phone("desk", rings()), alice.device("soft")
    endpoint = t.endpoint()
    request = Request(endpoint, "REGISTER", f"sip:{device.realm}", device.aor, device.aor, [("Contact", "<sip:phone@192.168.1.20:5062>")])
    yield
    call = t.calls(name)
    yield 1.0
    reply = request.exchange(device.auth_username, device.password)
    invites = endpoint.invites(1, 1.0)
    for invite in invites:
        endpoint.reply(invite, "603 Decline")

    def checks():
        t.equal(reply.status, 200, "REGISTER from behind NAT")
        t.equal([invite.uri.split(";")[0] for invite in invites], ["sip:phone@192.168.1.20:5062"], "INVITEs")
        call.ends(486)
        desk.cancelled()
    return checks


def registers_again_and_again(t, name):
    """20 times a second."""
    desk = t.user(name, ring_timeout_sec=3).phone("desk", rings())
    device = desk.device
    contact = f"<sip:phone@{desk.address}:{desk.port}>"
    scenario = registrar.sipp_scenario(device.realm, device.aor, device.sipp_authentication, contact)
    yield
    call = t.calls(name)
    options = ["-r", "20", "-cid_str", f"{t.name}-{token(6)}-%u", "-auth_uri", device.realm]
    refreshes = Sipp("refreshes", scenario, desk.address, 5099, t.server, t.folder, options)
    t.background.append(refreshes)
    yield 2.5
    refreshes.begin_no_more()

    def checks():
        call.ends(480, after=3.0)
        desk.rang_times(1)
        done = sum(event.received and event.message.status == 200 for event in refreshes.trace.events)
        t.check(done > 25, f"expected some 50 REGISTERs while it rings, saw {done}")
    return checks


def refuses_and_registers(t, name):
    """It says 503 and is back at once, again and again: that takes branches, and no time."""
    alice = t.user(name, ring_timeout_sec=4)
    desk, device = alice.phone("desk", rings()), alice.device("soft")
    yield
    call = t.calls(name)
    board = Board(t, refuse_with="503 Service Unavailable")
    for _ in range(15):
        yield 0.2
        board.register(device)

    def checks():
        call.ends(480, after=4.0)
        desk.rang(4.0)
        board.__exit__()
        t.check(2 <= len(board.called) <= 15, f"{device.name}: expected 2 to 15 INVITEs, saw {len(board.called)}")
        t.note(f"a phone that registers 15 times and says 503 each time was rung {len(board.called)} times")
    return checks


def run(t):
    beside(t, comes_back_late, comes_back_early, joins_and_answers, rings_for_the_time_left, second_contact, rings_already,
           named_alike, moved_before_it_rang, moved_while_it_rings, in_a_sequence, nobody_rings, wrong_password, answered, hung_up,
           over_tcp, behind_an_edge, behind_nat)
    beside(t, registers_again_and_again, refuses_and_registers, first=2100)  # they would hold up the others
    t.nothing_rings()
