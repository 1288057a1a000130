# SPDX-License-Identifier: GPL-2.0-or-later
import copy

from harness.fraud import PREMIUM, Attempts, Trap
from harness.net import TRUNKS, free_address
from harness.sip import answer_challenge
from harness.wire import Request

GATEWAY = free_address()
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
HARMLESS = [r"fraud-stranger-\w+} auth .*Credentials are not filled properly", r"fraud-stranger-\w+} <core> .*(parse_addr_spec|parse_from)"]
TRUNK = f"127.{TRUNKS}.7.7"
OUT_OF_DIALOG = {"MESSAGE": 407, "REFER": 405, "SUBSCRIBE": 489, "PUBLISH": 489, "NOTIFY": 481, "INFO": 481, "UPDATE": 481, "BYE": 481, "PRACK": 481, "DIAL": 405}


def by_uri_and_from(t, attack, bob):
    """Each is challenged, or refused outright."""
    server = f"{t.server[0]}:{t.server[1]}"
    uris = [f"sip:{PREMIUM}@{t.domain}", f"sip:00{PREMIUM[1:]}@{t.domain};user=phone", f"sip:{PREMIUM}@{GATEWAY}:5060",
            f"sip:{PREMIUM}@{server}", f"sips:{PREMIUM}@{t.domain}", f"tel:{PREMIUM}"]
    for uri in uris:
        for sender in (bob.aor, f"sip:1000@{t.domain}", f"sip:{PREMIUM}@{GATEWAY}", "sip:x@elsewhere.test"):
            attack.refused(407, f"{uri}, From {sender}", "INVITE", uri, sender)
        nobody = 400 if uri.startswith("tel:") else 407
        for sender in ("sip:anonymous@anonymous.invalid", f"tel:{PREMIUM}"):
            attack.refused(nobody, f"{uri}, From {sender}", "INVITE", uri, sender)
    for host in ("a\0.invalid", "a\0b", "x" * 256, "x" * 9000, 'a",nonce="b', "a\\b", "a b", "a\x01", "a\x7f"):  # a realm, in a quoted string
        attack.refused(400, f"From at {host[:20]!r}", "INVITE", f"sip:{PREMIUM}@{t.domain}", f"sip:{bob.name}@{host}", device=bob)


def by_header(t, attack, bob):
    route = f"<sip:{GATEWAY}:5060;lr>"
    ours = f"<sip:{t.server[0]}:{t.server[1]};lr>"
    made_up = f'Digest username="{bob.name}", realm="{t.domain}", nonce="made-up", uri="sip:{PREMIUM}@{t.domain}", response="{"0" * 32}"'
    for header in (
            ("Route", route), ("Route", f"{ours}, {route}"), ("Route", f"<sip:{t.server[0]}:{t.server[1]};lr;k=>, {route}"), ("Record-Route", route),
            ("Path", route), ("Service-Route", route), ("P-Asserted-Identity", f"<{bob.aor}>"), ("P-Preferred-Identity", f"<{bob.aor}>"),
            ("Remote-Party-ID", f"<{bob.aor}>;party=calling;screen=yes"), ("X-Forwarded-For", TRUNK), ("X-Real-IP", TRUNK), ("Forwarded", f"for={TRUNK}"),
            ("Via", f"SIP/2.0/UDP {TRUNK};branch=z9hG4bKx;received={TRUNK}"), ("P-Charge-Info", f"<{bob.aor}>"), ("Subject", "trunk"),
            ("Proxy-Authorization", made_up), ("Authorization", made_up), ("Proxy-Authorization", "Basic Ym9iOmJvYg=="),
            ("Proxy-Authorization", f'Digest username="{bob.name}", realm="{t.domain}"'), ("Proxy-Authorization", "Digest"), ("Proxy-Authorization", "")):
        attack.refused(407, f"with {header}", "INVITE", f"sip:{PREMIUM}@{t.domain}", bob.aor, headers=[header])

    def from_trunk(raw):
        """The Via of a trunk: the address that counts is the packet's."""
        return raw.replace(b"Via: SIP/2.0/UDP ", f"Via: SIP/2.0/UDP {TRUNK};rport;branch=z9hG4bKx1;received={TRUNK};x=".encode(), 1)
    attack.refused(407, "with a trunk's Via", "INVITE", f"sip:{PREMIUM}@{t.domain}", bob.aor, change=from_trunk)


