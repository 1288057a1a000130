# SPDX-License-Identifier: GPL-2.0-or-later
"""linphone as a phone: plays a tone, and records what it hears."""

import os
import pty
import subprocess
import threading
import time

from .expect import wait_for
from .net import in_uri
from .softphone import ENDS_WITH_ITS_CASE
from .sound import make_tone

CONFIG = """[sip]
default_proxy=0
sip_port=-1
sip_tcp_port=-1
use_ipv6=0

[auth_info_0]
username={username}
userid={username}
passwd={password}
realm={realm}

[proxy_0]
reg_proxy=<sip:{server};transport={transport}>
reg_route=<sip:{server};transport={transport};lr>
reg_identity=<{aor}>
reg_expires=600
reg_sendregister=1
publish=0

[storage]
uri={folder}/linphone.db
"""


class Linphone:
    """Registers as a device, and answers each call. A context manager."""

    def __init__(self, device, hz, transport="udp"):
        self.device, self.hz, self._transport = device, hz, transport
        self._folder = os.path.join(device.case.folder, f"linphone-{device.name}")
        self._log, self.heard = os.path.join(self._folder, "log"), None
        self._process, self._keys, self._read = None, None, 0
        self._ends = threading.Event()
        # 5.3 (Debian 13) does not: its calls are silent here
        self.plays_files = " 5.1." in subprocess.run(["linphonec", "--version"], capture_output=True, text=True, check=False).stdout

    def _write(self):
        os.makedirs(os.path.join(self._folder, ".local", "share", "linphone"))
        host, port = self.device.case.server
        with open(os.path.join(self._folder, "linphonerc"), "w", encoding="utf-8") as file:
            file.write(CONFIG.format(username=self.device.auth_username, password=self.device.password, realm=self.device.realm, aor=self.device.aor,
                                     server=f"{in_uri(host)}:{port}", transport=self._transport, folder=self._folder))

    def __enter__(self):
        self.device.case.settle()
        self._write()
        command = [*ENDS_WITH_ITS_CASE, "linphonec", "-a", "-c", os.path.join(self._folder, "linphonerc")]
        self._keys, terminal = pty.openpty()
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(command, stdin=terminal, stdout=log, stderr=log, env={**os.environ, "HOME": self._folder, "TERM": "dumb"})
        os.close(terminal)
        threading.Thread(target=self._ask, daemon=True).start()
        self.says("registered, identity", "it should register")
        tone = make_tone(os.path.join(self._folder, "tone.wav"), self.hz, 60)
        for command in ("soundcard use files", f"play {tone}"):
            self._command(command)
        self.begin_recording()
        return self

    def _ask(self):
        """It does not tell by itself that it has registered."""
        while not self._ends.wait(0.2):
            self._command("status register")

    def __exit__(self, *_):
        self._ends.set()
        self._command("quit")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._keys)

    def _command(self, line):
        os.write(self._keys, f"{line}\n".encode())

    def _written(self):
        with open(self._log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def says(self, text, what, seconds=10):
        """Waits until it has written this, after what was waited for before."""
        def there():
            found = self._written().find(text, self._read)
            if found >= 0:
                self._read = found + len(text)
            return found >= 0
        wait_for(there, seconds, f"linphone {self.device.name}: {what}: {self._log}")

    def begin_recording(self):
        """Of the next call, into `heard`."""
        self.heard = os.path.join(self._folder, f"heard-{time.monotonic_ns()}.wav")
        self._command(f"record {self.heard}")

    def call(self, target):
        self._command(f"call {self.device.case.uri_of(target)}")

    def hang_up(self):
        self._command("terminate")
