# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers

ROUTES = True

FORGED = ["P-Asserted-Identity: <sip:boss@evil.test>", "P-Preferred-Identity: <sip:boss@evil.test>",
          "Remote-Party-ID: <sip:boss@evil.test>;party=calling", "Diversion: <sip:boss@evil.test>;reason=unconditional",
          "History-Info: <sip:boss@evil.test>;index=1"]


def run(t):
    bob = t.user("1002", display_name="Bob").device("bobs-phone")
    soft = t.user("1001").phone("soft", answers(after=0.2))

    call = bob.calls("1001", sender=f'"The CEO" <{bob.aor}>', hold_headers=FORGED, talk=None).ends(200)
    call.hold().hang_up().over()

    again = [e.message for e in soft.sipp.trace.events if e.received and e.message.method == "INVITE" and e.message.to_tag][0]
    t.check("evil.test" not in str(again.headers), f"a forged header came through: {again.headers}")
    t.check("CEO" not in again.header("From"), f"From of the re-INVITE is {again.header('From')}")
