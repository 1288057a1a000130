# SPDX-License-Identifier: GPL-2.0-or-later
from harness.explain import ask
from harness.stack import StackError

STACK = {}
DEVICES = 200


def crowd(t, username, **columns):
    user = t.user(username, **columns)
    t.sql("INSERT INTO sip_device (user_id, auth_username, realm) SELECT %s, %s || '-with-a-long-name-' || n, %s"
          " FROM generate_series(1, %s) n", (user.id, username, t.domain, DEVICES))
    return user


def run(t):
    other = crowd(t, "1002")
    alice = crowd(t, "1001", fwd_noanswer_kind="user", fwd_noanswer_id=other.id)
    t.pause(0.5)

    fits = ask(t.stack.rpc_socket, other.uri, None, ())
    t.equal(len(fits["decision"]["devices"]), DEVICES, "devices in the answer about one of them")
    t.check("1002-with-a-long-name-200" in t.stack.kamcmd("user_routing.explain", f"1002@{t.domain}"), "kamcmd should have all")
    t.check("1002-with-a-long-name-200" in t.stack.kamcmd("user_routing.explain_tree", f"1002@{t.domain}"), "so should the tree")

    too_long = ask(t.stack.rpc_socket, alice.uri, None, ())
    t.check("longer than" in too_long["why"], f"expected a fault, saw {too_long}")
    for command in ("user_routing.explain", "user_routing.explain_tree"):
        try:
            t.check(False, f"{command}: expected a fault, saw {t.stack.kamcmd(command, f'1001@{t.domain}')[:200]}")
        except StackError as error:
            t.check("longer than" in str(error), f"{command} by kamcmd: {error}")
    t.calls("1001").ends_at_once(480)
    t.asked.clear()  # what was asked about it could not be answered
