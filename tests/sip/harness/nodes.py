# SPDX-License-Identifier: GPL-2.0-or-later
"""Several Kamailios with one PostgreSQL: each in a network of its own, with its phones; a bridge joins them.

    STACK, OWN_NETWORK = nodes.stack(), True
    with Nodes(t) as (one, two):
        with one.here():                  # what begins inside - phones, callers, sockets - does so in that node's network
            desk = alice.phone("desk", rings())
        with two.cut_off():               # its phones reach it, and it reaches them, but nobody else
            ...

The database is at 198.18.0.100, node 2 at 198.18.0.2, and its phones below 198.18.2.0/24: none of them an address that
looks like one behind NAT.
"""

import contextlib
import ctypes
import os
import re
import subprocess
import time

from .expect import check, equal, wait_for
from .net import CLONE_NEWNET, EDGES, TRUNKS
from .postgres import Postgres, Standby
from .rpc import RpcError
from .spare import SpareKamailio, database_url
from .stack import HARMLESS

OPERATING = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../modules/user_routing/doc/operating.md"))
DATABASE, NETWORK = "198.18.0.100", "198.18.0.0/24"
NO_WAIT = 0.4  # seconds: less than whoever waited for the database or for another node would have waited (see faults.SOON)
FIRST = {TRUNKS: 192, EDGES: 224}  # of a node's addresses those from there on, 32 of them, are trunks and edge proxies
ADDRESSES = "1 198.18.1.192 27\n1 198.18.2.192 27\n2 198.18.1.224 27\n2 198.18.2.224 27\n3 198.18.0.0 27\n"

# dmq tells of a node that can't be reached.
SAYS_SO = [r"dmq.*(notification peer|failed request)"]


def documented(pattern, node, other):
    """What operating.md's "Several nodes" has of that pattern, for that node and one with the number `other`."""
    with open(OPERATING, encoding="utf-8") as file:
        section = file.read().partition("\n## Several nodes\n")[2].partition("\n## ")[0]
    found = re.search(rf"(?m)^ +({pattern})", section)
    check(found, f"operating.md's section on several nodes has no {pattern}")
    return found[1].replace("10.0.0.1", node.address).replace("10.0.0.2", f"198.18.0.{other}")


def stack(after="", **more):
    """A case's STACK: `after` as there."""
    return {"after": after, "files": {"addresses": ADDRESSES}, **more}


def _enter(network):
    libc = ctypes.CDLL(None, use_errno=True)
    check(libc.setns(network, CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno()))


def _ip(*lines):
    """Commands of ip(8) in the present network."""
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True, timeout=10)


class _Addresses:
    """Of the phones of a node, and of trunks and edge proxies there."""

    def __init__(self, number):
        self._prefix, self._phones, self._trusted = f"198.18.{number}", 0, dict(FIRST)

    def take(self):
        self._phones += 1
        return f"{self._prefix}.{self._phones}"

    def take_trusted(self, network):
        self._trusted[network] += 1
        return f"{self._prefix}.{self._trusted[network]}"


