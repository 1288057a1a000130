# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls whose first answer is all that matters."""

import socket

from harness.net import free_port
from harness.sip import token

from . import DOMAIN
from .cluster import PROBED
from .peer import TRUNK


class Prober:
    """Calls the user PROBED of a peer, again and again."""

    def __init__(self, peer):
        self._address = (TRUNK, free_port(TRUNK))
        self._server = ("127.0.0.1", peer.port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(self._address)
        self._socket.settimeout(1)

    def close(self):
        self._socket.close()

    def status(self):
        """One INVITE's answer; None: there was none within a second."""
        call = token()
        self._socket.sendto(self._invite(call).encode(), self._server)
        while True:
            try:
                answer = self._socket.recv(65535)
            except socket.timeout:
                return None
            if call.encode() in answer:
                return int(answer.split(None, 2)[1])

    def _invite(self, call):
        host, port = self._address
        uri = f"sip:{PROBED}@{DOMAIN}"
        lines = [
            f"INVITE {uri} SIP/2.0", f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{call};rport",
            f"From: <sip:+4930123456@{host}>;tag={call}", f"To: <{uri}>", f"Call-ID: {call}", "CSeq: 1 INVITE",
            f"Contact: <sip:trunk@{host}:{port}>", "Max-Forwards: 70", "Content-Length: 0", "", "",
        ]
        return "\r\n".join(lines)
