# SPDX-License-Identifier: GPL-2.0-or-later
NOT_IN_LUA = "the mirror's work: no matter of the script"
STACK = {}  # reading everything again delays the changes of others
LIMIT = 60
SOON = 3  # seconds, also on a busy machine; the next audit would be minutes away
RESYNCED = 12  # two full loads, and the pause between them: twice to three times what the first took
NAMED, TOO_MANY = 3000, 20001  # more than 20,000 changes of a transaction are not told by name


def in_force(t, users, loads):
    t.wait_for(
        lambda: t.stack.status()["users"] == str(users),
        RESYNCED if loads else SOON,
        f"the mirror should have {users} users",
    )


def resyncs(t):
    return int(t.stack.status()["resyncs"])


def written_at_once(t, caller, users, loads):
    (before,) = t.sql("SELECT count(*) FROM sip_user")[0]
    loaded = resyncs(t)
    t.sql(f"INSERT INTO sip_user (account_id, username) SELECT %s, '5' || n FROM generate_series(1, {users}) n", (t.account,))
    in_force(t, before + users, loads)
    for username in ("51", "51500", f"5{users}"):
        caller.calls(username).ends_at_once(480)  # known, without a phone
    t.sql("DELETE FROM sip_user WHERE account_id = %s AND username LIKE '5%%'", (t.account,))
    in_force(t, before, loads)
    for username in ("51", "51500", f"5{users}"):
        caller.calls(username).ends_at_once(404)
    t.equal(resyncs(t) - loaded > 0, loads, f"{users} changes at once: everything was read again")


def run(t):
    caller = t.caller()
    written_at_once(t, caller, NAMED, loads=False)
    written_at_once(t, caller, TOO_MANY, loads=True)
