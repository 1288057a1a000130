# SPDX-License-Identifier: GPL-2.0-or-later
"""The calls of the tour: each a title, phones, a call, and what has to come of it."""

import os
import textwrap

from harness.accounts import Device
from harness.beside import Late
from harness.expect import Unexpected
from harness.net import Addresses
from harness.phone import ELSEWHERE, answers, rings
from harness.stage import Stage
from harness.timeline import draw


class Outside:
    """Where calls leave for: the addresses at which a voicemail server and a gateway will answer."""

    def __init__(self):
        addresses = Addresses(os.getpid(), 1)
        self.voicemail, self.gateway = addresses.take(), addresses.take()

    def configuration(self):
        """What leads there, for Stack.up()."""
        lines = [f'#!define UR_MEDIA_SERVER "sip:{self.voicemail}:5060"', '#!define UR_GATEWAYS "{run_dir}/gateways"']
        # No pings: the gateway comes with the call that needs it.
        return {"before": "\n".join(lines), "after": 'modparam("dispatcher", "ds_ping_interval", 0)\n', "files": {"gateways": f"1 sip:{self.gateway}:5060\n"}}


class Tour(Stage):
    """The stage with the people of sql/sample.sql on it."""

    def __init__(self, stack, folder, outside):
        super().__init__("demo", stack, folder, os.getpid(), 0, stack.env["SIP_DOMAIN"])
        self._outside = outside

    def device(self, name):
        return Device(self, name, self.domain, self.stack.env["SAMPLE_PASSWORD"])

    def phone(self, name, behaviour):
        return self.device(name).phone(behaviour)

    def voicemail(self):
        return self.device("voicemail").phone(answers(after=0.5), address=self._outside.voicemail, register=False)

    def gateway(self, name="gateway"):
        return self.device(name).phone(answers(after=1.0), address=self._outside.gateway, register=False)

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


def do_not_disturb(tour):
    """Grace (1005) does not want to be disturbed: her phone stays quiet, and her voicemail box answers."""
    desk, voicemail = tour.phone("grace-desk", rings()), tour.voicemail()
    call = tour.erin_calls("1005").ends(200, after=0.5).over()
    voicemail.rang_after(call, 0).answered()
    desk.never_rang()
    return told(voicemail, "Diversion")


def to_a_colleague(tour):
    """Heidi (1006) lets Ivan (1007) take what she does not answer within 3 seconds. He does not, either:
    the caller comes to his voicemail box."""
    heidi, ivan, voicemail = tour.phone("heidi-desk", rings()), tour.phone("ivan-desk", rings()), tour.voicemail()
    call = tour.erin_calls("1006").ends(200, after=6.5).over()
    heidi.rang_after(call, 0).rang(3.0).cancelled()
    ivan.rang_after(call, 3.0).rang(3.0).cancelled()
    voicemail.rang_after(call, 6.0).answered()
    return told(voicemail, "Diversion")


def to_the_pstn(tour):
    """Judy (1008) forwards every call to her mobile number. It goes through the gateway and shows a number
    of hers, which is verified; not the caller's."""
    desk, gateway = tour.phone("judy-desk", rings()), tour.gateway()
    call = tour.erin_calls("1008").ends(200, after=1.0).over()
    gateway.rang_after(call, 0).answered()
    desk.never_rang()
    shown = gateway.header("P-Asserted-Identity")
    if "<sip:+493055501008@" not in shown:
        raise Unexpected(f"the gateway should be shown +493055501008, it was shown {shown}")
    return told(gateway, "P-Asserted-Identity", "Diversion")


def in_time(tour):
    """Kate's (1009) desk phone rings at once. The softphone joins after 2 seconds, the mobile after 4, through
    the gateway. The tablet is switched on while they ring, and rings at once. Kate takes the mobile."""
    desk, soft, gateway = tour.phone("kate-desk", rings()), tour.phone("kate-soft", rings()), tour.gateway("kate-mobile")
    tablet = Late(tour.device("kate-tablet"), rings())
    call = tour.erin_calls("1009").proceeding(180)
    tour.pause(1.0)
    tablet.registers()
    call.ends(200, after=5.0).over()
    desk.rang_after(call, 0).cancelled(ELSEWHERE)
    tablet.rang_at_once().cancelled(ELSEWHERE)
    soft.rang_after(call, 2.0).cancelled(ELSEWHERE)
    gateway.rang_after(call, 4.0).answered()
    return told(gateway, "P-Asserted-Identity", "Diversion")


def group(tour):
    """Sales (300) are Dave, Grace and Ivan. Dave's desk phone rings at once. Grace does not want to be disturbed: she is
    left out, and nobody gets into her voicemail box. Ivan joins after 2 seconds, and takes the call."""
    # At the addresses that they have had in the calls before: their registrations have not expired.
    dave, ivan, grace = tour.phone("dave-desk", rings()), tour.phone("ivan-desk", answers(after=1.0)), tour.phone("grace-desk", rings())
    call = tour.erin_calls("300").ends(200, after=3.0).over()
    dave.rang_after(call, 0).rang(3.0).cancelled(ELSEWHERE)
    ivan.rang_after(call, 2.0).answered()
    grace.never_rang()
    return told(ivan, "From")


def told(phone, *headers):
    """What the INVITE said at the end of its way."""
    invite = phone.leg().invite
    return [f"{phone.name} gets  INVITE {invite.uri}", *(f"{name}: {value}" for name in headers for value in invite.all(name))]


CALLS = [
    ("Simultaneous", simultaneous),
    ("Sequential", sequential),
    ("Specific", specific),
    ("A device dialled directly", direct),
    ("Do not disturb", do_not_disturb),
    ("To a colleague, who does not answer", to_a_colleague),
    ("To the PSTN", to_the_pstn),
    ("In time", in_time),
    ("A group", group),
]


def take(stack, work, outside, colour):
    bold, plain = ("\033[1m", "\033[0m") if colour else ("", "")
    for number, (title, play) in enumerate(CALLS, 1):
        tour, facts = Tour(stack, work, outside), []
        title = f"{number}. {title}."
        story = textwrap.fill(f"{title} {' '.join(play.__doc__.split())}", 90).replace(title, bold + title + plain, 1)
        print(f"\n{story}", flush=True)
        try:
            facts = play(tour) or []
            tour.verify()
        finally:
            names = {call: "erin calls" for call in tour.callers}
            print("\n".join(["", *draw(tour.callers, tour.phones, colour, names), *("  " + fact for fact in facts)]), flush=True)
            tour.close()
    print("\n  ■ rings   █ talks\n\nAll went as told. Try it yourself: make up", flush=True)
