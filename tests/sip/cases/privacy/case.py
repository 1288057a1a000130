# SPDX-License-Identifier: GPL-2.0-or-later
import base64
import re

from harness.phone import rejects

ROUTES = True

ASKS = [["id"], ["ID"], ["user"], ["header;critical"], ["id;foo"], ["foo;id"], ["id, critical"], ["session", "id"]]


def caller_in_route(invite):
    """What uac keeps of the caller's From in the Record-Route, XOR what From shows now: the From, were it not covered."""
    kept = re.search(r";vsf=([^;>]+)", " ".join(invite.all("Record-Route")))[1].replace("-", "=")
    shown = b"sip:anonymous@anonymous.invalid"
    return bytes(a ^ b for a, b in zip(base64.b64decode(kept), shown.ljust(500, b"\0")))


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
        t.check(b"1002" not in caller_in_route(invite), f"Record-Route tells who calls: {invite.all('Record-Route')}")

    for value in ("none", "session", "foo"):
        bob.calls("1001", headers=[f"Privacy: {value}"]).ends(486)
        t.check("1002" in desk.leg().invite.header("From"), f"Privacy {value}: From is {desk.leg().invite.header('From')}")
    errors = [line for line in t.stack.log_text().splitlines() if "ERROR" in line and t.name in line]
    t.equal(errors, [], "log lines about it")