class Node:
    """A Kamailio in a network of its own. Of its SpareKamailio: kamcmd(), log_text(), stop(), start(), …"""

    def __init__(self, t, number, others):
        self.number, self.address = number, f"198.18.0.{number}"
        self.server, self._t = (self.address, 5060), t
        self._others, self._addresses, self.kamailio = others, _Addresses(number), None
        self.uri = f"sip:{self.address}:5060"
        self.folder = os.path.join(t.folder, f"node-{number}")
        os.mkdir(self.folder)
        # Nobody but this process keeps the network; it ends with the case.
        self._keeper = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "600"])
        self._network = wait_for(self._foreign_network, 5, "a network namespace should be there")
        self._join()

    def _foreign_network(self):
        network = os.open(f"/proc/{self._keeper.pid}/ns/net", os.O_RDONLY)
        if os.fstat(network).st_ino != os.stat("/proc/self/ns/net").st_ino:
            return network
        os.close(network)
        return None

    def _join(self):
        n = self.number
        _ip(f"link add node{n} type veth peer name uplink netns {self._keeper.pid}", f"link set node{n} master bridge up")
        with self.here():
            _ip("link set lo up", f"addr add {self.address}/24 dev uplink", "link set uplink up",
                f"addr add 198.18.{n}.1/24 dev lo",  # on lo the whole network is ours
                *(f"route add 198.18.{other}.0/24 via 198.18.0.{other}" for other in self._others))
        _ip(f"route add 198.18.{n}.0/24 via {self.address}")

    @contextlib.contextmanager
    def here(self):
        """What begins meanwhile is at this node."""
        t, before = self._t, os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        server, addresses = t.server, t.addresses
        _enter(self._network)
        t.server, t.addresses = self.server, self._addresses
        try:
            yield self
        finally:
            _enter(before)
            os.close(before)
            t.server, t.addresses = server, addresses

    @contextlib.contextmanager
    def cut_off(self):
        """Its cable is pulled meanwhile: what it sends gets nowhere, and nobody tells it."""
        _ip(f"link set node{self.number} nomaster")
        try:
            yield
        finally:
            _ip(f"link set node{self.number} master bridge")

    def run(self, url, defines):
        first = documented(r"(?:#!define .*\n *)+", self, self._others[0])
        first = re.sub("(?m)^ +", "", first).replace("UR_NODE_ID 1", f"UR_NODE_ID {self.number}") + f"{defines}\n"
        with self.here():
            self.kamailio = SpareKamailio(self._t.stack, self.folder, self.server, first, UR_DB_URL=f'"{url}"')

    def __getattr__(self, name):
        return getattr(self.kamailio, name)

    def start(self):
        """Again after stop()."""
        with self.here():
            self.kamailio.start()

    def ask(self, method, *params):
        """An RPC's result; None if it says that there is nothing of that name."""
        rpc = self.kamailio.rpc()
        try:
            return rpc.call(method, *params)
        except RpcError as error:
            if error.code in (404, 500):
                return None
            raise
        finally:
            rpc.close()

    def contacts(self, device):
        """usrloc's contacts of the device here: a list of dicts."""
        record = self.ask("ul.lookup", "location", f"{device.auth_username}@{device.realm}") or {}
        return [entry["Contact"] for entry in record.get("Contacts", [])]

    def waits(self, condition, seconds, what):
        """How many seconds passed until it came true."""
        started = time.monotonic()
        wait_for(condition, seconds, f"node {self.number}: {what}")
        return time.monotonic() - started

    def knows(self, device, seconds=1.0):
        """Waits until it has a contact of the device; how many seconds that took."""
        return self.waits(lambda: self.contacts(device), seconds, f"a contact of {device.name} should be there")

    def forgets(self, device, seconds=1.0):
        return self.waits(lambda: not self.contacts(device), seconds, f"no contact of {device.name} should be left")

    def end(self):
        if self.kamailio:
            self.kamailio.stop()
        self._keeper.kill()
        self._keeper.wait()
        os.close(self._network)


class Nodes:
    """Two nodes. `standby`: with a standby of the database, db_url has both hosts. `defines`: lines before the configuration
    of each; `harmless`: as a case's HARMLESS, for the nodes' logs."""

    def __init__(self, t, standby=False, defines="", harmless=()):
        self._t, self._defines, self._harmless = t, defines, harmless
        self._nodes, self._with_standby = [], standby
        self.postgres = self.standby = None

    def __enter__(self):
        t = self._t
        t.stack.stop_kamailio()
        _ip("link add bridge type bridge", f"addr add {DATABASE}/24 dev bridge", "link set bridge up")
        self.postgres = Postgres(t.stack)
        self.postgres.let_in(NETWORK)
        t.connect()
        try:
            self._nodes += [Node(t, number, [3 - number]) for number in (1, 2)]
            url = self._url()
            for node in self._nodes:
                node.run(url, self._defines)
            self._meet()
        except BaseException:
            self._end()
            raise
        return self

    def __iter__(self):
        return iter(self._nodes)

    def _url(self):
        hosts, ports = [DATABASE], [self._t.stack.env["PGPORT"]]
        if self._with_standby:
            self.standby = Standby(self._t.stack, self.postgres)
            hosts.append(DATABASE)
            ports.append(str(self.standby.port))
        return database_url(self._t.stack, host=",".join(hosts), port=",".join(ports), target_session_attrs="read-write")

    def _meet(self):
        """Until each knows that the other is there, and has the users."""
        for node in self._nodes:
            node.waits(lambda n=node: "state: ready" in n.kamcmd("user_routing.status"), 5, "the mirror should be ready")
            node.waits(lambda n=node: self.active(n), 5, "the other node should be active")

    @staticmethod
    def active(node):
        """Does it hold all nodes for active?"""
        statuses = [n["status"] for n in node.ask("dmq.list_nodes")]
        return len(statuses) == 2 and set(statuses) == {"active"}

    @staticmethod
    def synchronize(asks, has):
        """The first asks the second for all its contacts."""
        command = documented(r"kamcmd tm\.t_uac_start (?:.*\\\n)*.*", asks, has.number)
        command = command.replace("kamcmd", f"kamcmd -s unix:{asks.folder}/spare.sock", 1)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=10, check=False)
        check(done.returncode == 0 and "error" not in done.stdout, f"{command}: {done.stdout}{done.stderr}")

    def _end(self):
        for node in self._nodes:
            node.end()
        if self.standby:
            self.standby.stop()

    def __exit__(self, failed, *_):
        self._end()
        if not failed:
            for node in self._nodes:
                lines = node.kamailio.serious_log_lines((*HARMLESS, *SAYS_SO, *self._harmless))
                equal(lines[:10], [], f"serious lines in the log of node {node.number}")
