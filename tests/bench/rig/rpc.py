# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio's JSON-RPC over its datagram socket."""

import json
import os
import socket


class RpcError(Exception):
    pass


class Rpc:
    """A client of one Kamailio. `path`: its socket; an own one is made beside it."""

    def __init__(self, path):
        self._path, self._own, self._last = path, f"{path}.{os.getpid()}", 0
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
        self._send(method, params, {"id": self._last})
        answer = {}
        while answer.get("id") != self._last:  # one that came too late for an earlier call is left
            answer = json.loads(self._socket.recv(1 << 20))
        if "error" in answer:
            raise RpcError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def tell(self, method, *params):
        """A notification: no answer. Blocks while the server has too many to read."""
        self._socket.settimeout(60)
        self._send(method, params, {})

    def _send(self, method, params, more):
        message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
        self._socket.sendto(json.dumps(message).encode(), self._path)
