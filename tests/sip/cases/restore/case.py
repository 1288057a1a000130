# SPDX-License-Identifier: GPL-2.0-or-later
import os
import subprocess

from harness.phone import answers
from harness.postgres import Postgres

NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {"after": 'modparam("user_routing", "ping_interval", 1000)'}
SOON = 5  # seconds; the next audit would be minutes away


def program(t, name, *words):
    """A program of PostgreSQL's, on the case's database."""
    path = os.path.join(os.path.dirname(Postgres(t.stack).argv[0]), name)
    subprocess.run([path, *words, "-d", t.stack.database_url], check=True, timeout=30, capture_output=True)


def is_reached(t, username):
    return t.calls(username).final.status == 200


def run(t):
    alice = t.user("1001")
    alice.phone("desk", answers())
    t.calls("1001").ends(200).over()
    backup = os.path.join(t.folder, "backup")
    program(t, "pg_dump", "-Fc", "-f", backup)
    alice.update(username="1002")
    t.settle()
    t.calls("1002").ends(200).over()

    # In one transaction: else the mirror may read tables that are there and empty.
    program(t, "pg_restore", "--clean", "--single-transaction", backup)
    t.wait_for(lambda: is_reached(t, "1001"), SOON, "1001 should be alice's name again")
    t.calls("1002").ends_at_once(404)
    t.check("made anew, dropped or switched" in t.stack.log_text(), "the log should say why all was read again")
    t.equal(t.stack.status()["drifts"], "0", "drifts")

    alice.update(username="1003")
    t.wait_for(lambda: is_reached(t, "1003"), SOON, "changes should be announced as before")
