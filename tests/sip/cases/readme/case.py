# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import subprocess

from harness.accounts import Device
from harness.phone import rings

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../.."))
README, SCHEMA = os.path.join(ROOT, "README"), os.path.join(ROOT, "modules/user_routing/doc/schema.md")
LIMIT = 60
DOMAIN = "acme.example"
NOT_IN_LUA = "SQL and RPC of README and schema.md: no matter of the script"
STACK = {"SAMPLE_PASSWORD": "erins-secret"}


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def statements(path):
    """The SQL of a document: from an indented line that begins a statement to its semicolon."""
    return re.findall(r"^ +((?:INSERT|UPDATE|DELETE|SELECT|CREATE)\b[^;]*;)", text(path), re.MULTILINE)


def example(command):
    """The README's answer to a command: the indented lines below it."""
    found = re.search(rf"^  ({command}.*)\n\n((?:    .*\n)+)", text(README), re.MULTILINE)
    return found[1], [line[4:] for line in found[2].splitlines()]


def explains_as_written(t, desk, soft):
    command, lines = example("make explain")
    done = subprocess.run([*command.split(), "-s"], cwd=ROOT, env=dict(os.environ, RUN_DIR=t.stack.run_dir),
                          capture_output=True, text=True, timeout=20, check=False)
    wanted = "\n".join(lines).replace("192.0.2.7", desk.address).replace("192.0.2.8", soft.address)
    t.equal((done.stdout + done.stderr).strip(), wanted, command)


def passwords_in(inserts):
    return dict(re.findall(r"md5\('([^:]+):[^:]+:([^']+)'\)", " ".join(inserts)))


def is_shown(t, lines, *call):
    """Each of the lines is in what explain_tree says of the call."""
    tree = t.stack.kamcmd("user_routing.explain_tree", *call)
    for line in lines:
        t.check(line in tree, f"explain should show \"{line}\": {tree}")


def schema(t, erin):
    """schema.md, from its first account on, as it is typed into a database that has none."""
    sql = statements(SCHEMA)
    first = 1 + next(n for n, s in enumerate(sql) if s.startswith("INSERT INTO extension"))
    t.equal((first, len(sql) - first), (6, 61), "statements of the first account, and those behind them, in schema.md")
    for statement in sql[:first]:
        t.sql(statement)
    t.settle()
    (name, password), = passwords_in(sql[:first]).items()
    desk = Device(t, name, "zoo.example", password).phone(rings())
    is_shown(t, ["if no answer: voicemail → voicemail zoe"], "100@zoo.example")
    is_shown(t, ["forward vet: sip:+49301234567@"], "9@zoo.example", f"{name}@zoo.example")
    t.equal(t.sql("SELECT sentence FROM routing_problem WHERE account_id = 'acc_zoo'"), [], "problems of the account")
    erin.calls("sip:100@zoo.example").proceeding(180).cancel()
    desk.cancelled()

    answers = {statement: t.sql(statement) for statement in sql[first:]}
    t.settle()
    sentences = [row[0] for row in next(rows for statement, rows in answers.items() if "routing_problem_of" in statement)]
    t.check(sentences and all("100 (Ted)" in sentence for sentence in sentences), f"Ted has no device: {sentences}")
    for number in re.search(r"\nSo (.*?) are all Zoe's number", text(SCHEMA))[1].replace("and ", "").split(", "):
        for dialled in number.split(" "):
            is_shown(t, ["did +49305550101: its target → user 101 (Zoe)"], f"{dialled.strip('`')}@zoo.example", f"{name}@zoo.example")
    is_shown(t, ["user 101 (Zoe)", "showing <sip:+49305550101@", "fwd_unreachable → forward vet"], "7@zoo.example", f"{name}@zoo.example")


def commands_as_written(t):
    """README's commands for when something is wrong, on the sample's users."""
    t.sql("UPDATE sip_user SET fwd_busy_kind = 'user', fwd_busy_id = 'us_nobody' WHERE id = 'us_frank'")
    t.settle()
    commands = re.findall(r"^  kamcmd (user_routing\..*?)(?:   .*)?$", text(README), re.MULTILINE)
    told = {command.split()[0].removeprefix("user_routing."): t.stack.kamcmd(*command.split()) for command in commands}
    wanted = {
        "explain_tree": "user 1010 (Frank)", "show": "id: us_frank", "status": "state: ready",
        "check": "1010 (Frank) forwards when busy to user us_nobody",
    }
    t.equal(set(told), set(wanted), "kamcmd's commands in README")
    for name, answer in wanted.items():
        t.check(answer in told[name], f"{name} should tell \"{answer}\": {told[name]}")


def run(t):
    sql = statements(README)
    inserts = [s for s in sql if s.startswith("INSERT")]
    updates = [s for s in sql if s.startswith("UPDATE")]
    t.equal((len(inserts), len(updates), len(sql)), (3, 3, 6), "INSERTs, UPDATEs and statements in README")
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
    is_shown(t, ["fwd_busy → user 1001 (Alice)"], f"1010@{DOMAIN}")

    schema(t, erin)
    commands_as_written(t)
