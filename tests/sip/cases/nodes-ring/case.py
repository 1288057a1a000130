# SPDX-License-Identifier: GPL-2.0-or-later
import json

from harness import nodes
from harness.beside import Late
from harness.net import EDGES
from harness.nodes import Nodes
from harness.phone import ELSEWHERE, answers, rings
from harness.wire import Request, TcpEndpoint

STACK = nodes.stack()
OWN_NETWORK = True
PAIRED = True
LIMIT = 60
DMQ_UPDATE, DMQ_SYNC = 1, 3  # dmq_usrloc's actions
# A contact that can't be reached from here: the core says so, and tm.
REFUSED = [r"(Connection refused|tcp_send failed|could not create Via header|could not build request|failure to add branches)"]


def rings_from_the_other(t, one, two):
    alice = t.user("1001", ring_timeout_sec=10)
    with one.here():
        desk = alice.phone("desk", answers(after=0.2))
    waits = [two.knows(desk.device)]
    with one.here():
        call = t.calls("1001").ends(200, after=0.2)
    with two.here():
        second = t.calls("1001").ends(200, after=0.2)
    desk.rang_times(2)
    for leg, node in zip(desk.legs, (one, two)):
        via = leg.invite.header("Via")
        t.check(node.address in via, f"the call at node {node.number}: expected its Via, saw {via}")
    call.over()
    second.over()

    with one.here():
        desk.device.unregister(desk)
    took = two.forgets(desk.device)
    with two.here():
        t.calls("1001").ends_at_once(480)
    for _ in range(9):
        with one.here():
            desk.device.register(desk.address, 5060, source=(desk.address, 5099))
        waits.append(two.knows(desk.device))
        with one.here():
            desk.device.unregister(desk)
        two.forgets(desk.device)
    t.note(f"a contact is known at the other node {1000 * max(waits):.0f} ms after its REGISTER at most, of {len(waits)};"
           f" and taken back after {1000 * took:.0f} ms")


def change_on_both(t, one, two):
    bob = t.user("1002", dnd=0)
    for dnd in (1, 0):
        bob.update(dnd=dnd)
        waits = [n.waits(lambda n=n: says(n, bob, dnd), 1, "the change should be in force") for n in (one, two)]
        t.settle()
        for node in (one, two):
            with node.here():
                t.calls("1002").ends_at_once(486 if dnd else 480)
    t.note(f"a change is in force at both {1000 * sum(waits):.0f} ms after its COMMIT")


def says(node, user, dnd):
    return (node.ask("user_routing.show", user.id) or {}).get("dnd") == dnd


def connected_to_one(t, one, two):
    """A phone on TCP has its connection to one node only. The other one can't reach it, knows that at once, and must
    not take a connection of its own for it that has the same number."""
    carol = t.user("1003", ring_strategy="sequential", ring_timeout_sec=10)
    tcp, ws = (carol.device(name, ring_order=n) for n, name in enumerate(("tcp", "ws")))
    with one.here():
        soft = carol.phone("soft", answers(after=0.2), ring_order=3)
        phone = TcpEndpoint(t.addresses.take(), t.server, t.name)
        register(tcp, phone, f"{phone.port};transport=tcp")
        ws.register(t.addresses.take(), 5060, uri_params=";transport=ws")
    with two.here():
        stranger = TcpEndpoint(t.addresses.take(), t.server, t.name)
        stranger.send(b"\r\n\r\n")  # one connection of the same number
    for device in (tcp, ws, soft.device):
        two.knows(device)
    ids = [node.contacts(tcp)[0]["Tcpconn-Id"] for node in (one, two)]
    t.check(ids[0] > 0 and ids[1] == -1, f"connections of the contact at node 1 and 2: expected n and -1, saw {ids}")

    said = [n.ask("user_routing.explain", carol.uri)["decision"]["devices"][0]["contacts"][0]["connection"] for n in (one, two)]
    t.equal(said, ["open", "none"], "what explain says of the connection at node 1 and 2")
    with two.here():
        call = t.calls("1003").ends(200, after=0.2)
    soft.rang_after(call, 0.0)
    call.over()
    carol.update(ring_strategy="simultaneous")
    with two.here():
        call = t.calls("1003").ends(200, after=0.2)
    call.over()
    t.equal(stranger.receive(0.1), None, "what came to somebody else's connection")
    carol.update(ring_strategy="sequential")
    with one.here():
        call = t.calls("1003").proceeding(100)
    invite = phone.invites(1)
    t.equal(len(invite), 1, "INVITEs over the phone's own connection")
    call.cancel()
    t.equal(call.final.status, 487, "the call")


