# SPDX-License-Identifier: GPL-2.0-or-later
import itertools
import re

from harness.fraud import PREMIUM, Attempts, Trap
from harness.net import TRUNKS, free_address
from harness.wire import Endpoint, Request, TcpEndpoint

LOUD = True
LIMIT = 120
GATEWAY = free_address()
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
# The registrar's parsers say what they think of such a Contact.
HARMLESS = [r"udp_rcv_loop\(\): read message too large", r"(skip_uri|skip_name|parse_contacts?|contact_parser|parse_contact_headers|parse_param2|parse_param_body|tcp_read|tcp_read_req)\(\)", r"fraud-contact-\w+} (nathelper|pv|registrar|sl) .*(ontact|invalid uri|stateless error)"]

# What comes of REGISTER: OWN, calls go to where it came from; REFUSED. H: the phone's own host, V: the victim's host and port
# (VH, VP: alone), P: a number.
OWN, REFUSED = "own", "refused"
CONTACTS = [
    (OWN, "<sip:x@H:5060>"), (OWN, "sip:x@H:5060"), (OWN, '"X" <sip:x@H:5060>;q=0.5'),
    # somebody else
    (OWN, "<sip:P@V>"), (OWN, "sip:P@V"), (OWN, "<SIP:P@V>"), (OWN, "<sips:P@V>"), (OWN, "<tel:P>"), (OWN, "<sip:P@localhost:VP>"),
    (REFUSED, "<sip:P@H:5060@V>"), (OWN, "<sip:H@V>"), (OWN, "<sip:x:H@V>"), (REFUSED, "<sip:x@H@V>"), (OWN, "<sip:V@H:5060>"),
    # what save() takes for the source of the REGISTER
    (REFUSED, '<sip:P@H>;received="sip:V"'), (REFUSED, '<sip:P@H>;q=0.5; Received = "sip:V"'), (REFUSED, '<sip:P@H>;\r\n RECEIVED="sip:V"'),
    (REFUSED, "<sip:P@H>;received=sip:V"), (REFUSED, "sip:P@H;received=sip:V"), (REFUSED, '<sip:x@H:5060>\r\nm: <sip:P@H>;received="sip:V"'),
    (REFUSED, '<sip:x@H:5060>,<sip:P@H>;received="sip:V"'), (REFUSED, '<sip:P@H>;a=b\0;received="sip:V"'),
    (REFUSED, '<sip:P@H>;a="\0";received="sip:V"'), (REFUSED, "<sip:x@H>;a=b\0,<sip:P@V>"),
    # what one parser takes for the URI, and another doesn't
    (OWN, "sip:P@V;foo=<sip:x@H>"), (OWN, 'sip:P@V;foo="<sip:x@H>"'), (OWN, '"<sip:x@H>" <sip:P@V>'), (REFUSED, '"a\\\\" <sip:P@V>;x="<sip:x@H>"'),
    (OWN, '"a\\"<sip:x@H>\\"" <sip:P@V>'), (REFUSED, "<sip:x@H> <sip:P@V>"), (REFUSED, "<sip:x@H>x<sip:P@V>"), (OWN, '<sip:x@H>;a="b,<sip:P@V>"'),
    (OWN, '<sip:P@H:5060>;+sip.instance="<sip:P@V>";reg-id=1'), (OWN, '<sip:P@V>;+sip.instance="<sip:x@H>"'),
    # several
    (OWN, "x <sip:x@H>,<sip:P@V>"), (OWN, "<sip:x@H>,<sip:P@V>"), (OWN, "<sip:x@H:5060>,\r\n <sip:P@V>"), (OWN, "<sip:x@H:5060>\r\nContact: <sip:P@V>"),
    (OWN, "<sip:x@H:5060>\r\nm: <sip:P@V>"), (OWN, "<sip:x@H:5060>\r\nCONTACT : <sip:P@V>"),
    # parameters and headers that would lead somewhere else
    (OWN, "<sip:P@H:5060;maddr=VH>"), (OWN, "<sip:P@H:5060;alias=VH~5060~1>"), (OWN, "<sip:P@H:5060;lr;transport=udp>"),
    (OWN, "<sip:P@H:5060?Route=%3Csip:V%3Blr%3E>"), (REFUSED, "<sip:P@H:5060>\r\nPath: <sip:V;lr>"), (REFUSED, "<sip:P@H:5060>\r\npath: <sip:V;lr>"),
    (OWN, "<sip:P@H:5060>\r\nRoute: <sip:V;lr>"), (OWN, "<sip:P@H:5060>\r\nRecord-Route: <sip:V;lr>"),
    (OWN, "<sip:P@H:5060>\r\nVia: SIP/2.0/UDP V;branch=z9hG4bKx;received=VH"),
    (OWN, "<sip:P@H:5060;received=VH>"), (OWN, "<sip:P@H:5060;x=y;lr>"), (OWN, "<sip:P@VH:5060;transport=tcp>"), (OWN, "<sip:P@H:5060;>"),
    # what no parser may disagree about
    (REFUSED, "<sip:x@H\0@V>"), (REFUSED, "<sip:P@V\0@H>"), (REFUSED, "<sip:x@H:5060>;a=\x01"), (REFUSED, "<sip:x@\r\n H>"), (REFUSED, "<sip:x@H:5060>;a='\x7f'"),
    (OWN, "<sip:P@H>;a=b>received=sip:V"), (REFUSED, "<sip:P@H>;a='b;c';received=sip:V"), (REFUSED, '<sip:P@H>;received\t=\t"sip:V"'),
    (REFUSED, '<sip:x@H>;a="b\\";received="sip:V"'), (REFUSED, "<sip:x@H>;received"), (REFUSED, "<sip:x@H>;received=;q=1"), (REFUSED, "<sip:P@H>;received=sip:V;received=sip:H"),
    (REFUSED, "*\r\nContact: <sip:P@V>"), (REFUSED, "<sip:P@V>\r\nm: *"), (REFUSED, "*;received=sip:V"), (REFUSED, "x"), (REFUSED, "<sip:x@H:5060"), (REFUSED, "http://V"),
    (REFUSED, ",".join(f"<sip:x{n}@H:5060>" for n in range(11))), (REFUSED, "<sip:x@H:5060>" + ";a=b" * 33), (REFUSED, f"<sip:{'x' * 510}@H>"),
    (REFUSED, f"<sip:x@H>;a={'x' * 513}"), (OWN, f"<sip:x@H:5060>;a={'x' * 500}"), (REFUSED, f"<sip:x@H:5060>\r\nPath: <sip:VH;{'x' * 5000}>"),
]


