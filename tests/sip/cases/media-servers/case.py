# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import free_address
from harness.phone import answers, rejects

ROUTES = True
FAILS, WORKS = free_address(), free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define WITH_MEDIA_SERVERS',
         "after": 'modparam("dispatcher", "ds_ping_interval", 0)',
         "files": {"gateways": f"2 sip:{FAILS}:5060\n2 sip:{WORKS}:5060\n"}}


def server(t, address, behaviour):
    return Device(t, "media", t.domain, "").phone(behaviour, address=address, register=False)


def run(t):
    fails, works = server(t, FAILS, rejects(503, after=0.05, provisional="100 Trying")), server(t, WORKS, answers(after=0.1))
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    t.user("1001", dnd=1, voicemail_id="7")
    for _ in range(2):
        t.calls("1001").ends(200).over()
    t.equal((len(fails.legs), len(works.legs)), (1, 2), "calls at either: they take turns")
    for invite in fails.invites + works.invites:
        t.equal(invite.uri.split(";")[0], f"sip:{t.account}~7@voicemail.invalid", "the Request-URI")
    fails.ended()
    fails.stop()
    fails = server(t, FAILS, rejects(502, after=0.2))   # it has rung
    t.equal(sorted(t.calls("1001").final.status for _ in range(2)), [200, 502], "ends of two calls: a caller who has heard it ring is not rung twice")