def behind_an_edge(t, one, two):
    """A phone that registers through an edge proxy is reached through it from any node."""
    device = t.user("1005").device("behind")
    with one.here():
        edge = t.addresses.take_trusted(EDGES)
        path = f"<sip:{edge}:5060;lr>"
        device.register("10.0.0.9", 5099, source=(edge, 5060), headers=[("Path", path), ("Supported", "path")])
        phone = device.phone(answers(after=0.2), address=edge, register=False)
    two.knows(device)
    with two.here():
        t.calls("1005").ends(200, after=0.2).over()
    invite = phone.leg().invite
    t.equal((invite.uri, invite.all("Route")), ("sip:phone@10.0.0.9:5099", [path]), "Request-URI and Route")


def joins_from_the_other(t, one, two):
    """A phone registers at node two while its user rings at node one."""
    dave = t.user("1006", ring_timeout_sec=5)
    with one.here():
        desk = dave.phone("desk", rings())
    with two.here():
        late = Late(dave.device("late"), answers(after=0.3))
    with one.here(), t.unexplained():
        call = t.calls("1006").proceeding()
    with two.here():
        late.registers()
    call.ends(200)
    invite = late.rang_at_once().answered().leg().invite
    t.check(one.address in invite.header("Via"), f"expected the Via of node 1, saw {invite.header('Via')}")
    desk.cancelled(ELSEWHERE)
    call.over()


def register(device, endpoint, port_and_params):
    contact = f"<sip:phone@{endpoint.address}:{port_and_params}>"
    request = Request(endpoint, "REGISTER", f"sip:{device.realm}", device.aor, device.aor, [("Contact", contact), ("Expires", 300)])
    reply = request.exchange(device.auth_username, device.password)
    assert reply is not None and reply.status == 200, reply and reply.first_line


def strangers_are_no_nodes(t, one, two):
    """KDMQ from an address that isn't a node's sets no contact and gets no list of contacts."""
    victim = t.user("1004").device("desk")
    aor = f"{victim.auth_username}@{victim.realm}"
    forged = {"action": DMQ_UPDATE, "aor": aor, "ruid": "uloc-1", "c": "sip:thief@198.18.2.9:5060", "received": "", "path": "",
              "callid": "x", "user_agent": "", "instance": "", "expires": 2_000_000_000, "cseq": 1, "flags": 0, "cflags": 0,
              "q": -1, "last_modified": 1, "methods": 0xffffffff, "reg_id": 0, "server_id": 1}
    with two.here():
        endpoint = t.endpoint()
        for body in (forged, {"action": DMQ_SYNC}):
            request = Request(endpoint, "KDMQ", f"sip:usrloc@{two.address}:5060", one.uri, headers=[("Content-Type", "application/json")],
                              body=json.dumps(body))
            reply = request.exchange()
            t.check(reply and reply.status == 405, f"KDMQ of a stranger: expected 405, saw {reply and reply.first_line}")
    t.pause(0.2)
    for node in (one, two):
        t.equal(node.contacts(victim), [], f"contacts at node {node.number} that a stranger has put there")


def run(t):
    with Nodes(t, defines="#!define WITH_WEBSOCKET", harmless=REFUSED) as (one, two):
        rings_from_the_other(t, one, two)
        change_on_both(t, one, two)
        connected_to_one(t, one, two)
        behind_an_edge(t, one, two)
        joins_from_the_other(t, one, two)
        strangers_are_no_nodes(t, one, two)
