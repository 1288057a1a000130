# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import datetime
import os
import re

from harness.accounts import Device
from harness.net import TRUNKS
from harness.phone import rings
from harness.rpc import RpcError

SCHEMA = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../modules/user_routing/doc/schema.md"))
NOT_IN_LUA = "what SQL makes of calls: no matter of the script"
STACK = {"after": ""}
LIMIT = 60
ANN = "102@zoo.example"
STRANGER, VIP, BLOCKED, NOBODY = "+498911111", "+49301234567", "+390612345678", "."
BOX = ("leave", "voicemail ann")


def statements(t):
    """Those of the document from its first account to the recipes' end."""
    with open(SCHEMA, encoding="utf-8") as file:
        text = file.read()
    before, found, after = text.partition("### Rules\n")
    t.check(found and "### Recipes" in before, "schema.md should have recipes before the section Rules")
    sql = re.findall(r"^ +((?:INSERT|UPDATE)\b[^;]*;)", before, re.MULTILINE)
    first = next(n for n, s in enumerate(sql) if "'acc_zoo'" in s)
    return sql[first:]


HOLIDAYS = ((12, 24), (12, 25), (12, 26), (1, 1))  # of the recipes
DAY = datetime.timedelta(days=1)


def working_day():
    """A Wednesday soon; neither it nor its Friday is a holiday."""
    day = datetime.date.today() + 2 * DAY
    while day.weekday() != 2 or {(d.month, d.day) for d in (day, day + 2 * DAY)} & set(HOLIDAYS):
        day += DAY
    return day


class Questions:
    def __init__(self, t, rpc):
        self._case, self._rpc = t, rpc

    def at(self, day, time, caller=STRANGER):
        """What explain says of a call then: (action, where it goes or how it rings)."""
        self._case.settle()
        said = self._rpc.call("user_routing.explain", ANN, caller, ".", "at", f"{day} {time}")
        self._case.check("decision" in said, f"explain should know a call at {time} by {caller}: {said}")
        node = said["decision"]
        if node["action"] == "ring":
            names = [d["device"].split("@")[0] for d in node["devices"] if d["why"] in ("rings", "not-registered")]
            return ("ring", f"{' '.join(names)} {node['ring_ms'] // 1000}")
        if node["action"] == "leave":
            return ("leave", f"{node['target_kind']} {node['target_id']}")
        return (node["action"], str(node["status"]) if node["action"] == "end" else node["next"]["user"])

    def are(self, day, expected):
        for question, answer in expected.items():
            time, _, caller = question.partition(" ")
            said = self.at(day, time, caller) if caller else self.at(day, time)
            self._case.equal(said, answer, f"a call at {time} by {caller or STRANGER}")


def hours(t, ask):
    day, holiday = working_day(), working_day() + 7 * DAY
    desk, both = ("ring", "ann-desk 25"), ("ring", "ann-desk +491707654321 40")
    ask.are(day, {
        "08:59": BOX, "09:00": desk, "11:59": desk, "12:00": ("move", "101"), "12:44": ("move", "101"), "12:45": desk,
        "12:15 zoe-desk@zoo.example": desk, "16:59": desk, "17:00": BOX, "17:59": BOX, "18:00": both, "21:59": both, "22:00": BOX, "03:00": BOX,
    })
    ask.are(day + 2 * DAY, {"14:59": desk, "15:00": BOX})
    ask.are(day + 3 * DAY, {"10:00": BOX, "12:15": BOX, "19:00": both})
    t.insert("schedule_window", {"schedule_id": "sch_office", "date_from": holiday, "date_to": holiday, "exclude": 1})
    ask.are(holiday, {"10:00": BOX, "19:00": both})
    ask.are(day, {f"12:15 {BLOCKED}": ("end", "603"), f"10:00 {NOBODY}": ("end", "433"), f"12:15 {NOBODY}": ("end", "433")})
    t.sql("UPDATE sip_user SET dnd = 1 WHERE id = 'us_ann'")
    ask.are(day, {"10:00": BOX, f"10:00 {VIP}": desk, "10:00 +4989555123": desk, "10:00 +498955": BOX, "10:00 zoe-desk@zoo.example": desk})


def refuses(t, rpc):
    times = ["2020-01-01 10:00", "9999-12-31 10:00", "2027-02-30 10:00", "10:00", "", "2026-12-24 10:00:00", "x" * 3000]
    for words in [["at"], ["a", "b", "c"], *(["at", time] for time in times)]:
        try:
            said = rpc.call("user_routing.explain", ANN, *words)
        except RpcError as error:
            said = str(error)
        t.check("TIME" in said or "CALLER" in said, f"explain should refuse {str(words)[:60]}: {str(said)[:200]}")


def calls(t):
    """By hand, at whatever hour: those that the hour does not change."""
    t.sql("DELETE FROM user_rule WHERE user_id = 'us_ann' AND schedule_id IS NOT NULL")
    desk = Device(t, "ann-desk", "zoo.example", "secret6").phone(rings())

    def call(sender):
        return t.stranger_calls(f"sip:{ANN}", sender=sender, address=t.addresses.take_trusted(TRUNKS))

    call(f"<sip:{BLOCKED}@trunk.test>").ends_at_once(603)
    call("<sip:anonymous@anonymous.invalid>").ends_at_once(433)
    desk.never_rang()
    vip = call(f"<sip:{VIP}@trunk.test>").proceeding(180)
    vip.cancel()
    vip.ends(487)
    t.equal(len(desk.legs), 1, "calls that rang, through do not disturb")


def run(t):
    for statement in statements(t):
        t.sql(statement)
    with contextlib.closing(t.stack.rpc()) as rpc:
        hours(t, Questions(t, rpc))
        refuses(t, rpc)
    calls(t)
    t.nothing_rings()
