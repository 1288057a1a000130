# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import ipaddress
import re

from harness.fraud import PREMIUM, Attempts, Trap
from harness.names import Names
from harness.net import TRUNKS, free_address

ROUTES = OWN_NETWORK = OWN_NAMES = True
LOUD = True
LIMIT = 120
EXPLAIN = "calls of a script of the case's own are compared by the case"
GATEWAY, MEDIA, TRUNK = free_address(), free_address(), f"127.{TRUNKS}.7.7"
STACK = {"before": f'#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}


def mapped(address):
    number = int(ipaddress.ip_address(address))
    return f"[::ffff:{number >> 16:x}:{number & 0xffff:x}]"


def spellings(address):
    """The URIs that might lead to an address."""
    number = int(ipaddress.ip_address(address))
    parts = address.split(".")
    hosts = [address, f"{address}:5060", f"{address}:5070", f"{address}.", f"{number}", f"0x{number:x}", f"0x{number:X}:5060",
             ".".join(f"0{int(p):o}" for p in parts), ".".join(f"0x{int(p):x}" for p in parts), f"{parts[0]}.{number & 0xffffff}",
             ".".join(f"{int(p):03}" for p in parts), f"[::ffff:{address}]", f"[::FFFF:{number >> 16:x}:{number & 0xffff:x}]:5060", f"[::{address}]",
             f"[64:ff9b::{address}]"]
    uris = [f"sip:{PREMIUM}@{host}" for host in hosts]
    uris += [f"SIP:{PREMIUM}@{address}", f"sips:{PREMIUM}@{address}", f"sip:{address}", f"sip:{PREMIUM}:x@{address}",
             f"sip:{PREMIUM}@{address};transport=udp", f"sip:{PREMIUM}@{address};transport=tcp", f"sip:{PREMIUM}@{address};lr", f"sip:{PREMIUM}@{address}?Route=x",
             f"sip:{PREMIUM}@pbx.test;maddr={address}", f"sip:{PREMIUM}@pbx.test;MADDR={address}", f"sip:{PREMIUM}@voicemail.invalid;maddr={address}"]
    return uris


# A plugged-in database may have no CHECK: what its rows say is read by the parser that the call is sent by.
UNCHECKED = ["sip:N@pbx.test@A", "sip:N@A@pbx.test", "sip:N@A\\@pbx.test", "sip:N@A,pbx.test", "sip:N@A#pbx.test", "sip:N@A%2Epbx.test", "sip:N@A/pbx.test",
             "sip:N;x=@A", "sip:N?x@A", "sip:N@A:5060:5060", "sip:N@A:99999", "sip:@A", "sip:N@A:"]


class Targets:
    """Rows of the attacking account, one per call."""

    def __init__(self, t, attack):
        self.t, self.attack, self.number = t, attack, 0
        self.user = t.user("1001", id=f"us_{t.key}_1001")

    def calls(self, address, kind="queue", target=None):
        """The final response of a call to a user who forwards there."""
        self.number += 1
        target = target or f"q{self.number}"
        self.t.insert("route_target", {"account_id": self.t.account, "kind": kind, "id": target, "address": address})
        self.user.update(fwd_always_kind=kind, fwd_always_id=target, dnd=0, voicemail_id=None)
        return self._place()

    def rings_box(self, box):
        self.user.update(fwd_always_kind=None, fwd_always_id=None, dnd=1, voicemail_id=box)
        return self._place()

    def _place(self):
        self.t.settle()
        return self.attack.sends("INVITE", f"sip:1001@{self.t.domain}", self.t.caller().aor, device=self.t.caller())

    def refused(self, address, kind="queue"):
        self.attack.count += 1
        reply = self.calls(address, kind)
        # Not set: the user's devices are next, and there are none.
        self.t.check(reply is not None and reply.status == 480, f"{address}: expected 480, saw {reply and reply.first_line}")
        self.attack.nothing_came(address)


def explained(t):
    with contextlib.closing(t.stack.rpc()) as rpc:
        return str(rpc.call("user_routing.explain", f"sip:1001@{t.domain}"))


def boxes(t, targets, media):
    """Another account's box has the same id, and is another box."""
    b = t.other_tenant()
    for account in (t.account, b.account):
        t.insert("route_target", {"account_id": account, "kind": "voicemail", "id": "box1"})
    t.equal(targets.rings_box("box1").status, 486, "the media server's answer")
    seen = media.takes(1)
    t.equal(seen.uri.split(";")[0], f"sip:{t.account}~box1@voicemail.invalid", "the box")
    for address in (f"sip:{b.account}~box1@voicemail.invalid", f"sip:{b.account}~box1@VoiceMail.Invalid.", f"sip:{b.account}~box1@x.invalid;x", "sip:x@invalid"):
        targets.refused(address)
        targets.refused(address, "voicemail")


def allowed(t, targets, trap, names):
    """Allowed hosts; the call goes to the address that was checked."""
    for uri in (f"sip:support@{trap.address}", f"sip:support@{trap.address}:5060;transport=udp;x=y?X-A=b", f"sip:support@{mapped(trap.address)}",
                f"sip:support@{trap.address}?Route=%3Csip:{GATEWAY}%3Blr%3E"):
        t.equal(targets.calls(uri).status, 486, f"{uri}: its answer")
        t.equal(trap.takes(1).uri, uri, "the Request-URI")
    # Asked once: a name that is resolved otherwise a moment later leads nowhere else.
    names.names["pbx.test"] = [trap.address, GATEWAY]
    t.equal(targets.calls("sip:support@pbx.test:5060").status, 486, "a name's answer")
    t.equal(trap.takes(1).uri, "sip:support@pbx.test:5060", "the Request-URI")
    t.equal(names.count("pbx.test"), 1, "questions for its address")


def identity(t, targets, trap):
    """A queue outside is shown the calling user, never a number."""
    t.equal(targets.calls(f"sip:+4930123456@{trap.address}").status, 486, "its answer")
    invite = trap.takes(1)
    t.check(re.search(rf"sip:1000@{re.escape(t.domain)}", invite.header("From")), f"From is {invite.header('From')}")
    t.check(all("sip:1000@" in value for value in invite.all("P-Asserted-Identity")), f"P-Asserted-Identity is {invite.all('P-Asserted-Identity')}")


def listed(t, targets, trap):
    """With a list, what is on it and nothing else; Kamailio itself never."""
    other = t.addresses.take()
    t.sql("INSERT INTO target_host VALUES (%s), ('127.0.0.1'), (%s), (%s)", (trap.address, "voicemail.invalid", t.domain))
    t.equal(targets.calls(f"sip:support@{trap.address}:5060").status, 486, "a listed host's answer")
    trap.takes(1)
    for address in (f"sip:x@{other}", "sip:x@pbx.test", f"sip:x@{GATEWAY}", f"sip:1001@{t.server[0]}:{t.server[1]}", f"sip:1001@{t.domain}", f"sip:x@{trap.address};maddr={GATEWAY}"):
        targets.refused(address)
    t.sql("DELETE FROM target_host")
    t.settle()


def run(t):
    names = Names({"gw.test": GATEWAY, "self.test": t.server[0], "trunk.test": TRUNK, "media.test": MEDIA, "meta.test": "169.254.169.254",
                   "voicemail.invalid": t.addresses.take()})  # as if somebody answered for what can not be
    gateway, media, trunk, trap = Trap(t, GATEWAY), Trap(t, MEDIA), Trap(t, TRUNK), Trap(t)
    attack = Attempts(t, gateway, media, trunk)
    targets = Targets(t, attack)
    boxes(t, targets, media)
    allowed(t, targets, trap, names)
    identity(t, targets, trap)

    server = f"{t.server[0]}:{t.server[1]}"
    for address in (GATEWAY, TRUNK, MEDIA, t.server[0]):
        for uri in spellings(address):
            targets.refused(uri)
    for host in ("gw.test", "GW.test.", "trunk.test:5060", "media.test", "self.test", "meta.test", "nobody.test", "gw.test:5070", server, t.domain, t.domain.upper() + ".",
                 "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "[fe80::1]", "[ff02::1]", "[::]", "[::ffff:169.254.169.254]"):
        targets.refused(f"sip:{PREMIUM}@{host}")
        targets.refused(f"sip:{PREMIUM}@{host};transport=tcp", "conference")
    targets.refused(f"sip:1001@{t.domain}")
    t.check("leads to this server" in explained(t), f"explain should name the reason: {explained(t)}")
    listed(t, targets, trap)

    t.sql("ALTER TABLE route_target DROP CONSTRAINT route_target_address_sip_uri_or_e164")
    t.sql("ALTER TABLE route_target_kind DROP CONSTRAINT route_target_kind_uri_template_sip_uri")
    for text in UNCHECKED:
        targets.calls(text.replace("N", PREMIUM).replace("A", GATEWAY))
        attack.count += 1
        attack.nothing_came(text)
    t.sql("UPDATE route_target_kind SET uri_template = 'sip:x@{id}' WHERE kind = 'flow'")
    t.equal(targets.calls(None, "flow", GATEWAY).status, 480, "a template with {id} for its host")
    t.check("is not followed: its URI leads to a gateway" in t.stack.log_text(), "the log should say why")
    attack.over()