def by_method(t, attack, bob):
    """Methods that begin no call, and requests that pretend to be in one."""
    uri, route = f"sip:{PREMIUM}@{GATEWAY}:5060", [("Route", f"<sip:{GATEWAY}:5060;lr>")]
    for method, status in OUT_OF_DIALOG.items():
        attack.refused(status, f"{method} to the gateway", method, uri, bob.aor, headers=route)
        attack.refused(404, f"{method} in no dialog", method, uri, bob.aor, headers=route, to_tag="x")
    attack.refused(407, "OPTIONS to the gateway", "OPTIONS", uri, bob.aor, headers=route)
    attack.refused(404, "OPTIONS in no dialog", "OPTIONS", uri, bob.aor, headers=route, to_tag="x")
    attack.refused(404, "INVITE in no dialog", "INVITE", f"sip:{PREMIUM}@{t.domain}", bob.aor, headers=route, to_tag="x")
    ours = f"sip:{t.server[0]}:{t.server[1]};lr"
    for marked in (ours, f"{ours};k=", f"{ours};k=x"):
        attack.refused(404, f"BYE by {marked}", "BYE", uri, bob.aor, headers=[("Route", f"<{marked}>"), *route], to_tag="x")
    for method in ("ACK", "CANCEL"):
        for tag in (None, "x"):
            attack.refused(None, f"{method}, tag {tag}", method, uri, bob.aor, headers=route, to_tag=tag)
    for other in ("ACK", "CANCEL", "PRACK", "BYE"):  # there is an answer, but to that other method
        attack.refused(None, f"INVITE with the CSeq of {other}", "INVITE", uri, bob.aor, headers=route,
                       change=lambda raw, other=other: raw.replace(b" INVITE\r\nMax", f" {other}\r\nMax".encode(), 1))


def by_password(t, attack):
    """Disabled devices still know their passwords."""
    other = t.other_tenant()
    off = t.user("1005").device("off", status="disabled")
    bare = t.user("1006").device("bare", ha1=None)
    hers = t.user("1007", status="disabled").device("hers")
    gone = t.user("1008").device("gone")
    theirs = other.user("1001").device("theirs")
    other.update(status="suspended")
    t.sql("DELETE FROM sip_user WHERE id = %s", [f"us_{t.key}_1008"])
    t.settle()
    for device in (off, bare, hers, gone, theirs):
        for uri in (f"sip:{PREMIUM}@{t.domain}", f"sip:{PREMIUM}@{device.realm}", f"sip:{PREMIUM}@{GATEWAY}"):
            attack.refused(407, f"{device.name} to {uri}", "INVITE", uri, device.aor, device=device)


def by_guess(t, attack, bob):
    """A caller that knows a device's name, but not its password."""
    uri, other = f"sip:{PREMIUM}@{t.domain}", t.user("1010").device("other")
    for password in ("", "x", bob.name, t.domain, other.password, bob.password.upper(), bob.password + " "):
        guessing = copy.copy(bob)
        guessing.password = password
        attack.refused(407, f"the password {password!r}", "INVITE", uri, bob.aor, device=guessing)
    bare = t.user("1011").device("bare", ha1=None)
    for key in ("0" * 32, " " * 32, "(null)"):
        asked = Request(t.endpoint(), "INVITE", uri, bare.aor).exchange()
        value = answer_challenge(asked.header("Proxy-Authenticate"), "INVITE", uri, bare.auth_username, "", key=key)
        attack.refused(407, f"no password, and the HA1 {key!r}", "INVITE", uri, bare.aor, headers=[("Proxy-Authorization", value)])


def run(t):
    gateway, bob = Trap(t, GATEWAY), t.caller()
    attack = Attempts(t, gateway)
    t.equal(attack.sends("INVITE", f"sip:{PREMIUM}@{t.domain}", bob.aor, device=bob).status, 486, "with a password the call")
    gateway.takes(1)
    by_uri_and_from(t, attack, bob)
    by_header(t, attack, bob)
    by_method(t, attack, bob)
    by_password(t, attack)
    by_guess(t, attack, bob)
    attack.over()
