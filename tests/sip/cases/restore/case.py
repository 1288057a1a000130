# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import shlex
import subprocess

from harness.phone import answers
from harness.postgres import Postgres

NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {"after": 'modparam("user_routing", "ping_interval", 1000)'}
PAGE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../modules/user_routing/doc/operating.md"))
SOON = 5  # seconds; the next audit would be minutes away


def as_documented(t, name, backup):
    """Runs a command of operating.md, on the case's database."""
    with open(PAGE, encoding="utf-8") as file:
        line = re.search(rf"^    {name} (.*)$", file.read(), re.MULTILINE)[1]
    words = shlex.split(line.replace('"dbname=user_routing"', t.stack.database_url).replace("user_routing.dump", backup))
    path = os.path.join(os.path.dirname(Postgres(t.stack).argv[0]), name)
    subprocess.run([path, *words], check=True, timeout=30, capture_output=True)


def is_reached(t, username):
    return t.calls(username).final.status == 200


def run(t):
    alice = t.user("1001")
    alice.phone("desk", answers())
    t.calls("1001").ends(200).over()
    backup = os.path.join(t.folder, "backup")
    as_documented(t, "pg_dump", backup)
    alice.update(username="1002")
    t.settle()
    t.calls("1002").ends(200).over()

    # In one transaction: else the mirror may read tables that are there and empty.
    as_documented(t, "pg_restore", backup)
    t.wait_for(lambda: is_reached(t, "1001"), SOON, "1001 should be alice's name again")
    t.calls("1002").ends_at_once(404)
    t.check("views or triggers were recreated" in t.stack.log_text(), "the log should say why all was read again")
    t.equal(t.stack.status()["drifts"], "0", "drifts")

    alice.update(username="1003")
    t.wait_for(lambda: is_reached(t, "1003"), SOON, "changes should be announced as before")
