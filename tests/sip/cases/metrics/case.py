# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import socket
import subprocess

from harness.accounts import Device
from harness.beside import Late
from harness.metrics import GROUP, Metrics, get
from harness.net import free_port
from harness.phone import answers, rejects, rings
from harness.stack import http_replies

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../.."))
PORT, WEBSOCKET = free_port(), free_port()
ROUTES = True
STACK = {
    "before": f"#!define WITH_PROMETHEUS\n#!define WITH_WEBSOCKET\n#!define UR_WS_PORT {WEBSOCKET}\n#!define UR_METRICS_PORT {PORT}",
    "after": """
max_branches=4
modparam("user_routing", "snapshot_file", "{run_dir}/snapshot")
modparam("user_routing", "snapshot_interval", 1)
modparam("user_routing", "reconnect_max", 500)
""",
}
LIMIT = 90
HARMLESS = [r"user_routing.*database", r"do_parse_rr_body|get_path_dst_uri", r"user_routing.*(Path can't be parsed|does not fit into a branch)", *http_replies()]
UPGRADE = {
    "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "sip",
}
# A call of a device that authenticates and comes to one user, who is to be rung.
RUNG = {"calls": 1, "auth_ok": 1, "hops": 1, "decisions_ring": 1}
from harness.postgres import Postgres


def rings_that_end(t, metrics):
    alice = t.user("1001")
    alice.phone("desk", rejects(486, after=0.05))
    with metrics.count("busy", **RUNG, forks=1, branches=1, legs_busy=1, decisions_end=1):
        t.calls("1001").ends(486)

    bob = t.user("1002")
    bob.phone("desk", answers(after=0.2)), bob.phone("soft", rings())
    with metrics.count("answered", **RUNG, forks=1, branches=2, calls_answered=1):
        t.calls("1002").ends(200).over()

    carol = t.user("1003", ring_strategy="sequential")
    for number, status in enumerate((480, 404, 500)):
        carol.phone(f"p{number}", rejects(status, after=0.05), ring_order=number)
    with metrics.count("three steps", **RUNG, forks=3, branches=3, legs_no_answer=1, legs_unreachable=1, legs_refused=1, decisions_end=1):
        t.calls("1003").ends(480)

    dave = t.user("1004")
    for number in range(5):
        dave.phone(f"p{number}", rejects(486, after=0.05))
    with metrics.count("branches run short", **RUNG, forks=1, branches=3, contacts_left_out=2, legs_busy=3, decisions_end=1):
        t.calls("1004").ends(486)

    t.user("1005").phone("desk", rings())
    with metrics.count("cancelled", **RUNG, forks=1, branches=1, decisions_cancelled=1):
        t.calls("1005").proceeding().cancel().ends(487)

    kate = t.user("1020")
    kate.phone("desk", rings())
    soft = Late(kate.device("soft"), answers(after=0.1))
    with metrics.count("a phone comes late", **{**RUNG, "auth_ok": 2}, forks=1, branches=2, contacts_late=1, calls_answered=1):
        call = t.calls("1020").proceeding()
        soft.registers()
        call.ends(200).over()
    t.asked.pop()  # explain can't know who registers during the call

    erin = t.user("1006").device("desk")
    t.stack.kamcmd("ul.add", "location", f"{erin.auth_username}@{t.domain}", "sip:x@127.0.0.1:9", "300", "1.0", "no path", "0", "0", "65535")
    with metrics.count("an error: no branch can be made", **RUNG, decisions_error=1, decisions_end=1):
        t.calls("1006").ends(480)

    with metrics.count("a device at its own address", **RUNG, forks=1, branches=1, legs_busy=1, decisions_end=1):
        t.calls(f"sip:1001-desk@{t.domain}").ends(486)


def calls_that_leave(t, metrics):
    box = Device(t, "box", t.domain, "").phone(answers(after=0.1), register=False)
    for kind in ("voicemail", "queue"):
        t.insert("route_target", {"account_id": t.account, "kind": kind, "id": "t", "address": f"sip:t@{box.address}:5060"})
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "t", "address": "491701234567"})
    left = {"calls": 1, "auth_ok": 1, "hops": 1}
    ann = t.user("1101", dnd=1, voicemail_id="t")
    with metrics.count("to voicemail", **left, decisions_voicemail=1):
        t.calls("1101").ends(200).over()
    ann.update(fwd_busy_kind="queue", fwd_busy_id="t")
    with metrics.count("to a queue", **left, decisions_other_target=1):
        t.calls("1101").ends(200).over()
    ann.update(fwd_busy_kind="forward")
    with metrics.count("to the PSTN", **left, decisions_forward=1):
        t.calls("1101").ends(503)
    ann.update(fwd_busy_kind="hangup", fwd_busy_id="603")
    with metrics.count("hangup", **left, decisions_end=1):
        t.calls("1101").ends_at_once(603)


