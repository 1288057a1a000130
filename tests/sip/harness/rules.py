# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of user_rule, schedule and caller_list for a case."""

import datetime


class Rules:
    """Rules of users, each at the next position of its user and event."""

    def __init__(self, case):
        self._case, self._count = case, 0

    def add(self, user, event, target=None, **columns):
        """target: kind and id. Returns the rule's id."""
        self._count += 1
        rule = f"rule_{self._case.key}_{self._count}"
        kind, name = target or (None, None)
        self._case.insert("user_rule", {"id": rule, "user_id": user.id, "position": self._count, "event": event, "target_kind": kind,
                                        "target_id": name, "action": "forward", **columns})
        return rule

    def change(self, rule, **columns):
        self._case.update("user_rule", rule, columns)

    def remove(self, *rules):
        self._case.sql("DELETE FROM user_rule WHERE id = ANY (%s)", [list(rules)])

    def schedule(self, name, *windows, tz=None):
        """Each window is a dict of columns. Returns the schedule's id."""
        schedule = f"sch_{self._case.key}_{name}"
        self._case.insert("schedule", {"id": schedule, "account_id": self._case.account, "name": name, "tz": tz})
        for window in windows:
            self.window(schedule, **window)
        return schedule

    def window(self, schedule, **columns):
        self._case.insert("schedule_window", {"schedule_id": schedule, **columns})

    def list_of(self, name, *entries):
        """Returns the list's id."""
        callers = f"cl_{self._case.key}_{name}"
        self._case.insert("caller_list", {"id": callers, "account_id": self._case.account, "name": name})
        for entry in entries:
            self._case.insert("caller_entry", {"list_id": callers, "what": entry})
        return callers


def clock(at):
    """As a window has it; of a Unix time, in UTC."""
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%H:%M")
