# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import Attempts, Dialog, Trap
from harness.net import EDGES, MEDIA, TRUNKS
from harness.wire import Request

ROUTES = True
EVENT = ("Event", "message-summary")
MAILBOX = [EVENT, ("Expires", "3600")]
ODD_EVENTS = [[("Event", "message-summary, talk")], [EVENT, ("Event", "check-sync")], [("o", "check-sync"), EVENT], [EVENT, EVENT], [("Event", "message-summary.x")]]


def box(t, name, trap):
    """A voicemail box at the trap, by its row's own address."""
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": name, "address": f"sip:{name}@{trap.address}:5060"})


def of_others(t, attack, bob, eve, alice):
    for digits, kind, target in (("70", "user", alice.id), ("71", "voicemail", "hers"), ("72", "hangup", "486"), ("73", "user", "us_nobody")):
        t.insert("extension", {"id": f"ext_{t.key}_{digits}", "account_id": t.account, "digits": digits, "dest_kind": kind, "dest_id": target})
    t.settle()
    for name, status in (("1002", 403), ("%31002", 403), ("1002-alice", 403), ("70", 403), ("71", 403), ("72", 403), ("73", 403), ("nobody", 404), ("hers", 404), (f"{t.account}~hers", 404),
                         ("112", 404), ("+4930123456", 404), ("%00", (400, 404, 407))):
        attack.refused(status, f"the box of {name}", "SUBSCRIBE", f"sip:{name}@{t.domain}", bob.aor, device=bob, headers=MAILBOX)
    for uri in (alice.uri, f"sip:1002-alice@{t.domain}", f"sip:70@{t.domain}"):
        attack.refused((403, 404), f"{uri}, of another account", "SUBSCRIBE", uri, eve.aor, device=eve, headers=MAILBOX)
    attack.refused(404, "a box by its URI", "SUBSCRIBE", f"sip:{t.account}~hers@voicemail.invalid", bob.aor, device=bob, headers=MAILBOX)


def by_others(t, attack, bob, alice):
    for sender in (alice.uri, f"sip:1002-alice@{t.domain}"):
        attack.refused(407, f"without a password as {sender}", "SUBSCRIBE", alice.uri, sender, headers=MAILBOX)
    attack.refused(403, "with one's own password as somebody else", "SUBSCRIBE", alice.uri, alice.uri, device=bob, headers=MAILBOX)
    for network in (TRUNKS, MEDIA):
        with t.endpoint(address=t.addresses.take_trusted(network)) as endpoint:
            for served in ([], [("P-Served-User", f"<{alice.uri}>")]):
                attack.refused(403, f"from {endpoint.address}, {served}", "SUBSCRIBE", alice.uri, alice.uri, endpoint=endpoint, headers=[*MAILBOX, *served])
    for lines in ODD_EVENTS:
        attack.refused(489, f"{lines}", "SUBSCRIBE", bob.aor, bob.aor, device=bob, headers=[*lines, ("Expires", "3600")])
    with t.endpoint() as own:
        request = Request(own, "SUBSCRIBE", bob.aor, bob.aor, headers=[*MAILBOX, ("Expires", "0")])
        raw = request.authenticate(request.exchange(), bob.auth_username, bob.password)
        own.send(raw)
        t.check(own.final(request.call_id, "SUBSCRIBE", cseq=request.cseq), "there should be a response")
    seen = [line.split(b": ", 1) for line in raw.split(b"\r\n") if line.startswith(b"Proxy-Auth")][0][1].decode()
    attack.refused(407, "the credentials again", "SUBSCRIBE", bob.aor, bob.aor, headers=[*MAILBOX, ("Proxy-Authorization", seen)])


def told_by_others(t, attack, bob, alice):
    """NOTIFYs outside of dialogs, of who is no media server; and of one, about something else."""
    state = ("Subscription-State", "active")
    for what, options in (("a stranger's", {}), ("a phone's", {"device": bob})):
        attack.refused(481, f"{what} NOTIFY", "NOTIFY", alice.uri, bob.aor, headers=[EVENT, state], **options)
    for network in (TRUNKS, EDGES):
        with t.endpoint(address=t.addresses.take_trusted(network)) as endpoint:
            attack.refused(481, f"NOTIFY from {endpoint.address}", "NOTIFY", alice.uri, "sip:x@y.test", endpoint=endpoint, headers=[EVENT, state])
    with t.endpoint(address=t.addresses.take_trusted(MEDIA)) as endpoint:
        for lines, status in (([("Event", "check-sync")], 481), ([("Event", "talk")], 481), *((odd, (481, 489)) for odd in ODD_EVENTS)):
            attack.refused(status, f"a media server's NOTIFY with {lines}", "NOTIFY", alice.uri, "sip:x@y.test", endpoint=endpoint, headers=[*lines, state])


