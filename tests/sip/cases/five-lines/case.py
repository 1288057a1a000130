# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re

from harness.accounts import Device
from harness.phone import answers, rejects, rings

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_IN_LUA = "its own script"


def lines():
    """The lines of README, with the database of the stack."""
    with open(os.path.join(HERE, "../../../../README"), encoding="utf-8") as file:
        section = file.read().partition("\nThe five lines that a script needs\n")[2].partition("\n\n\n")[0]
    return re.sub('"postgresql://[^"]*"', "UR_DB_URL", "".join(re.findall(r"^  .*\n", section, re.MULTILINE)))


STACK = {"script": os.path.join(HERE, "script.cfg"), "after": lines()}


def leaves(t):
    """For voicemail: before a ring, and after one that nobody answered."""
    box = Device(t, "box", t.domain, "").phone(answers(after=0.1), register=False)
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7", "address": f"sip:7@{box.address}:5060"})
    carol = t.user("1003", dnd=1, voicemail_id="7")
    desk = carol.phone("desk", rejects(486, after=0.2))
    t.stranger_calls("1003").ends(200, after=0.1).over()
    desk.never_rang()
    carol.update(dnd=0)
    t.stranger_calls("1003").ends(200, after=0.3).over()
    desk.rejected(486)
    t.equal(len(box.legs), 2, "calls at the voicemail box")


def run(t):
    alice = t.user("1001", ring_strategy="sequential", ring_timeout_sec=5)
    first = alice.phone("first", rejects(480, after=0.3), ring_order=1)
    second = alice.phone("second", answers(after=0.3), ring_order=2)
    call = t.stranger_calls("1001").ends(200, after=0.6)
    first.rang_after(call, 0.0).rejected(480)
    second.rang_after(call, 0.3).answered()
    call.over()

    bob = t.user("1002", fwd_busy_kind="user", fwd_busy_id=alice.id)
    bob.phone("desk", rejects(486, after=0.2))
    t.stranger_calls("1002").ends(200, after=0.8).over()

    leaves(t)
    t.user("1004", ring_timeout_sec=1).phone("desk", rings())
    t.stranger_calls("1004").ends(480, after=1.0)
    t.user("1005").device("desk")
    t.stranger_calls("1005").ends(480)
    t.user("1006", dnd=1)
    t.stranger_calls("1006").ends_at_once(486)
    t.stranger_calls("1999").ends_at_once(404)
    t.nothing_rings()
