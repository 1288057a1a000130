# SPDX-License-Identifier: GPL-2.0-or-later
import time

from harness.fraud import Attempts
from harness.net import TRUNKS
from harness.phone import answers
from harness.postgres import Postgres
from harness.presence import DIALOG, OVERTAKEN, WITH_PRESENCE, call, watcher

ROUTES = True
STACK = WITH_PRESENCE
HARMLESS = OVERTAKEN
LIMIT = 60
OPEN = '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1001@x"><tuple id="t"><status><basic>open</basic></status></tuple></presence>'


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
    call(t, (by_name, by_number), callers)

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
        call(t, (by_name, by_number), callers)
    attack.over()
