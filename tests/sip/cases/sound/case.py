# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import free_port
from harness.phone import answers, rejects, rings
from harness.softphone import Softphone
from harness.sound import NOT_YET_THERE, Rtpengine, is_tone

ROUTES = True
LIMIT = 60
PORT = free_port()
STACK = {"before": f'#!define WITH_RTPENGINE\n#!define UR_RTPENGINE "udp:127.0.0.1:{PORT}"'}
HARMLESS = [*NOT_YET_THERE, r"rtpengine .*(timeout waiting reply|no available proxies|failed to select new)"]
EXPLAIN = "most calls here are not placed by SIPp"
RELAY = "127.0.0.9"


def talk(t, caller, callee, target):
    """Both hear each other, by way of rtpengine."""
    caller.call(target)
    for phone in (caller, callee):
        phone.await_event("CALL_ESTABLISHED")
    t.pause(2)
    caller.hang_up()
    for phone in (caller, callee):
        phone.await_event("CALL_CLOSED")
        t.equal(phone.hears_from(), {RELAY}, "where the sound came from")
    is_tone(caller.heard, callee.hz)
    is_tone(callee.heard, caller.hz)


def run(t):
    alice, bella, carol = t.user("1001"), t.user("1002"), t.user("1003", ring_strategy="sequential")
    with Rtpengine(t.folder, PORT, [RELAY]) as rtpengine, \
            Softphone(alice.device("desk"), 440) as desk, Softphone(bella.device("soft"), 900) as soft, Softphone(carol.device("second", ring_order=2), 600) as second:
        talk(t, soft, desk, "1001")
        rtpengine.is_empty()

        beside = alice.phone("beside", rings())
        talk(t, soft, desk, "1001")
        beside.cancelled()

        carol.phone("first", rejects(486, after=0.2), ring_order=1)
        talk(t, soft, second, "1003")
        rtpengine.is_empty()

        t.user("1004").phone("any", answers(after=0.1))
        rtpengine.hang()
        t.calls("1004").ends(200, after=3.1, tolerance=0.9).over()
