# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import ELSEWHERE, answers, rejects, rings


def run(t):
    alice = t.user("1001", ring_timeout_sec=2, ring_strategy="sequential")
    other = alice.phone("other", rings())
    quiet, busy, away = (alice.device(name, ring_on_fork=0) for name in ("quiet", "busy", "away"))
    quiet_phone = quiet.phone(rings())
    busy.phone(rejects(486, after=0.1))
    two = alice.device("two", ring_on_fork=0)
    here, there = two.phone(rings()), two.phone(answers(after=0.5))

    t.calls(quiet.aor).ends(480, after=2.0)
    quiet_phone.rang(2.0).cancelled()
    t.calls(busy.aor).ends(486, after=0.1)
    t.calls(away.aor).ends_at_once(480)
    t.calls(f"sip:1001-nothing@{t.domain}").ends_at_once(404)
    t.calls(two.aor).ends(200, after=0.5).over()
    here.cancelled(ELSEWHERE)
    there.answered()
    alice.update(status="disabled")
    t.calls(quiet.aor).ends_at_once(404)
    t.nothing_rings()
    other.never_rang()
