# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import PREMIUM, Attempts, Dialog, Trap
from harness.hostile import PARSERS
from harness.net import free_address

GATEWAY, MEDIA = free_address(), free_address()
LOUD = True
STACK = {"before": f'#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}, "after": 'modparam("pike", "reqs_density_per_unit", 10000)'}
ROUTES = True
LIMIT = 90
HARMLESS = PARSERS
NUMBER = "+4930123456"
ISUP = "\x01\x10\x48"


def transfers(t):
    """Lists of Refer-To lines, none of which a gateway or a media server may follow."""
    good, bad = f"<sip:1002@{t.domain}>", f"<sip:{PREMIUM}@elsewhere.test>"
    yield []
    yield from ([("Refer-To", value)] for value in (
        bad, f"<tel:{PREMIUM}>", f"sip:{PREMIUM}@elsewhere.test", f"{good}, {bad}", f"<sip:{PREMIUM}@{t.domain};maddr=192.0.2.66>", f"<sip:{PREMIUM}@{t.domain};method=BYE>",
        f"<sip:{PREMIUM}@{t.domain}?Route=%3Csip:192.0.2.66%3Blr%3E>", f"<sip:1002@{t.domain}?Replaces=a&Route=%3Csip:192.0.2.66%3E>", f"<sip:1002@{t.domain}:5999>",
        f"<sip:1002@{t.domain}:5999;transport=tcp>", "<sip:acc_other~1@voicemail.invalid>", f"<sip:acc_other~1@{MEDIA}>", "<>", "x"))
    yield [("Refer-To", good), ("Refer-To", bad)]
    yield [("Refer-To", bad), ("Refer-To", good)]
    yield [("r", good), ("Refer-To", bad)]
    yield [("Refer-To", good), ("R", bad)]
    yield [("Refer-To", good), ("Refer-To", good)]


def nobody_calls_elsewhere(t, attack, dialog, there, what):
    there.forget()
    for lines in transfers(t):
        attack.count += 1
        reply = dialog.sends("REFER", headers=lines)
        t.check(reply is not None and reply.status in (400, 403), f"REFER to {what}, {lines}: saw {reply and reply.first_line}")
    t.equal([m.first_line for m in there.seen], [], f"REFERs at {what}")
    for value in (f"<sip:1002@{t.domain}>", f"<sip:1002@{t.domain}:{t.server[1]};transport=udp>", f"<sip:1002@{t.domain}?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>"):
        t.equal(dialog.sends("REFER", headers=[("Refer-To", value)]).status, 200, f"REFER to {what}, {value}")
    there.forget()


BODIES = [  # headers of a body that no gateway gets in a dialog
    [("Content-Type", "application/ISUP;version=itu-t92+")], [("c", "application/qsig")], [("Content-Type", "multipart/mixed;boundary=x")], [],
    [("Content-Type", "application/sdp"), ("Content-Type", "application/ISUP")], [("c", "application/sdp"), ("Content-Type", "application/ISUP")],
    [("Content-Type", "application/sdp"), ("Content-Encoding", "gzip")], [("Content-Type", "application/sdp"), ("e", "gzip")], [("Content-Type", "application/sdp, application/ISUP")],
    [("Content-Type", "text/plain")], [("Content-Type", "application/csta+xml")],
]
GOOD_BODIES = [[("Content-Type", "application/sdp")], [("c", "Application/SDP;charset=utf-8")]]


def gateway_bodies(t, attack, dialog, gateway, bob):
    gateway.forget()
    for method in ("INVITE", "UPDATE", "INFO", "MESSAGE", "NOTIFY"):
        event = [("Event", "refer")] if method == "NOTIFY" else []
        for lines in BODIES:
            attack.count += 1
            reply = dialog.sends(method, headers=lines + event, body=ISUP)
            t.equal(reply and reply.status, 415, f"{method} with {lines}")
    for lines in BODIES:
        attack.refused(415, f"the first INVITE with {lines}", "INVITE", f"sip:{NUMBER}@{t.domain}", bob.aor, device=bob, headers=lines, body=ISUP)
    t.equal([m.first_line for m in gateway.seen], [], "requests with such bodies at the gateway")
    for lines in GOOD_BODIES:
        t.equal(dialog.sends("INVITE", headers=lines, body="v=0\r\n").status, 200, f"INVITE with {lines}")
    for kind in ("application/dtmf-relay", "application/dtmf", "application/media_control+xml"):
        t.equal(dialog.sends("INFO", headers=[("Content-Type", kind)], body="Signal=1\r\n").status, 200, f"INFO with {kind}")
    t.equal(dialog.sends("NOTIFY", headers=[("Event", "refer;id=2"), ("Content-Type", "message/sipfrag;version=2.0")], body="SIP/2.0 200 OK").status, 200, "how a transfer went")


EVENTS = [
    [("Event", "talk")], [("Event", "hold")], [("o", "talk")], [("Event", '"talk"')], [("Event", "check-sync;reboot=true")], [("Event", "reboot")], [("Event", "resync")],
    [("Event", "ACTION-URI")], [("Event", "Yealink-xml")], [("Event", "ua-profile")], [("Event", "message-summary")], [("Event", "as-feature-event")], [("Event", "dialog")],
    [("Event", "refer, talk")], [("Event", "refer talk")], [("Event", "refer"), ("Event", "talk")], [("o", "refer"), ("Event", "talk")], [("Event", "\r\n talk")], [("Event", "")],
]


def phone_obeys_nothing(t, attack, dialog, phone):
    phone.forget()
    for method in ("NOTIFY", "SUBSCRIBE"):
        for lines in EVENTS:
            attack.count += 1
            reply = dialog.sends(method, headers=lines)
            t.equal(reply and reply.status, 489, f"{method} with {lines}")
    for method in ("PUBLISH", "REGISTER", "BYE-", "X"):
        attack.count += 1
        reply = dialog.sends(method)
        t.check(reply is not None and reply.status == 405, f"{method}: expected 405, saw {reply and reply.first_line}")
    for lines in ([("Content-Type", "application/CSTA+xml")], [("c", "application/sdp"), ("Content-Type", "application/csta+xml")]):
        attack.count += 1
        reply = dialog.sends("INFO", headers=lines, body="<AnswerCall/>")
        t.equal(reply and reply.status, 415, f"INFO that answers a call, {lines}")
    t.equal([m.first_line for m in phone.seen], [], "what came to the phone")
    t.equal(dialog.sends("NOTIFY", headers=[("Event", "refer;id=1")]).status, 200, "how a transfer went, to a phone")


def run(t):
    gateway = Trap(t, GATEWAY, answer="200 OK", headers=[f"Contact: <sip:{NUMBER}@{GATEWAY}:5060>"])
    media, phone = Trap(t, MEDIA, answer="200 OK"), Trap(t, answer="200 OK")
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "1", "address": None})
    t.user("1004", dnd=1, voicemail_id="1").device("away")
    t.user("1003").device("desk").register(phone.address, source=(phone.address, 5099))
    bob = t.user("1001").device("bob")
    attack = Attempts(t)
    dialog = Dialog(attack, bob, f"sip:{NUMBER}@{t.domain}", trap=gateway)
    nobody_calls_elsewhere(t, attack, dialog, gateway, "the gateway")
    gateway_bodies(t, attack, dialog, gateway, bob)
    nobody_calls_elsewhere(t, attack, Dialog(attack, bob, f"sip:1004@{t.domain}", trap=media), media, "the media server")
    phone_obeys_nothing(t, attack, Dialog(attack, bob, f"sip:1003@{t.domain}", trap=phone), phone)
    attack.over()
