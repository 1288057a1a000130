# SPDX-License-Identifier: GPL-2.0-or-later
"""A second Kamailio beside a stack's own, with a few settings changed."""

import os
import re
import subprocess

from .net import free_port, wait_answers
from .rpc import Rpc
from .stack import StackError, add_rpc_socket, kamcmd, serious_lines


def database_url(stack, **settings):
    """The connection string of the stack's module, with other settings: as keyword=value pairs."""
    with open(os.path.join(stack.run_dir, "kamailio.cfg"), encoding="utf-8") as file:
        user, password, name = re.search(r'UR_DB_URL "postgresql://(\w+):(\w+)@[^/]*/(\w+)"', file.read()).groups()
    settings = {"user": user, "password": password, "dbname": name, **settings}
    return " ".join(f"{key}={value}" for key, value in settings.items())


class SpareKamailio:
    """Runs the stack's configuration on another SIP port and control socket, with other defines."""

    def __init__(self, stack, folder, server=None, first="", script="", **defines):
        """`server`: its address and port, if not a port beside the stack's; `first`: text before all of the configuration;
        `script`: a file in the place of the sample. A define has to be in the stack's configuration already."""
        self.server = server or (stack.server[0], free_port())
        add_rpc_socket(self.server, folder)
        self._folder, self.log = folder, os.path.join(folder, "spare.log")
        defines = {"UR_SIP_HOST": f'"{self.server[0]}"', "UR_SIP_PORT": str(self.server[1]), "UR_CTL": f'"unix:{folder}/spare.sock"', **defines}
        config = self._configuration(os.path.join(stack.run_dir, "kamailio.cfg"), first, script, defines)
        self._command = ["kamailio", "-f", config, "-Y", folder, "-m", "64", "-M", "16", "-DD", "-E"]
        self.start()

    def start(self):
        """Again after stop()."""
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"),
            )
        if not wait_answers(*self.server, self._process):
            self.stop()
            raise StackError(f"the spare Kamailio did not start: see {self.log}")

    def _configuration(self, original, first, script, defines):
        with open(original, encoding="utf-8") as file:
            text = file.read()
        for name, value in defines.items():
            text, count = re.subn(rf"^#!define {name} .*$", lambda _: f"#!define {name} {value}", text, flags=re.MULTILINE)
            if count != 1:
                raise StackError(f"{original} has {count} defines of {name}, expected 1")
        text = text.replace("#!KAMAILIO\n", "#!KAMAILIO\n" + first, 1)
        if script:
            text = re.sub(r'^include_file ".*/kamailio\.cfg\.sample"', lambda _: f'include_file "{script}"', text, flags=re.MULTILINE)
        path = os.path.join(self._folder, "spare.cfg")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def rpc(self):
        """A client of its JSON-RPC; the caller closes it."""
        return Rpc(os.path.join(self._folder, "kamailio_rpc.sock"))

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
