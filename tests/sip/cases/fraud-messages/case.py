# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import PREMIUM, Attempts, Trap
from harness.hostile import PARSERS
from harness.net import free_address
from harness.wire import Request

GATEWAY, MEDIA = free_address(), free_address()
STACK = {"before": f'#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"\n#!define UR_BESIDE_CALLS 12',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
HARMLESS = PARSERS
KINDS = ["voicemail", "queue", "conference", "flow", "forward"]


def to_no_user(t, attack, new_device):
    """What a call would reach in another way: the PSTN, a target, an end."""
    for kind in KINDS:
        t.insert("route_target", {"account_id": t.account, "kind": kind, "id": kind, "address": "491701234567" if kind == "forward" else None})
    for number, (kind, target) in enumerate((*((kind, kind) for kind in KINDS), ("hangup", "486"), ("user", "us_nobody"))):
        t.insert("extension", {"id": f"ext_{t.key}_{number}", "account_id": t.account, "digits": f"60{number}", "dest_kind": kind, "dest_id": target})
    t.insert("did", {"e164": "4930555100", "account_id": t.account, "dest_kind": "forward", "dest_id": "forward"})
    devices = [new_device(f"target{number}") for number in range(3)]   # each may send so many
    t.settle()
    uris = [f"sip:{name}@{t.domain}" for name in (*(f"60{n}" for n in range(7)), PREMIUM, "0049301234", "112", "116117", "4930555100", "%00", "x" * 300, "acc~voicemail", "1001%00")]
    for number, uri in enumerate((*uris, f"tel:{PREMIUM}", "tel:112", "urn:service:sos", f"sip:{t.domain}", f"sip:{PREMIUM}@{GATEWAY}:5060", "sip:1001@elsewhere.test",
                                  f"sip:{t.account}~voicemail@voicemail.invalid", f"sip:1001@{t.server[0]}:{t.server[1]}", f"sip:1001@{t.domain}.")):
        device = devices[number % len(devices)]
        attack.refused((404, 400, 407), f"MESSAGE to {uri}", "MESSAGE", uri, device.aor, device=device)


def as_somebody_else(t, attack, bob, eve, phone):
    uri = f"sip:1001@{t.domain}"
    for sender in (f"sip:1002@{t.domain}", "sip:boss@bank.test", f"sip:{eve.auth_username}@{t.domain}"):
        attack.refused((407, 404), f"as {sender}, without a password", "MESSAGE", uri, sender)
    forged = [("P-Asserted-Identity", "<sip:boss@bank.test>"), ("P-Preferred-Identity", "<sip:boss@bank.test>"), ("Remote-Party-ID", "<sip:boss@bank.test>"), ("Identity", "x"),
              ("Reply-To", "<sip:boss@bank.test>"), ("P-Served-User", f"<sip:1002@{t.domain}>"), ("Replaces", "a;to-tag=1;from-tag=2"), ("Call-Info", "<sip:x>;answer-after=0")]
    t.equal(attack.sends("MESSAGE", uri, f"sip:boss@{eve.realm}", device=eve, headers=forged).status, 200, "of another account, with all that is forged")
    came = phone.takes()
    shown = f"<sip:2001@{eve.realm}>"
    t.equal((came.header("From").partition(";tag")[0], came.all("P-Asserted-Identity")), (shown, [shown]), "who the phone sees")
    for name, _ in forged[1:]:
        t.equal(came.all(name) if name != "Reply-To" else [], [], f"{name} at the phone")
    attack.refused((401, 407), "with a password of another account in From's domain", "MESSAGE", uri, f"sip:{eve.auth_username}@{t.domain}", device=eve)
    for body in ("application/csta+xml", "Application/CSTA+XML;x=1"):
        attack.refused(415, body, "MESSAGE", uri, bob.aor, device=bob, headers=[("Content-Type", body)], body="<AnswerCall/>")
    attack.refused(415, "two types", "MESSAGE", uri, bob.aor, device=bob, headers=[("c", "text/plain"), ("Content-Type", "application/csta+xml")], body="<AnswerCall/>")


def again(t, attack, bob, phone):
    """What somebody has seen of a MESSAGE on the wire."""
    uri = f"sip:1001@{t.domain}"
    with t.endpoint() as own:
        request = Request(own, "MESSAGE", uri, bob.aor, body="1")
        raw = request.authenticate(request.exchange(), bob.auth_username, bob.password)
        own.send(raw)
        t.equal(own.final(request.call_id, "MESSAGE", cseq=request.cseq).status, 200, "the MESSAGE itself")
        came = phone.takes()
        t.equal(came.all("Proxy-Authorization") + came.all("Authorization"), [], "credentials at the phone")
    seen = [line.split(b": ", 1) for line in raw.split(b"\r\n") if line.startswith(b"Proxy-Auth")][0][1].decode()
    for method, to in (("MESSAGE", uri), ("MESSAGE", f"sip:1002@{t.domain}"), ("SUBSCRIBE", uri)):
        attack.refused((401, 407, 489), f"the credentials again, for {method} {to}", method, to, bob.aor, headers=[("Proxy-Authorization", seen)], body="2")


def revoked(t, attack, new_device):
    uri = f"sip:1001@{t.domain}"
    off, gone = new_device("off"), new_device("gone")
    off.update(status="disabled")
    t.sql("DELETE FROM sip_device WHERE id = %s", [gone.id])
    t.settle()
    for device in (off, gone):
        attack.refused(407, f"{device.name}", "MESSAGE", uri, device.aor, device=device)
    t.tenant.update(status="suspended")
    t.settle()
    device = new_device("suspended")
    attack.refused(407, "of a suspended account", "MESSAGE", uri, device.aor, device=device)
    t.tenant.update(status="active")


def large_and_odd(t, attack, bob):
    uri = f"sip:1001@{t.domain}"
    attack.refused(None, "20,000 bytes", "MESSAGE", uri, bob.aor, body="x" * 20000)
    attack.refused(400, "101 headers", "MESSAGE", uri, bob.aor, headers=[("y", "x")] * 101)
    attack.refused((400, None), "a zero byte in a header", "MESSAGE", uri, bob.aor, headers=[("X", "a\0b")])
    attack.refused(404, "in no dialog", "MESSAGE", uri, bob.aor, device=bob, to_tag="x")
    attack.refused(404, "by a Route", "MESSAGE", f"sip:x@{GATEWAY}", bob.aor, device=bob, headers=[("Route", f"<sip:{GATEWAY};lr>")])


def without_end(t, attack, device, phone):
    """From ever new addresses, as ever new names beside its own; another device still may. (10 s may end meanwhile.)"""
    uri, statuses = f"sip:1001@{t.domain}", []
    fake = [("Proxy-Authorization", f'Digest username="{n}", realm="elsewhere.test", nonce="x", uri="{uri}", response="{"0" * 32}"') for n in range(28)]
    for header in fake:
        statuses.append(attack.sends("MESSAGE", uri, device.aor, device=device, headers=[header]).status)
    t.check(statuses[:5] == [200] * 5 and statuses.count(480) >= 4 and set(statuses) == {200, 480}, f"of a device that may send 12 in 10 s: {statuses}")
    other = t.user("1009").device("other9")
    t.equal(attack.sends("MESSAGE", uri, other.aor, device=other).status, 200, "another device's")
    phone.forget()


def run(t):
    gateway, media, phone = Trap(t, GATEWAY), Trap(t, MEDIA), Trap(t)
    t.tenant.update(country_code="49")
    alice, eve = t.user("1001"), t.other_tenant().user("2001").device("eve")
    alice.device("desk").register(phone.address, source=(phone.address, 5099))
    sender, bob = t.user("1003"), t.user("1002").device("bob")

    def new_device(name):
        return sender.device(f"d{name}")
    attack = Attempts(t, gateway, media, phone)
    as_somebody_else(t, attack, bob, eve, phone)
    again(t, attack, bob, phone)
    large_and_odd(t, attack, bob)
    revoked(t, attack, new_device)
    to_no_user(t, attack, new_device)
    without_end(t, attack, new_device("flood"), phone)
    attack.over()
