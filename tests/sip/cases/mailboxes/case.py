# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import Attempts, Dialog, Trap
from harness.net import free_address
from harness.wire import Request

ROUTES = True
FAILS, WORKS = free_address(), free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define WITH_MEDIA_SERVERS', "after": 'modparam("dispatcher", "ds_ping_interval", 0)',
         "files": {"gateways": f"2 sip:{FAILS}:5060\n2 sip:{WORKS}:5060\n"}}
MAILBOX = [("Event", "message-summary"), ("Accept", "application/simple-message-summary"), ("Expires", "3600")]
SUMMARY = "Messages-Waiting: yes\r\nVoice-Message: 1/0\r\n"


def subscribes(t, attack, device, uri, box, media):
    """The SUBSCRIBE arrives as the user's, for that box; the dialog."""
    dialog = Dialog(attack, device, uri, headers=MAILBOX, trap=media, method="SUBSCRIBE")
    came = dialog.invite
    shown = f'"Bob" <sip:1001@{t.domain}>'
    t.equal((came.uri, came.header("From"), came.header("Event")), (box, f"{shown};tag={dialog.from_tag}", "message-summary"), f"SUBSCRIBE {uri} at the media server")
    t.equal((came.all("P-Asserted-Identity"), came.all("Diversion"), came.all("Proxy-Authorization")), ([shown], [], []), "its identity headers")
    media.forget()
    return dialog


def in_the_dialog(t, dialog, media):
    came, reply = dialog.callee_sends("NOTIFY", headers=[*MAILBOX[:1], ("Subscription-State", "active;expires=3600"), ("Content-Type", "application/simple-message-summary")], body=SUMMARY)
    t.equal((reply.status, came.header("Event"), came.header("Subscription-State"), came.body), (200, "message-summary", "active;expires=3600", SUMMARY), "NOTIFY at the phone")
    for expires in ("3600", "0"):
        t.equal(dialog.sends("SUBSCRIBE", headers=[*MAILBOX[:1], ("Expires", expires)]).status, 200, f"SUBSCRIBE in the dialog, Expires: {expires}")
        t.equal(media.takes().header("Expires"), expires, "Expires at the media server")
    t.equal(dialog.callee_sends("NOTIFY", headers=[*MAILBOX[:1], ("Subscription-State", "terminated;reason=timeout")])[1].status, 200, "the last NOTIFY")


def overtaken(t, bob, media):
    """The first NOTIFY comes before the 200."""
    media.after = 0.4
    with t.endpoint() as own, t.endpoint(5096, WORKS) as beside:
        request = Request(own, "SUBSCRIBE", bob.aor, bob.aor, headers=[("Contact", f"<sip:x@{own.address}:5060>"), *MAILBOX])
        own.send(request.authenticate(request.exchange(), bob.auth_username, bob.password))
        t.wait_for(lambda: media.seen, 2, "the SUBSCRIBE should come to the media server")
        came = media.seen[0]
        notify = Request(beside, "NOTIFY", came.header("Contact").strip("<>"), "sip:box@media.test", to=f"sip:1001@{t.domain}", from_tag="wire", to_tag=request.from_tag,
                         headers=[*[("Route", route) for route in came.all("Record-Route")], *MAILBOX[:1], ("Subscription-State", "active")])
        notify.call_id = request.call_id
        beside.send(notify.encode())
        message = own.receive(1)
        t.equal(message.method or message.first_line, "NOTIFY", "what comes first")
        own.reply(message, "200 OK")
        t.equal(beside.final(request.call_id, "NOTIFY").status, 200, "the phone's answer")
        t.equal(own.final(request.call_id, "SUBSCRIBE", cseq=request.cseq).status, 200, "the answer to the SUBSCRIBE")
    media.after = 0
    media.forget()


def nobody_asked(t, media, phones):
    """Unsolicited NOTIFYs of the media server."""
    for uri, status in ((f"sip:1001@{t.domain}", 200), (f"sip:1002@{t.domain}", 480), (f"sip:nobody@{t.domain}", 404), ("sip:1001@elsewhere.test", 404)):
        with t.endpoint(5097, WORKS) as server:
            request = Request(server, "NOTIFY", uri, "sip:box@media.test", body=SUMMARY,
                              headers=[*MAILBOX[:1], ("Subscription-State", "active"), ("Contact", f"<sip:{WORKS}>"), ("Content-Type", "application/simple-message-summary")])
            t.equal(request.exchange().status, status, f"NOTIFY {uri}")
    for phone in phones:
        came = phone.takes()
        t.equal((came.header("Event"), came.body, came.header("Contact")), ("message-summary", SUMMARY, f"<sip:{WORKS}>"), "NOTIFY at a phone")


def run(t):
    media = Trap(t, WORKS, others=f"200 OK\r\nContact: <sip:box@{WORKS}:5060>\r\nExpires: 3600")
    fails = Trap(t, FAILS, others="503 Service Unavailable")
    for box in ("7", "8"):
        t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": box})
    user = t.user("1001", display_name="Bob", voicemail_id="7", dnd=1)
    bob, other, nobody = user.device("bob"), user.device("other", ring_on_fork=0), t.user("1002").device("nobody")
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "77", "dest_kind": "user", "dest_id": user.id})
    phones = [Trap(t), Trap(t)]
    for device, phone in zip((bob, other), phones):
        device.register(phone.address, source=(phone.address, 5099))
    attack = Attempts(t)
    box = f"sip:{t.account}~7@voicemail.invalid"
    for uri in (bob.aor, user.uri, other.aor, f"sip:77@{t.domain}"):
        dialog = subscribes(t, attack, bob, uri, box, media)
    in_the_dialog(t, dialog, media)
    t.check(fails.seen, "the server that fails should have been tried")
    overtaken(t, bob, media)
    nobody_asked(t, media, phones)
    reply = attack.sends("SUBSCRIBE", nobody.aor, nobody.aor, device=nobody, headers=MAILBOX)
    t.equal((reply.status, reply.header("Retry-After")), (480, "3600"), "who has no box")
    user.update(voicemail_id="8")   # the phone is told to subscribe anew
    t.settle()
    t.equal(dialog.sends("SUBSCRIBE", headers=MAILBOX).status, 481, "another box now")
    dialog = subscribes(t, attack, bob, bob.aor, box.replace("~7", "~8"), media)
    t.stack.kamcmd("cfg.set_now_int", "user_routing", "dialog_max_age", "1")
    t.pause(2.1)
    t.equal(dialog.sends("SUBSCRIBE", headers=MAILBOX).status, 481, "a subscription that is too old")
    t.equal(dialog.callee_sends("NOTIFY", headers=MAILBOX[:1])[1].status, 481, "a NOTIFY in one that is too old")
