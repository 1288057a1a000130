# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import Attempts, Dialog, Trap
from harness.wire import Request

ROUTES = True
LIMIT = 60
STACK = {"after": 'modparam("pike", "reqs_density_per_unit", 10000)'}
# How each side writes its Contact, and the Request-URI that it gets; A: its address.
CONTACTS = [
    ("<sip:x@A:5060>", "sip:x@A:5060"), ("sip:x@A:5060", "sip:x@A:5060"),
    # another system's parameter: alone, two, with others
    ("<sip:x@A:5060;ur=AAAA>", "sip:x@A:5060;ur=AAAA"), ("<sip:x@A:5060;ur=AAAA;ur=BBBB>", "sip:x@A:5060;ur=AAAA;ur=BBBB"),
    ("<sip:x@A:5060;ur=AAAA;ob>", "sip:x@A:5060;ur=AAAA;ob"), ("<sip:x@A:5060;ur=>", "sip:x@A:5060;ur="),
    # blanks
    ("< sip:x@A:5060 >", "sip:x@A:5060"), ("<\tsip:x@A:5060>", "sip:x@A:5060"), ('"X" <\r\n sip:x@A:5060 >;q=1', "sip:x@A:5060"), ("  sip:x@A:5060", "sip:x@A:5060"),
]


def signed(t, contact, written):
    """The Contact as written, with our parameter inside its only brackets. Returns the URI in them."""
    plain = re.sub(r";ur=[A-Za-z0-9_-]{16,}", "", contact, count=1)
    squeezed = re.sub(r"\s", "", written)
    t.equal(re.sub(r"\s", "", plain), squeezed if "<" in written else f"<{squeezed}>", f"{written!r}, signed")
    return re.search(r"<\s*([^>]*?)\s*>", contact)[1]


def early(t, bob):
    """A caller may keep the Contact of a 180 for the whole dialog (JsSIP): it is signed, too."""
    phone, endpoint = Trap(t, answer="180 Ringing"), t.endpoint()
    phone._headers = [f"Contact: <sip:x@{phone.address}:5060>"]
    t.user("1004").device("ringing").register(phone.address, source=(phone.address, 5099))
    invite = Request(endpoint, "INVITE", f"sip:1004@{t.domain}", bob.aor, headers=[("Contact", f"<sip:x@{endpoint.address}:5060>")])
    invite.exchange(bob.auth_username, bob.password, 1.0)
    ringing = [message for _, message in endpoint.received if message.status == 180]
    t.check(ringing, "the phone should ring")
    t.check(";ur=" in signed(t, ringing[0].header("Contact"), phone._headers[0].removeprefix("Contact: ")), "the Contact of a 180 should be signed")
    invite.cancel()


def run(t):
    phone = Trap(t, answer="200 OK")
    t.user("1003").device("desk").register(phone.address, source=(phone.address, 5099))
    bob = t.user("1001").device("bob")
    early(t, bob)
    attack = Attempts(t)
    for written, expected in CONTACTS:
        contact = written.replace("A:", f"{phone.address}:")
        phone._headers = [f"Contact: {contact}"]
        phone.forget()
        dialog = Dialog(attack, bob, f"sip:1003@{t.domain}", trap=phone, contact=written.replace("A:", "127.0.0.1:"))
        dialog.target = signed(t, dialog.target if '"' in written else f"<{dialog.target}>", contact)
        phone.forget()
        reply = dialog.sends("INVITE")
        t.equal(reply and reply.status, 200, f"re-INVITE of the caller, to {written!r}")
        t.equal(phone.takes(1).first_line.split()[1], expected.replace("A:", f"{phone.address}:"), f"Request-URI for {written!r}")
        shown = signed(t, dialog.invite.header("Contact"), written.replace("A:", "127.0.0.1:"))
        came, reply = dialog.callee_sends("INFO", uri=shown)
        t.equal(reply and reply.status, 200, f"INFO of the called phone, to {written!r}")
        t.equal(came.first_line.split()[1], expected.replace("A:", "127.0.0.1:"), f"Request-URI for {written!r} at the caller")
    t.note(f"{len(CONTACTS)} ways to write a Contact")
