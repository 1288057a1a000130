# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib

from harness.traffic import Traffic

STACK = {}
PAIRED = True
LIMIT = 60


def run(t):
    # A change that nobody announces: only a full load brings it.
    alice = t.user("1001")
    traffic = Traffic(t)
    with contextlib.closing(t.stack.rpc()) as rpc:
        t.sql("SET session_replication_role = replica")
        alice.update(username="1002")
        t.sql("SET session_replication_role = DEFAULT")
        t.settle()
        t.equal(rpc.call("user_routing.show", alice.id)["username"], "1001", "nobody has told")
        with traffic.through("everything is read again, three times"):
            for _ in range(3):
                answer = rpc.call("user_routing.resync", seconds=0.5)
                t.equal(answer["asked"], "everything is read again", "asked")
                t.wait_for(lambda: rpc.call("user_routing.status")["resyncs"] >= answer["done_at"], 3, "it should be done")
        t.equal(rpc.call("user_routing.show", alice.id)["username"], "1002", "read again")
        status = rpc.call("user_routing.status")
        t.equal((status["resyncs"], status["reconnects"], status["last_error"]), (4, 0, ""), "full loads, reconnects, error")
