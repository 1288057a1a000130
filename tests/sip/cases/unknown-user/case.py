# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects

ROUTES = True


def run(t):
    t.user("Alice").phone("desk", rejects(486))

    t.calls("1999").ends_at_once(404)
    t.calls("alice").ends_at_once(404)
    t.calls(f"sip:Alice@{t.domain.upper()}").ends(486)
