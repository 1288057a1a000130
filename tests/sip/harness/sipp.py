# SPDX-License-Identifier: GPL-2.0-or-later
"""One SIPp process: scenario from a template, trace, start, remote control, end."""

import os
import re
import signal
import socket
import subprocess

from .net import family_of, in_uri, wait_bound
from .sip import token
from .trace import Trace

PHONES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "phones")
LIFETIME = 120  # seconds; SIPp's own -timeout, for the case that nobody ends it


class SippError(Exception):
    pass


def render(template, values):
    """Fills in @name@ and `<!-- include part name=value ... -->` of a scenario.

    SIPp itself takes no keywords in attributes (timeout, ontimeout), hence a template.
    """
    path = template if os.path.isabs(template) else os.path.join(PHONES, template)
    with open(path, encoding="utf-8") as file:
        return _fill(file.read(), values, template)


def _fill(text, values, template):
    def value(match):
        if match[1] not in values:
            raise SippError(f"{template}: no value for @{match[1]}@")
        return _fill(str(values[match[1]]), values, template)

    def part(match):
        given = dict(pair.split("=", 1) for pair in match[2].split())
        return render(match[1], {**values, **given})

    text = re.sub(r"<!-- include (\S+)((?: \w+=\S*)*) -->", part, text)
    return re.sub(r"@([a-z_]+)@", value, text)


class Sipp:
    def __init__(self, name, scenario, address, port, server, folder, options=(), transport="udp", lifetime=None):
        """`lifetime`: seconds that it may run; then it keeps no trace, which would become large."""
        self.name, self.address, self.port, self._transport = name, address, port, transport
        self.base = os.path.join(folder, f"{name}-{port}-{token(4)}")
        with open(self.base + ".xml", "w", encoding="utf-8") as file:
            file.write(scenario)
        self.trace = Trace(self.base + ".trace")
        traced = [] if lifetime else ["-trace_msg", "-message_file", self.trace.path]
        self._process = self._start(server, ["-timeout", str(lifetime or LIFETIME), *traced, *options])

    def _start(self, server, options):
        command = [
            "setpriv", "--pdeathsig", "KILL",  # no SIPp outlives its case
            "sipp", "-sf", self.base + ".xml", "-i", self.address, "-p", str(self.port),
            "-t", self._transport[0] + "1",
            "-ci", self.address,  # else all on the machine share 60 ports for remote control
            "-nostdin", "-timer_resol", "5",
            "-trace_err", "-error_file", self.base + ".err",
            *options, f"{in_uri(server[0])}:{server[1]}",
        ]
        with open(self.base + ".out", "wb") as out:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=os.path.dirname(self.base)
            )
        if not wait_bound(self.address, self.port, process, self._transport):
            # A caller that failed at once has ended already; its trace tells more.
            if process.poll() is None or not os.path.exists(self.trace.path):
                process.kill()
                process.wait()
                raise SippError(f"{self.name}: SIPp did not start: see {self.base}.out")
        return process

    @property
    def running(self):
        return self._process.poll() is None

    def wait(self, seconds):
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def begin_no_more(self):
        """What it has begun it ends: see wait()."""
        self._process.send_signal(signal.SIGUSR1)

    def stop(self):
        """KILL, so that it neither says goodbye on the wire nor keeps its port."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def tell(self, word, call_id):
        """Remote control: a request of a made-up method makes the scenario jump (`CANCELNOW`, `HANGUP`)."""
        request = (
            f"{word} sip:{self.name} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{token()}\r\n"
            f"From: <sip:test>;tag=t\r\nTo: <sip:test>\r\nCall-ID: {call_id}\r\nCSeq: 1 {word}\r\n"
            "Content-Length: 0\r\n\r\n"
        )
        with socket.socket(family_of(self.address), socket.SOCK_DGRAM) as sock:
            sock.sendto(request.encode(), (self.address, self.port))

    def complaints(self):
        """What SIPp found unexpected; its notes on planned timeouts are none."""
        try:
            with open(self.base + ".err", encoding="utf-8", errors="replace") as file:
                text = file.read()
        except FileNotFoundError:
            return []
        entries = re.split(r"(?=\d{4}-\d\d-\d\d\t\d\d:)", text)  # not all begin on a new line
        # The server pings phones behind NAT; a scenario has no place for that.
        return [e.strip() for e in entries if "unexpected" in e and "received 'OPTIONS" not in e]
