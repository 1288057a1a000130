# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import PREMIUM, Attempts, Dialog, Trap

LOUD = True
ROUTES = True
LIMIT = 60
HARMLESS = [r"fraud-redirect-\w+} nathelper .*failed to parse Contact URI"]
STATUSES = ["300 Multiple Choices", "301 Moved Permanently", "302 Moved Temporarily", "305 Use Proxy", "380 Alternative Service", "399 Whatever"]
CHALLENGES = ["401 Unauthorized", "407 Proxy Authentication Required"]


def lures(t, victim):
    """Header lines that lead to the victim, or back to us for a call to the PSTN."""
    there = f"{victim.address}:{victim.port}"
    return [
        [f"Contact: <sip:{PREMIUM}@{there}>"],
        [f"Contact: <sip:{PREMIUM}@{t.domain}>"],
        [f"m: <sip:{PREMIUM}@{there}>;q=1.0, <sip:x@{there}>;q=0.1;expires=3600"],
        [f"Contact: <sip:x@{there}>;q=0.1", f"Contact: <tel:{PREMIUM}>;q=0.9", f"Contact: <sip:{there};lr>"],
        [f"Contact: <sip:{PREMIUM}@{t.domain}?Route=%3Csip:{there}%3Blr%3E&P-Asserted-Identity=%3Csip:boss@{t.domain}%3E>"],
    ]


def called(t, attack, bob, uri, trap, what):
    """The call reaches only the trap, and its caller learns nothing about where it should go."""
    reply = attack.refused(480, what, "INVITE", uri, bob.aor, device=bob)
    trap.takes(1)
    for name in ("Contact", "m", "Proxy-Authenticate", "WWW-Authenticate", "Alternative-Service"):
        t.equal(reply.all(name), [], f"{what}: {name} in the response")


class Turncoat(Trap):
    """Answers the call, and each later request with the given response."""

    def turn(self, answer, headers):
        self._answer, self._headers = answer, headers
        self._others = answer

    def _reply(self, request, status_line, headers=()):
        other = getattr(self, "_others", None)
        super()._reply(request, other or status_line, self._headers if other else headers)


def in_a_dialog(t, attack, bob, victim, challenge):
    """The same answers to a re-INVITE and to other requests in a dialog."""
    address = t.addresses.take()
    t.user("1003").device("carol").register(address)
    with Turncoat(t, address, answer="200 OK") as phone:
        dialog = Dialog(attack, bob, f"sip:1003@{t.domain}", trap=phone)
        for status in STATUSES + CHALLENGES:
            headers = challenge if status in CHALLENGES else lures(t, victim)[2]
            phone.turn(status, headers)
            for method in ("INVITE", "REFER", "INFO", "MESSAGE"):
                attack.count += 1
                phone.forget()
                reply = dialog.sends(method)
                t.equal(reply.status, 480, f"{method} that is answered {status}")
                t.equal(len(phone.seen), 1, f"{method} that is answered {status}: requests at the phone")
                for name in ("Contact", "m", "Proxy-Authenticate", "WWW-Authenticate"):
                    t.equal(reply.all(name), [], f"{method} that is answered {status}: {name}")


def run(t):
    victim, bob = Trap(t), t.caller()
    address = t.addresses.take()
    alice = t.user("1001", ring_timeout_sec=2).device("alice")
    alice.register(address)
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "q", "address": f"sip:q@{address}:5060"})
    t.user("1002", fwd_always_kind="queue", fwd_always_id="q")
    attack = Attempts(t, victim)

    with Trap(t, address) as phone:
        for uri in (f"sip:1001@{t.domain}", f"sip:1002@{t.domain}"):
            t.equal(attack.sends("INVITE", uri, bob.aor, device=bob).status, 486, "an ordinary answer")
            phone.takes(1)
    challenge = [f'{kind}-Authenticate: Digest realm="{t.domain}", nonce="n", qop="auth"' for kind in ("WWW", "Proxy")]
    for status in STATUSES + CHALLENGES:
        for headers in [challenge] if status in CHALLENGES else lures(t, victim):
            with Trap(t, address, answer=status, headers=headers) as phone:
                called(t, attack, bob, f"sip:1001@{t.domain}", phone, f"a phone answers {status} with {headers}")
                if status not in CHALLENGES:
                    called(t, attack, bob, f"sip:1002@{t.domain}", phone, f"a target answers {status} with {headers}")
    in_a_dialog(t, attack, bob, victim, challenge)
    attack.over()
