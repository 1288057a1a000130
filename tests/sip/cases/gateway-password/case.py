# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import Trap
from harness.net import free_address
from harness.sip import answer_challenge

ROUTES = True
LIMIT = 60
GATEWAY, OTHER = free_address(), free_address()
REALM, USERNAME, PASSWORD = "carrier.test", "acme-trunk", "secret-of-the-trunk"
GATEWAYS = (f"1 sip:{GATEWAY}:5060 0 0 domain=carrier.test;realm={REALM}\n", f"1 sip:{OTHER}:5060 0 0 realm=other.test\n", f"1 sip:{OTHER}:5060\n")
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define WITH_UAC',
         "after": f'modparam("uac", "credential", "{USERNAME}:{REALM}:{PASSWORD}")\nmodparam("uac", "credential", "x:other.test:{PASSWORD}")\n'
                  'modparam("dispatcher", "ds_ping_interval", 0)\nmodparam("dispatcher", "reload_delta", 0)',
         "files": {"gateways": GATEWAYS[0]}}
EXPLAIN = "the gateway's own matter"
NONCE = "f00d"


class Carrier(Trap):
    """Asks for a password until it is right; then `answer`."""

    challenge = f'Digest realm="{REALM}", nonce="{NONCE}"'
    kind, asks_for = "Proxy", ("INVITE", "BYE")

    def _reply(self, request, status_line, headers=()):
        name = "Proxy-Authorization" if self.kind == "Proxy" else "Authorization"
        given = request.header(name)
        if request.method in self.asks_for and not (given and self._is_right(request, given)):
            status_line = "407 Proxy Authentication Required" if self.kind == "Proxy" else "401 Unauthorized"
            headers = [f"{self.kind}-Authenticate: {self.challenge}"]
        super()._reply(request, status_line, headers)

    def _is_right(self, request, given):
        uri = re.search(r'uri="([^"]*)"', given).group(1)
        expected = answer_challenge(f'realm="{REALM}", nonce="{NONCE}"', request.method, uri, USERNAME, PASSWORD)
        return uri == request.uri and re.search(r'response="(\w+)"', given).group(1) == re.search(r'response="(\w+)"', expected).group(1)


def asked_once(t, carrier, bob, kind):
    """An outbound call and a forward."""
    carrier.kind = kind
    for target, uri in (("+4930555666", "sip:+4930555666@carrier.test"), ("1001", "sip:+491701234567@carrier.test;user=phone")):
        bob.calls(target).ends(200).over()
        first, second, *byes = carrier.takes(4)
        for invite in (first, second):
            t.equal(invite.uri, uri, "the Request-URI has the carrier's domain")
            t.equal(invite.header("From").partition(";tag")[0], "<sip:+4930555101@carrier.test>", "From has the carrier's domain")
            t.equal(invite.all("P-Asserted-Identity"), ["<sip:+4930555101@carrier.test>"], "P-Asserted-Identity")
        t.equal(first.all("Proxy-Authorization") + first.all("Authorization"), [], "credentials in the first INVITE, which the phone has sent")
        t.equal([bye.method for bye in byes], ["BYE", "BYE"], "the BYE is asked for a password, too")
        t.equal(byes[0].all("Proxy-Authorization") + byes[0].all("Authorization"), [], "credentials in the first BYE")


def never_given(t, carrier, bob):
    """No password for another realm, none twice, and never two realms in one challenge. The caller is not asked."""
    ours, other = f'realm="{REALM}"', 'realm="other.test"'
    for challenge in (f'Digest {other}, nonce="1"', f'Digest {ours}, nonce="1", {other}', f'Digest {other}, {ours}, nonce="1"', f'Digest {other}, nonce="1", opaque="{ours}"',
                      f'Digest REALM="{REALM}x", nonce="1"', 'Digest realm="", nonce="1"', "Digest", f'Digest {ours}, nonce="1"\r\nProxy-Authenticate: Digest {other}, nonce="2"'):
        carrier.challenge = challenge
        bob.calls("+4930555666").ends(480)
        seen = carrier.takes(1)
        t.equal(seen.all("Proxy-Authorization"), [], f"credentials after {challenge}")
    carrier.challenge = f'Digest realm="{REALM}", nonce="wrong"'   # it never accepts that
    bob.calls("+4930555666").ends(480)
    t.equal(len(carrier.takes(2)), 2, "INVITEs when the password is wrong")
    carrier.challenge = Carrier.challenge


def another_gateway(t, bob):
    """It asks for the password of the first one's realm: there is one, but not for it."""
    other = Carrier(t, OTHER, answer="200 OK")
    for line in GATEWAYS[1:]:
        with open(f"{t.stack.run_dir}/gateways", "w", encoding="ascii") as file:
            file.write(line)
        t.stack.kamcmd("dispatcher.reload")
        bob.calls("+4930555666").ends(480)
        t.equal(other.takes(1).all("Proxy-Authorization"), [], f"credentials of {REALM}, at {line}")


def run(t):
    carrier = Carrier(t, GATEWAY, answer="200 OK")
    t.insert("cid_number", {"account_id": t.account, "e164": "4930555101", "verified": 1})
    t.tenant.update(default_cid_number="4930555101")
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    t.user("1001", fwd_always_kind="forward", fwd_always_id="mobile")
    bob = t.user("1000").device("bobs-phone")
    asked_once(t, carrier, bob, "Proxy")
    asked_once(t, carrier, bob, "WWW")
    carrier.kind = "Proxy"
    never_given(t, carrier, bob)
    another_gateway(t, bob)
    t.check(PASSWORD not in t.stack.log_text(), "the password is not in the log")
    t.check(PASSWORD not in t.stack.kamcmd("dispatcher.list"), "nor in dispatcher.list")
