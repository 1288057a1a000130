# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers


def run(t):
    phone = t.user("1001", ring_timeout_sec=5).phone("desk", answers(after=0.5))

    call = t.calls("1001")

    call.ends(200, after=0.5)
    call.over()
    phone.saw_bye()
    invite = phone.leg().invite
    t.equal(invite.uri, f"sip:phone@{phone.address}:{phone.port}", "Request-URI")
    t.equal(len(invite.all("Record-Route")), 1, "Record-Routes")
    phone.rang_times(1)
