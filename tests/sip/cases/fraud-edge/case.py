# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import PREMIUM, Attempts, Trap
from harness.hostile import PARSERS
from harness.net import EDGES, TRUNKS, free_address
from harness.wire import Endpoint, Request

GATEWAY, MEDIA = free_address(), free_address()
LOUD = True
STACK = {"before": f'#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"',
         "after": 'modparam("pike", "reqs_density_per_unit", 10000)', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
LIMIT = 60
HARMLESS = PARSERS


def registers(t, edge, device, contact, headers=()):
    """Sends a REGISTER as the edge proxy passes it on. Returns the status."""
    with Endpoint(edge, 5099, t.server, t.name) as endpoint:
        request = Request(endpoint, "REGISTER", f"sip:{t.domain}", device.aor, device.aor, [("Contact", contact), ("Supported", "path"), *headers, *([] if headers and headers[0][0] == "Expires" else [("Expires", "300")])])
        return request.exchange(device.auth_username, device.password).status


def registrations(t, attack, edge, proxy, mallory, bob):
    gateway = f"sip:{GATEWAY}:5060"
    own = ("Path", f"<sip:{edge};lr>")
    for contact, headers, status in ((f'<sip:{PREMIUM}@{edge}>;received="{gateway}"', [], 403), (f'<sip:{PREMIUM}@{edge}>;received="{gateway}"', [own], 403),
                                     (f"<sip:{PREMIUM}@192.0.2.9>", [("Path", f"<{gateway};lr>")], 403), (f"<sip:{PREMIUM}@192.0.2.9>", [own, ("Path", f"<{gateway};lr>")], 403),
                                     (f"<sip:{PREMIUM}@192.0.2.9>", [("Path", f"<{gateway};lr>, {own[1]}")], 403), (f"<sip:{PREMIUM}@192.0.2.9>", [("Path", f"<sip:{edge};maddr={GATEWAY};lr>")], 403),
                                     (f"<sip:{PREMIUM}@{GATEWAY}>", [], 200), ("<sip:phone@192.0.2.9>", [own], 200)):
        t.equal(registers(t, edge, mallory, contact, headers), status, f"Contact {contact}, {headers}")
        proxy.forget()
        reply = attack.sends("INVITE", f"sip:1001@{t.domain}", bob.aor, device=bob)
        attack.count += 1
        attack.nothing_came(f"called, registered with {contact}, {headers}")
        t.equal([m.method for m in proxy.seen], [] if not proxy.seen else ["INVITE"], f"registered with {contact}: at the edge proxy")
        if status == 200:
            registers(t, edge, mallory, "*", [("Expires", "0")])
        t.check(reply is not None, "there is an answer")


def at_a_hops_address(t, attack, hops, mallory, bob):
    """A Contact that names the hop's own address: calls go to the port that the REGISTER came from, not to the hop's main one."""
    for name, address in hops:
        for contact in (f"<sip:acc_other~1@{address}:5060>", f"<sip:acc_other~1@{address}>", f"<sip:{PREMIUM}@{address}:5060;transport=udp>"):
            with Trap(t, address) as main, Endpoint(address, 5099, t.server, t.name) as behind:
                request = Request(behind, "REGISTER", f"sip:{t.domain}", mallory.aor, mallory.aor, [("Contact", contact), ("Expires", "300")])
                t.equal(request.exchange(mallory.auth_username, mallory.password).status, 200, f"REGISTER from the {name}, Contact {contact}")
                attack.sends("INVITE", f"sip:1001@{t.domain}", bob.aor, device=bob, wait=2.0)
                attack.count += 1
                t.equal([m.first_line for m in main.seen], [], f"at the main port of the {name}, Contact {contact}")
                t.equal(len(behind.invites(1, 0.3)), 1, f"calls at the port that sent the REGISTER from the {name}, Contact {contact}")
            registers(t, address, mallory, "*", [("Expires", "0")])


def dialogs(t, attack, edge, bob, mallory, callee):
    """The phone's Contact is a gateway's: the other side's requests still go to the edge proxy."""
    at_edge = t.endpoint(5060, edge)
    for contact, route in ((f"<sip:{PREMIUM}@{GATEWAY}>", None), (f"<sip:{PREMIUM}@{GATEWAY}>", f"<sip:{edge};lr>"), ("<sip:x@nowhere.slow.test>", None), (f"<sip:{PREMIUM}@{GATEWAY}>", f"<sip:{GATEWAY};lr>")):
        callee.forget()
        request = Request(at_edge, "INVITE", f"sip:1002@{t.domain}", mallory.aor, headers=[("Contact", contact), *([("Record-Route", route)] if route else [])])
        reply = request.exchange(mallory.auth_username, mallory.password)
        t.equal(reply.status, 200, f"a call by the edge proxy, Contact {contact}")
        invite = next(m for m in callee.messages if m.method == "INVITE")
        beside = t.endpoint(5098, callee.address) if callee.beside is None else callee.beside
        callee.beside = beside
        target = re.search(r"<([^>]*)>", invite.header("Contact"))[1]
        back = Request(beside, "INVITE", target, "sip:a@b", to="sip:a@b", from_tag=reply.header("To").split(";tag=")[1], to_tag=request.from_tag,
                       headers=[("Route", r) for r in invite.all("Record-Route")])
        back.call_id, back.cseq = request.call_id, 7
        beside.send(back.encode())
        came = next((m for m in iter(lambda: at_edge.receive(0.5), None) if m.method == "INVITE"), None)
        attack.count += 1
        attack.nothing_came(f"re-INVITE to {contact}, {route}")
        t.check(came is not None, f"the re-INVITE to {contact} by {route} should come to the edge proxy")
        at_edge.reply(came, "486 Busy Here")
    return at_edge


def own_voicemail(t, attack, edge, mallory, media):
    at_edge = t.endpoint(5062, edge)
    media.forget()
    request = Request(at_edge, "INVITE", f"sip:1003@{t.domain}", mallory.aor, headers=[("Contact", f"<sip:x@{edge}:5062>")])
    reply = request.exchange(mallory.auth_username, mallory.password)
    t.equal(reply.status, 200, "one's own voicemail")
    media.forget()
    for method in ("INVITE", "MESSAGE", "SUBSCRIBE"):
        other = Request(at_edge, method, "sip:acc_other~1@voicemail.invalid", mallory.aor, to=request.to, from_tag=request.from_tag, to_tag=reply.header("To").split(";tag=")[1],
                        headers=[("Route", r) for r in reversed(reply.all("Record-Route"))])
        other.call_id, other.cseq = request.call_id, 20 + len(method)
        at_edge.send(other.encode())
        got = at_edge.final(request.call_id, method, 1.0, other.cseq)
        other.acknowledge(got)
        attack.count += 1
        t.equal(got.status, 403, f"{method} to another account's box")
    t.equal([m.first_line for m in media.seen], [], "requests at the media server")


def other_leg(t, attack, at_edge, bob, direct):
    """The phone behind the edge proxy answers for one that is not: their branches differ in a digit. For its own leg it may."""
    while at_edge.receive(0.05):
        pass
    for status in ("200 OK", "183 Session Progress", "603 Decline", "486 Busy Here"):
        caller = t.endpoint()
        request = Request(caller, "INVITE", f"sip:1004@{t.domain}", bob.aor, headers=[("Contact", f"<sip:x@{caller.address}:5060>")])
        caller.send(request.encode())
        asked = caller.final(request.call_id, "INVITE")
        request.acknowledge(asked)
        caller.send(request.authenticate(asked, bob.auth_username, bob.password))
        (own,), (other,) = at_edge.invites(1), direct.invites(1)
        answer(at_edge, own, status, other.branch)
        seen = [m.first_line for m in iter(lambda: caller.receive(0.3), None) if m.status not in (100, 407)]
        t.equal(seen, [], f"{status} for the other leg")
        attack.count += 1
        answer(at_edge, own, "183 Session Progress", own.branch)
        t.wait_for(lambda: (m := caller.receive(0.2)) is not None and m.status == 183, 2, "its own 183")
        answer(direct, other, "200 OK", other.branch)
        t.equal(caller.final(request.call_id, "INVITE", 2.0, request.cseq).header("Contact").split("@")[1].split(":")[0], direct.address, "who answers the call")
        for phone in (at_edge, direct):
            while phone.receive(0.05):
                pass


def answer(phone, invite, status, branch):
    vias = [via.replace(invite.branch, branch) for via in invite.all("Via")]
    text = [f"SIP/2.0 {status}", *(f"Via: {v}" for v in vias), *(f"Record-Route: {r}" for r in invite.all("Record-Route")), f"From: {invite.header('From')}",
            f"To: {invite.header('To')};tag=e", f"Call-ID: {invite.call_id}", f"CSeq: {invite.header('CSeq')}", f"Contact: <sip:x@{phone.address}:5060>", "Content-Length: 0", "", ""]
    phone.send("\r\n".join(text).encode())


def run(t):
    gateway, media, callee = Trap(t, GATEWAY), Trap(t, MEDIA, answer="200 OK"), Trap(t, answer="200 OK")
    edge = t.addresses.take_trusted(EDGES)
    mallory, bob = t.user("1001", ring_timeout_sec=1).device("mallory"), t.caller()
    t.user("1002").device("second").register(callee.address, source=(callee.address, 5099))
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "1", "address": None})
    t.user("1003", fwd_always_kind="voicemail", fwd_always_id="1")
    direct, both = t.endpoint(), t.user("1004")
    two = both.device("two")
    both.device("direct").register(direct.address, source=(direct.address, 5099))
    t.settle()
    attack = Attempts(t, gateway)
    media.close()
    at_a_hops_address(t, attack, (("media server", MEDIA), ("edge proxy", edge), ("trunk", t.addresses.take_trusted(TRUNKS))), mallory, bob)
    media = Trap(t, MEDIA, answer="200 OK")
    with Trap(t, edge) as proxy:
        registrations(t, attack, edge, proxy, mallory, bob)
    t.equal(registers(t, edge, two, "<sip:phone@192.0.2.9>", [("Path", f"<sip:{edge};lr>")]), 200, "registered by the edge proxy")
    at_edge = dialogs(t, attack, edge, bob, mallory, callee)
    own_voicemail(t, attack, edge, mallory, media)
    other_leg(t, attack, at_edge, bob, direct)
    attack.over()
