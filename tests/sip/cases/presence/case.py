# SPDX-License-Identifier: GPL-2.0-or-later
import re
import time

from harness.fraud import Attempts, Trap
from harness.net import TRUNKS, free_port
from harness.phone import answers
from harness.postgres import Postgres
from harness.stack import FIRST
from harness.wire import Request

ROUTES = True
LIMIT = 60
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
STACK = {"SIP_PORT": str(PORT), "PGPORT": str(PGPORT), "files": {"with-tables": TABLES}, "run": f"{FIRST} bash {{run_dir}}/with-tables",
         "before": f'#!define WITH_PRESENCE\n#!define UR_PRESENCE_ADDRESS "sip:127.0.0.1:{PORT}"\n#!define UR_PRESENCE_DB_URL "postgres://presence:x@127.0.0.1:{PGPORT}/presence"'}
DIALOG = [("Event", "dialog"), ("Accept", "application/dialog-info+xml"), ("Expires", "600")]
OPEN = '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1001@x"><tuple id="t"><status><basic>open</basic></status></tuple></presence>'


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


def watcher(t):
    trap = Watcher(t)
    trap.stage = t
    return trap


def call(t, phone, watchers, callers):
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


def others(t, attack, carol, eve):
    for device, uri, status in ((eve, f"sip:1001@{t.domain}", 403), (carol, f"sip:2001@{eve.realm}", 403), (carol, f"sip:nobody@{t.domain}", 404), (carol, "sip:1001@elsewhere.test", 404),
                                (carol, f"sip:600@{t.domain}", 403)):
        attack.refused(status, f"{device.name} watches {uri}", "SUBSCRIBE", uri, device.aor, device=device, headers=DIALOG)
    attack.refused(407, "nobody watches", "SUBSCRIBE", f"sip:1001@{t.domain}", f"sip:1002@{t.domain}", headers=DIALOG)
    for lines in ([("Event", "dialog, talk")], [("Event", "dialog"), ("Event", "talk")], [("Event", "dialog.winfo")], [("Event", "presence.winfo")]):
        attack.refused(489, f"{lines}", "SUBSCRIBE", f"sip:1001@{t.domain}", carol.aor, device=carol, headers=lines)
    attack.refused(403, "publishes for another", "PUBLISH", f"sip:1001@{t.domain}", carol.aor, device=carol, headers=[("Event", "presence"), ("Content-Type", "application/pidf+xml")], body=OPEN)
    attack.refused(489, "publishes calls", "PUBLISH", carol.aor, carol.aor, device=carol, headers=[("Event", "dialog"), ("Content-Type", "application/dialog-info+xml")], body="<x/>")
    with t.endpoint(address=t.addresses.take_trusted(TRUNKS)) as trunk:
        attack.refused(403, "a trunk watches", "SUBSCRIBE", f"sip:1001@{t.domain}", "sip:x@y.test", endpoint=trunk, headers=DIALOG)
    attack.refused((407, 481), "refreshes nothing", "SUBSCRIBE", f"sip:{t.server[0]}:{t.server[1]}", carol.aor, headers=DIALOG, to_tag="x")


def run(t):
    alice = t.user("1001")
    phone = alice.phone("desk", answers(after=0.5))
    carol, eve = t.user("1002").device("carol"), t.other_tenant().user("2001").device("eve")
    t.caller()
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "601", "dest_kind": "user", "dest_id": alice.id})
    t.insert("extension", {"id": f"ext_{t.key}_2", "account_id": t.account, "digits": "600", "dest_kind": "hangup", "dest_id": "486"})
    attack = Attempts(t)
    by_name, by_number, callers = watcher(t), watcher(t), watcher(t)
    for trap, uri in ((by_name, f"sip:1001@{t.domain}"), (by_number, f"sip:601@{t.domain}"), (callers, f"sip:1000@{t.domain}")):
        t.equal(trap.sends("SUBSCRIBE", carol, uri, DIALOG).status, 200, f"SUBSCRIBE to {uri}")
    call(t, phone, (by_name, by_number), callers)

    state = watcher(t)
    t.equal(state.sends("SUBSCRIBE", carol, f"sip:1001@{t.domain}", [("Event", "presence"), ("Expires", "600")]).status, 200, "SUBSCRIBE to presence")
    own = phone.device
    t.equal(state.sends("PUBLISH", own, f"sip:1001@{t.domain}", [("Event", "presence"), ("Expires", "600"), ("Content-Type", "application/pidf+xml")], body=OPEN).status, 200, "PUBLISH")
    t.wait_for(lambda: any("open" in m.body for m in state.seen), 3, "presence should be told")
    others(t, attack, carol, eve)

    postgres = Postgres(t.stack)
    with postgres.hung():
        began = time.monotonic()
        t.equal(watcher(t).sends("SUBSCRIBE", carol, f"sip:1001@{t.domain}", DIALOG).status, 200, "SUBSCRIBE while the database hangs")
        t.note(f"SUBSCRIBE while the database hangs: {(time.monotonic() - began) * 1000:.0f} ms")
        call(t, phone, (by_name, by_number), callers)
    attack.over()
