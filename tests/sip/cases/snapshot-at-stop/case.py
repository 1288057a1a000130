# SPDX-License-Identifier: GPL-2.0-or-later
import time

from harness.net import TRUNKS
from harness.postgres import Postgres

NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {
    "after": """
modparam("user_routing", "snapshot_file", "{run_dir}/snapshot")
modparam("user_routing", "snapshot_interval", 3600)
modparam("user_routing", "reconnect_max", 500)
"""
}
LIMIT = 60


def run(t):
    stack, postgres = t.stack, Postgres(t.stack)
    bob = t.user("1002")
    t.settle()
    t.wait_for(lambda: int(stack.status()["snapshot_written"]) > 0, 5, "a snapshot should be written")

    def call(number):
        return t.stranger_calls(number, address=t.addresses.take_trusted(TRUNKS))

    bob.update(username="1003")
    t.settle()
    call("1003").ends_at_once(480)
    started = time.monotonic()
    stack.stop_kamailio()
    took = time.monotonic() - started
    t.check(took < 5, f"a clean stop took {took:.1f} s")
    postgres.end()
    stack.start_kamailio()

    t.wait_for(lambda: stack.status()["source"] == "snapshot", 2, "the snapshot should be read at once")
    call("1003").ends_at_once(480)
    call("1002").ends_at_once(404)
    t.check("signal 14" not in stack.log_text(), "the mirror's process should have ended by itself")
    postgres.start()
    t.wait_for(lambda: stack.status()["source"] == "database", 10, "the database is back")