def calls_to_nobody(t, metrics):
    came = {"calls": 1, "auth_ok": 1}
    with metrics.count("no such user", **came, decisions_no_user=1):
        t.calls("1999").ends_at_once(404)
    with metrics.count("another domain", **came, decisions_foreign=1):
        t.calls("sip:1001@elsewhere.test").ends_at_once(404)
    with metrics.count("nothing: a stranger is asked who it is"):
        t.stranger_calls("1001").ends(407)
    caller = t.caller()
    caller.password, password = "wrong", caller.password
    with metrics.count("a wrong password", auth_failed=1):
        t.calls("1001").ends(407)
    caller.password = password


def forwards_refused(t, metrics):
    fred = t.user("1201", id=f"us_{t.key}_fred", fwd_always_kind="user", fwd_always_id=f"us_{t.key}_fred")
    ended = {**RUNG, "decisions_end": 1}
    with metrics.count("a loop", **ended, refused_loop=1):
        t.calls("1201").ends_at_once(480)
    fred.update(fwd_always_id="us_gone")
    with metrics.count("a missing target", **ended, refused_target=1):
        t.calls("1201").ends_at_once(480)
    for n in range(12):
        t.user(f"2{n:03}", id=f"us_{t.key}_n{n}", fwd_always_kind="user", fwd_always_id=f"us_{t.key}_n{n + 1}")
    with metrics.count("too many hops", **{**ended, "hops": 10}, refused_max_hops=1):
        t.calls("2000").ends_at_once(480)


def the_mirror(t, metrics):
    status = t.stack.status()
    for name in ("users", "devices", "rules", "schedules", "caller_lists", "ring_groups"):
        t.equal(metrics.value(name), int(status[name]), name)
    t.equal((metrics.value("mirror_state"), metrics.value("mirror_source")), (1, 2), "ready, from the database")
    before = metrics.value("mirror_changes_total")
    t.user("1301")
    t.wait_for(lambda: metrics.value("mirror_changes_total") > before, 5, "a change should be counted")
    t.check(metrics.value("mirror_apply_ms") < 1000, "a change should be in force in less than a second")
    t.wait_for(lambda: metrics.value("mirror_lag_seconds") == 0, 2, "nothing should be missing")
    t.check(0 < metrics.value("memory_bytes") < metrics.value("memory_room_bytes") < 64 << 20, "bytes of memory")
    t.wait_for(lambda: metrics.value("snapshot_age_seconds") > 0, 5, "the snapshot should be written, and grow older")
    t.equal(metrics.value("snapshot_failed"), 0, "snapshot_failed")

    postgres = Postgres(t.stack)
    postgres.end()
    t.wait_for(lambda: metrics.value("mirror_state") == 2, 10, "without the database the mirror is stale")
    t.check(metrics.value("mirror_state_seconds") < 10, "mirror_state_seconds counts from there")
    t.wait_for(lambda: metrics.value("mirror_lag_seconds") > 1 and metrics.value("mirror_heard_ago_seconds") > 1, 5, "both should grow")
    postgres.start()
    t.connect()
    t.wait_for(lambda: metrics.value("mirror_state") == 1, 10, "it is ready again")
    values = metrics.read()
    t.equal((values[GROUP + "mirror_reconnects_total"], values[GROUP + "mirror_lag_seconds"]), (1, 0), "mirror_reconnects_total and mirror_lag_seconds")


def is_old(metrics, name):
    return metrics.help[name].startswith("old name: ")


def old_names(t, metrics):
    """Names from before this release, with the same values; kept for one more release."""
    new = {name: name.removesuffix("_total") for name, text in metrics.help.items() if text.startswith("counter: ")}
    t.equal([name for name in new if not name.endswith("_total")], [], "counters without _total")
    old = {*new.values(), "mirror_lag_ms", "mirror_heard_ago_ms"}
    t.equal(sorted(name for name in metrics.help if is_old(metrics, name)), sorted(old), "old names")
    values = metrics.read()
    t.equal([name for name in new if values[GROUP + name] != values[GROUP + new[name]]], [], "values by new and old name")


