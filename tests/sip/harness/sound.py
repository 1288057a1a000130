# SPDX-License-Identifier: GPL-2.0-or-later
"""Tones that phones play, what they have recorded, and rtpengine between them."""

import os
import re
import signal
import socket
import subprocess
import time

from .expect import check, wait_for
from .net import free_port

OFF = 0.15  # of its frequency that a tone may be off: tones of a test are a third apart
MOST = 0.8  # of what is heard
LOUD = 0.05  # of full scale (RMS): far above silence, and below any tone that was sent

# For a case's HARMLESS: Kamailio is there before rtpengine.
NOT_YET_THERE = [r"RTPEngine <udp:127.0.0.1:\d+>", r"proxy did not respond to ping"]


def sox(*words):
    done = subprocess.run(["sox", *map(str, words)], capture_output=True, text=True, timeout=30, check=False)
    check(done.returncode == 0, f"sox {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stderr


def make_tone(path, hz, seconds=10):
    sox("-n", "-r", 48000, "-c", 1, "-b", 16, path, "synth", seconds, "sine", hz, "vol", 0.5)
    return path


def loudness(path, begin, seconds, *effects):
    """RMS of a part of a recording, of full scale."""
    figures = sox(path, "-n", "trim", begin, seconds, *effects, "stat")
    rms = re.search(r"RMS\s+amplitude:\s+([\d.]+)", figures)
    check(rms, f"{path} is shorter than {begin} s:\n{figures}")
    return float(rms.group(1))


def is_tone(path, hz, begin=0.5, seconds=1.0):
    """A recording has this tone, and hardly anything else."""
    whole = loudness(path, begin, seconds)
    check(whole >= LOUD, f"{path}: expected {hz} Hz, it is silent (RMS {whole})")
    tone = loudness(path, begin, seconds, "sinc", "-t", 30, f"{hz * (1 - OFF):.0f}-{hz * (1 + OFF):.0f}")
    check(tone >= MOST * whole, f"{path}: expected {hz} Hz, heard something else: RMS {whole}, at {hz} Hz {tone}")


class Rtpengine:
    """Debian's rtpengine-daemon, in user space, for addresses of loopback."""

    def __init__(self, folder, port, interfaces=("127.0.0.1",)):
        self._log, self._cli = os.path.join(folder, "rtpengine.log"), ("127.0.0.1", free_port())
        first = 20000 + port % 400 * 100
        command = ["rtpengine", "--foreground", "--table=-1", "--log-stderr", "--log-level=6", f"--listen-ng=127.0.0.1:{port}",
                   *(f"--interface={address}" for address in interfaces), "--listen-cli={}:{}".format(*self._cli), "--config-file=none",
                   f"--port-min={first}", f"--port-max={first + 99}", "--num-threads=2", "--delete-delay=1", f"--pidfile={folder}/rtpengine.pid"]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __enter__(self):
        time.sleep(0.3)
        check(self._process.poll() is None, f"rtpengine ended: see {self._log}")
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def hang(self):
        """It does not answer any more."""
        self._process.send_signal(signal.SIGSTOP)

    def is_empty(self):
        """No call is left in it."""
        wait_for(lambda: self._sessions() == 0, 5, "no call should be left in rtpengine")

    def _sessions(self):
        with socket.create_connection(self._cli, timeout=5) as cli:
            cli.sendall(b"list numsessions\n")
            answer = cli.makefile(encoding="ascii").read()
        return int(re.search(r"Current sessions total: (\d+)", answer).group(1))
