# SPDX-License-Identifier: GPL-2.0-or-later
"""Records of calls (WITH_RECORDS): the lines in the log."""

import json

from .expect import equal, wait_for

# A stack with records in its PostgreSQL, too. The port is that of libpq's variable PGPORT, with which stacks are started.
DATABASE = """
#!define WITH_RECORDS_DB
#!define UR_RECORDS_DB_URL "postgres://user_routing_records:records@127.0.0.1/user_routing"
"""
MARK = "call record: "


def records(t, call_id=None):
    """All, or those with this Call-ID, as dicts. What is before the record may have text of strangers."""
    lines = [line.rpartition(MARK)[2] for line in t.stack.log_text().splitlines() if MARK in line]
    return [r for r in map(json.loads, lines) if call_id in (None, r["call_id"])]


def record(t, call, **fields):
    """The call's one record has these fields."""
    call_id = getattr(call, "call_id", call)
    found = wait_for(lambda: records(t, call_id), 5, f"a record of {call_id}")
    equal(len(found), 1, f"records of {call_id}")
    equal({name: found[0].get(name) for name in fields}, fields, f"the record of {call_id}")
    return found[0]
