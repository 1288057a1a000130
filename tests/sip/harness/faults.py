# SPDX-License-Identifier: GPL-2.0-or-later
"""What every fault of the database has in common: how it shows, and how it is over."""

import contextlib
import os
import re

from .expect import check, equal, wait_for
from .traffic import wait_status

# Short waits, so that a case lasts seconds: text for a stack's `after`.
PARAMETERS = """
modparam("user_routing", "connect_timeout", {connect})
modparam("user_routing", "query_timeout", {query})
modparam("user_routing", "ping_interval", 500)
modparam("user_routing", "reconnect_max", 500)
"""
SOON = PARAMETERS.format(connect=500, query=800)
SAYS_SO = [r"user_routing.*database"]  # the mirror: for HARMLESS


# A snapshot as soon as something has changed: for a stack's `after`, too.
SNAPSHOT = """
modparam("user_routing", "snapshot_file", "{run_dir}/snapshot")
modparam("user_routing", "snapshot_interval", 1)
"""


def snapshot_with(stack, *texts):
    """The snapshot's bytes, once it has all these texts."""
    def content():
        with open(os.path.join(stack.run_dir, "snapshot"), "rb") as file:
            data = file.read()
        return data if all(text.encode() in data for text in texts) else None

    return wait_for(content, 5, f"the snapshot should have {texts}")


class Mirror:
    """The mirror of a Kamailio, and the log since one looked last. `server`: a Stack or SpareKamailio; `number`: what the
    numbers of a user begin with, who has a new one now and then; `here`: a context in which calls come to that Kamailio."""

    def __init__(self, t, server, number="710", here=contextlib.nullcontext):
        self._t, self._server, self._number, self._here = t, server, number, here
        self._seen = 0
        self._names = 0
        self._bob = t.user(f"{number}0")
        self._caller = t.caller()
        self.log()

    def log(self):
        """The new lines."""
        text = self._server.log_text()
        new, self._seen = text[self._seen:], len(text)
        return new.splitlines()

    def is_stale(self, *reasons, seconds=5):
        """Waits until the status says so, with one of these texts as its error."""
        took = wait_status(self._server, "state: stale", seconds, "the mirror should notice")
        for reason in reasons:
            wait_status(self._server, reason, seconds, f"last_error should have {reason!r}")
        return took

    def status(self):
        return self._server.kamcmd("user_routing.status")

    def is_ready(self, seconds=5):
        """Waits until the status says so; how many seconds it took."""
        return wait_status(self._server, "state: ready", seconds, "the mirror should have recovered")

    def said(self, at_most=2, *reasons):
        """Since the last look the log has the trouble in so many lines at most, none twice, and the end of it once."""
        lines = self.log()
        told = [m[1] for m in (re.search(r"database: (.*) \((?:calls go on|nothing is)", line) for line in lines) if m]
        check(1 <= len(told) <= at_most, f"the log should tell of the fault in 1 to {at_most} lines: {told}")
        equal(len(set(told)), len(told), f"different lines in {told}")
        for reason in reasons:
            check(any(reason in line for line in told), f"the log should say {reason!r}: {told}")
        equal(sum("mirror ready" in line for line in lines), 1, "lines that say 'mirror ready'")

    def rename(self, db):
        """Changes the name of a user by that connection; knows_new_name() tells whether the mirror has it."""
        self._names += 1
        with db.cursor() as cursor:
            cursor.execute("UPDATE sip_user SET username = %s WHERE id = %s", (f"{self._number}{self._names}", self._bob.id))
        self._t.changed()

    def knows_new_name(self):
        """By a call: the new name is somebody's, and the old one nobody's."""
        uris = [f"sip:{self._number}{n}@{self._t.domain}" for n in (self._names, self._names - 1)]
        with self._here():
            statuses = [self._caller.invites(uri).status for uri in uris]
        return statuses == [480, 404]

    def has_recovered(self, db, seconds=5):
        """Ready; a change made meanwhile by rename() is in force, and one made now is at once. Returns the seconds."""
        took = self.is_ready(seconds)
        check(self._names == 0 or self.knows_new_name(), "a change made while the database was away should be in force")
        self.rename(db)
        wait_for(self.knows_new_name, 1, "a change made after recovery should be in force at once")
        return took
