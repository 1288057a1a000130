# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import TRUNKS
from harness.phone import answers
from harness.presence import DIALOG, OVERTAKEN, WITH_PRESENCE, call, watcher
from harness.records import record, records

ROUTES = True
# Without presence's INFO lines: in Kamailio 6.0 processes that log at the same moment write into each other's lines of the file.
STACK = {**WITH_PRESENCE, "before": WITH_PRESENCE["before"] + "\n#!define WITH_RECORDS\n#!define WITH_LIMITS", "after": "debug=1"}
HARMLESS = OVERTAKEN


def run(t):
    t.user("1001").phone("desk", answers(after=0.5))
    t.user("1003", dnd=1)
    carol = t.user("1002").device("carol")
    t.caller()
    callee, caller = watcher(t), watcher(t)
    for trap, username in ((callee, "1001"), (caller, "1000")):
        t.equal(trap.sends("SUBSCRIBE", carol, f"sip:{username}@{t.domain}", DIALOG).status, 200, f"SUBSCRIBE to {username}")
    call(t, (callee,), caller)
    t.equal([(r["status"], r["ended_by"]) for r in records(t)], [("200", "caller")], "records")

    caller.rests()
    caller.forget()
    busy = t.calls("1003").ends(486)
    record(t, busy, status="486")
    caller.sees("terminated")   # no lamp stays on
    for trap in (callee, caller):
        trap.rests()
        trap.forget()
    trunk = t.stranger_calls("1003", "<sip:+493012345@carrier.test>", address=t.addresses.take_trusted(TRUNKS)).ends(486)
    record(t, trunk, status="486")
    t.pause(1)
    t.equal(callee.states() + caller.states(), [], "lamps of a call from the PSTN that rings nobody")
