# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers
from harness.sipp import Sipp, render


def run(t):
    desk = t.user("1001", ring_timeout_sec=5).device("desk")
    address = t.addresses.take()
    t.settle()
    values = {"domain": t.domain, "aor": desk.aor, "username": desk.auth_username, "password": desk.password}
    scenario = render("registers.xml", values)
    registrar = Sipp("register", scenario, address, 5060, t.server, t.folder, ["-m", "1", "-auth_uri", t.domain])
    t.equal(registrar.wait(10), 0, "SIPp's exit status")
    phone = desk.phone(answers(after=0.2), address=address, register=False)

    t.calls("1001").ends(200).over()
    phone.answered()
