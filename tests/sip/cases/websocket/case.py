# SPDX-License-Identifier: GPL-2.0-or-later
import base64
import hashlib
import socket

from harness.net import free_port
from harness.phone import rejects
from harness.stack import http_replies

ROUTES = True
WEBSOCKET = ("127.0.0.1", free_port())
STACK = {"before": f"#!define WITH_WEBSOCKET\n#!define UR_WS_PORT {WEBSOCKET[1]}"}
HARMLESS = http_replies()
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
    status, headers = get(WEBSOCKET, HANDSHAKE)
    t.equal(status, 101, "the handshake")
    accept = base64.b64encode(hashlib.sha1((KEY + GUID).encode()).digest()).decode()
    t.equal(headers["Sec-WebSocket-Accept"], accept, "the answer to the key")
    t.equal(get(WEBSOCKET, {})[0], 404, "a plain GET")
    t.equal(get(WEBSOCKET, {**HANDSHAKE, "Upgrade": "h2c"})[0], 404, "another protocol")

    t.equal(get(t.server, HANDSHAKE)[0], 404, "the handshake on the SIP port")
    for origin, wanted in (("https://phone.example.com", 101), ("https://evil.example.com", 403), ("https://phone.example.com.evil.example", 403),
                           ("https://phone.example.com,x", 403), ("null", 403), ("", 403)):
        t.equal(get(WEBSOCKET, {**HANDSHAKE, "Origin": origin})[0], wanted, f"the handshake of a page of {origin!r}")

    t.user("1001").phone("desk", rejects(486, after=0.1))
    t.calls("1001").ends(486)
