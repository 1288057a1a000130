# SPDX-License-Identifier: GPL-2.0-or-later
import datetime
import signal
import time
import zoneinfo

from harness.faults import SAYS_SO, SOON, Mirror
from harness.phone import rings
from harness.postgres import Postgres
from harness.rules import Rules, clock

STACK = {"after": SOON}
NOT_IN_LUA = "the module decides"
PAIRED = True
LIMIT = 150
HARMLESS = SAYS_SO
EXPLAIN = "the hours change while calls ring"
CLOSED = 488
AHEAD = 25  # seconds until the boundary at least
RINGS = 6


def next_boundary():
    """A whole minute, far enough ahead."""
    return (int(time.time() + AHEAD) // 60 + 1) * 60


def until(moment):
    time.sleep(max(0, moment - time.time()))


def outcome(t, number):
    """Of a call now: does it ring, or is it rejected?"""
    call = t.calls(number)
    t.wait_for(lambda: call.final_event() or 180 in call.responses, 5, f"the call to {number} should be decided")
    if call.final_event():
        return call.final.status
    call.cancel()
    call.ends(487)
    return 180


def crosses(t, rules, postgres):
    """The hours of 1001 end at the boundary, those of 1002 begin."""
    boundary = next_boundary()
    before = rules.schedule("before", {"from_time": clock(boundary - 7200), "to_time": clock(boundary)}, tz="UTC")
    after = rules.schedule("after", {"from_time": clock(boundary), "to_time": clock(boundary + 7200)}, tz="UTC")
    for number, schedule in (("1001", before), ("1002", after)):
        user = t.user(number, ring_timeout_sec=RINGS)
        user.phone("desk", rings())
        rules.add(user, "always", ("hangup", str(CLOSED)), action="reject", schedule_id=schedule, outside=1)
    caller = t.caller()
    t.equal((outcome(t, "1001"), outcome(t, "1002")), (180, CLOSED), "well before the boundary")
    postgres.end(signal.SIGKILL)
    until(boundary - RINGS / 2)
    across = caller.calls("1001").proceeding(180)
    until(boundary - 1)
    last = caller.calls("1002").ends(CLOSED)
    t.check(last.final_event().time < boundary, f"the call before the boundary was decided {last.final_event().time - boundary:.1f} s after it")
    until(boundary + 1)
    t.equal((outcome(t, "1001"), outcome(t, "1002")), (CLOSED, 180), "a second after")
    across.ends(480, after=RINGS)
    postgres.start()
    t.connect()
    return after


def elsewhere(t, rules):
    """Three hours around now, by the clock of a zone half a day away, and not today there."""
    zone = "Pacific/Auckland"
    now = datetime.datetime.now(zoneinfo.ZoneInfo(zone))
    times = [(now + datetime.timedelta(minutes=m)).strftime("%H:%M") for m in (-90, 90)]
    schedule = rules.schedule("elsewhere", {"from_time": times[0], "to_time": times[1]}, tz=zone)
    user = t.user("1003", ring_timeout_sec=RINGS)
    user.phone("desk", rings())
    rules.add(user, "always", ("hangup", str(CLOSED)), action="reject", schedule_id=schedule)
    t.equal(outcome(t, "1003"), CLOSED, "within the hours of that zone")
    rules.window(schedule, exclude=1, date_from=now.date() - datetime.timedelta(days=1), date_to=now.date() + datetime.timedelta(days=1))
    t.equal(outcome(t, "1003"), 180, "a day that is excluded")
    t.sql("DELETE FROM schedule_window WHERE schedule_id = %s AND exclude = 1", [schedule])
    t.equal(outcome(t, "1003"), CLOSED, "a day that is no longer excluded")
    t.sql("UPDATE schedule SET tz = NULL WHERE id = %s", [schedule])
    t.equal(outcome(t, "1003"), 180, "the account's zone, half a day away")
    t.tenant.update(tz=zone)
    t.equal(outcome(t, "1003"), CLOSED, "the account has moved")


def forgotten(t, rules):
    """As if the database had been away for longer than hours are known ahead: the rule is passed over, and that is told."""
    schedule = rules.schedule("forgotten", {"from_time": "00:00", "to_time": "24:00"})
    user = t.user("1004", ring_timeout_sec=RINGS)
    user.phone("desk", rings())
    rule = rules.add(user, "always", ("hangup", str(CLOSED)), action="reject", schedule_id=schedule)
    t.equal(outcome(t, "1004"), CLOSED, "at any hour")
    t.sql("ALTER VIEW mirror_schedule RENAME TO as_it_was")
    t.sql("CREATE VIEW mirror_schedule AS SELECT id, account_id, name, windows, '' AS hours, known_from, known_from + 60 AS known_to, is_over FROM as_it_was")
    t.sql("GRANT SELECT ON mirror_schedule TO PUBLIC")
    t.stack.kamcmd("user_routing.resync")
    t.wait_for(lambda: outcome(t, "1004") == 180, 5, "a rule whose hours are not known should be passed over")
    rules.change(rule, outside=1)
    t.equal(outcome(t, "1004"), 180, "whether it asks for the inside or the outside")
    t.check(f"rule {rule} of user 1004 is passed over (hours-unknown)" in t.stack.log_text(), "the log should tell of it")
    t.equal(figure(t, "schedules_known_seconds"), 0, "seconds that hours are known for")
    t.check(figure(t, "rules_unknown_total") >= 2, "rules that were passed over should be counted")


def figure(t, name):
    return int(t.stack.kamcmd("cnt.get", "user_routing", name))


def run(t):
    rules = Rules(t)
    elsewhere(t, rules)
    after = crosses(t, rules, Postgres(t.stack))
    Mirror(t, t.stack).is_ready(30)
    t.sql("DELETE FROM schedule_window WHERE schedule_id = %s", [after])
    t.equal(outcome(t, "1002"), CLOSED, "hours that are deleted")
    t.check(figure(t, "schedules_known_seconds") > 60 * 86400, "hours should be known for 60 days at least")
    forgotten(t, rules)
    t.nothing_rings()
