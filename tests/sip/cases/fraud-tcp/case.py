# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import resource
import socket
import subprocess
import time

from harness.expect import check
from harness.fraud import Attempts
from harness.wire import Request, TcpEndpoint

STACK = {"after": ""}
ALONE = True
OWN_NETWORK = True  # iptables
LIMIT = 120
HARMLESS = [r"(ERROR|CRITICAL): <core> .*tcp"]
LIFETIME = 10  # the sample's tcp_connection_lifetime
MOST = 2048  # Kamailio's tcp_max_connections
LIMIT_RULE = "INPUT -p tcp --syn --dport {port} -m connlimit --connlimit-above 32 -j REJECT --reject-with tcp-reset"  # doc/security.md's


class Phone:
    """Registers over a TCP connection of its own."""

    def __init__(self, t, device):
        self.t, self.device = t, device
        self.endpoint = TcpEndpoint(t.addresses.take(), t.server, t.name)

    def registers(self):
        own = self.endpoint
        value = f"<sip:x@{own.address}:{own.port};transport=tcp>"
        request = Request(own, "REGISTER", f"sip:{self.t.domain}", self.device.aor, self.device.aor, headers=[("Contact", value), ("Expires", "3600")])
        reply = request.exchange(self.device.auth_username, self.device.password, 2.0)
        return reply and reply.status


def can_register(t, device):
    """A new phone, on a new connection."""
    try:
        phone = Phone(t, device)
    except OSError:
        return False
    try:
        return phone.registers() == 200
    except OSError:
        return False
    finally:
        phone.endpoint.__exit__()


@contextlib.contextmanager
def idle(server, count, address):
    """Opens so many connections, as fast as possible; yields those that are open."""
    opened = []
    for _ in range(count):
        made = socket.socket()
        made.settimeout(0.5)
        opened.append(made)
        try:
            made.bind((address, 0))
            made.connect(server)
        except OSError:
            opened.pop().close()
    try:
        yield opened
    finally:
        for made in opened:
            made.close()


def stands(made):
    """The server has not closed it."""
    made.setblocking(False)
    try:
        return made.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def attacked(t, device, old):
    begin = time.monotonic()
    with idle(t.server, MOST, "127.99.0.1") as opened:
        standing = sum(map(stands, opened))
        t.note(f"{standing} idle connections of one address stood after {time.monotonic() - begin:.1f} s; then a new phone"
               f" {'could' if can_register(t, device) else 'could not'} register")
        time.sleep(max(0, begin + LIFETIME / 2 - time.monotonic()))
        while not can_register(t, device):
            check(time.monotonic() < begin + 2.5 * LIFETIME, "a new phone should be able to register again")
            time.sleep(0.5)
        t.note(f"a new phone could register after {time.monotonic() - begin:.1f} s")
        time.sleep(max(0, begin + 1.5 * LIFETIME + 1 - time.monotonic()))
        check(sum(map(stands, opened)) == 0, f"{sum(map(stands, opened))} idle connections stand still")
    check(stands(old.endpoint._socket), "the connection of the phone that had registered before should stand")  # pylint: disable=protected-access


def rings(t, attack, old):
    """A call comes to the registered phone on the connection that it has."""
    old.endpoint._socket.setblocking(True)  # pylint: disable=protected-access
    with t.endpoint() as caller:
        bob = t.caller()
        t.settle()
        request = Request(caller, "INVITE", f"sip:1001@{t.domain}", bob.aor)
        caller.send(request.encode())
        challenge = caller.final(request.call_id, "INVITE")
        request.acknowledge(challenge)
        caller.send(request.authenticate(challenge, bob.auth_username, bob.password))
        invite, = old.endpoint.invites(1)
        old.endpoint.reply(invite, "486 Busy Here")
        t.equal(caller.final(request.call_id, "INVITE", 2.0, request.cseq).status, 486, "the phone's answer")
    attack.count += 1


def with_firewall(t, device):
    """What Kamailio 5.6 can't do: few connections of one address."""
    rule = LIMIT_RULE.format(port=t.server[1]).split()
    subprocess.run(["/usr/sbin/iptables", "-A", *rule], check=True)
    with idle(t.server, MOST, "127.99.0.2") as opened:
        check(0 < len(opened) <= 32, f"{len(opened)} connections of one address behind the rule")
        check(can_register(t, device), "behind the rule a new phone should be able to register during the attack")
    subprocess.run(["/usr/sbin/iptables", "-D", *rule], check=True)


def run(t):
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    alice = t.user("1001", ring_timeout_sec=5)
    desk, soft = alice.device("desk"), t.user("1002").device("soft")
    attack = Attempts(t)
    old = Phone(t, desk)
    t.equal(old.registers(), 200, "a phone over TCP registers")
    attacked(t, soft, old)
    rings(t, attack, old)
    with_firewall(t, soft)
    t.note("with the firewall rule of security.md 32 connections of one address stand, and a new phone registers at once")
    attack.over()
