# SPDX-License-Identifier: GPL-2.0-or-later
import base64
import re

from harness.phone import rejects

ROUTES = True

ASKS = [["id"], ["ID"], ["user"], ["header;critical"], ["id;foo"], ["foo;id"], ["id, critical"], ["session", "id"]]


def hidden_in(invite):
    """All of the INVITE, and its base64 decoded if there is any."""
    yield invite.raw
    for text in re.findall(rb"[A-Za-z0-9_-]{24,}", invite.raw):
        yield base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def run(t):
    bob = t.user("1002", display_name="Bob").device("bobs-phone")
    desk = t.user("1001").phone("desk", rejects(486, after=0.02))

    for values in ASKS:
        bob.calls("1001", headers=[f"Privacy: {value}" for value in values]).ends(486)
        invite = desk.leg().invite
        t.equal(invite.all("Privacy"), values, "Privacy")
        t.equal(invite.all("P-Asserted-Identity"), [], f"Privacy {values}: P-Asserted-Identity")
        t.check("anonymous.invalid" in invite.header("From"), f"Privacy {values}: From is {invite.header('From')}")
        t.check("1002" not in invite.header("From"), f"Privacy {values}: From is {invite.header('From')}")
        for text in hidden_in(invite):
            t.check(b"1002" not in text and b"bobs-phone" not in text, f"the INVITE tells who calls: {text}")

    for value in ("none", "session", "foo"):
        bob.calls("1001", headers=[f"Privacy: {value}"]).ends(486)
        t.check("1002" in desk.leg().invite.header("From"), f"Privacy {value}: From is {desk.leg().invite.header('From')}")
    errors = [line for line in t.stack.log_text().splitlines() if "ERROR" in line and t.name in line]
    t.equal(errors, [], "log lines about it")
