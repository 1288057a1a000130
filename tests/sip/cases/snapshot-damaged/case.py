# SPDX-License-Identifier: GPL-2.0-or-later
import os

from harness.net import TRUNKS
from harness.postgres import Postgres

NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {
    "after": """
modparam("user_routing", "snapshot_file", "{run_dir}/snapshot")
modparam("user_routing", "reconnect_max", 500)
"""
}
HARMLESS = [r"the snapshot .* is damaged", r"database: .*nothing is loaded yet"]
LIMIT = 60


def run(t):
    stack, postgres = t.stack, Postgres(t.stack)
    file = os.path.join(stack.run_dir, "snapshot")
    t.user("1001")

    def call(number):
        return t.stranger_calls(number, address=t.addresses.take_trusted(TRUNKS))

    t.wait_for(lambda: int(stack.status()["snapshot_written"]) > 0, 5, "a snapshot should be written")

    stack.stop_kamailio()
    postgres.end()
    with open(file, "r+b") as content:
        content.seek(-1, os.SEEK_END)
        last = content.read(1)[0]
        content.seek(-1, os.SEEK_END)
        content.write(bytes([last ^ 1]))
    stack.start_kamailio()

    t.wait_for(lambda: "its checksum is wrong; it is not used" in stack.log_text(), 5, "the log should say what is wrong")
    status = stack.status()
    t.equal((status["state"], status["source"]), ("loading", "none"), "without database and snapshot")
    call("1001").ends_at_once(503)

    postgres.start()
    t.wait_for(lambda: stack.status()["source"] == "database", 10, "the database is back")
    call("1001").ends_at_once(480)
