# SPDX-License-Identifier: GPL-2.0-or-later
from harness.metrics import get
from harness.net import free_port
from harness.stack import routes

STACK = {"before": f"#!define WITH_PROMETHEUS\n#!define UR_METRICS_PORT {free_port()}"}
ROUTES = True
HARMLESS = [r"parse_first_line\(\)", r"parse_msg\(\).*<HTTP", r"build_sip_msg_from_buf\(\)"] if "WITH_LUA" in routes() else []  # see the case websocket
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
           "Sec-WebSocket-Protocol": "sip", "Sec-WebSocket-Version": "13"}


def run(t):
    t.equal(get(t.server, "/", UPGRADE)[0], 404, "a WebSocket handshake")
    t.equal(get(t.server)[0], 404, "GET /metrics at the SIP port")
