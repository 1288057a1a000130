# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import free_address
from harness.phone import answers, rings

MEDIA = free_address()
ROUTES = True
STACK = {"before": f'#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"'}


def run(t):
    media = Device(t, "media", t.domain, "").phone(answers(after=0.1), address=MEDIA, register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    alice = t.user("1001", ring_timeout_sec=1, voicemail_id="7")
    desk = alice.phone("desk", rings())

    t.calls("1001").ends(200).over()
    desk.rang(1.0).cancelled()
    alice.update(dnd=1)
    t.calls("1001").ends(200).over()

    uris = [leg.invite.uri.split(";")[0] for leg in media.legs]
    t.equal(uris, [f"sip:{t.account}~7@voicemail.invalid"] * 2, "Request-URIs at the media server")
