# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import PREMIUM, Attempts, Dialog, Trap
from harness.hostile import PARSERS
from harness.net import free_address

GATEWAY = free_address()
LOUD = True
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"},
         "after": 'modparam("pike", "reqs_density_per_unit", 10000)'}
ROUTES = True
HARMLESS = PARSERS


def goes_on(t, dialog, gateway, near, routes):
    """Requests of the caller arrive at the gateway's proxy, with the Routes that are left to follow."""
    for method in ("INVITE", "INFO", "BYE"):
        near.forget()
        t.equal(dialog.sends(method).status, 200, f"{method} by the proxies")
        seen = near.takes(1)
        t.equal(", ".join(seen.all("Route")), ", ".join(routes), f"{method}: Routes at the first proxy")
        t.equal(seen.uri, f"sip:x@{gateway.address}:5060", f"{method}: Request-URI")


def refused(t, attack, dialog, what, routes):
    for method in ("INVITE", "INFO", "BYE"):
        attack.count += 1
        reply = dialog.sends(method, routes=routes)
        t.equal(reply and reply.status, 404, f"{method}, {what}")
        attack.nothing_came(f"{method}, {what}")


def run(t):
    near, far = Trap(t, answer="200 OK"), "192.0.2.99"
    behind = [f"<sip:{near.address};lr>", f"<sip:{far};lr>"]  # the caller's order
    gateway, victim = Trap(t, GATEWAY, answer="200 OK", above=list(reversed(behind))), Trap(t)
    bob = t.user("1001").device("phone")
    attack = Attempts(t, victim)
    dialog = Dialog(attack, bob, f"sip:{PREMIUM}@{t.domain}", trap=gateway)
    own = dialog.routes[:-2] if dialog.routes[-1] == behind[-1] else dialog.routes
    t.equal(dialog.routes[len(own):], behind, "the proxies' Record-Routes")
    gateway.forget()
    evil = f"<sip:{victim.address}:5060;lr>"
    t.wait_for(lambda: near.messages, 2, "the ACK should take the proxies' way")
    near.forget()
    for what, routes in (("the proxies left out", own), ("one left out", [*own, behind[0]]), ("the other left out", [*own, behind[1]]), ("in the other order", [*own, *reversed(behind)]),
                         ("another one", [*own, evil]), ("one more", [*own, *behind, evil]), ("one more before", [*own, evil, *behind]), ("one twice", [*own, behind[0], *behind]),
                         ("a port", [*own, behind[0].replace(";lr", ":5061;lr"), behind[1]]), ("without our signature", [r.split(";rs=")[0] + ">" for r in own] + behind)):
        refused(t, attack, dialog, what, routes)
    t.equal([m.first_line for m in near.messages], [], "requests at the first proxy")
    goes_on(t, dialog, gateway, near, behind)
    attack.over()
