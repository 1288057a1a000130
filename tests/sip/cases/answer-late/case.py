# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import free_address
from harness.phone import ELSEWHERE, crosses, rings

MEDIA = free_address()
EXPLAIN = "nobody knows beforehand that a phone answers late"
STACK = {"before": f'#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"'}
LIMIT = 90
LATE = 0.9  # seconds: after the time that a phone has to answer a CANCEL


def next_phone(t):
    """In time: the next phone is not called. Later: it is called, and stops ringing."""
    for username, after, is_called in (("1001", 0.1, False), ("1002", LATE, True)):
        user = t.user(username, ring_strategy="sequential", ring_timeout_sec=1)
        first = user.phone("first", crosses(after), ring_order=1)
        second = user.phone("second", rings(), ring_order=2)
        t.calls(username).ends(200, after=1 + after).over()
        first.rang(1.0).cancelled().answered()
        if is_called:
            second.ended()
            second.cancelled(ELSEWHERE)
        else:
            second.never_rang()


def voicemail(t):
    media = Device(t, "media", t.domain, "").phone(rings(), address=MEDIA, register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    for username, after, legs in (("1003", 0.1, 0), ("1004", LATE, 1)):
        user = t.user(username, ring_timeout_sec=1, voicemail_id="7")
        user.phone("desk", crosses(after))
        t.calls(username).ends(200, after=1 + after).over()
        t.equal(len(media.legs), legs, f"calls at the voicemail server after {username}'s")
    media.cancelled(ELSEWHERE)


def nothing(t):
    t.user("1005", ring_timeout_sec=1).phone("desk", crosses(0.3))
    t.calls("1005").ends(200, after=1.3).over()


def run(t):
    next_phone(t)
    voicemail(t)
    nothing(t)
    t.equal(t.stack.kamcmd("cnt.get", "user_routing", "calls_answered_total").strip(), "5", "answered calls, as counted")
    t.nothing_rings()
