# SPDX-License-Identifier: GPL-2.0-or-later
from harness.expect import check
from harness.phone import rejects
from harness.registrar import contact, register
from harness.sip import ha1

STACK = {"before": "#!define WITH_MAX_CALLS", "after": "debug=3"}
# An ha1 that can't be read: that row is skipped, and said to be.
HARMLESS = [r"user_routing.*is skipped: ha1 of its device"]
SECRETS = []
# Of RPC commands that need some.
CALL = ["1001@{t.domain}", "1000-bob@{t.domain}"]
ARGUMENTS = {
    "user_routing.calls": [["1000@{t.domain}"]],
    "user_routing.show": [["1000@{t.domain}"], ["1001-desk@{t.domain}"]],
    "user_routing.explain": [CALL],
    "user_routing.explain_register": [["1001-desk@{t.domain}"], ["1001@{t.domain}"]],
    "user_routing.explain_tree": [CALL],
}
VIEW = """CREATE OR REPLACE VIEW mirror_device AS SELECT id, user_id, auth_username, realm, ring_order, ring_on_fork,
          ring_specific, available, status, {} AS ha1, ring_delay_sec, ring_for_sec, number FROM sip_device"""


def look_for_secrets(text, where):
    text = text.lower()
    found = [s for s in SECRETS if s in text]
    check(not found, f"{where} shows the ha1 of {len(found)} devices")


def run(t):
    t.user("1001").phone("desk", rejects(486, after=0.05))
    bob = t.caller()
    source = (t.addresses.take(), 5060)
    t.settle()

    def tries(status, **options):
        t.settle()
        t.equal(register(bob, t.server, source, [contact(source[0])], **options).status, status, "REGISTER")

    tries(200)
    tries(401, password="wrong")
    bob.calls("1001").ends(486)
    SECRETS.extend(row[0] for row in t.sql("SELECT ha1 FROM sip_device WHERE ha1 IS NOT NULL"))
    bob.password = "another-secret"
    SECRETS.append(ha1(bob.auth_username, t.domain, bob.password))
    bob.update(ha1=SECRETS[-1])
    tries(200)
    bob.calls("1001").ends(486)

    t.sql(VIEW.format("upper(ha1) || 'X'"))
    bob.update(available=0)  # read again
    t.wait_for(lambda: "is skipped: ha1 of its device" in t.stack.log_text(), 5, "the log should name the device")
    tries(401)  # a device that can't be read is not there
    t.sql(VIEW.format("ha1"))
    bob.update(available=1)
    tries(200)

    commands = [c for c in t.stack.kamcmd("system.listMethods").split() if c.startswith("user_routing.")]
    t.check(commands, "there should be RPC commands of the module")
    for command in commands:
        for words in ARGUMENTS.get(command, [[]]):
            look_for_secrets(t.stack.kamcmd(command, *(word.format(t=t) for word in words)), command)
    t.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'user_routing'")
    t.check(len(SECRETS) > 3 and "user_routing" in t.stack.log_text(), "there should be secrets, and a log")


def after_stack(stack):
    look_for_secrets(stack.log_text(), "the log")
