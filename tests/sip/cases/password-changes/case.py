# SPDX-License-Identifier: GPL-2.0-or-later
import hashlib

from harness.phone import rejects
from harness.registrar import contact, register
from harness.sip import ha1
from harness.wire import Request


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def guess(t, device, guessed):
    """REGISTER with a digest response computed from a guessed ha1."""
    uri = f"sip:{device.realm}"
    with t.endpoint() as endpoint:
        request = Request(endpoint, "REGISTER", uri, device.aor, device.aor, [("Contact", contact(endpoint.address))])
        challenge = request.exchange().header("WWW-Authenticate")
        nonce = challenge.split('nonce="')[1].split('"')[0]
        response = md5(f"{guessed}:{nonce}:{md5('REGISTER:' + uri)}")
        request.cseq += 1
        endpoint.send(request.encode(("Authorization", f'Digest username="{device.auth_username}", realm="{device.realm}", '
                                                       f'nonce="{nonce}", uri="{uri}", response="{response}"')))
        return endpoint.final(request.call_id, "REGISTER", cseq=request.cseq).status


def run(t):
    t.user("1001").phone("desk", rejects(486, after=0.05))
    bob = t.caller()
    source = (t.addresses.take(), 5060)

    def tries(password, registered, called):
        bob.password = password
        t.settle()
        t.equal(register(bob, t.server, source, [contact(source[0])]).status, registered, f"REGISTER with {password}")
        bob.calls("1001").ends(called)

    first, second = bob.password, "another-secret"
    tries(first, 200, 486)
    bob.update(ha1=ha1(bob.auth_username, t.domain, second))
    tries(first, 401, 407)
    tries(second, 200, 486)
    bob.update(ha1=None)
    tries(second, 401, 407)
    t.equal(guess(t, bob, "0" * 32), 401, "no password, and somebody who tries nothing but zeros")
    first_ha1 = ha1(bob.auth_username, t.domain, first)
    bob.update(ha1=first_ha1)
    t.settle()
    t.equal(guess(t, bob, first_ha1), 200, "somebody who knows the ha1")
    tries(first, 200, 486)
