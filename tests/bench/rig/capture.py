# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a peer takes from INVITE in to INVITE out, as the wire has it."""

import os
import re
import struct
import subprocess
import time

_INVITES = "udp[8:4] = 0x494e5649"  # a payload that begins with INVI
_CALL_ID = re.compile(rb"^Call-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NANOSECONDS = 0xA1B23C4D  # a capture file's first word
_UDP = 14 + 20  # bytes before it: Ethernet (lo has it, too), IPv4 without options


class Capture:
    """Records all INVITEs on lo, from start to stop(). Needs root."""

    def __init__(self, path):
        self._path = path
        command = [
            "setpriv", "--pdeathsig", "KILL", "tcpdump", "-i", "lo", "-n", "-s", "1500", "-B", "16384", "-Z", "root",
            "--time-stamp-precision", "nano", "-w", path, _INVITES,
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        line = self._process.stderr.readline()  # "listening on lo ..."
        if b"listening" not in line:
            self._process.kill()
            raise RuntimeError(f"tcpdump does not run: {line.decode().strip()}")

    def stop(self):
        time.sleep(1.2)  # the kernel hands over what it has once a second
        self._process.terminate()
        self._process.communicate()

    def latencies(self, branches=2):
        """Port of a peer -> for each call the seconds until the last of its branches had been sent."""
        arrived, left = {}, {}
        with open(self._path, "rb") as file:
            for when, source, target, call in _packets(file.read()):
                arrived.setdefault((target, call), when)
                left.setdefault((source, call), []).append(when)
        os.unlink(self._path)
        found = {}
        for (port, call), sent in left.items():
            if (port, call) in arrived and len(sent) >= branches:
                found.setdefault(port, []).append(sorted(sent)[branches - 1] - arrived[port, call])
        return found


def _packets(data):
    """(seconds, source port, destination port, Call-ID) of each packet of a capture file."""
    if struct.unpack_from("<I", data)[0] != _NANOSECONDS:
        raise ValueError("not a capture file with nanoseconds")
    offset = 24
    while offset + 16 <= len(data):
        seconds, nanoseconds, length, _ = struct.unpack_from("<IIII", data, offset)
        packet = data[offset + 16:offset + 16 + length]
        offset += 16 + length
        call = _CALL_ID.search(packet)
        if call:
            source, target = struct.unpack_from("!HH", packet, _UDP)
            yield seconds + nanoseconds / 1e9, source, target, call[1]
