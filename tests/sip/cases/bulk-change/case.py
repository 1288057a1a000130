# SPDX-License-Identifier: GPL-2.0-or-later
NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {}  # reading everything again delays the changes of others


def run(t):
    caller = t.caller()
    t.sql(
        "INSERT INTO sip_user (account_id, username) SELECT %s, '5' || n FROM generate_series(1, 3000) n", (t.account,)
    )
    t.pause(0.9)
    for username in ("51", "51500", "53000"):
        caller.calls(username).ends_at_once(480)  # known, without a phone
    t.sql("DELETE FROM sip_user WHERE account_id = %s AND username LIKE '5%%'", (t.account,))
    t.pause(0.9)
    for username in ("51", "51500", "53000"):
        caller.calls(username).ends_at_once(404)
