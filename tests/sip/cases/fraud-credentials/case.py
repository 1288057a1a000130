# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import PREMIUM, Attempts, Dialog, Trap
from harness.net import free_address
from harness.sip import answer_challenge, token
from harness.wire import Request

GATEWAY = free_address()
ROUTES = True
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}


class Sniffed:
    """A request of a device that was overheard, with its credentials."""

    def __init__(self, t, device, method, uri, with_qop=True, sent=True):
        self.endpoint, self.device, self.method, self.uri = t.endpoint(), device, method, uri
        contact = [("Contact", f"<sip:x@{self.endpoint.address}:5060>")]
        request = Request(self.endpoint, method, uri, device.aor, device.aor if method == "REGISTER" else None, contact)
        asked = request.exchange()
        request.acknowledge(asked)
        self.challenge = asked.header("WWW-Authenticate") or asked.header("Proxy-Authenticate")
        if not with_qop:
            self.challenge = self.challenge.replace(', qop="auth"', "")
        self.value = self.answer(1)
        request.cseq, request.branch = 2, f"z9hG4bK{token()}"
        request.extra.append(("Authorization" if method == "REGISTER" else "Proxy-Authorization", self.value))
        self.reply = request.exchange() if sent else None

    def answer(self, count, uri=None):
        return answer_challenge(self.challenge, self.method, uri or self.uri, self.device.auth_username, self.device.password, count)

    def ways(self, fresh, other):
        """The credentials as they were, and made to look like new ones."""
        def having(**fields):
            value = self.value
            for name, to in fields.items():
                value = re.sub(rf'\b{name}="?[^",]*"?', f"{name}={to}", value)
            return value
        yield self.value
        yield from (self.value + f", nc={count:08x}" for count in (1, 2, 3, 0xfe))
        yield from (having(nc=f"{count:08x}") for count in (2, 9, 0xff, 0x100))
        yield self.value + ', qop=auth, nc=00000005, cnonce="x"'
        yield re.sub(r", (qop|nc|cnonce)=[^,]*", "", self.value)
        yield from (having(algorithm=name) for name in ("MD5-sess", "SHA-256", "AKAv1-MD5", "none", '"MD5"'))
        yield having(uri=f'"sip:{PREMIUM}@{other.realm}"')
        yield having(nonce=f'"{fresh}"')
        yield having(username=f'"{other.auth_username}"')
        yield having(qop="auth-int")
        yield self.value.replace("Digest ", f'Digest username="{other.auth_username}", ', 1)
        yield self.value + f', username="{self.device.auth_username}", response="{"0" * 32}"'


def replays(t, attack, sniffed, other):
    fresh = Sniffed(t, sniffed.device, "INVITE", f"sip:1001@{t.domain}", sent=False).value.split('nonce="')[1].split('"')[0]
    for value in sniffed.ways(fresh, other):
        for uri in (f"sip:{PREMIUM}@{t.domain}", sniffed.uri if sniffed.method == "INVITE" else f"sip:1001@{t.domain}"):
            attack.refused(407, f"INVITE {uri} with {value}", "INVITE", uri, sniffed.device.aor, headers=[("Proxy-Authorization", value)])
    for names in (["Authorization"], ["Proxy-Authorization", "Proxy-Authorization"], ["Authorization", "Proxy-Authorization"]):
        headers = [(name, sniffed.value) for name in names]
        attack.refused(407, f"twice: {names}", "INVITE", f"sip:{PREMIUM}@{t.domain}", sniffed.device.aor, headers=headers)
    for method, statuses in (("MESSAGE", 407), ("BYE", 481), ("PRACK", 481), ("ACK", None), ("CANCEL", None)):
        attack.refused(statuses, method, method, f"sip:{PREMIUM}@{t.domain}", sniffed.device.aor, headers=[("Proxy-Authorization", sniffed.value)])
    register = dict(headers=[("Authorization", sniffed.value), ("Expires", 60)], to=sniffed.device.aor)
    attack.refused(401, "REGISTER", "REGISTER", f"sip:{t.domain}", sniffed.device.aor, **register)


def phones_go_on(t, attack, gateway, bob):
    """A phone that increments nc may reuse its nonce; for one that repeats nc the challenge says that the password was right."""
    uri = f"sip:{PREMIUM}@{t.domain}"
    first = Sniffed(t, bob, "INVITE", f"sip:1001@{t.domain}")
    second = [("Proxy-Authorization", first.answer(2, uri))]
    t.equal(attack.sends("INVITE", uri, bob.aor, headers=second).status, 486, "the phone's next call, with the next nonce count")
    gateway.takes(1)
    again = attack.refused(407, "the same once more", "INVITE", uri, bob.aor, headers=second)
    t.check("stale=true" in again.header("Proxy-Authenticate"), f"the challenge is {again.header('Proxy-Authenticate')}")


def out_of_service(t, attack, bob):
    """Credentials that were not used yet, of a device that is disabled by now."""
    uri = f"sip:{PREMIUM}@{t.domain}"
    kept = Sniffed(t, bob, "INVITE", uri, sent=False)
    bob.update(status="disabled")
    t.settle()
    attack.refused(407, "a disabled device", "INVITE", uri, bob.aor, headers=[("Proxy-Authorization", kept.value)])
    bob.update(status="active")
    t.settle()


def nobody_sees_them(t, attack, bob):
    """The callee chooses the URI that credentials in the dialog are for: its Contact."""
    with Trap(t, answer="200 OK", headers=[f"Contact: <sip:{PREMIUM}@{t.domain}>"]) as callee:
        mallory = t.user("1009").device("mallory")
        mallory.register(callee.address, source=(callee.address, 5099))
        made = answer_challenge(f'Digest realm="{t.domain}", nonce="n"', "INVITE", f"sip:{PREMIUM}@{t.domain}", bob.auth_username, bob.password)
        given = [(name, made) for name in ("Authorization", "Proxy-Authorization")]
        dialog = Dialog(attack, bob, f"sip:1009@{t.domain}", headers=given[:1])
        callee.takes(1)
        t.equal(dialog.sends("INVITE", headers=given).status, 200, "a re-INVITE")
        for method in ("INFO", "UPDATE", "MESSAGE", "BYE"):
            t.equal(dialog.sends(method, headers=given).status, 200, method)
            attack.count += 1
        for message in callee.messages:
            t.check("uthorization" not in str(message.raw), f"the callee sees {message.raw}")
        t.equal(len(callee.seen), 5, "requests in the dialog that came to the callee")


def run(t):
    gateway, bob = Trap(t, GATEWAY), t.caller()
    other = t.user("1002").device("other")
    attack = Attempts(t, gateway)
    phones_go_on(t, attack, gateway, bob)
    for with_qop in (True, False):
        sniffed = Sniffed(t, bob, "INVITE", f"sip:1001@{t.domain}", with_qop)
        t.equal(sniffed.reply.status, 404, f"the phone's own call, with qop: {with_qop}")
        replays(t, attack, sniffed, other)
        sniffed = Sniffed(t, bob, "REGISTER", f"sip:{t.domain}", with_qop)
        t.equal(sniffed.reply.status, 200, f"the phone's own REGISTER, with qop: {with_qop}")
        replays(t, attack, sniffed, other)
    out_of_service(t, attack, bob)
    nobody_sees_them(t, attack, bob)
    attack.over()
