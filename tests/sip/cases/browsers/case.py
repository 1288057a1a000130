# SPDX-License-Identifier: GPL-2.0-or-later
from harness.browser import CANDIDATES, CLOSED, SIPJS, Browser, Page
from harness.net import free_port
from harness.softphone import Softphone
from harness.sound import NOT_YET_THERE, Rtpengine, is_tone
from harness.stack import http_replies

ROUTES = True
LIMIT = 150
RTPENGINE, WEBSOCKET, PAGE, SIPJS_PAGE = free_port(), free_port(), free_port(), free_port()
# Chromium calls from 127.0.0.1, which is not the media server here.
STACK = {"before": f'#!define UR_MEDIA_SERVER "sip:127.0.0.10:5090"\n'
                   f'#!define WITH_RTPENGINE\n#!define UR_RTPENGINE "udp:127.0.0.1:{RTPENGINE}"\n#!define WITH_WEBSOCKET\n#!define UR_WS_PORT {WEBSOCKET}\n'
                   f'#!define UR_WS_ORIGINS "https://phone.example.com,http://127.0.0.1:{PAGE},http://127.0.0.1:{SIPJS_PAGE}"'}
HARMLESS = [CANDIDATES, *CLOSED, *NOT_YET_THERE, *http_replies()]
EXPLAIN = "no call here is placed by SIPp"
RELOADS = 12


def talk(t, browser, phone):
    browser.has("talking")
    phone.await_event("CALL_ESTABLISHED")
    browser.hears(phone.hz)
    t.pause(1.5)
    browser.press("Hang up")
    phone.await_event("CALL_CLOSED")
    browser.has()
    is_tone(phone.heard, browser.hz)


def from_browser_to_browser(caller, called, number):
    caller.call(number)
    called.has("ringing")
    called.press("Answer")
    called.hears(caller.hz)
    caller.hears(called.hz)


def sipjs_calls(other, one):
    """SIP.js in one browser, JsSIP in the other; called is who hangs up."""
    from_browser_to_browser(other, one, "1001")
    one.press("Hang up")
    other.has()


def transfer(one, other, third):
    """`one` talks to both, and connects them by the third's Contact."""
    one.call("1004")
    third.press("Answer")
    one.has("talking", "talking")
    one.run("const [a, b] = phone.calls.keys(); phone.transfer(a, b, b._dialog._remote_target)")
    one.has()
    other.has("talking")
    third.has("talking")
    other.hears(third.hz)
    third.hears(other.hz)
    other.press("Hang up")
    third.has()


def run(t):
    web, other_web, soft, third_web = (t.user(f"100{n}").device(name) for n, name in enumerate(("web", "other", "soft", "third"), 1))
    server = f"ws://127.0.0.1:{WEBSOCKET}"
    with Rtpengine(t.folder, RTPENGINE) as rtpengine, Page(t, PAGE, server) as page, Page(t, SIPJS_PAGE, server, SIPJS) as sipjs, \
            Softphone(soft, 440) as phone, Browser(page, web, 900) as one:
        one.call("1003")
        talk(t, one, phone)
        for _ in range(RELOADS):
            one.reload()
        phone.call("1001")
        one.press("Answer")
        talk(t, one, phone)
        with Browser(sipjs, other_web, 600) as other, Browser(page, third_web, beside=one) as third:
            sipjs_calls(other, one)
            from_browser_to_browser(one, other, "1002")
            transfer(one, other, third)
        rtpengine.is_empty()
