# SPDX-License-Identifier: GPL-2.0-or-later
"""Loopback addresses and ports.

Every phone and caller has an address of its own below 127/8, as real ones do: no two
share a rate limit (pike) or SIPp's media ports, and 5060 is free at each of them.
"""

import ctypes
import errno
import fcntl
import os
import random
import socket
import struct
import subprocess
import time

from .expect import check

# Networks that the server trusts, as lines of permissions' address file: "group address mask".
TRUNKS, EDGES, MEDIA = 251, 252, 253
TRUSTED = f"1 127.{TRUNKS}.0.0 16\n2 127.{EDGES}.0.0 16\n4 127.{MEDIA}.0.0 16\n"


class Addresses:
    """Hands out 127.<run>.<case>.<n>; <run> differs between test runs on one machine."""

    def __init__(self, run, case):
        self._run, self._case = 1 + run % 250, case % 256
        self._last = 0

    def take(self):
        return self._free(f"127.{self._run}.{self._case}")

    def take_trusted(self, network):
        """An address of a trunk or an edge proxy; two runs may share these networks."""
        return self._free(f"127.{network}.{(self._run + self._case) % 256}")

    def _free(self, prefix):
        while self._last < 254:
            self._last += 1
            if udp_is_free(f"{prefix}.{self._last}", 5060):
                return f"{prefix}.{self._last}"
        raise RuntimeError(f"no free address below {prefix}.0/24")


class Addresses6:
    """Hands out IPv6 addresses of loopback: in a network of the case's own (OWN_NETWORK)."""

    def __init__(self):
        self._last = 0

    def take(self):
        self._last += 1
        address = f"fd00::{self._last:x}"
        subprocess.run(["ip", "-6", "address", "add", f"{address}/128", "dev", "lo", "nodad"], check=True, timeout=10)
        return address


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def in_uri(address):
    """An address as a URI has it."""
    return f"[{address}]" if ":" in address else address


def free_address():
    """An address with a free port 5060, for a configuration that is written before the case begins. By
    chance, so that runs side by side get different ones."""
    while True:
        address = f"127.254.{random.randrange(256)}.{random.randrange(1, 255)}"
        if udp_is_free(address, 5060):
            return address


def udp_is_free(address, port):
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def free_port(address="127.0.0.1"):
    """A port free for UDP and TCP. Asked from the kernel: it doesn't repeat itself soon."""
    for _ in range(50):
        with socket.socket(family_of(address), socket.SOCK_STREAM) as tcp:
            tcp.bind((address, 0))
            port = tcp.getsockname()[1]
            if udp_is_free(address, port):
                return port
    raise RuntimeError(f"no free port at {address}")


def wait_bound(address, port, process, transport="udp", seconds=5.0):
    """Waits until `process` has bound the port; False when it ended or took too long."""
    words = struct.iter_unpack("=I", socket.inet_pton(family_of(address), address))
    wanted = "".join(f"{word:08X}" for (word,) in words) + f":{port:04X}"
    transport += "6" if ":" in address else ""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with open(f"/proc/net/{transport}", encoding="ascii") as table:
            if any(line.split()[1] == wanted for line in table):
                return True
        time.sleep(0.005)
    return False


PING = (
    "OPTIONS sip:{host}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {us};branch=z9hG4bK{n};rport\r\nMax-Forwards: 5\r\n"
    "From: <sip:{us}>;tag={n}\r\nTo: <sip:{host}:{port}>\r\nCall-ID: {n}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


def wait_answers(host, port, process, seconds=10.0):
    """Waits until a server answers by UDP, whatever it says: Kamailio binds its port some time before it reads from it.
    False when `process` ended, or it took too long."""
    deadline = time.monotonic() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((host, port))
        sock.settimeout(0.1)
        us = "{}:{}".format(*sock.getsockname())
        while time.monotonic() < deadline and process.poll() is None:
            try:
                sock.send(PING.format(host=host, port=port, us=us, n=f"ping{time.monotonic_ns()}").encode())
                sock.recv(4096)
                return True
            except ConnectionRefusedError:
                time.sleep(0.02)  # nobody has bound it yet
            except socket.timeout:
                pass  # bound, but nobody reads; what was sent comes to the first who does
    return False


def run_number():
    return os.getpid()


CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8914, 1  # <sched.h>, <linux/sockios.h>, <net/if.h>


def leave_network():
    """This process, and what it starts from now on, is in a network of its own: a loopback, and nobody else."""
    libc = ctypes.CDLL(None, use_errno=True)
    why = "" if libc.unshare(CLONE_NEWNET) == 0 else os.strerror(ctypes.get_errno())
    check(not why, f"this case needs a network namespace of its own, and may not make one ({why}): run it as root")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