def long_contacts():
    """The parser that stores a contact reads beyond the end of a pseudo-variable or a C string."""
    for size in (5000, 9000, 20000, 50000):
        for quote in ('"', ""):
            for zero in ("\0", ""):
                yield f'<sip:P@H>;a={quote}{"x" * size}{zero}{quote};received="sip:V"'
        yield f"<sip:P@H>;a={'x' * size}"
        yield f'"{"x" * size}" <sip:P@V>'
    for fill in ("x" * 9000, "x\r\n " * 2500, "\r\n\t" * 3000):
        yield f'<sip:P@H>;a="{fill}";received="sip:V"'
        yield f'<sip:x@H:5060>\r\nm: <sip:P@H>;a="{fill}";received="sip:V"'
        yield f'<sip:x@H:5060>;a="{fill}"\r\nCONTACT : <sip:P@H>;received="sip:V"'
    yield "<sip:x@H>" + ";a=b" * 3000 + ';received="sip:V"'
    yield ",".join(["<sip:x@H>"] * 900) + ',<sip:P@V>;received="sip:V"'
    yield f"<sip:{'x' * 9000}@V>"
    yield f"<sip:P@V;x={'x' * 9000}>"


def filled(contact, own, victim):
    values = {"VP": str(victim.port), "VH": victim.address, "V": f"{victim.address}:{victim.port}", "H": own, "P": PREMIUM}
    return re.sub(r"(?<![A-Za-z])(VP|VH|V|H|P)(?![A-Za-z])", lambda name: values[name[0]], contact)


def register(t, endpoint, device, contact, expires):
    request = Request(endpoint, "REGISTER", f"sip:{t.domain}", device.aor, device.aor, [("Contact", contact), ("Expires", expires)])
    return request.exchange(device.auth_username, device.password, 1.0)


