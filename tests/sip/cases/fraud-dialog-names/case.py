# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import Attempts, Dialog, Trap
from harness.hostile import PARSERS
from harness.net import free_address

GATEWAY = free_address()
LOUD = True
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"},
         "after": 'modparam("pike", "reqs_density_per_unit", 10000)'}
LIMIT = 60
HARMLESS = PARSERS
METHODS = ["INVITE", "UPDATE", "INFO", "MESSAGE", "REFER", "NOTIFY", "OPTIONS", "BYE"]
BOSS = "sip:boss@bank.test"
FORGED = [BOSS, "sip:anonymous@anonymous.invalid", f"sip:x@y;a=<{BOSS}>", "tel:+493012345", "sip:" + "x" * 700 + "@bank.test"]


def shown(message, name):
    """(display name, URI, parameters except the tag) of From or To."""
    value = message.header(name)
    found = re.fullmatch(r'\s*("(?:[^"\\]|\\.)*")?\s*<([^>]*)>((?:;[^;]*)*)', value)
    rest = [p for p in (found[3] if found else "").split(";") if p and not p.startswith("tag=")]
    return (found[1], found[2], rest) if found else (value, None, None)


def change_name(name, display, parameters):
    """Writes a display name and parameters into From or To of a message that has neither."""
    def change(raw):
        return re.sub(rb"(\r\n%s: )(<[^>]*>)" % name.encode(), lambda m: m[1] + display + m[2] + parameters, raw, count=1)
    return change


class Changed:
    """The sender's endpoint, which changes each message that it sends."""

    def __init__(self, endpoint, *changes):
        self._endpoint, self._changes = endpoint, changes

    def __getattr__(self, name):
        return getattr(self._endpoint, name)

    def send(self, raw):
        for change in self._changes:
            raw = change(raw)
        self._endpoint.send(raw)


def from_caller(t, attack, dialog, callee, seen):
    """What the callee sees in requests with a From and To that the caller made up."""
    for method in METHODS[:-1]:
        for forged in FORGED if method in ("INVITE", "INFO") else FORGED[:1]:
            for extra in (b"", b'"The Boss" '):
                callee.forget()
                attack.count += 1
                liar = Changed(dialog.endpoint, *(change_name(n, extra, b";verstat=TN-Validation-Passed;isup-oli=29" if extra else b"") for n in ("From", "To")))
                reply = dialog.sends(method, sender=forged, to=forged, endpoint=liar)
                for message in callee.seen:
                    t.equal([shown(message, n) for n in ("From", "To")], [(None, uri, []) for uri in seen], f"{method} from {forged[:60]}: the callee sees")
                if reply is not None and reply.status == 200:
                    t.equal(len(callee.seen), 1, f"{method} from {forged[:60]}: requests at the callee")
                    t.check("boss" not in (reply.header("From") or "") or BOSS in forged, f"{method}: From of the response is {reply.header('From')}")


def from_callee(t, attack, dialog, seen):
    for method in METHODS[:-1]:
        for forged in FORGED if method in ("INVITE", "INFO") else FORGED[:1]:
            attack.count += 1
            came, _ = dialog.callee_sends(method, sender=forged, to=forged)
            if came is not None:
                t.equal([shown(came, n) for n in ("From", "To")], [(None, uri, []) for uri in seen], f"{method} from {forged[:60]}: the caller sees")
            elif forged in FORGED[:2]:
                t.check(False, f"{method} from {forged[:60]} should come to the caller")


def run(t):
    callee, gateway = Trap(t, answer="200 OK"), Trap(t, GATEWAY, answer="200 OK")
    bob = t.user("1001", display_name="Bob", out_cid_number="49301001").device("phone")
    t.insert("cid_number", {"account_id": t.account, "e164": "49301001", "verified": 1})
    t.user("1002").device("second").register(callee.address, source=(callee.address, 5099))
    attack = Attempts(t)
    uri = f"sip:1002@{t.domain}"

    dialog = Dialog(attack, bob, uri, trap=callee)
    t.equal(shown(dialog.invite, "From")[1], f"sip:1001@{t.domain}", "From of the INVITE")
    from_caller(t, attack, dialog, callee, (f"sip:1001@{t.domain}", uri))
    from_callee(t, attack, dialog, (uri, bob.aor))

    private = Dialog(attack, bob, uri, headers=[("Privacy", "id")], trap=callee)
    from_caller(t, attack, private, callee, ("sip:anonymous@anonymous.invalid", uri))
    for message in [m for m in callee.messages if m.call_id == private.call_id]:
        t.check(b"1001" not in message.raw, f"a private caller is told: {message.raw}")

    number = f"sip:+49305555@{t.domain}"
    out = Dialog(attack, bob, number, trap=gateway)
    from_caller(t, attack, out, gateway, (shown(out.invite, "From")[1], number))
    t.check("49301001" in out.invite.header("From"), "the gateway should see the number")
    for both, trap in ((dialog, callee), (private, callee), (out, gateway)):
        t.equal(both.sends("BYE").status, 200, "BYE")
    attack.over()
