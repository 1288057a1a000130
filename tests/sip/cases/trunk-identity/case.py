# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import TRUNKS
from harness.phone import rejects


def run(t):
    desk = t.user("1001").phone("desk", rejects(486, after=0.1))
    sender, asserted = '"Outside" <sip:+4930123456@gateway.test>', '"Outside Ltd" <sip:+4930123450@gateway.test>'

    t.stranger_calls("1001", sender=sender, address=t.addresses.take_trusted(TRUNKS),
                     headers=[f"P-Asserted-Identity: {asserted}", "Diversion: <sip:old@gateway.test>;reason=user-busy"]).ends(486)

    invite = desk.leg().invite
    t.check(invite.header("From").startswith(sender), f"From is {invite.header('From')}")
    t.equal(invite.all("P-Asserted-Identity"), [asserted], "P-Asserted-Identity")
    t.equal(invite.all("Diversion"), ["<sip:old@gateway.test>;reason=user-busy"], "Diversion")
