# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import EDGES, TRUNKS, free_address, free_port
from harness.phone import rejects

OTHER = (free_address(), free_port())
LIMIT = 90
STACK = {"before": f"listen=udp:{OTHER[0]}:{OTHER[1]}"}
HARMLESS = [r"(?i)sctp|no corresponding (listening )?socket|can't fwd to af|get_out_socket|no socket", r"sendto\(sock", r"msg_send_buffer", r"t_forward_nonack|t_send_branch|t_relay_to"]


def sent_from(invite):
    host, port = invite.header("Via").split()[1].split(";")[0].split(":")
    return host, int(port)


def over_other_socket(t, register):
    usual, t.server = t.server, t.other
    try:
        return register()
    finally:
        t.server = usual


def behind_edge(t, device, edge, transport=""):
    path = [("Path", f"<sip:{edge}:5060{transport};lr>"), ("Supported", "path")]
    over_other_socket(t, lambda: device.register("127.255.255.1", 5099, source=(edge, 5060), headers=path))


def natted_phone(t, user):
    outside, device = t.addresses.take(), user.device("natted")
    device.register("192.168.1.20", 5062, source=(outside, 5060))
    return device.phone(rejects(480, after=0.05), address=outside, register=False)


def phones_of_all_kinds(t, alice):
    edge, behind = t.addresses.take_trusted(EDGES), alice.device("behind")
    behind_edge(t, behind, edge)
    return [
        behind.phone(rejects(480, after=0.05), address=edge, register=False),
        natted_phone(t, alice),
        alice.device("tcp").phone(rejects(480, after=0.05), transport="tcp"),
        over_other_socket(t, lambda: alice.phone("other", rejects(480, after=0.05))),
    ]


def run(t):
    queue = Device(t, "queue", t.domain, "").phone(rejects(486, after=0.05), register=False)
    target = f"sip:q@{queue.address}:5060"
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "q", "address": target})
    t.user("1004", fwd_always_kind="queue", fwd_always_id="q")
    t.stranger_calls("1004", address=t.addresses.take_trusted(TRUNKS)).ends(486)
    usual = sent_from(queue.leg().invite)  # Kamailio's choice when nothing is forced
    t.other = OTHER if usual == t.server else t.server
    t.server = usual
    bob = t.user("1002", fwd_busy_kind="queue", fwd_busy_id="q")
    desk = bob.phone("desk", rejects(486, after=0.05))
    to_bob, to_queue = ({"fwd_noanswer_kind": kind, "fwd_noanswer_id": i} for kind, i in (("user", bob.id), ("queue", "q")))
    alice = t.user("1001", **to_bob)
    phones = phones_of_all_kinds(t, alice)
    unsent = t.user("1003", **to_bob)
    behind_edge(t, unsent.device("unsent"), t.addresses.take_trusted(EDGES), ";transport=sctp")  # which Kamailio has not

    def goes_clean(user, legs):
        seen = [len(phone.legs) for phone in (desk, queue)]
        t.calls(user.username).ends(486)
        for phone, uri, count, before in zip((desk, queue), (f"sip:phone@{desk.address}:5060", target), legs, seen):
            t.equal(len(phone.legs) - before, count, f"legs to {phone.name}, from {user.username}")
            invite = phone.leg().invite
            t.equal((invite.uri, invite.all("Route")), (uri, []), f"{phone.name}: Request-URI and Route, from {user.username}")
            t.equal(sent_from(invite), usual, f"{phone.name}: sent from, for a call to {user.username}")

    for user in alice, unsent:
        goes_clean(user, (1, 1))
        user.update(**to_queue)
        goes_clean(user, (0, 1))
    t.equal([len(phone.legs) for phone in phones], [2, 2, 2, 2], "legs to Alice's phones")
    t.check("SIP/2.0/TCP" in phones[2].leg().invite.header("Via"), "Alice's third phone is called over TCP")
    t.equal(sent_from(phones[3].leg().invite), t.other, "Alice's fourth phone is called from")