def ways_to_see_them(t, metrics):
    def numbers(command, *words):
        lines = [re.split(r" = |: ", line.strip()) for line in t.stack.kamcmd(command, *words).splitlines()]
        return {line[0].removeprefix("user_routing:"): int(line[1]) for line in lines if len(line) == 2}

    shown = {name.removeprefix(GROUP): value for name, value in metrics.read().items() if name.startswith(GROUP)}
    t.equal(sorted(shown), sorted(metrics.help), "names in /metrics")
    t.equal(numbers("cnt.grp_get_all", "user_routing").keys(), shown.keys(), "names of cnt.grp_get_all")
    t.equal(numbers("stats.get_statistics", "user_routing:").keys(), shown.keys(), "names of stats.get_statistics")
    t.equal(int(t.stack.kamcmd("cnt.get", "user_routing", "calls_total")), shown["calls_total"], "cnt.get")
    vague = [name for name, text in metrics.help.items() if not re.match(r"(counter|gauge|old name): .{10}", text)]
    t.equal(vague, [], "figures that don't say what they are")
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics.text(), capture_output=True, text=True, timeout=20, check=False)
    # xhttp_prom writes no HELP, and whole numbers only: of a change's milliseconds there would be nothing left to see
    # in seconds. Everything else is to be as Prometheus likes it, but for old names.
    known = re.compile(r"no help text$|_ms metric names should not contain abbreviated units$")
    t.equal([line for line in (done.stdout + done.stderr).splitlines() if not known.search(line)], [], "promtool")


def monitoring_files(t, metrics):
    known = metrics.read()
    for name in ("alerts.yml", "dashboard.json"):
        with open(os.path.join(ROOT, "modules/user_routing/monitoring", name), encoding="utf-8") as file:
            asked = set(re.findall(r"\bkamailio_\w+", file.read()))
        t.check(len(asked) > 10, f"{name} asks for {len(asked)} figures only")
        t.equal([x for x in sorted(asked) if x.startswith(GROUP) and is_old(metrics, x.removeprefix(GROUP))], [], f"old names in {name}")
        t.equal(sorted(asked - known.keys()), [], f"figures in {name} that don't exist")


def text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def documentation(t, metrics):
    """The reference names every figure, and operating.md's commands work."""
    sections = re.findall(r'<section id="user_routing\.c\.(\w+)">', text("modules/user_routing/doc/user_routing_admin.xml"))
    t.equal(sorted(sections), sorted(name for name in metrics.help if not is_old(metrics, name)), "figures in the reference")
    figures = text("modules/user_routing/doc/operating.md").partition("\n## Figures\n")[2].partition("\n## ")[0]
    commands = re.findall(r"^    kamcmd (.*)$", figures, re.MULTILINE)
    t.equal(len(commands), 2, "kamcmd commands in that section")
    for command in commands:
        t.check(len(t.stack.kamcmd(*command.split())) > 10, f"{command} answers nothing")
    port = re.search(r"curl http://127.0.0.1:(\d+)/metrics", figures)[1]
    t.check(f"UR_METRICS_PORT {port}\n" in text("kamailio.cfg.sample"), f"the sample's port is not operating.md's {port}")
    name = re.search(r"kamailio_user_routing_\w+", figures)[0]
    t.check(name in metrics.read(), f"there is no {name}")


def who_may_ask(t, metrics):
    t.equal(get(t.server)[0], 404, "GET /metrics at the SIP port")
    t.equal(get(metrics.address, "/")[0], 404, "another path")
    t.equal(get(("127.0.0.1", WEBSOCKET), "/", UPGRADE)[0], 101, "a WebSocket handshake")
    t.equal(get(metrics.address, "/", UPGRADE)[0], 404, "a WebSocket handshake at the metrics address")
    request = (f"OPTIONS sip:{t.domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
               f"To: <sip:{t.domain}>\r\nCall-ID: {t.name}-sip\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
    for address, answered in ((t.server, True), (metrics.address, False)):
        with socket.create_connection(address, timeout=1) as connection:
            connection.sendall(request.encode())
            try:
                reply = connection.recv(4096)
            except TimeoutError:
                reply = b""
        t.equal(reply.startswith(b"SIP/2.0"), answered, f"SIP to port {address[1]} is answered")


def run(t):
    metrics = Metrics(("127.0.0.1", PORT), t.stack)
    t.caller()
    rings_that_end(t, metrics)
    calls_that_leave(t, metrics)
    calls_to_nobody(t, metrics)
    forwards_refused(t, metrics)
    ways_to_see_them(t, metrics)
    old_names(t, metrics)
    monitoring_files(t, metrics)
    documentation(t, metrics)
    who_may_ask(t, metrics)
    the_mirror(t, metrics)
