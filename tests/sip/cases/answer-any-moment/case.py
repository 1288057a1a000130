# SPDX-License-Identifier: GPL-2.0-or-later
import collections

from harness.accounts import Device
from harness.caller import call_scenario
from harness.net import TRUNKS, free_address
from harness.phone import answers, rejects
from harness.sip import token
from harness.sipp import Sipp
from harness.stack import SANITIZED

ALONE = True
LIMIT = 120
EXPLAIN = "a thousand calls, by SIPp alone"
MEDIA = free_address()
STACK = {**SANITIZED, "before": f'#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"'}
CALLS, RATE = 1000, 40
PHONES, FIRST, APART = 20, 0.93, 0.0125  # seconds until they answer; the ring time is one
AT_LEAST = CALLS // 10  # calls that have either end: else the moments are not around the deadline


def people(t):
    """After the phone comes a second one, a box, or nothing."""
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    Device(t, "media", t.domain, "").phone(rejects(480, after=0.2), address=MEDIA, register=False)
    for number in range(PHONES):
        rules = ({"ring_strategy": "sequential"}, {"voicemail_id": "7"}, {})[number % 3]
        user = t.user(f"20{number:02}", ring_timeout_sec=1, **rules)
        user.phone("desk", answers(after=FIRST + APART * number), ring_order=1)
        if number % 3 == 0:
            user.phone("next", rejects(480, after=0.2), ring_order=2)
    t.settle()


def place(t):
    """All calls; SIPp's exit status says whether each was answered or refused as it should be."""
    with open(f"{t.folder}/callees", "w", encoding="ascii") as file:
        file.write("\n".join(["SEQUENTIAL", *(f"20{number:02}" for number in range(PHONES))]) + "\n")
    scenario = call_scenario(f"sip:[field0]@{t.domain}", "[call_id]", "<sip:+493012345@trunk.test>", talk=0.2)
    options = ["-inf", file.name, "-m", str(CALLS), "-r", str(RATE), "-l", "1000", "-cid_str", f"{t.name}-{token(6)}-%u"]
    caller = Sipp("trunk", scenario, t.addresses.take_trusted(TRUNKS), 5060, t.server, t.folder, options)
    t.background.append(caller)
    t.equal(caller.wait(CALLS / RATE + 20), 0, f"SIPp's exit status: {caller.complaints()[:1]}")
    return caller


def tag_of(message):
    return message.header("To").partition(";tag=")[2]


def heard(caller):
    """The final responses that the caller got, by Call-ID, as status and tag."""
    calls = collections.defaultdict(list)
    for event in caller.trace.events:
        if event.received and event.message.cseq_method == "INVITE" and event.message.status >= 200:
            calls[event.message.call_id].append((event.message.status, tag_of(event.message)))
    return calls


def run(t):
    people(t)
    calls = heard(place(t))
    answered = {}
    for phone in t.phones:
        for leg in phone.legs:
            if leg.final and leg.final.message.status == 200:
                t.check(leg.acked, f"{phone.name} has answered and got no ACK: {leg.invite.call_id}")
                answered[leg.invite.call_id] = (200, tag_of(leg.final.message))
    t.equal(len(calls), CALLS, "calls that ended")
    for call_id, ends in calls.items():
        t.equal(ends[0], answered.get(call_id, (480, ends[0][1])), f"the end of call {call_id}")
    cancelled = CALLS - len(answered)
    t.note(f"{len(answered)} answered in time, {cancelled} too late")
    t.check(min(len(answered), cancelled) >= AT_LEAST, "the moments should be on both sides of the deadline")
    t.nothing_rings()
