# SPDX-License-Identifier: GPL-2.0-or-later
import os

from harness.accounts import Device
from harness.phone import rejects

EXPLAIN = "the caller is no device in the database"
HERE = os.path.dirname(os.path.abspath(__file__))
NOT_IN_LUA = "its own script"
STACK = {"script": os.path.join(HERE, "script.cfg")}


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(rejects(486, after=0.1), register=False)

    Device(t, "new", t.domain, "secret").calls("+4930555666", sender=f"<sip:+4911022@{t.domain}>", headers=[
        "P-Asserted-Identity: <sip:+4911022@evil.test>", "Diversion: <sip:boss@evil.test>",
        f"X-Gateway: sip:{gateway.address}:5060"]).ends(486)
    invite = gateway.leg().invite
    t.check("evil.test" not in str(invite.headers), f"forged headers: {invite.headers}")
    t.check("anonymous.invalid" in invite.header("From"), f"From is {invite.header('From')}")