def is_called(t, attack, endpoint, mallory, caller, what):
    """Places a call: it reaches the endpoint, which does not answer, or nobody."""
    attack.count += 1
    bob, calling = caller
    reply = attack.sends("INVITE", mallory.aor, bob.aor, device=bob, endpoint=next(calling))
    t.equal(reply and reply.status, 480, f"called, registered as {what}")
    attack.nothing_came(f"called, registered as {what}")
    return bool(endpoint.invites(1, 0.05))


def forget(t, device, own):
    with Endpoint(own, 5060, t.server, t.name) as endpoint:
        t.equal(register(t, endpoint, device, "*", 0).status, 200, "REGISTER that takes all contacts back")


def over_tcp(t, attack, victim, mallory, caller):
    """Calls come over the connection or not at all: a Contact with the phone's address may name a port where nobody listens."""
    contacts = [contact for outcome, contact in CONTACTS if outcome == REFUSED or "V" in contact][::3]
    addresses = itertools.cycle([t.addresses.take() for _ in range(9)])
    called = sum(tried_over_tcp(t, attack, mallory, caller, filled(contact, own, victim), own) for own, contact in zip(addresses, [*contacts, *long_contacts()]))
    t.check(called > 5, f"over TCP {called} calls came to the phone")


def tried_over_tcp(t, attack, mallory, caller, value, own):
    with TcpEndpoint(own, t.server, t.name) as endpoint:
        reply = register(t, endpoint, mallory, value, 60)
        registered = reply is not None and reply.status == 200
        called = is_called(t, attack, endpoint, mallory, caller, f"{value[:99]!r} over TCP")
        t.check(registered or not called, f"{value[:99]!r} over TCP: called, but {reply and reply.first_line}")
    if registered:
        forget(t, mallory, own)
    return called


def too_long(t, attack, victim, mallory, caller):
    addresses = itertools.cycle([t.addresses.take() for _ in range(9)])
    for own, contact in zip(addresses, long_contacts()):
        value = filled(contact, own, victim)
        with Endpoint(own, 5060, t.server, t.name) as endpoint:
            reply = register(t, endpoint, mallory, value, 60)
            t.check(reply is None or reply.status >= 400, f"{len(value)} bytes, {value[:40]!r}: {reply and reply.first_line}")
            t.check(not is_called(t, attack, endpoint, mallory, caller, f"{len(value)} bytes, {value[:40]!r}"), f"{value[:40]!r}: nobody is called")


def at_a_trunks_address(t, attack, mallory, caller):
    """Another port of the same address is somebody else there: a PBX that lets our calls out."""
    own = t.addresses.take_trusted(TRUNKS)
    with Trap(t, own) as pbx, Endpoint(own, 5099, t.server, t.name) as endpoint:
        t.equal(register(t, endpoint, mallory, filled("<sip:P@H:5060>", own, pbx), 60).status, 200, "REGISTER behind a trunk's address")
        attack.traps += (pbx,)
        t.check(is_called(t, attack, endpoint, mallory, caller, "a trunk's neighbour"), "the phone itself is called")
        attack.traps = attack.traps[:-1]
    forget(t, mallory, own)


def run(t):
    victim = Trap(t, GATEWAY)
    bob = t.caller()
    mallory = t.user("1001", ring_timeout_sec=1).device("mallory")
    attack = Attempts(t, victim)
    calling = itertools.cycle([t.endpoint() for _ in range(9)])  # pike counts by address

    for outcome, contact in CONTACTS:
        own = t.addresses.take()
        value = filled(contact, own, victim)
        with Endpoint(own, 5060, t.server, t.name) as endpoint:
            reply = register(t, endpoint, mallory, value, 60)
        t.check(reply and reply.status in ((200,) if outcome == OWN else (400, 403)), f"Contact {value!r}: {outcome}, saw {reply and reply.first_line}")
        with Trap(t, own) as phone:
            attack.refused(486 if outcome == OWN else 480, f"called, registered as {value!r}", "INVITE", mallory.aor, bob.aor, device=bob, endpoint=next(calling))
            t.equal(bool(phone.seen), outcome == OWN, f"registered as {value!r}: its own address is called")
        if reply.status == 200:
            forget(t, mallory, own)
    too_long(t, attack, victim, mallory, (bob, calling))
    over_tcp(t, attack, victim, mallory, (bob, calling))
    at_a_trunks_address(t, attack, mallory, (bob, calling))
    attack.over()
