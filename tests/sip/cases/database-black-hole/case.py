# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import subprocess

from harness.faults import SAYS_SO, SOON, Mirror
from harness.postgres import Postgres
from harness.spare import SpareKamailio, database_url
from harness.traffic import Traffic, wait_status

NOT_IN_LUA = "the database's faults: no matter of the script"
STACK = {"after": SOON}
OWN_NETWORK = True
PAIRED = True
LIMIT = 60
HARMLESS = SAYS_SO
HOLE = "127.9.9.9"


@contextlib.contextmanager
def dropped(*rules):
    """Drops packets that match one of the rules."""
    rules = [["INPUT", "-i", "lo", "-p", "tcp", *rule.split(), "-j", "DROP"] for rule in rules]
    for rule in rules:
        subprocess.run(["/usr/sbin/iptables", "-A", *rule], check=True)
    try:
        yield
    finally:
        for rule in rules:
            subprocess.run(["/usr/sbin/iptables", "-D", *rule], check=True)


def both_ways(t, postgres, traffic, mirror, port):
    with traffic.through("the network swallows all packets"):
        with dropped(f"--dport {port}", f"--sport {port}"):
            noticed = mirror.is_stale("within 500 ms")
            t.pause(1)
            mirror.rename(postgres.connect())
        took = mirror.has_recovered(postgres.connect())
    t.note(f"noticed after {noticed:.1f} s, ready again {took:.1f} s after packets came through")
    mirror.said(2, "no answer from the database within 800 ms")


def first_host(t, port):
    """A Kamailio that starts while the first of its two hosts is unreachable connects to the second."""
    with dropped(f"-d {HOLE} --dport {port}"):
        url = database_url(t.stack, host=f"{HOLE},127.0.0.1", port=f"{port},{port}")
        spare = SpareKamailio(t.stack, t.folder, UR_DB_URL=f'"{url}"')
        try:
            took = wait_status(spare, "state: ready", 3, "it should be ready by the second host")
        finally:
            spare.stop()
    t.note(f"first of two hosts in a black hole: ready {took:.1f} s after the start")


def run(t):
    postgres, mirror = Postgres(t.stack), Mirror(t, t.stack)
    port = t.stack.env["PGPORT"]
    traffic = Traffic(t)
    both_ways(t, postgres, traffic, mirror, port)
    first_host(t, port)
