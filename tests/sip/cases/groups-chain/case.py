# SPDX-License-Identifier: GPL-2.0-or-later
import re

import psycopg2

from harness.accounts import Device
from harness.groups import Group
from harness.net import TRUNKS, free_address
from harness.phone import answers, rejects, rings

LIMIT = 120
MEDIA = free_address()
STACK = {"before": f'#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"'}


def to_users_and_groups(t, box):
    """A group that nobody answers, a user who is busy, another group, a user of whom that group has a phone, and a box."""
    a, b, c, d = [t.user(f"10{letter}") for letter in "abcd"]
    phones = [a.phone("desk", rings()), b.phone("desk", rejects(486, after=0.1)), c.phone("desk", rejects(480, after=0.1)),
              d.phone("alone", rejects(486, after=0.1), ring_on_fork=0), d.phone("desk", rejects(486, after=0.1))]
    first = Group(t, "100", a, ring_timeout_sec=1, fwd_noanswer_kind="user", fwd_noanswer_id=b.id)
    second = Group(t, "101", c, phones[3].device)
    b.update(fwd_busy_kind="extension", fwd_busy_id=extension(t, "101"))
    second.update(fwd_busy_kind="user", fwd_busy_id=d.id)
    d.update(fwd_busy_kind="voicemail", fwd_busy_id="7", voicemail_id="8")

    call = t.calls("100").ends(200, tolerance=0.5).over()

    t.equal([len(phone.legs) for phone in phones], [1, 1, 1, 1, 1], "INVITEs")
    phones[0].rang(1.0).rang_after(call, 0.0)
    phones[1].rang_after(call, 1.0)
    phones[2].rang_after(call, 1.1)
    invite = box.leg().invite
    t.equal(invite.uri, f"sip:{t.account}~7@voicemail.invalid;target=sip:10d%40{t.domain};cause=486", "the box's Request-URI")
    domain = t.domain
    t.equal(invite.all("Diversion"), [f"<sip:{who}@{domain}>;reason={why}" for who, why in
                                      (("10d", "user-busy"), ("101", "user-busy"), ("10b", "user-busy"), ("100", "no-answer"))], "Diversion, the last one first")
    first.update(fwd_noanswer_kind="ring_group", fwd_noanswer_id=second.id)
    t.calls("100").ends(200).over()
    t.equal([len(phone.legs) for phone in phones], [2, 1, 2, 2, 2], "INVITEs without the user in between")
    t.equal(box.leg().invite.all("Diversion")[-1], f"<sip:100@{domain}>;reason=no-answer", "Diversion of the first group")


def extension(t, digits):
    return t.sql("SELECT id FROM extension WHERE account_id = %s AND digits = %s", [t.account, digits])[0][0]


def to_a_box(t, box):
    """The group is named by what leads to it; the cause is how its ring has ended."""
    a, b = users = [t.user(f"12{letter}", voicemail_id="8") for letter in "ab"]
    phone = a.phone("desk", rings())
    group = Group(t, "120", *users, ring_timeout_sec=1, fwd_noanswer_kind="voicemail", fwd_noanswer_id="7", fwd_busy_kind="voicemail", fwd_busy_id="7")

    def tells(cause, reason):
        before = len(box.legs)
        t.calls("120").ends(200).over()
        t.equal(len(box.legs), before + 1, "calls at the box")
        invite = box.leg().invite
        t.equal(invite.uri, f"sip:{t.account}~7@voicemail.invalid;target=sip:120%40{t.domain};cause={cause}", "the box's Request-URI")
        t.equal(invite.all("Diversion"), [f"<sip:120@{t.domain}>;reason={reason}"], "Diversion")
        t.check(f"<sip:120@{t.domain}>;index=1" in invite.header("History-Info"), f"History-Info is {invite.header('History-Info')}")

    tells(408, "no-answer")
    phone.rang(1.0)
    a.update(dnd=1)
    tells(486, "user-busy")
    a.update(dnd=0)
    group.change(a, enabled=0)
    tells(408, "no-answer")
    phone.rang_times(1)


