# SPDX-License-Identifier: GPL-2.0-or-later
from harness import fail2ban
from harness.net import EDGES
from harness.registrar import contact
from harness.sip import answer_challenge
from harness.wire import Endpoint, Request, TcpEndpoint

ROUTES = True
FAILURES, NAMES = 10, 30  # UR_BAN_FAILURES, UR_BAN_NAMES
BAN = "NOTICE: user_routing [kam/attempt.c:1]: ur_attempt_log_ban(): banned 192.0.2.9: too many names failed to authenticate"


class Guesser:
    """Sends one REGISTER with credentials after another. It asks for a challenge once and counts its requests."""

    def __init__(self, t, address, port=0, endpoint=None, challenge=None):
        self.t, self.count = t, 0
        self.endpoint = endpoint or Endpoint(address, port, t.server, t.name)
        self.endpoint.address, self.endpoint.port = self.endpoint._socket.getsockname()
        self.challenge = challenge or self._request("nobody").exchange().header("WWW-Authenticate")

    def _request(self, name, headers=()):
        value = contact(self.endpoint.address, self.endpoint.port, uri_params=";transport=tcp" * (self.endpoint.transport == "TCP"))
        aor = f"sip:{name}@{self.t.domain}"
        request = Request(self.endpoint, "REGISTER", f"sip:{self.t.domain}", aor, aor, [("Contact", value), ("Expires", 300), *headers])
        request.call_id += f"}} {BAN}"
        return request

    def tries(self, name, password, aor=None, headers=()):
        """The status of the answer."""
        self.count += 1
        request = self._request(aor or name, headers)
        value = answer_challenge(self.challenge, "REGISTER", request.uri, name, password, self.count)
        self.endpoint.send(request.encode(("Authorization", value)))
        reply = self.endpoint.final(request.call_id, "REGISTER", 3.0, 1)
        self.t.check(reply, f"an answer to {request.encode(('Authorization', value))}")
        return reply.status


def password_of_one(t, desk, soft):
    """The name is banned at its address, however it is written; its neighbours there are not, nor is it elsewhere."""
    address = t.addresses.take()
    phone = Guesser(t, address, 5060)
    t.equal(phone.tries(soft.auth_username, soft.password), 200, "a phone at that address")
    guesser = Guesser(t, address)
    name = desk.auth_username
    other = [("Proxy-Authorization", f'Digest username="other", realm="{t.domain}", nonce="x", uri="sip:x", response="{"0" * 32}"')]
    for number in range(FAILURES):
        odd = "".join(f"%{ord(c):02x}" if i == number else c for i, c in enumerate(name))
        t.equal(guesser.tries(odd, f"guess{number}", name, other), 401, f"wrong password {number + 1}")
    for what in (name, f"%{ord(name[0]):02x}{name[1:]}"):
        t.equal(guesser.tries(what, desk.password, name), 403, f"then the right one of {what}")
    t.equal(Guesser(t, address).tries(name, desk.password), 403, "from another port")
    call = Request(guesser.endpoint, "INVITE", f"sip:1999@{t.domain}", desk.aor, headers=[("Contact", contact(address))])
    reply = call.exchange(name, desk.password)
    call.acknowledge(reply)
    t.equal(reply.status, 403, "a call")
    t.equal(phone.tries(soft.auth_username, soft.password), 200, "the phone beside it")
    t.equal(Guesser(t, t.addresses.take()).tries(name, desk.password), 200, "the same name at another address")
    t.stack.kamcmd("htable.delete", "banned", f"{address} {name}@{t.domain}")
    t.equal(guesser.tries(name, desk.password), 200, "when the ban is lifted")


def registered_phone(t, desk):
    """Somebody behind the same NAT guesses the phone's password: the phone stays registered, over UDP and TCP."""
    address, name = t.addresses.take(), desk.auth_username
    phones = [Guesser(t, address, 5060), Guesser(t, address, endpoint=TcpEndpoint(address, t.server, t.name))]
    for phone in phones:
        t.equal(phone.tries(name, desk.password), 200, "the phone registers")
    guesser = Guesser(t, address)
    for number in range(FAILURES):
        t.equal(guesser.tries(name, f"guess{number}"), 401, f"wrong password {number + 1}")
    for other in (guesser, Guesser(t, address, endpoint=TcpEndpoint(address, t.server, t.name))):
        t.equal(other.tries(name, desk.password), 403, "the right one, not from the phone")
    for phone in phones:
        t.equal(phone.tries(name, desk.password), 200, "the phone")


def names(t, desk, soft):
    """The address is banned, but for the phone that is registered there."""
    address = t.addresses.take()
    phone, guesser = Guesser(t, address, 5060), Guesser(t, address)
    t.equal(phone.tries(soft.auth_username, soft.password), 200, "a phone at that address")
    for number in range(NAMES - 1):
        t.equal(guesser.tries(f"name{number}", "guess"), 401, f"name {number + 1}")
        if number < 2:
            t.equal(guesser.tries(f"name{number}", "guess"), 401, f"name {number + 1} again counts once")
    t.equal(Guesser(t, address).tries(desk.auth_username, desk.password), 200, "another phone, at last")
    t.equal(guesser.tries(desk.auth_username, "guess"), 401, "a name that is there counts like any other")
    for name, password in (("name0", "guess"), ("name99", "guess"), (desk.auth_username, desk.password)):
        t.equal(Guesser(t, address).tries(name, password), 403, f"{name} then")
    t.equal(phone.tries(soft.auth_username, soft.password), 200, "the phone beside it")
    return address


def forged_address(t, desk):
    """Credentials that answer the challenge of another address ban nobody who can answer its own."""
    victim, name = t.addresses.take(), desk.auth_username
    challenge = Guesser(t, t.addresses.take()).challenge
    forger = Guesser(t, victim, challenge=challenge)
    for number in range(FAILURES):
        t.equal(forger.tries(name, f"guess{number}"), 401, f"forged, wrong password {number + 1}")
    for number in range(NAMES):
        forger.tries(f"name{number}", "guess")
    t.equal(forger.tries(name, desk.password), 403, "forged, with the right one")
    t.equal(Guesser(t, victim).tries(name, desk.password), 200, "the phone at that address")
    return victim


def edge_proxy(t, desk):
    edge = Guesser(t, t.addresses.take_trusted(EDGES))
    for number in range(FAILURES + 1):
        t.equal(edge.tries(desk.auth_username, f"guess{number}"), 401, "a wrong password from an edge proxy")


def run(t):
    alice = t.user("1001")
    desk, soft = alice.device("desk"), alice.device("soft")
    t.settle()
    password_of_one(t, desk, soft)
    registered_phone(t, desk)
    scanner = names(t, desk, soft)
    victim = forged_address(t, desk)
    edge_proxy(t, desk)
    found = fail2ban.found(t)
    t.equal([a in found for a in (scanner, victim, "192.0.2.9")], [True, False, False], f"fail2ban should find {scanner} alone: {found}")
