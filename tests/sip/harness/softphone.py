# SPDX-License-Identifier: GPL-2.0-or-later
"""baresip as a phone: plays a tone, and records what it hears."""

import glob
import json
import os
import re
import socket
import subprocess
import time

from .expect import check, wait_for
from .net import free_port, in_uri

ENDS_WITH_ITS_CASE = ("setpriv", "--pdeathsig", "KILL")  # also one that has failed to register
CONFIG = """
sip_listen {host}:5060
audio_player aubridge,nil
audio_source ausine,{hz}
audio_alert aufile,/dev/null
ausrc_srate 48000
auplay_srate 8000
ausrc_channels 2
auplay_channels 1
net_interface {address}
rtp_ports {first}-{last}
snd_path {folder}
ctrl_tcp_listen {host}:4444
module_path /usr/lib/baresip/modules
module g711.so
module ausine.so
module aufile.so
module aubridge.so
module sndfile.so
{modules}
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""


class Softphone:
    """Registers as a device, and answers each call. A context manager."""

    def __init__(self, device, hz, options="", modules=()):
        case = device.case
        self.device, self._address, self.hz = device, case.addresses.take(), hz
        self._folder = os.path.join(case.folder, f"baresip-{device.name}")
        self._log = os.path.join(self._folder, "log")
        self._options, self._modules = options, modules
        self._process = self._control = None
        self._events, self._buffer = [], b""

    def _write(self):
        os.makedirs(self._folder, exist_ok=True)
        first = free_port(self._address) // 2 * 2
        modules = "\n".join(f"module {name}.so" for name in self._modules)
        with open(os.path.join(self._folder, "config"), "w", encoding="utf-8") as file:
            file.write(CONFIG.format(address=self._address, host=in_uri(self._address), folder=self._folder, hz=self.hz, first=first, last=first + 20, modules=modules))
        host, port = self.device.case.server
        server = f"{in_uri(host)}:{port}"
        with open(os.path.join(self._folder, "accounts"), "w", encoding="utf-8") as file:
            file.write(f'<{self.device.aor}>;auth_pass={self.device.password};outbound="sip:{server}";answermode=auto{self._options}\n')

    def __enter__(self):
        self.device.case.settle()
        self._write()
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen([*ENDS_WITH_ITS_CASE, "baresip", "-f", self._folder], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self._connect, 5, f"baresip should listen at {self._address}")
        wait_for(self._is_registered, 5, f"baresip should register as {self.device.aor}: {self._log}")
        return self

    def _is_registered(self):
        with open(self._log, encoding="utf-8", errors="replace") as log:
            return "200 OK" in log.read()

    def _connect(self):
        try:
            self._control = socket.create_connection((self._address, 4444), timeout=5)
        except OSError:  # it is not there yet; or, on a slow machine, the route to an IPv6 address that is new
            return False
        self._control.settimeout(0.2)
        return True

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._control.close()

    # -- its control: netstrings of JSON

    def _command(self, command, params=""):
        text = json.dumps({"command": command, "params": params}).encode()
        self._control.sendall(b"%d:%s," % (len(text), text))

    def _read(self):
        try:
            self._buffer += self._control.recv(65536)
        except socket.timeout:
            return
        while b":" in self._buffer:
            length, _, rest = self._buffer.partition(b":")
            if len(rest) <= int(length):
                return
            self._events.append(json.loads(rest[:int(length)]))
            self._buffer = rest[int(length) + 1:]

    def await_event(self, kind, seconds=10.0):
        """Waits for an event such as CALL_ESTABLISHED that it has not waited for yet; returns it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for number, event in enumerate(self._events):
                if event.get("type") == kind:
                    del self._events[:number + 1]
                    return event
            self._read()
        check(False, f"baresip {self.device.name}: no {kind} within {seconds} s; saw {[e.get('type') for e in self._events]}")
        return None

    def call(self, target):
        self._command("dial", self.device.case.uri_of(target))

    def hang_up(self):
        self._command("hangup")

    def hears_from(self):
        """The address from which the sound of its calls came."""
        with open(self._log, encoding="utf-8", errors="replace") as log:
            return {found.strip("[]") for found in re.findall(r"established, receiving from (\S+):\d+", log.read())}

    @property
    def heard(self):
        """The recording of what it heard in its last call; once that is over."""
        recordings = glob.glob(os.path.join(self._folder, "dump-*-dec.wav"))
        check(recordings, f"baresip {self.device.name} has recorded nothing in {self._folder}")
        return max(recordings, key=os.path.getmtime)
