# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio's JSON-RPC over its datagram socket."""

import itertools
import json
import os
import socket


_numbers = itertools.count()  # of the clients of this process


class RpcError(Exception):
    """A fault: `code`, `reason`."""

    def __init__(self, method, code, reason):
        super().__init__(f"{method}: {code} {reason}")
        self.code, self.reason = code, reason


class Rpc:
    """A client of one Kamailio. `path`: its socket; an own one is made beside it."""

    def __init__(self, path):
        self._path, self._own, self._last = path, f"{path}.{os.getpid()}.{next(_numbers)}", 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if os.path.exists(self._own):
            os.unlink(self._own)
        self._socket.bind(self._own)

    def close(self):
        self._socket.close()
        os.unlink(self._own)

    def call(self, method, *params, seconds=5.0):
        """The result. OSError: nobody answers; RpcError: refused."""
        self._socket.settimeout(seconds)
        self._last += 1
        message = {"jsonrpc": "2.0", "method": method, "params": params, "id": self._last}
        self._socket.sendto(json.dumps(message).encode(), self._path)
        answer = {}
        while answer.get("id") != self._last:  # one that came too late for an earlier call is left
            answer = json.loads(self._socket.recv(1 << 20))
        if "error" in answer:
            raise RpcError(method, answer["error"].get("code"), answer["error"].get("message"))
        return answer["result"]

    def send_all(self, messages):
        """Notifications, as texts. They come from a socket without a name: what comes from
        one that has a name is answered, asked for or not, and the answers would fill it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as nameless:
            nameless.settimeout(60)
            nameless.connect(self._path)
            for message in messages:
                nameless.send(message.encode())  # blocks while the server has too many to read
