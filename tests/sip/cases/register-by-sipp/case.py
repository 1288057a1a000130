# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers
from harness.registrar import sipp_scenario
from harness.sipp import Sipp


def run(t):
    desk = t.user("1001", ring_timeout_sec=5).device("desk")
    address = t.addresses.take()
    t.settle()
    scenario = sipp_scenario(t.domain, desk.aor, desk.sipp_authentication)
    registrar = Sipp("register", scenario, address, 5060, t.server, t.folder, ["-m", "1", "-auth_uri", t.domain])
    t.equal(registrar.wait(10), 0, "SIPp's exit status")
    phone = desk.phone(answers(after=0.2), address=address, register=False)

    t.calls("1001").ends(200).over()
    phone.answered()