def refuses(t, attack, status, what, reply):
    attack.count += 1
    t.equal(reply and reply.status, status, what)


def in_the_dialog(t, attack, bob, his, call):
    dialog = Dialog(attack, bob, bob.aor, headers=MAILBOX, trap=his, method="SUBSCRIBE")
    his.forget()
    for method in ("INVITE", "REFER", "MESSAGE", "INFO", "UPDATE", "NOTIFY", "PUBLISH", "OPTIONS", "BYE"):
        refuses(t, attack, 405, f"{method} in a subscription", dialog.sends(method, headers=[EVENT]))
    for lines in (*ODD_EVENTS, [("Event", "refer")], [("Event", "dialog")]):
        refuses(t, attack, 489, f"SUBSCRIBE with {lines} in a subscription", dialog.sends("SUBSCRIBE", headers=lines))
        refuses(t, attack, 489, f"NOTIFY with {lines} in a subscription", dialog.callee_sends("NOTIFY", headers=lines)[1])
    for uri in (f"sip:hers@{his.address}:5060", f"sip:{t.account}~hers@voicemail.invalid", f"sip:1002@{t.domain}"):
        refuses(t, attack, 403, f"SUBSCRIBE {uri} in a subscription", dialog.sends("SUBSCRIBE", uri=uri, headers=MAILBOX))
    with t.endpoint() as stranger:
        refuses(t, attack, 403, "a stranger's NOTIFY by the dialog's Route", dialog.callee_sends("NOTIFY", headers=[EVENT], endpoint=stranger)[1])
        refuses(t, attack, 407, "a stranger's SUBSCRIBE by the dialog's Route", dialog.sends("SUBSCRIBE", headers=MAILBOX, endpoint=stranger))
    refuses(t, attack, 489, "SUBSCRIBE in a call", call.sends("SUBSCRIBE", headers=MAILBOX))
    refuses(t, attack, 489, "NOTIFY in a call", call.callee_sends("NOTIFY", headers=[EVENT])[1])
    t.equal([m.first_line for m in his.seen], [], "what came to the media server")
    return dialog


def taken_away(t, attack, bob, dialog, user, alice):
    """A box that the device may not know any more: neither end goes on, until it is given back."""
    changes = [("the device is disabled", "sip_device", bob.id, {"status": "disabled"}, {"status": "active"}), ("the device is another user's", "sip_device", bob.id, {"user_id": alice.id}, {"user_id": user.id}),
               ("the user is disabled", "sip_user", user.id, {"status": "disabled"}, {"status": "active"}), ("the user has another box", "sip_user", user.id, {"voicemail_id": "hers"}, {"voicemail_id": "his"}),
               ("the user has no box", "sip_user", user.id, {"voicemail_id": None}, {"voicemail_id": "his"}), ("the account is suspended", "account", t.account, {"status": "suspended"}, {"status": "active"})]
    for what, table, row, change, back in changes:
        t.update(table, row, change)
        t.settle()
        refuses(t, attack, 481, f"SUBSCRIBE, {what}", dialog.sends("SUBSCRIBE", headers=MAILBOX))
        came, reply = dialog.callee_sends("NOTIFY", headers=[EVENT])
        refuses(t, attack, 481, f"NOTIFY, {what}", reply)
        t.equal(came, None, f"NOTIFY at the phone, {what}")
        t.update(table, row, back)
    t.settle()
    t.equal(dialog.sends("SUBSCRIBE", headers=MAILBOX).status, 200, "all is as it was")


def run(t):
    his, hers, phone = Trap(t, others="200 OK"), Trap(t), Trap(t)
    his.others = f"200 OK\r\nContact: <sip:his@{his.address}:5060>\r\nExpires: 3600"
    calls = Trap(t, answer="200 OK")
    for name, trap in (("his", his), ("hers", hers), ("calls", calls)):
        box(t, name, trap)
    user, alice = t.user("1001", voicemail_id="his"), t.user("1002", voicemail_id="hers")
    t.user("1003", dnd=1, voicemail_id="calls")
    bob, eve = user.device("bob"), t.other_tenant().user("2001", voicemail_id="hers").device("eve")
    alice.device("alice").register(phone.address, source=(phone.address, 5099))
    attack = Attempts(t, hers, phone)
    of_others(t, attack, bob, eve, alice)
    by_others(t, attack, bob, alice)
    told_by_others(t, attack, bob, alice)
    call = Dialog(attack, bob, f"sip:1003@{t.domain}", trap=calls)
    dialog = in_the_dialog(t, attack, bob, his, call)
    taken_away(t, attack, bob, dialog, user, alice)
    attack.over()
