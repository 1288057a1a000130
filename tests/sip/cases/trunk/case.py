# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import TRUNKS
from harness.phone import ELSEWHERE, answers, rings

ROUTES = True


def run(t):
    alice = t.user("1001", ring_timeout_sec=5)
    desk, soft = alice.phone("desk", rings()), alice.phone("soft", answers(after=0.7))
    trunk = t.addresses.take_trusted(TRUNKS)
    sender = '"Outside" <sip:+4930123456@gateway.test>'

    call = t.stranger_calls("1001", sender=sender, address=trunk)

    call.ends(200, after=0.7).over()
    desk.rang(0.7).cancelled(ELSEWHERE)
    soft.answered()
    t.stranger_calls("1999", sender=sender, address=t.addresses.take_trusted(TRUNKS)).ends_at_once(404)
    elsewhere = t.stranger_calls("sip:victim@elsewhere.test", sender=sender, address=t.addresses.take_trusted(TRUNKS))
    t.check(400 <= elsewhere.final.status < 500, f"a trunk may not relay either, saw {elsewhere.final.status}")
