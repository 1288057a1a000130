# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.phone import rejects
from harness.sip import ha1

GATEWAY = "127.9.9.7"
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(rejects(486, after=0.1), address=GATEWAY, register=False)
    bob = t.user("1002")
    t.settle()  # else the mirror finds the device when it reads the user
    # Without triggers nobody tells the mirror.
    t.sql("BEGIN; SET LOCAL session_replication_role = replica; INSERT INTO sip_device (id, user_id, auth_username, realm, ha1)"
          " VALUES (%s, %s, 'new', %s, %s); COMMIT", [f"dev_{t.key}_new", bob.id, t.domain, ha1("new", t.domain, "secret")])
    new = Device(t, "new", t.domain, "secret")

    new.calls("+4930555666", sender=f"<sip:+4911022@{t.domain}>",
              headers=["P-Asserted-Identity: <sip:+4911022@evil.test>", "Diversion: <sip:boss@evil.test>"]).ends(486)
    invite = gateway.leg().invite
    t.check("evil.test" not in str(invite.headers), f"forged headers: {invite.headers}")
    t.check("anonymous.invalid" in invite.header("From"), f"From is {invite.header('From')}")
