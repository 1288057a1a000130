# SPDX-License-Identifier: GPL-2.0-or-later
from harness.linphone import Linphone
from harness.net import free_port
from harness.softphone import Softphone
from harness.sound import NOT_YET_THERE, Rtpengine, is_tone

LIMIT = 60
PORT = free_port()
# linphone calls from 127.0.0.1, which is not the media server here.
STACK = {"before": f'#!define UR_MEDIA_SERVER "sip:127.0.0.10:5090"\n#!define WITH_RTPENGINE\n#!define UR_RTPENGINE "udp:127.0.0.1:{PORT}"'}
HARMLESS = NOT_YET_THERE
EXPLAIN = "no call here is placed by SIPp"
RELAY = "127.0.0.9"


def they_talk(t, linphone, baresip):
    baresip.await_event("CALL_ESTABLISHED")
    linphone.says("connected", "the call should be answered")
    t.pause(2)


def they_have_heard(t, linphone, baresip):
    linphone.says("ended", "the call should be over")
    baresip.await_event("CALL_CLOSED")
    if not linphone.plays_files:
        t.note("this linphone plays no files: what is heard is not compared")
        return
    t.equal(baresip.hears_from(), {RELAY}, "where the sound came from")
    is_tone(baresip.heard, linphone.hz)
    is_tone(linphone.heard, baresip.hz)


def run(t):
    alice, bella = t.user("1001"), t.user("1002")
    with Rtpengine(t.folder, PORT, [RELAY]) as rtpengine, \
            Softphone(bella.device("soft"), 440) as baresip, Linphone(alice.device("linphone"), 900, "tcp") as linphone:
        linphone.call("1002")
        they_talk(t, linphone, baresip)
        linphone.hang_up()
        they_have_heard(t, linphone, baresip)

        linphone.begin_recording()
        baresip.call("1001")
        they_talk(t, linphone, baresip)
        baresip.hang_up()
        they_have_heard(t, linphone, baresip)
        rtpengine.is_empty()
