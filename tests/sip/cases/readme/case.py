# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import subprocess

from harness.accounts import Device
from harness.phone import rings

README = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../README"))
DOMAIN = "acme.example"
NOT_IN_LUA = "the README's SQL: no matter of the script"
STACK = {"SAMPLE_PASSWORD": "erins-secret"}


def statements():
    """The SQL of the README: from a line that begins a statement to its semicolon."""
    with open(README, encoding="utf-8") as file:
        return re.findall(r"^ +((?:INSERT|UPDATE|DELETE|SELECT)\b[^;]*;)", file.read(), re.MULTILINE)


def example(command):
    """The README's answer to a command: the indented lines below it."""
    with open(README, encoding="utf-8") as file:
        found = re.search(rf"^  ({command}.*)\n\n((?:    .*\n)+)", file.read(), re.MULTILINE)
    return found[1], [line[4:] for line in found[2].splitlines()]


def explains_as_written(t, desk, soft):
    command, lines = example("make explain")
    done = subprocess.run([*command.split(), "-s"], cwd=os.path.dirname(README), env=dict(os.environ, RUN_DIR=t.stack.run_dir),
                          capture_output=True, text=True, timeout=20, check=False)
    wanted = "\n".join(lines).replace("192.0.2.7", desk.address).replace("192.0.2.8", soft.address)
    t.equal((done.stdout + done.stderr).strip(), wanted, command)


def passwords_in(inserts):
    return dict(re.findall(r"md5\('([^:]+):[^:]+:([^']+)'\)", " ".join(inserts)))


def first_account(t, erin, inserts):
    """What the README types into an empty database."""
    for statement in inserts:
        t.sql(statement)
    t.settle()
    (name, password), = passwords_in(inserts).items()
    desk = Device(t, name, "zoo.example", password).phone(rings())
    tree = t.stack.kamcmd("user_routing.explain_tree", "100@zoo.example")
    t.check("if no answer: voicemail → voicemail zoe" in tree, f"explain should show the voicemail box: {tree}")
    tree = t.stack.kamcmd("user_routing.explain_tree", "9@zoo.example", f"{name}@zoo.example")
    t.check("forward vet: sip:+49301234567@" in tree, f"explain should show the way out: {tree}")
    t.equal(t.sql("SELECT sentence FROM routing_problem WHERE account_id = 'acc_zoo'"), [], "problems of the account")
    call = erin.calls("sip:100@zoo.example").proceeding(180)
    call.cancel()
    desk.cancelled()


def run(t):
    sql = statements()
    inserts = [s for s in sql if s.startswith("INSERT")]
    updates = [s for s in sql if s.startswith("UPDATE")]
    zoo = [s for s in inserts if "acc_zoo" in s or "us_zoe" in s]
    inserts = [s for s in inserts if s not in zoo]
    t.equal((len(inserts), len(zoo), len(updates)), (2, 6, 3), "INSERTs, those for an installation, and UPDATEs in the README")
    passwords = passwords_in(inserts)
    erin = Device(t, "erin-phone", DOMAIN, "erins-secret")

    for statement in inserts:
        t.sql(statement)
    desk, soft = (Device(t, name, DOMAIN, password).phone(rings()) for name, password in passwords.items())
    call = erin.calls(f"sip:1010@{DOMAIN}").proceeding(180)
    t.pause(0.5)
    soft.never_rang()
    call.cancel()
    t.equal(call.final.status, 487, "the call")

    for statement in updates[:2]:
        t.sql(statement)
    call = erin.calls(f"sip:1010@{DOMAIN}").proceeding(180)
    call.cancel()
    t.equal((len(desk.legs), len(soft.legs)), (2, 0), "calls at the desk and at the soft phone")
    explains_as_written(t, desk, soft)
    t.sql(updates[2])
    t.settle()
    tree = t.stack.kamcmd("user_routing.explain_tree", f"1010@{DOMAIN}")
    t.check("fwd_busy → user 1001 (Alice)" in tree, f"explain should show the forward: {tree}")

    first_account(t, erin, zoo)

    select, = (s for s in sql if s.startswith("SELECT"))
    t.equal(t.sql(select), [], "problems of the sample data")
    t.sql("UPDATE sip_user SET fwd_busy_kind = 'user', fwd_busy_id = 'us_nobody' WHERE id = 'us_frank'")
    (sentence,), = t.sql(select)
    t.check("1010 (Frank) forwards when busy to user us_nobody" in sentence, f"the problem is told as: {sentence}")

    with open(README, encoding="utf-8") as file:
        commands = re.findall(r'^ +kamcmd -s "\$CTL_SOCKET" (.*)$', file.read(), re.MULTILINE)
    told = {command.split()[0]: t.stack.kamcmd(*command.split()) for command in commands}
    t.equal(set(told), {f"user_routing.{name}" for name in ("check", "show", "status")}, "kamcmd's commands in the README")
    t.check(sentence in told["user_routing.check"], f"check should tell the problem: {told['user_routing.check']}")
    t.check("id: us_frank" in told["user_routing.show"], f"show should show the user: {told['user_routing.show']}")
    t.check("state: ready" in told["user_routing.status"], "status should be ready")
