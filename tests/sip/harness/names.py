# SPDX-License-Identifier: GPL-2.0-or-later
"""A DNS of the case's own: names with an address, names that do not exist, and names that nobody answers for.

    OWN_NETWORK = OWN_NAMES = True          in case.py: resolv.conf names the server that is made here
    names = Names({"pbx.test": "127.1.2.3", "dead.test": None})
"""

import ctypes
import os
import socket
import struct
import tempfile
import threading

from .expect import check

SERVER = "127.53.53.53"
CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 0x1000, 0x4000, 0x40000  # <sched.h>, <sys/mount.h>
A, TTL = 1, 0  # a name that is asked for again may be answered otherwise


def leave_names():
    """This process, and what it starts from now on, has a resolv.conf of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    with tempfile.NamedTemporaryFile("w", suffix=".resolv", delete=False) as file:
        file.write(f"nameserver {SERVER}\n")
    os.chmod(file.name, 0o644)

    def must(done):
        check(done == 0, f"a mount namespace of the case's own: {os.strerror(ctypes.get_errno())}")

    must(libc.unshare(CLONE_NEWNS))
    must(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    must(libc.mount(file.name.encode(), b"/etc/resolv.conf", None, MS_BIND, None))
    os.unlink(file.name)


class Names:
    """Answers until the process ends. `names`: name to IPv4 address (several: one an answer, in turns); None: silence."""

    def __init__(self, names):
        self.names, self.asked = names, []
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind((SERVER, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def count(self, name):
        """How often an address of the name was asked for."""
        return self.asked.count(name)

    def _serve(self):
        while True:
            query, client = self._sock.recvfrom(512)
            name, end = _name(query)
            kind = struct.unpack(">H", query[end:end + 2])[0]
            if kind == A:
                self.asked.append(name)
            known = self.names.get(name, "")
            if known is None:
                continue
            if isinstance(known, list):
                known = known[(self.count(name) - 1) % len(known)]
            answers = [known] if known and kind == A else []
            head = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, len(answers), 0, 0)
            body = b"".join(struct.pack(">HHHIH4s", 0xc00c, A, 1, TTL, 4, socket.inet_aton(a)) for a in answers)
            self._sock.sendto(head + query[12:end + 4] + body, client)


def _name(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    return ".".join(labels), at + 1
