# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import PREMIUM, Attempts, Trap
from harness.wire import Endpoint, Request

# The registrar's parsers say what they think of such a Contact.
HARMLESS = [r"(skip_uri|parse_contacts?|contact_parser|parse_contact_headers)\(\)", r"fraud-contact-\w+} (nathelper|pv|registrar|sl) .*(ontact|invalid uri|stateless error)"]

# What comes of REGISTER: OWN, calls go to where it came from; REFUSED; NOWHERE, with whatever answer. H: the phone's own
# host, V: the victim's host and port (VH, VP: alone), P: a number.
OWN, REFUSED, NOWHERE = "own", "refused", "nowhere"
CONTACTS = [
    (OWN, "<sip:x@H:5060>"), (OWN, "sip:x@H:5060"), (OWN, '"X" <sip:x@H:5060>;q=0.5'),
    # somebody else
    (OWN, "<sip:P@V>"), (OWN, "sip:P@V"), (OWN, "<SIP:P@V>"), (OWN, "<sips:P@V>"), (OWN, "<tel:P>"), (OWN, "<sip:P@localhost:VP>"),
    (OWN, "<sip:P@H:5060@V>"), (OWN, "<sip:H@V>"), (OWN, "<sip:x:H@V>"), (OWN, "<sip:x@H@V>"), (OWN, "<sip:V@H:5060>"),
    # what save() takes for the source of the REGISTER
    (REFUSED, '<sip:P@H>;received="sip:V"'), (REFUSED, '<sip:P@H>;q=0.5; Received = "sip:V"'), (REFUSED, '<sip:P@H>;\r\n RECEIVED="sip:V"'),
    (REFUSED, "<sip:P@H>;received=sip:V"), (REFUSED, "sip:P@H;received=sip:V"), (REFUSED, '<sip:x@H:5060>\r\nm: <sip:P@H>;received="sip:V"'),
    (REFUSED, '<sip:x@H:5060>,<sip:P@H>;received="sip:V"'), (REFUSED, '<sip:P@H>;a=b\0;received="sip:V"'),
    (REFUSED, '<sip:P@H>;a="\0";received="sip:V"'), (REFUSED, "<sip:x@H>;a=b\0,<sip:P@V>"),
    # what one parser takes for the URI, and another doesn't
    (OWN, "sip:P@V;foo=<sip:x@H>"), (OWN, 'sip:P@V;foo="<sip:x@H>"'), (OWN, '"<sip:x@H>" <sip:P@V>'), (NOWHERE, '"a\\\\" <sip:P@V>;x="<sip:x@H>"'),
    (OWN, '"a\\"<sip:x@H>\\"" <sip:P@V>'), (OWN, "<sip:x@H> <sip:P@V>"), (OWN, "<sip:x@H>x<sip:P@V>"), (OWN, '<sip:x@H>;a="b,<sip:P@V>"'),
    (OWN, '<sip:P@H:5060>;+sip.instance="<sip:P@V>";reg-id=1'), (OWN, '<sip:P@V>;+sip.instance="<sip:x@H>"'),
    # several
    (OWN, "x<sip:x@H>,<sip:P@V>"), (OWN, "<sip:x@H>,<sip:P@V>"), (OWN, "<sip:x@H:5060>,\r\n <sip:P@V>"), (OWN, "<sip:x@H:5060>\r\nContact: <sip:P@V>"),
    (OWN, "<sip:x@H:5060>\r\nm: <sip:P@V>"), (OWN, "<sip:x@H:5060>\r\nCONTACT : <sip:P@V>"),
    # parameters and headers that would lead somewhere else
    (OWN, "<sip:P@H:5060;maddr=VH>"), (OWN, "<sip:P@H:5060;alias=VH~5060~1>"), (OWN, "<sip:P@H:5060;lr;transport=udp>"),
    (OWN, "<sip:P@H:5060?Route=%3Csip:V%3Blr%3E>"), (REFUSED, "<sip:P@H:5060>\r\nPath: <sip:V;lr>"), (REFUSED, "<sip:P@H:5060>\r\npath: <sip:V;lr>"),
    (OWN, "<sip:P@H:5060>\r\nRoute: <sip:V;lr>"), (OWN, "<sip:P@H:5060>\r\nRecord-Route: <sip:V;lr>"),
    (OWN, "<sip:P@H:5060>\r\nVia: SIP/2.0/UDP V;branch=z9hG4bKx;received=VH"),
]


def filled(contact, own, victim):
    values = {"VP": str(victim.port), "VH": victim.address, "V": f"{victim.address}:{victim.port}", "H": own, "P": PREMIUM}
    return re.sub(r"(?<![A-Za-z])(VP|VH|V|H|P)(?![A-Za-z])", lambda name: values[name[0]], contact)


def register(t, endpoint, device, contact, expires):
    request = Request(endpoint, "REGISTER", f"sip:{t.domain}", device.aor, device.aor, [("Contact", contact), ("Expires", expires)])
    return request.exchange(device.auth_username, device.password)


def run(t):
    victim = Trap(t)
    bob = t.caller()
    mallory = t.user("1001", ring_timeout_sec=1).device("mallory")
    attack = Attempts(t, victim)

    for outcome, contact in CONTACTS:
        own = t.addresses.take()
        value = filled(contact, own, victim)
        with Endpoint(own, 5060, t.server, t.name) as endpoint:
            reply = register(t, endpoint, mallory, value, 60)
        t.check(reply and reply.status == {OWN: 200, REFUSED: 403}.get(outcome, reply.status), f"Contact {value!r}: {outcome}, saw {reply and reply.first_line}")
        with Trap(t, own) as phone:
            attack.refused(486 if outcome == OWN else 480, f"called, registered as {value!r}", "INVITE", mallory.aor, bob.aor, device=bob)
            t.equal(bool(phone.seen), outcome == OWN, f"registered as {value!r}: its own address is called")
        if reply.status == 200:
            with Endpoint(own, 5060, t.server, t.name) as endpoint:
                t.equal(register(t, endpoint, mallory, "*", 0).status, 200, "REGISTER that takes all contacts back")
    attack.over()