def loops(t):
    """Each group and user is visited once; a target that cannot be followed counts as not set."""
    a, b = users = [t.user(f"14{letter}") for letter in "ab"]
    phones = [user.phone("desk", rejects(486, after=0.1)) for user in users]
    first, second = Group(t, "140", a), Group(t, "141", b)
    first.update(fwd_busy_kind="ring_group", fwd_busy_id=second.id)
    second.update(fwd_busy_kind="extension", fwd_busy_id=extension(t, "140"))
    t.calls("140").ends(486)
    t.calls("141").ends(486)
    t.equal([len(phone.legs) for phone in phones], [2, 2], "INVITEs")
    a.update(fwd_always_kind="ring_group", fwd_always_id=first.id)
    t.calls("14a").ends(486)
    t.equal([len(phone.legs) for phone in phones], [3, 3], "INVITEs of a user who forwards to a group that he is in")
    first.update(fwd_busy_kind="hangup", fwd_busy_id="603")
    t.calls("140").ends(603)


def by_number(t):
    """A did leads to a group, for a trunk and for a user of ours."""
    number = "49306" + "".join(re.findall(r"\d", t.key))[-9:]
    desk = t.user("16a").phone("desk", answers(after=0.1))
    group = Group(t, "160", desk.device, cid_name_prefix="Line 1: ")
    t.insert("did", {"e164": number, "account_id": t.account, "dest_kind": "ring_group", "dest_id": group.id})
    trunk = t.addresses.take_trusted(TRUNKS)
    t.stranger_calls(f"sip:+{number}@192.0.2.9", sender="<sip:+4930555@trunk.test>", address=trunk).ends(200).over()
    t.equal(desk.header("From").split(";tag")[0], '"Line 1: +4930555" <sip:+4930555@trunk.test>', "From of a trunk's call")
    t.calls(f"+{number}").ends(200).over()
    desk.rang_times(2)
    t.sql("UPDATE did SET status = 'disabled' WHERE e164 = %s", [number])
    t.stranger_calls(f"sip:+{number}@192.0.2.9", sender="<sip:+4930555@trunk.test>", address=trunk).ends_at_once(404)


def of_another_account(t):
    """Nothing of one account leads to a group of another one: not an extension or a forward, it is no member, and its own extension is for its own users."""
    other = t.other_tenant()
    theirs = other.user("180")
    phone = theirs.phone("desk", answers(after=0.1))
    group = f"grp_{t.key}_theirs"
    t.insert("ring_group", {"id": group, "account_id": other.account, "name": "theirs"})
    t.insert("ring_group_member", {"group_id": group, "position": 1, "member_kind": "user", "member_id": theirs.id})
    t.insert("extension", {"account_id": other.account, "digits": "181", "dest_kind": "ring_group", "dest_id": group})
    t.insert("extension", {"account_id": t.account, "digits": "182", "dest_kind": "ring_group", "dest_id": group})
    t.calls("181").ends_at_once(404)
    t.calls("182").ends_at_once(404)
    t.user("183", fwd_always_kind="ring_group", fwd_always_id=group)
    t.calls("183").ends_at_once(480)
    own = Group(t, "184", fwd_noanswer_kind="ring_group", fwd_noanswer_id=group)
    t.calls("184").ends_at_once(480)
    for kind, member in (("ring_group", group), ("user", theirs.id), ("device", phone.device.id)):
        try:
            t.insert("ring_group_member", {"group_id": own.id, "position": 1, "member_kind": kind, "member_id": member})
        except psycopg2.Error:
            continue
        t.check(False, f"a member of another account, {kind}, should be refused")
    t.calls(f"sip:181@{other.domain}").ends_at_once(404)
    phone.never_rang()
    other.user("185").device("phone").calls(f"sip:181@{other.domain}").ends(200).over()
    phone.rang_times(1)


def run(t):
    box = Device(t, "box", t.domain, "").phone(answers(after=0.1), address=MEDIA, register=False)
    for name in "78":
        t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": name})
    to_users_and_groups(t, box)
    to_a_box(t, box)
    loops(t)
    by_number(t)
    of_another_account(t)
    t.nothing_rings()
