# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.phone import rejects, rings
from harness.rules import Rules

LEFT = 403  # what the target says
REASONS = {"always": "unconditional", "dnd": "do-not-disturb", "busy": "user-busy", "noanswer": "no-answer", "unreachable": "unavailable"}


def run(t):
    box = Device(t, "box", t.domain, "").phone(rejects(LEFT, after=0.05), register=False)
    for name in ("rule", "column"):
        t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": name, "address": f"sip:{name}@{box.address}:5060"})
    rules = Rules(t)
    users = {event: user_for(t, event) for event in REASONS}
    for event, user in users.items():
        forwards(t, box, rules, event, user)
        rejects_and_goes_on(t, rules, event, user)
    rings_instead(t, rules, users)
    own_strategy(t, rules)
    t.nothing_rings()


def user_for(t, event):
    """Whom a call reaches with that event, with a column for it that leads to the queue "column"."""
    number = f"20{list(REASONS).index(event)}1"
    columns = {f"fwd_{'busy' if event == 'dnd' else event}_{k}": v for k, v in (("kind", "queue"), ("id", "column"))}
    user = t.user(number, ring_timeout_sec=1, dnd=event == "dnd" and 1 or 0, **columns)
    if event != "unreachable":
        user.phone("desk", rejects(486, after=0.05) if event == "busy" else rings())
    return user


def left_for(t, box, user):
    """The target that a call to the user left for, and why it says so."""
    t.calls(user.username).ends(LEFT, after=1 if user.username == "2031" else 0)
    invite = box.leg().invite
    return invite.uri.split("@")[0], invite.all("Diversion")[0].rpartition("=")[2]


def forwards(t, box, rules, event, user):
    t.equal(left_for(t, box, user), ("sip:column", REASONS[event]), f"{event}: without a rule")
    rule = rules.add(user, event, target=("queue", "rule"))
    t.equal(left_for(t, box, user), ("sip:rule", REASONS[event]), f"{event}: its rule comes first")
    rules.change(rule, target_id="gone")
    t.equal(left_for(t, box, user), ("sip:column", REASONS[event]), f"{event}: a rule that can't be followed")
    second = rules.add(user, event, target=("queue", "rule"))
    t.equal(left_for(t, box, user), ("sip:rule", REASONS[event]), f"{event}: then the next rule")
    rules.remove(rule, second)


def rejects_and_goes_on(t, rules, event, user):
    after = 1 if event == "noanswer" else 0
    user.update(voicemail_id="rule")
    rule = rules.add(user, event, action="reject")
    t.calls(user.username).ends(603, after=after)
    rules.change(rule, target_kind="hangup", target_id="488")
    t.calls(user.username).ends(488, after=after)
    rules.change(rule, scope="external", target_kind=None, target_id=None)
    t.calls(user.username).ends(LEFT, after=after)
    rules.remove(rule)
    user.update(voicemail_id=None)


def rings_instead(t, rules, users):
    """Of an always-forward, and through do not disturb; the event always does not end do not disturb."""
    for event in ("always", "dnd"):
        rule = rules.add(users[event], event, action="ring")
        call = t.calls(users[event].username).proceeding(180)
        call.cancel()
        call.ends(487)
        rules.remove(rule)
    users["always"].update(dnd=1, fwd_busy_kind="hangup", fwd_busy_id="486")
    rule = rules.add(users["always"], "always", action="ring")
    t.calls(users["always"].username).ends_at_once(486)
    rules.remove(rule)


def own_strategy(t, rules):
    """A rule's strategy and time hold for that ring alone: the devices come in the other order."""
    user = t.user("2100", ring_timeout_sec=9)
    first = user.phone("first", rings(), ring_order=1, ring_delay_sec=5)
    second = user.phone("second", rings(), ring_order=2)
    rule = rules.add(user, "always", action="ring", ring_strategy="sequential", ring_timeout_sec=1)
    t.calls("2100").ends(480, after=2)
    first.rang(1.0)
    second.rang(1.0)
    t.check(first.leg().time < second.leg().time, "the first in order rings first, its delay does not count")
    rules.change(rule, ring_strategy=None)
    t.calls("2100").ends(480, after=1)
    t.equal((len(first.legs), len(second.legs)), (1, 2), "legs: a delay beyond the rule's time")
    second.timed_out()
