# SPDX-License-Identifier: GPL-2.0-or-later
import concurrent.futures
import re

from harness.net import EDGES
from harness.phone import answers
from harness.registrar import contact
from harness.wire import Endpoint, Request, TcpEndpoint

STACK = {"after": ""}
LIMIT = 60
MOST = 10
OUTBOUND = [("Supported", "outbound, path")]


def sends(endpoint, device, contacts, headers=(), expires=300):
    """Sends a REGISTER; it gets one final response and nothing after it."""
    lines = [("Contact", c) for c in contacts] + [("Expires", expires), *headers]
    request = Request(endpoint, "REGISTER", f"sip:{device.realm}", device.aor, device.aor, headers=lines)
    reply = request.exchange(device.auth_username, device.password)
    again = endpoint.final(request.call_id, "REGISTER", 0.15, request.cseq)
    device.case.check(again is None, f"a second final response: {again and again.first_line}")
    return reply


class Phones:
    """Contacts of one device at one address, each of another instance."""

    def __init__(self, t, device):
        self.t, self.device, self.address = t, device, t.addresses.take()
        self.instances = 0

    def value(self, number, **more):
        return contact(self.address, instance=f"f81d4fae-7dec-11d0-a765-{number:012d}", uri_params=f";x={number}", **more)

    def register(self, *numbers, status=200, port=5060, **more):
        """What is registered afterwards, by their numbers."""
        with Endpoint(self.address, port, self.t.server, self.t.name) as endpoint:
            reply = sends(endpoint, self.device, [self.value(n, **more) for n in numbers], OUTBOUND)
        self.t.check(reply is not None and reply.status == status, f"{numbers}: expected {status}, saw {reply and reply.first_line}")
        return bindings(reply)


def bindings(reply):
    return sorted(int(found) for value in reply.all("Contact") for found in re.findall(r";x=(\d+)", value))


def in_order(t, phones):
    for number in range(1, MOST + 1):
        phones.register(number)
    t.equal(phones.register(1), list(range(1, MOST + 1)), "a refreshed one, and all the others")
    t.pause(1.1)  # usrloc knows seconds
    for number in (1, 2):
        phones.register(number)
    t.equal(phones.register(11), [1, 2, *range(4, 12)], "the eleventh: the oldest that was not refreshed is gone")
    t.equal(phones.register(12, 13, 4), [1, 2, 4, *range(7, 14)], "two more, and one that is there: two are gone")
    t.equal(phones.register(99, expires=0), [1, 2, 4, *range(7, 14)], "one that was never there unregisters")
    t.equal(phones.register(13, expires=0), [1, 2, 4, *range(7, 13)], "one unregisters")
    t.equal(phones.register(14, reg_id=1), [1, 2, 4, *range(7, 13), 14], "there was room")
    t.equal(len(phones.register(14, reg_id=2)), MOST, "a second flow of it is a contact, too")


def at_once(t, phones):
    """All of them are registered, in any order of processing."""
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        for future in [pool.submit(phones.register, 100 + n, port=6000 + n) for n in range(12)]:
            future.result()
    t.pause(0.2)
    t.check(len(phones.register(200)) <= MOST, "afterwards there are no more than may be")


def limit_of_one(t, phones):
    t.stack.kamcmd("cfg.set_now_int", "user_routing", "max_contacts", "1")
    t.equal(phones.register(300), [300], "one contact alone")
    phones.register(301, 302, status=503)
    t.equal(phones.register(300), [300], "what was there stays when too many come at once")
    t.equal(phones.register(303), [303], "another one alone")
    t.stack.kamcmd("cfg.set_now_int", "user_routing", "max_contacts", str(MOST))


def reloads(t, device):
    """A page that is reloaded again and again: a new connection and instance each time."""
    for number in range(MOST + 2):
        with TcpEndpoint(t.addresses.take(), t.server, t.name) as page:
            value = contact(page.address, page.port, instance=f"f81d4fae-7dec-11d0-a765-{number:012d}", uri_params=f";x={number};transport=tcp")
            reply = sends(page, device, [value], OUTBOUND)
            t.equal(reply.status, 200, f"reload {number}")
            t.check(number in bindings(reply) and len(bindings(reply)) <= 2, f"reload {number}: closed connections should be gone: {bindings(reply)}")
    t.pause(0.3)
    t.calls("1002").ends_at_once(480)


def behind_edge(t, device):
    """A proxy may close its connection: its phones stay."""
    edge = t.addresses.take_trusted(EDGES)
    with TcpEndpoint(edge, t.server, t.name) as proxy:
        reply = sends(proxy, device, [contact("127.255.255.1", 5099)], [("Path", f"<sip:{edge}:5060;lr>"), ("Supported", "path")])
        t.equal(reply.status, 200, "a phone behind an edge proxy")
    t.pause(0.3)
    phone = device.phone(answers(after=0.1), address=edge, register=False)
    t.calls("1003").ends(200).over()
    phone.answered()


def run(t):
    names = ("1001", "1002", "1003")
    devices = [t.user(name, ring_timeout_sec=5).device("phone") for name in names]
    t.caller()
    t.settle()
    phones = Phones(t, devices[0])
    in_order(t, phones)
    at_once(t, phones)
    limit_of_one(t, phones)
    reloads(t, devices[1])
    behind_edge(t, devices[2])
    t.check("too many contacts" not in t.stack.log_text(), "registrar should refuse nothing")
