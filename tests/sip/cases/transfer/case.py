# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import TRUNKS
from harness.phone import answers, rejects
from harness.stack import SANITIZED

ROUTES = True
STACK = {**SANITIZED}
LIMIT = 90
EXPLAIN = "explain does not know Replaces"
DIALOG = "Replaces: 98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff"
BOX = {"voicemail_id": "7", "ring_timeout_sec": 5}
TO_BOX = {"fwd_always_kind": "voicemail", "fwd_always_id": "7"}
ODD = ["Replaces: ", "Replaces: a", "Replaces: a;to-tag=1", "Replaces: a;to-tag=1;from-tag=2;to-tag=3", "Join: a b;to-tag=1;from-tag=2",
       "Replaces: a;to-tag=1;from-tag=2, b;to-tag=1;from-tag=2", "Replaces: " + "a" * 3000]


def knows_not():
    return rejects(481, after=0.1)


def asked(t, user, device=None, header=DIALOG, **options):
    """A call with the header ends with a 200 of the phone that knows the dialog."""
    knows = (device or user.device("knows", ring_on_fork=0, available=0, ring_order=9)).phone(answers(after=0.3))
    t.calls(user.username, headers=[header], **options).ends(200, after=0.3).over()
    name, value = header.split(": ")
    t.equal(knows.header(name), value, "the header at the phone")
    return knows


def whatever_the_rules_say(t):
    for number, columns in enumerate(({"dnd": 1}, TO_BOX, {"ring_strategy": "sequential"}, {"ring_strategy": "specific"})):
        user = t.user(f"110{number}", **BOX, **columns)
        others = [user.phone(f"other{n}", knows_not(), ring_order=n) for n in range(2)]
        asked(t, user, header=DIALOG if number else DIALOG.replace("Replaces", "Join"))
        for phone in others:
            phone.rejected(481)


def nobody_knows(t):
    user = t.user("1010", dnd=1, **BOX)
    t.calls("1010", headers=[DIALOG]).ends_at_once(481).over()
    user.phone("first", knows_not())
    gone = user.phone("gone", answers())
    gone.device.update(status="disabled")
    t.calls("1010", headers=[DIALOG]).ends(481, after=0.1).over()
    user.phone("busy", rejects(486, after=0.1))
    t.calls("1010", headers=[DIALOG]).ends(486, after=0.1).over()
    gone.never_rang()


def one_device_or_extension(t):
    user = t.user("1020", **BOX, **TO_BOX)
    other = user.phone("other", answers())
    phone = user.device("alone", ring_on_fork=0).phone(answers(after=0.1))
    t.calls("1020-alone", headers=[DIALOG]).ends(200).over()
    phone.answered()
    other.never_rang()
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "77", "dest_kind": "user", "dest_id": user.id})
    t.calls("77", headers=[DIALOG]).ends(200).over()
    other.ringing()


def of_a_trunk(t):
    user = t.user("1030", dnd=1, **BOX)
    phone = user.phone("desk", answers(after=0.1))
    trunk = t.addresses.take_trusted(TRUNKS)
    t.stranger_calls("1030", sender="<sip:+4930@trunk.test>", address=trunk, headers=[DIALOG]).ends(200).over()
    t.equal(phone.header("Replaces"), DIALOG.split(": ")[1], "Replaces at the phone")


def of_others(t, tenant):
    """A caller that is not a user of the account is an ordinary one."""
    user = t.user("1040", dnd=1)
    phone = user.phone("desk", answers(after=0.1))
    caller = tenant.user("2000").device("phone")
    caller.calls(user.uri, headers=[DIALOG]).ends_at_once(486).over()
    phone.never_rang()
    user.update(dnd=0)
    caller.calls(user.uri, headers=[DIALOG]).ends(200).over()
    t.equal(phone.header("Replaces"), None, "Replaces of another account at the phone")


def at_a_contact(t, tenant):
    """The phone's Contact, as the other end of the call has seen it: of the caller's account, registered now."""
    user = t.user("1060", dnd=1)
    phone = user.phone("desk", answers(after=0.1))
    other = user.phone("other", answers())
    contact = f"sip:phone@{phone.address}:{phone.port}"
    t.calls(contact + ";alias=127.0.0.1~5060~1", headers=[DIALOG]).ends(200).over()
    t.equal(phone.header("Replaces"), DIALOG.split(": ")[1], "Replaces at the phone")
    t.calls(contact).ends_at_once(404).over()
    caller = tenant.user("2001").device("phone")
    caller.calls(contact, headers=[DIALOG]).ends_at_once(404).over()
    for wrong in (f"sip:x@{phone.address}:{phone.port}", f"sip:phone@{phone.address}:5099", f"sip:phone@{t.addresses.take()}"):
        t.calls(wrong, headers=[DIALOG]).ends_at_once(404).over()
    user.update(status="disabled")
    t.calls(contact, headers=[DIALOG]).ends_at_once(404).over()
    phone.rang_times(1)
    other.never_rang()


def odd_values(t):
    user = t.user("1050", **BOX)
    phone = user.phone("desk", answers())
    for lines in [[odd] for odd in ODD] + [[DIALOG, DIALOG], [DIALOG, DIALOG.replace("Replaces", "Join")]]:
        t.calls("1050", headers=lines).ends_at_once(400).over()
    phone.never_rang()


def run(t):
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    whatever_the_rules_say(t)
    nobody_knows(t)
    one_device_or_extension(t)
    of_a_trunk(t)
    tenant = t.other_tenant()
    of_others(t, tenant)
    at_a_contact(t, tenant)
    odd_values(t)
