# SPDX-License-Identifier: GPL-2.0-or-later
import subprocess

from harness.accounts import Device
from harness.browser import CANDIDATES, CLOSED, Browser, Served
from harness.net import free_address, free_port

LIMIT = 120
PAGE = free_port()
# As the Makefile calls tests/stack/up; with ports and addresses that are free.
STACK = {"OUTSIDE": "1", "WS": "1", "TLS": "1", "PAGE_PORT": str(PAGE), "MEDIA_HOST": free_address(), "GATEWAY_HOST": free_address(),
         **{name: str(free_port()) for name in ("WS_PORT", "WSS_PORT", "TLS_PORT", "RTPENGINE_PORT")}, "MEDIA_PORTS": str(20000 + PAGE % 200 * 200)}
HARMLESS = [CANDIDATES, *CLOSED]
EXPLAIN = "no call here is placed by SIPp"


def run(t):
    env = t.stack.env
    done = subprocess.run(["baresip", "-f", f"{env['RUN_DIR']}/phones/judy-desk", "-t", "2"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False)
    t.check("200 OK" in done.stdout + done.stderr, f"baresip should register with the account that is ready: {done.stdout[-300:]}")
    page = Served(f"https://127.0.0.1:{PAGE}")
    alice, erin = (Device(t, name, env["SIP_DOMAIN"], env["SAMPLE_PASSWORD"]) for name in ("alice-desk", "erin-phone"))
    with Browser(page, alice, 600) as one, Browser(page, erin, 900) as other:
        other.call("1001")
        one.press("Answer")
        one.hears(900)
        other.hears(600)
        one.press("Hang up")
        other.has()
        for target in ("1005", "1008"):  # voicemail, the gateway
            other.call(target)
            other.has("talking")
            other.hears(900)
            other.press("Hang up")
            other.has()
    t.check("user 1008: fwd_always" in t.stack.log_text(), "log_calls should be on")
