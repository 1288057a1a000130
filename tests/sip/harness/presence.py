# SPDX-License-Identifier: GPL-2.0-or-later
"""Presence and busy lamps (WITH_PRESENCE): their stack, and phones that watch."""

import re

from .fraud import Trap
from .net import free_port
from .stack import FIRST
from .wire import Request

PORT, PGPORT = free_port(), free_port()
TABLES = f"""# Makes Kamailio's own tables in a database of their own, then runs Kamailio.
for word; do [ "${{state:-}}" = next ] && state=$word; [ "$word" = -Y ] && state=next; done
db="host=$state/pg port={PGPORT} user=postgres dbname"
if psql -Xqc "CREATE ROLE presence LOGIN PASSWORD 'x'" "$db=postgres"; then
    psql -Xqc "CREATE DATABASE presence OWNER presence" "$db=postgres"
    (echo "SET ROLE presence;"; cat /usr/share/kamailio/postgres/standard-create.sql /usr/share/kamailio/postgres/presence-create.sql) | psql -Xq "$db=presence"
fi
exec "$@"
"""
WITH_PRESENCE = {"SIP_PORT": str(PORT), "PGPORT": str(PGPORT), "files": {"with-tables": TABLES}, "run": f"{FIRST} bash {{run_dir}}/with-tables",
                 "before": f'#!define WITH_PRESENCE\n#!define UR_PRESENCE_ADDRESS "sip:127.0.0.1:{PORT}"\n#!define UR_PRESENCE_DB_URL "postgres://presence:x@127.0.0.1:{PGPORT}/presence"'}
# For HARMLESS: on a busy machine PUBLISHes of one call overtake each other, and one names an entity tag that is gone.
OVERTAKEN = [r"No E_Tag match"]
DIALOG = [("Event", "dialog"), ("Accept", "application/dialog-info+xml"), ("Expires", "600")]


class Watcher(Trap):
    """A phone that subscribes from its own socket, and gets NOTIFYs there."""

    def sends(self, method, device, uri, headers, **options):
        """A request from there; the final response."""
        with self.stage.endpoint() as other:
            asked = Request(other, method, uri, device.aor, headers=headers, **options).exchange()
        request = Request(self._endpoint, method, uri, device.aor, headers=[("Contact", "<sip:phone@192.0.2.66;maddr=192.0.2.67>"), ("Record-Route", "<sip:192.0.2.66;lr>"), *headers], **options)
        vars(request).update({key: options[key] for key in ("call_id",) if key in options})
        self._endpoint.send(request.authenticate(asked, device.auth_username, device.password))
        self.stage.wait_for(lambda: self.answer(request), 3, f"{method} should be answered")
        return self.answer(request)

    def answer(self, request):
        return next((m for _, m in list(self._endpoint.received) if m.status and m.status >= 200 and m.call_id == request.call_id), None)

    def states(self):
        return [state for m in self.seen if m.method == "NOTIFY" for state in re.findall(r"<state[^>]*>(\w+)</state>", m.body) or ["none"]]

    def sees(self, *states, within=3):
        """These states, in this order, whatever comes between."""
        def seen():
            found = iter(self.states())
            return all(state in found for state in states)
        self.stage.wait_for(seen, within, f"{states} should be seen; seen was {self.states()}")

    def rests(self, seconds=1):
        """Waits until nothing new has come for so long: what belongs to calls before."""
        before = -1
        while before != len(self.seen):
            before = len(self.seen)
            self.stage.pause(seconds)


def watcher(t):
    trap = Watcher(t)
    trap.stage = t
    return trap


def call(t, watchers, callers):
    """A call to 1001, whom `watchers` watch; `callers` watch the caller."""
    for trap in (*watchers, callers):
        trap.forget()
    placed = t.calls("1001", talk=None)
    placed.proceeding(200)
    for trap in watchers:
        trap.sees("early", "confirmed")
    callers.sees("confirmed")
    placed.hang_up().over()
    for trap in (*watchers, callers):
        trap.sees("terminated")
    callers.sees("confirmed", "terminated")
    for trap in (*watchers, callers):
        for message in trap.seen:
            t.check("192.0.2" not in message.uri and not message.all("Route"), f"NOTIFY to {message.uri}, {message.all('Route')}")
            t.check("1000" not in message.body or trap is callers, f"who calls is not told: {message.body}")
