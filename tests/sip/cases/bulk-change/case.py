# SPDX-License-Identifier: GPL-2.0-or-later
NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {}  # reading everything again delays the changes of others
SOON = 3  # seconds, also on a busy machine; the next audit would be minutes away
USERS = 3000


def in_force(t, users):
    t.wait_for(lambda: t.stack.status()["users"] == str(users), SOON, f"the mirror should have {users} users")


def run(t):
    caller = t.caller()
    (before,) = t.sql("SELECT count(*) FROM sip_user")[0]
    t.sql(f"INSERT INTO sip_user (account_id, username) SELECT %s, '5' || n FROM generate_series(1, {USERS}) n", (t.account,))
    in_force(t, before + USERS)
    for username in ("51", "51500", "53000"):
        caller.calls(username).ends_at_once(480)  # known, without a phone
    t.sql("DELETE FROM sip_user WHERE account_id = %s AND username LIKE '5%%'", (t.account,))
    in_force(t, before)
    for username in ("51", "51500", "53000"):
        caller.calls(username).ends_at_once(404)
