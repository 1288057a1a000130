# SPDX-License-Identifier: GPL-2.0-or-later
"""From COMMIT to its effect: how soon a call is treated by the new rule."""

import socket
import time
from contextlib import closing

from harness.net import free_port
from harness.sip import token

from . import DOMAIN
from .cluster import PROBED
from .peer import TRUNK

_RULE = "UPDATE sip_user SET fwd_always_kind = 'hangup', fwd_always_id = %s WHERE username = %s"


class Prober:
    """Calls the probed user of a peer, again and again."""

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


def measure(peer, cluster, changes=200, pause=0.02, limit=5.0):
    """Seconds from sending COMMIT to sending the first INVITE that the new rule answered, for each change."""
    found = []
    with closing(cluster.connect()) as connection, closing(Prober(peer)) as prober, connection.cursor() as cursor:
        connection.autocommit = False
        for n in range(changes):
            wanted = 410 + n % 60
            cursor.execute(_RULE, (str(wanted), PROBED))
            begin = time.monotonic()
            connection.commit()
            while True:
                asked = time.monotonic()
                if prober.status() == wanted:
                    break
                if asked - begin > limit:
                    raise RuntimeError(f"a change is not in force {limit:g} s after its COMMIT")
            found.append(asked - begin)
            time.sleep(pause)
    return found
