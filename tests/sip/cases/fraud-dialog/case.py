# SPDX-License-Identifier: GPL-2.0-or-later
import hashlib
import re

from harness.fraud import PREMIUM, Attempts, Dialog, Trap
from harness.net import free_address

GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define UR_SECRET "a secret"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
HARMLESS = [r"fraud-dialog-\w+} (<core>|sanity) .*(duplicate|failed to parse headers|alas|parse_param|unable to get pv)"]
METHODS = ["INVITE", "REFER", "UPDATE", "MESSAGE", "INFO", "PUBLISH", "SUBSCRIBE", "NOTIFY", "BYE", "PRACK", "OPTIONS"]


def keys(route, call_id):
    """The Route of a dialog with keys that are not this Call-ID's."""
    for key in ("", "x", hashlib.md5(call_id.encode()).hexdigest(), hashlib.md5(b"CHANGE-ME-TOO" + call_id.encode()).hexdigest(), "0" * 32, "*", ".*", "$ci"):
        yield re.sub(r";k=[0-9a-f]*", f";k={key}", route)
    yield re.sub(r";k=[0-9a-f]*", "", route)
    yield re.sub(r";k=([0-9a-f]*)", lambda key: f";k={key[1].upper()}", route)
    yield re.sub(r";k=([0-9a-f]*)", r";kk=\1", route)


def replayed(t, attack, dialog, uris):
    """The Route of a dialog under another Call-ID."""
    for method in METHODS:
        for uri in uris:
            for routes in (dialog.routes, [*dialog.routes, f"<sip:{GATEWAY}:5060;lr>"], [", ".join([*dialog.routes, f"<sip:{GATEWAY}:5060;lr>"])]):
                goes(attack, dialog, 404, f"{method} {uri}, another dialog's Route", method, uri, routes=routes, call_id=f"{t.name}-x{attack.count}")


def made_up(t, attack, dialog, uris):
    for method in ("INVITE", "REFER", "MESSAGE"):
        for uri in uris:
            for route in keys(dialog.routes[0], dialog.call_id):
                goes(attack, dialog, 404, f"{method} {uri}, Route {route}", method, uri, routes=[route])
            for routes in ([], [f"<sip:{GATEWAY}:5060;lr>"], [f"<sip:{GATEWAY}:5060;lr>", *dialog.routes]):
                goes(attack, dialog, 404, f"{method} {uri}, Routes {routes}", method, uri, routes=routes)
    for uri in uris:
        goes(attack, dialog, None, f"ACK {uri}", "ACK", uri, routes=[f"<sip:{GATEWAY}:5060;lr>"])
    two = [("To", f"<sip:{PREMIUM}@{GATEWAY}>")]
    # The next one might read the other, and take it for a new call: Kamailio parses no such message.
    goes(attack, dialog, None, "two To, one with a tag", "INVITE", uris[0], headers=two)
    goes(attack, dialog, None, "a second, compact To", "INVITE", uris[0], headers=[("t", two[0][1])])


def line_ends(t, attack, dialog, callee):
    """Headers that the callee may find, and we don't, are refused as in the first request of a call."""
    for end in ("\r", "\n\n", "\n\r\n"):
        hidden = [("Subject", f"x{end}P-Asserted-Identity: <sip:boss@evil.test>")]
        for method in ("INVITE", "UPDATE", "INFO", "BYE"):
            goes(attack, dialog, 400, f"{method} with {end!r}", method, callee, headers=hidden)
        dialog.sends("ACK", callee, headers=hidden)


def goes(attack, dialog, status, what, *args, **options):
    attack.count += 1
    attack.spread = getattr(attack, "spread", None) or [attack.t.endpoint() for _ in range(12)]  # or the flood would be noticed
    reply = dialog.sends(*args, endpoint=attack.spread[attack.count % 12], **options)
    attack.t.equal(reply.status if reply else None, status, what)
    attack.nothing_came(what)


def run(t):
    gateway = Trap(t, GATEWAY)
    callee = Trap(t, answer="200 OK", headers=[f"Contact: <sip:x@127.0.0.1;alias={GATEWAY}~5060~1>"])
    mallory = t.user("1001").device("mallory")
    t.user("1002").device("second").register(callee.address, source=(callee.address, 5099))
    attack = Attempts(t, gateway)
    dialog = Dialog(attack, mallory, f"sip:1002@{t.domain}")
    local = f"sip:x@{callee.address}:5060"
    callee.takes(1)
    t.wait_for(lambda: gateway.messages, 2, "the ACK should go where the callee's Contact leads")
    gateway.forget()
    uris = [f"sip:{PREMIUM}@{GATEWAY}:5060", f"sip:{PREMIUM}@{t.domain}", f"sip:{PREMIUM}@127.0.0.1;alias={GATEWAY}~5060~1"]
    made_up(t, attack, dialog, uris)
    replayed(t, attack, dialog, uris)
    attack.nothing_came("in all of these")
    line_ends(t, attack, dialog, local)
    for method in ("INVITE", "INFO", "BYE"):
        t.equal(dialog.sends(method, local).status, 200, f"{method}, as it should be")
    t.equal([m.first_line for m in callee.messages if b"evil.test" in m.raw], [], "requests with hidden headers that came to the callee")
    t.equal([m.method for m in callee.seen], ["INVITE", "INFO", "BYE"], "requests in the dialog that came to the callee")
    attack.over()
