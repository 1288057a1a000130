# SPDX-License-Identifier: GPL-2.0-or-later
import base64
import hashlib
import socket

from harness.phone import rejects
from harness.stack import routes

ROUTES = True
STACK = {"before": "#!define WITH_WEBSOCKET"}
# With any script but the native one Kamailio's sl reads the HTTP replies that it has sent as SIP (kamailio#3204).
HARMLESS = [r"parse_first_line\(\)", r"parse_msg\(\).*<HTTP", r"build_sip_msg_from_buf\(\)"] if "WITH_LUA" in routes() else []
KEY = base64.b64encode(b"sixteen bytes ok").decode()
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
HANDSHAKE = {"Upgrade": "WebSocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Key": KEY,
             "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "sip"}


def get(server, headers):
    """An HTTP GET; the answer's head: the status and a dict of its headers."""
    lines = ["GET / HTTP/1.1", f"Host: {server[0]}:{server[1]}", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection(server, timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "Content-Length: 0", "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(4096)
            if not part:
                break
            head += part
    first, *rest = head.decode().partition("\r\n\r\n")[0].split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in rest)


def run(t):
    status, headers = get(t.server, HANDSHAKE)
    t.equal(status, 101, "the handshake")
    accept = base64.b64encode(hashlib.sha1((KEY + GUID).encode()).digest()).decode()
    t.equal(headers["Sec-WebSocket-Accept"], accept, "the answer to the key")
    t.equal(get(t.server, {})[0], 404, "a plain GET")
    t.equal(get(t.server, {**HANDSHAKE, "Upgrade": "h2c"})[0], 404, "another protocol")

    t.user("1001").phone("desk", rejects(486, after=0.1))
    t.calls("1001").ends(486)
