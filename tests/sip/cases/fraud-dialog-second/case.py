# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import Attempts, Dialog, Trap
from harness.hostile import PARSERS
from harness.net import free_address
from harness.wire import Request

GATEWAY, VICTIM = free_address(), free_address()
LOUD = True
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "after": 'modparam("pike", "reqs_density_per_unit", 10000)',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
LIMIT = 60
HARMLESS = PARSERS
NUMBER = "+4930123456"


class Second:
    """A call of the attacker's with a Call-ID and From tag of others. `above`: a Record-Route that its phone answers with."""

    def __init__(self, t, device, uri, trap, first, tag, contact=None, to=None, above=None):
        self.endpoint = t.endpoint()
        trap.forget()
        trap._above = [f"Record-Route: {above}"] if above else []
        request = Request(self.endpoint, "INVITE", uri, device.aor, to=to, from_tag=tag,
                          headers=[("Contact", contact or f"<sip:m@{self.endpoint.address}:5060>")])
        request.call_id = first.call_id
        self.answer = request.exchange(device.auth_username, device.password)
        t.equal(self.answer.status, 200, "the second call")
        trap._above = []
        self.invite = next(m for m in trap.messages if m.method == "INVITE")
        self.contact = re.search(r"<([^>]*)>", self.invite.header("Contact"))[1]
        self.routes = list(reversed(self.answer.all("Record-Route")))


def sends(endpoint, first, method, uri, routes, from_tag, to_tag):
    """Sends a request in the first dialog, from any sender. Returns the final response."""
    request = Request(endpoint, method, uri, "sip:a@b.test", to="sip:a@b.test", from_tag=from_tag, to_tag=to_tag, headers=[("Route", r) for r in routes])
    first.cseq += 1
    request.call_id, request.cseq = first.call_id, first.cseq
    endpoint.send(request.encode())
    reply = endpoint.final(first.call_id, method, 1.0, first.cseq)
    if reply is not None:
        request.acknowledge(reply)
    return reply and reply.status


def requests(endpoint):
    return [m for m in iter(lambda: endpoint.receive(0.2), None) if m.method]


def private_caller(t, attack, alice, mallory, friend, phones):
    callee, second = phones
    dialog = Dialog(attack, alice, f"sip:1001@{t.domain}", headers=[("Privacy", "id")], trap=callee)
    routes, contact = dialog.invite.all("Record-Route"), re.search(r"<([^>]*)>", dialog.invite.header("Contact"))[1]
    beside = dialog._beside_trap()
    attack.count += 4
    t.equal(sends(beside, dialog, "INVITE", contact, routes, dialog.from_tag, dialog.from_tag), 404, "both tags are the caller's")
    other = Second(t, mallory, f"sip:1002@{t.domain}", second, dialog, dialog.from_tag, to="sip:boss@bank.test")
    t.equal(sends(beside, dialog, "INFO", other.contact, routes, dialog.to_tag, dialog.from_tag), 403, "a Contact that was signed in another call")
    t.equal([m.header("To") for m in requests(other.endpoint)], [], "what the attacker learns of the private caller")
    for method in ("INFO", "INVITE"):
        t.equal(sends(t.endpoint(), dialog, method, contact, other.invite.all("Record-Route"), dialog.to_tag, dialog.from_tag), 403, f"{method} by another call's seal")
    t.equal([m.header("From") for m in requests(dialog.endpoint)], [], "what the private caller sees in her dialog")


def routes_of_others(t, attack, mallory, friend, gateway, victim, phones):
    callee, second = phones
    for above in (f"<sip:{VICTIM}:5060;lr>", f"<sip:{VICTIM}:5060;transport=tcp;lr>", "<sip:nowhere.slow.test;lr>"):
        dialog = Dialog(attack, mallory, f"sip:{NUMBER}@{t.domain}", trap=gateway)
        other = Second(t, mallory, f"sip:1002@{t.domain}", second, dialog, dialog.from_tag, above=above)
        t.equal(len(other.routes), 2, "the second call has two Routes")
        for method in ("INVITE", "MESSAGE", "OPTIONS", "BYE"):
            attack.count += 1
            t.check(sends(dialog.endpoint, dialog, method, dialog.target, other.routes, dialog.from_tag, dialog.to_tag) in (403, 404, 200 if method == "BYE" else 403),
                    f"{method} by the Routes of another call")
        attack.nothing_came(f"by a Route {above}")


def disabled(t, attack, mallory, friend, gateway, phones):
    callee, _ = phones
    dialog = Dialog(attack, mallory, f"sip:{NUMBER}@{t.domain}", trap=gateway)
    other = Second(t, friend, f"sip:1001@{t.domain}", callee, dialog, dialog.from_tag)
    mallory.update(status="disabled")
    t.settle()
    gateway.forget()
    for method in ("INVITE", "REFER", "MESSAGE"):
        attack.count += 1
        t.equal(sends(other.endpoint, dialog, method, dialog.target, other.routes, dialog.from_tag, dialog.to_tag), 403, f"{method} of a disabled device by a friend's seal")
    t.equal([m.first_line for m in gateway.seen], [], "requests at the gateway")


def own_route(t, attack, mallory, gateway, callee):
    """Our own Route, with additions that rr reads, too."""
    for uri, trap in ((f"sip:{NUMBER}@{t.domain}", gateway), (f"sip:1002@{t.domain}", callee)):
        dialog = Dialog(attack, mallory, uri, trap=trap)
        own = dialog.routes[0]
        for change in (";gr;maddr=V;lr=on", ";gr;maddr=V", ";maddr=V;lr=on", ";gr=x;lr=on", ";gr;maddr=nowhere.slow.test;lr=on", ";gr;maddr=V;transport=tcp;lr=on"):
            for method in ("INVITE", "INFO", "BYE"):
                attack.count += 1
                reply = dialog.sends(method, routes=[own.replace(";lr=on", change.replace("V", VICTIM))])
                t.check(reply.status in (403, 404), f"{method}, Route with {change}: saw {reply.status}")
        user = own.replace("<sip:", "<sip:x@")
        t.equal(dialog.sends("INFO", routes=[user]).status, 404, "Route with a user part")
        t.equal(dialog.sends("BYE").status, 200, "BYE")
    attack.nothing_came("by our own Route")


def run(t):
    gateway, victim = Trap(t, GATEWAY, answer="200 OK"), Trap(t, VICTIM)
    victims = Trap(t, VICTIM, port=t.server[1])
    callee, second = Trap(t, answer="200 OK"), Trap(t, answer="200 OK")
    alice = t.other_tenant().user("2001").device("alice")
    mallory, friend = t.user("1001").device("mallory"), t.user("1002").device("friend")
    mallory.register(callee.address, source=(callee.address, 5099))
    friend.register(second.address, source=(second.address, 5099))
    attack = Attempts(t, victim, victims)
    private_caller(t, attack, alice, mallory, friend, (callee, second))
    routes_of_others(t, attack, mallory, friend, gateway, victim, (callee, second))
    own_route(t, attack, mallory, gateway, second)
    disabled(t, attack, mallory, friend, gateway, (callee, second))
    attack.over()
