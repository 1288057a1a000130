# SPDX-License-Identifier: GPL-2.0-or-later
"""A second Kamailio beside a stack's own, with a few settings changed."""

import os
import re
import subprocess

from .net import free_port, wait_bound
from .stack import StackError, add_rpc_socket, kamcmd, serious_lines


def database_url(stack, **settings):
    """The connection string of the stack's module, with other settings: as keyword=value pairs."""
    with open(os.path.join(stack.run_dir, "kamailio.cfg"), encoding="utf-8") as file:
        user, password, name = re.search(r'UR_DB_URL "postgresql://(\w+):(\w+)@[^/]*/(\w+)"', file.read()).groups()
    settings = {"user": user, "password": password, "dbname": name, **settings}
    return " ".join(f"{key}={value}" for key, value in settings.items())


class SpareKamailio:
    """Runs the stack's configuration on another SIP port and control socket, with other defines."""

    def __init__(self, stack, folder, **defines):
        self.server = (stack.server[0], free_port())
        add_rpc_socket(self.server, folder)
        self._folder, self.log = folder, os.path.join(folder, "spare.log")
        defines = {"UR_SIP_PORT": str(self.server[1]), "UR_CTL": f'"unix:{folder}/spare.sock"', **defines}
        config = self._configuration(os.path.join(stack.run_dir, "kamailio.cfg"), defines)
        command = ["kamailio", "-f", config, "-Y", folder, "-m", "64", "-M", "16", "-DD", "-E"]
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"),
            )
        if not wait_bound(*self.server, self._process, seconds=10):
            self.stop()
            raise StackError(f"the spare Kamailio did not start: see {self.log}")

    def _configuration(self, original, defines):
        with open(original, encoding="utf-8") as file:
            text = file.read()
        for name, value in defines.items():
            text, count = re.subn(rf"^#!define {name} .*$", lambda _: f"#!define {name} {value}", text, flags=re.MULTILINE)
            if count != 1:
                raise StackError(f"{original} has {count} defines of {name}, expected 1")
        path = os.path.join(self._folder, "spare.cfg")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def kamcmd(self, *words):
        return kamcmd(f"unix:{self._folder}/spare.sock", *words)

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def serious_log_lines(self, ignore=()):
        return serious_lines(self.log, ignore)

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)  # it leads a session of its own: it and its children
            self._process.wait()
