# SPDX-License-Identifier: GPL-2.0-or-later
"""The calls of the tour: each a title, phones, a call, and what has to come of it."""

import os
import textwrap

from harness.accounts import Device
from harness.phone import ELSEWHERE, answers, rings
from harness.stage import Stage
from harness.timeline import draw


class Tour(Stage):
    """The stage with the people of sql/sample.sql on it."""

    def __init__(self, stack, folder):
        super().__init__("demo", stack, folder, os.getpid(), 0, stack.env["SIP_DOMAIN"])

    def device(self, name):
        return Device(self, name, self.domain, self.stack.env["SAMPLE_PASSWORD"])

    def phone(self, name, behaviour):
        return self.device(name).phone(behaviour)

    def erin_calls(self, target):
        return self.device("erin-phone").calls(target, talk=1.0)


def simultaneous(tour):
    """Alice (1001) has a desk phone and a softphone. All ring at once; she takes the softphone."""
    desk, soft = tour.phone("alice-desk", rings()), tour.phone("alice-soft", answers(after=2.0))
    call = tour.erin_calls("1001").ends(200, after=2.0).over()
    desk.rang_after(call, 0).rang(2.0).cancelled(ELSEWHERE)
    soft.rang_after(call, 0).rang(2.0).answered()


def sequential(tour):
    """Bob (1002) wants one phone after another: 5 seconds at the desk, then the mobile."""
    desk, mobile = tour.phone("bob-desk", rings()), tour.phone("bob-mobile", answers(after=1.5))
    call = tour.erin_calls("1002").ends(200, after=6.5).over()
    desk.rang_after(call, 0).rang(5.0).cancelled()
    mobile.rang_after(call, 5.0).rang(1.5).answered()


def specific(tour):
    """Carol (1003) lets only those phones ring that she has picked; the mobile is not one of them."""
    desk, soft = tour.phone("carol-desk", answers(after=1.5)), tour.phone("carol-soft", rings())
    mobile = tour.phone("carol-mobile", rings())
    call = tour.erin_calls("1003").ends(200, after=1.5).over()
    desk.rang_after(call, 0).answered()
    soft.rang(1.5).cancelled(ELSEWHERE)
    mobile.never_rang()


def direct(tour):
    """Dave (1004) has a door phone that keeps quiet when he is called. Erin dials the door phone itself."""
    desk, door = tour.phone("dave-desk", rings()), tour.phone("dave-door", answers(after=1.0))
    call = tour.erin_calls(f"sip:dave-door@{tour.domain}").ends(200, after=1.0).over()
    door.rang_after(call, 0).answered()
    desk.never_rang()


CALLS = [
    ("Simultaneous", simultaneous),
    ("Sequential", sequential),
    ("Specific", specific),
    ("A device dialled directly", direct),
]


def take(stack, work, colour):
    bold, plain = ("\033[1m", "\033[0m") if colour else ("", "")
    for number, (title, play) in enumerate(CALLS, 1):
        tour = Tour(stack, work)
        title = f"{number}. {title}."
        story = textwrap.fill(f"{title} {play.__doc__}", 90).replace(title, bold + title + plain, 1)
        print(f"\n{story}", flush=True)
        try:
            play(tour)
            tour.verify()
        finally:
            names = {call: "erin calls" for call in tour.callers}
            print("\n".join(["", *draw(tour.callers, tour.phones, colour, names)]), flush=True)
            tour.close()
    print("\n  ■ rings   █ talks\n\nAll went as told. Try it yourself: make up", flush=True)
