# SPDX-License-Identifier: GPL-2.0-or-later
import re
import time

from harness.fraud import PREMIUM, Attempts, Dialog, Trap
from harness.net import TRUNKS, free_address
from harness.wire import Request

GATEWAY, MEDIA = free_address(), free_address()
LOUD = True
STACK = {"before": f'#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"',
         "after": 'modparam("pike", "reqs_density_per_unit", 10000)',  # it is one address that attacks
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
LIMIT = 90
HARMLESS = [r"fraud-dialog-\w+} (<core>|sanity|rr) .*(duplicate|failed to parse headers|alas|parse_param|unable to get pv|parse_rr|parse route|Route)"]
METHODS = ["INVITE", "REFER", "UPDATE", "MESSAGE", "INFO", "PUBLISH", "SUBSCRIBE", "NOTIFY", "BYE", "PRACK", "OPTIONS"]
ENDS = ("BYE", "PRACK")  # they begin nothing: they go to the other end, whatever their URI is


def goes(attack, dialog, statuses, what, *args, **options):
    attack.count += 1
    reply = dialog.sends(*args, **options)
    seen = reply.status if reply else None
    attack.t.check(seen in (statuses if isinstance(statuses, tuple) else (statuses,)), f"{what}: expected {statuses}, saw {seen}")
    attack.nothing_came(what)


def params(route, call_id):
    """The Route of a dialog with a parameter that is not its own."""
    own = re.search(r";ur=([^;>]*)", route)[1]
    for value in ("", "x", own[:-1], own[1:], own + "A", own.swapcase(), "A" * len(own), own[:20] + ("B" if own[20] != "B" else "C") + own[21:], "*", "$ci",
                  call_id, "A" * 9000):
        yield re.sub(r";ur=[^;>]*", f";ur={value}", route)
    yield re.sub(r";ur=[^;>]*", "", route)
    yield re.sub(r";ur=([^;>]*)", r";urr=\1", route)
    yield re.sub(r";ur=([^;>]*)", r";ur=x;ur=\1", route)


def elsewhere(attack, dialog, uris):
    """A dialog's requests go only to its two ends."""
    for method in METHODS:
        for uri in uris:
            goes(attack, dialog, 200 if method in ENDS else 403, f"{method} {uri}", method, uri)
    for uri in uris:
        goes(attack, dialog, None, f"ACK {uri}", "ACK", uri)
        came, reply = dialog.callee_sends("INVITE", uri)
        attack.t.equal((came, reply.status), (None, 403), f"INVITE {uri} from the callee")
        attack.nothing_came(f"INVITE {uri} from the callee")


def signed(dialog):
    """URIs with the signature of the callee's Contact, which is valid only for that Contact."""
    signature = re.search(r";ur=[^;>]*", dialog.target)[0]
    for uri in (f"sip:{PREMIUM}@{GATEWAY}:5060{signature}", dialog.target.replace("sip:x@", f"sip:{PREMIUM}@"), dialog.target + "x",
                dialog.target + f";ur=x;maddr={GATEWAY}", dialog.target.replace(";ur=", f";alias={GATEWAY}~5060~1;ur=")):
        yield uri


def other_dialogs(t, attack, dialog, uris):
    """The Route of a dialog under another Call-ID, with other tags, cut off, made up."""
    for method in METHODS:
        goes(attack, dialog, 404, f"{method}, another Call-ID", method, call_id=f"{t.name}-x{attack.count}")
        goes(attack, dialog, 404, f"{method}, another From tag", method, from_tag="x")
        goes(attack, dialog, 200 if method in ENDS else 403, f"{method}, another To tag", method, to_tag=";tag=x")
    for call_id in (dialog.call_id + "x", dialog.call_id[:-1], dialog.call_id.upper()):
        goes(attack, dialog, 404, f"Call-ID {call_id}", "INVITE", call_id=call_id)
    for route in params(dialog.routes[0], dialog.call_id):
        goes(attack, dialog, (404, 413, 513), f"Route {route[:300]}", "INVITE", routes=[route])
    own, gateway = dialog.routes, f"<sip:{GATEWAY}:5060;lr>"
    r2 = [re.sub(r";lr", ";r2=on;lr", route, count=1) for route in own]
    for routes in ([], [gateway], [gateway, *own], [*own, gateway], [", ".join([*own, gateway])], own * 2, own * 20, own * 60, [*r2, gateway],
                   [*r2, gateway, gateway], [r.replace(">", ";rs=AAAAAAAAAAAAAAAA>") for r in own] + [gateway]):
        for method in ("INVITE", "BYE"):
            goes(attack, dialog, (404, 413, 513), f"{method}, Routes {str(routes)[:300]}", method, routes=routes)
    for uri in uris:
        goes(attack, dialog, None, f"ACK {uri}", "ACK", uri, routes=[gateway])
    two = [("To", f"<sip:{PREMIUM}@{GATEWAY}>")]
    # The next one might read the other, and take it for a new call: Kamailio parses no such message.
    goes(attack, dialog, None, "two To, one with a tag", "INVITE", uris[0], headers=two)
    goes(attack, dialog, None, "a second, compact To", "INVITE", uris[0], headers=[("t", two[0][1])])


def slow_names(attack, dialog):
    """Nobody looks up a name that a stranger has written."""
    before = time.monotonic()
    for method in ("INVITE", "ACK", "BYE"):
        goes(attack, dialog, {"INVITE": 403, "ACK": None, "BYE": 200}[method], f"{method} to a name", method, "sip:x@nowhere.slow.test")
    attack.t.check(time.monotonic() - before < 1, "a name in a Request-URI should not be looked up")


def from_another_address(t, attack, dialog, somebody):
    """A phone whose address changed has to authenticate. It may hang up without."""
    moved = t.endpoint()
    for method in ("INVITE", "REFER", "MESSAGE", "INFO", "UPDATE"):
        goes(attack, dialog, 407, f"{method} from another address", method, endpoint=moved)
        goes(attack, dialog, 403, f"{method} from another address, as somebody else", method, endpoint=moved, proof=somebody)
        goes(attack, dialog, 200, f"{method} from another address, proven", method, endpoint=moved, proof=dialog.device)
    goes(attack, dialog, 200, "PRACK from another address", "PRACK", endpoint=moved)
    came, reply = dialog.callee_sends("INVITE", endpoint=moved)
    t.equal((came, reply.status), (None, 407), "INVITE from another address than the callee's")


def moved_callee(t, somebody):
    """A called phone whose address changed authenticates in its own realm, whatever name the trunk called."""
    phone, trunk = Trap(t, answer="200 OK"), t.endpoint(address=t.addresses.take_trusted(TRUNKS))
    called = t.user("1004").device("called")
    called.register(phone.address, source=(phone.address, 5099))
    for to in (f"sip:1004@{t.domain}", "sip:+4930123@sbc.carrier.test", "sip:+4930123@203.0.113.5"):
        phone.forget()
        request = Request(trunk, "INVITE", f"sip:1004@{t.domain}", "sip:+4917@carrier.test", to=to, headers=[("Contact", f"<sip:x@{trunk.address}:5060>")])
        reply = request.exchange()
        invite = phone.takes(1)
        uri, own, shown = (re.search(r"<([^>]*)>", invite.header(name))[1] for name in ("Contact", "To", "From"))
        for device, goes_on in ((called, True), (somebody, False)):
            moved = t.endpoint()
            back = Request(moved, "INVITE", uri, own, to=shown, from_tag=reply.header("To").split(";tag=")[1], to_tag=request.from_tag,
                           headers=[("Route", route) for route in invite.all("Record-Route")])
            back.call_id, back.cseq = request.call_id, 50 if goes_on else 60
            moved.send(back.encode())
            asked = moved.final(request.call_id, "INVITE", 1.0, back.cseq)
            back.acknowledge(asked)
            t.check(asked.status == 407 and f'realm="{t.domain}"' in asked.header("Proxy-Authenticate"), f"asked for the password of {t.domain}, called as {to}: {asked.raw}")
            moved.send(back.authenticate(asked, device.auth_username, device.password))
            came = next((m for m in iter(lambda: trunk.receive(0.5), None) if m.method == "INVITE"), None)
            t.equal(came is not None, goes_on, f"the re-INVITE of {device.auth_username}, called as {to}, comes to the trunk")
            if came is not None:
                trunk.reply(came, "486 Busy Here")
                back.acknowledge(moved.final(request.call_id, "INVITE", 1.0, back.cseq))
    phone.close()


def instead_of_the_trunk(t, attack):
    """Who knows all that a trunk knows of a dialog, at another address."""
    phone, trunk, thief = Trap(t, answer="200 OK"), t.endpoint(address=t.addresses.take_trusted(TRUNKS)), t.endpoint()
    t.user("1005").device("called").register(phone.address, source=(phone.address, 5099))
    invite = Request(trunk, "INVITE", f"sip:1005@{t.domain}", "sip:+4917@carrier.test", headers=[("Contact", f"<sip:x@{trunk.address}:5060>")])
    answer = invite.exchange()
    invite.acknowledge(answer)
    routes = [("Route", route) for route in reversed(answer.all("Record-Route"))]
    for endpoint, expected in ((thief, 403), (trunk, 200)):
        for method in ("INVITE", "REFER", "MESSAGE", "INFO", "UPDATE"):
            phone.forget()
            request = Request(endpoint, method, answer.header("Contact").strip("<>"), "sip:+4917@carrier.test", to=invite.to, from_tag=invite.from_tag,
                              to_tag=answer.header("To").split(";tag=")[1], headers=routes)
            request.call_id, request.cseq = invite.call_id, attack.count + 10
            attack.count += 1
            reply = request.exchange()
            request.acknowledge(reply)
            t.equal((reply.status, len(phone.seen)), (expected, int(expected == 200)), f"{method} from {endpoint.address}, requests at the phone")
    phone.close()


def remote_control(attack, dialog):
    """The caller can't make the called phone pick up."""
    for name in ("Event", "event", "o", "O"):
        for event in ("talk", "hold", "TALK", "talk;id=1", "\r\n talk"):
            goes(attack, dialog, 489, f"NOTIFY with {name}: {event!r}", "NOTIFY", headers=[(name, event)])
    goes(attack, dialog, 200, "NOTIFY of a transfer", "NOTIFY", headers=[("Event", "refer")])


def line_ends(attack, dialog):
    """Headers that the callee may find but we don't are refused, as in an initial request."""
    for end in ("\r", "\n\n", "\n\r\n"):
        hidden = [("Subject", f"x{end}P-Asserted-Identity: <sip:boss@evil.test>")]
        for method in ("INVITE", "UPDATE", "INFO", "BYE"):
            goes(attack, dialog, 400, f"{method} with {end!r}", method, headers=hidden)
        dialog.sends("ACK", headers=hidden)


def run(t):
    gateway, media, theirs = Trap(t, GATEWAY), Trap(t, MEDIA), Trap(t)
    callee = Trap(t, answer="200 OK", headers=[f"Contact: <sip:x@127.0.0.1;alias={GATEWAY}~5060~1>"])
    mallory, somebody = t.user("1001").device("mallory"), t.caller()
    t.user("1002").device("second").register(callee.address, source=(callee.address, 5099))
    other = t.other_tenant().user("1003").device("third")
    other.register(theirs.address, source=(theirs.address, 5099))
    attack = Attempts(t, gateway, media, theirs)
    dialog = Dialog(attack, mallory, f"sip:1002@{t.domain}", trap=callee)
    uris = [f"sip:{PREMIUM}@{GATEWAY}:5060", f"sip:{PREMIUM}@{t.domain}", f"sip:{PREMIUM}@127.0.0.1;alias={GATEWAY}~5060~1", f"sip:box@{MEDIA}:5060",
            f"sip:phone@{theirs.address}:5060", other.aor]
    elsewhere(attack, dialog, [*uris, *signed(dialog)])
    other_dialogs(t, attack, dialog, uris)
    goes(attack, dialog, 403, "INVITE to its own Contact", "INVITE", dialog.invite.header("Contact").strip("<>"))
    slow_names(attack, dialog)
    from_another_address(t, attack, dialog, somebody)
    moved_callee(t, somebody)
    instead_of_the_trunk(t, attack)
    remote_control(attack, dialog)
    callee.forget()
    line_ends(attack, dialog)
    for method in ("INVITE", "INFO", "BYE"):
        t.equal(dialog.sends(method).status, 200, f"{method}, as it should be")
    t.equal([m.first_line for m in callee.messages if b"evil.test" in m.raw], [], "requests with hidden headers that came to the callee")
    t.equal([m.method for m in callee.seen], ["INVITE", "INFO", "BYE"], "requests in the dialog that came to the callee")
    came, reply = dialog.callee_sends("INFO")
    t.equal((came.method, reply.status), ("INFO", 200), "the callee's INFO")
    attack.over()
