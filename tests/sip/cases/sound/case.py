# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import free_port
from harness.phone import answers, rejects, rings
from harness.softphone import Softphone
from harness.sound import NOT_YET_THERE, Rtpengine, is_tone
from harness.wire import Request

ROUTES = True
LIMIT = 60
PORT = free_port()
STACK = {"before": f'#!define WITH_RTPENGINE\n#!define UR_RTPENGINE "udp:127.0.0.1:{PORT}"'}
HARMLESS = [*NOT_YET_THERE, r"rtpengine .*(timeout waiting reply|no available proxies|failed to select new)"]
EXPLAIN = "most calls here are not placed by SIPp"
RELAY = "127.0.0.9"
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.66\r\ns=-\r\nc=IN IP4 127.0.0.66\r\nt=0 0\r\nm=audio 9999 RTP/AVP 0\r\n"


def talk(t, caller, callee, target, meanwhile=lambda: None):
    """Both hear each other, by way of rtpengine."""
    caller.call(target)
    for phone in (caller, callee):
        phone.await_event("CALL_ESTABLISHED")
    meanwhile()
    t.pause(2)
    caller.hang_up()
    for phone in (caller, callee):
        phone.await_event("CALL_CLOSED")
        t.equal(phone.hears_from(), {RELAY}, "where the sound came from")
    is_tone(caller.heard, callee.hz)
    is_tone(callee.heard, caller.hz)


def steal(t, phone, target):
    """A phone that rang knows the call's Call-ID and the caller's tag. It begins a call with them, to somebody who is busy."""
    tag = phone.header("From").rpartition("tag=")[2]
    device = phone.device
    with t.endpoint() as other:
        headers = [("Contact", f"<sip:x@{other.address}:{other.port}>"), ("Content-Type", "application/sdp")]
        invite = Request(other, "INVITE", f"sip:{target}@{t.domain}", device.aor, headers=headers, body=SDP, from_tag=tag)
        invite.call_id = phone.leg().invite.call_id
        t.equal(invite.exchange(device.auth_username, device.password).status, 486, "the call with another's Call-ID")


def run(t):
    alice, bella, carol = t.user("1001"), t.user("1002"), t.user("1003", ring_strategy="sequential")
    with Rtpengine(t.folder, PORT, [RELAY]) as rtpengine, \
            Softphone(alice.device("desk"), 440) as desk, Softphone(bella.device("soft"), 900) as soft, Softphone(carol.device("second", ring_order=2), 600) as second:
        talk(t, soft, desk, "1001")
        rtpengine.is_empty()

        t.user("1005").phone("busy", rejects(486, after=0.1))
        beside = alice.phone("beside", rings())
        talk(t, soft, desk, "1001", meanwhile=lambda: steal(t, beside, "1005"))
        beside.cancelled()

        carol.phone("first", rejects(486, after=0.2), ring_order=1)
        talk(t, soft, second, "1003")
        rtpengine.is_empty()

        t.user("1004").phone("any", answers(after=0.1))
        rtpengine.hang()
        t.calls("1004").ends(200, after=3.1, tolerance=0.9).over()
