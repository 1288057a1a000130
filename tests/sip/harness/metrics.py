# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio's figures: /metrics as Prometheus reads it, and what kamcmd says of the same."""

import http.client
import re
from contextlib import contextmanager

from .expect import check, equal

GROUP = "kamailio_user_routing_"
_SAMPLE = re.compile(r"([a-zA-Z_]\w*) (\d+) \d+")


def get(address, path="/metrics", headers=()):
    """A GET; the status and the body. Of a connection that changes to another protocol, no body."""
    connection = http.client.HTTPConnection(*address, timeout=5)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        return response.status, "" if response.status < 200 else response.read().decode()
    finally:
        connection.close()


class Metrics:
    def __init__(self, address, stack):
        self.address, self._stack = address, stack
        self.help = {name: self._kamcmd("cnt.help", name) for name in self._kamcmd("cnt.list_vars").split()}

    def _kamcmd(self, command, *words):
        return self._stack.kamcmd(command, "user_routing", *words).strip()

    def text(self):
        status, text = get(self.address)
        equal(status, 200, "GET /metrics")
        return text

    def read(self):
        """All values by name."""
        lines = [line for line in self.text().splitlines() if line and not line.startswith("#")]
        samples = [_SAMPLE.fullmatch(line) for line in lines]
        check(all(samples), f"/metrics has lines that are no samples: {[x for x, y in zip(lines, samples) if not y][:3]}")
        return {sample[1]: int(sample[2]) for sample in samples}

    def value(self, name):
        return self.read()[GROUP + name]

    def calls(self):
        """What calls have counted, by the names without _total; what the mirror has done is left out."""
        wanted = [name for name, text in self.help.items() if text.startswith("counter: ") and not name.startswith("mirror_")]
        values = self.read()
        return {name.removesuffix("_total"): values[GROUP + name] for name in wanted}

    @contextmanager
    def count(self, what, **wanted):
        """What happens inside counts these, and nothing else."""
        before = self.calls()
        yield
        equal({name: value - before[name] for name, value in self.calls().items() if value != before[name]}, wanted, what)
