# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.expect import check
from harness.phone import rejects, rings
from harness.spare import SpareKamailio, database_url
from harness.stack import StackError

STACK = {"after": 'modparam("user_routing", "fr_timer", 3000)'}
LIMIT = 60
EXPLAIN = "its lists of response codes are not those that the comparison knows, and change in the midst of calls"
# What is refused on purpose.
HARMLESS = [
    r"integer value is out of range", r"failed to set the variable: user_routing\.", r"fixup failed",
    r'busy_codes is "486,many": at "many" a response code from 300 to 699 is expected', r"reconnect_max must not be less",
]


def change(kamailio, **settings):
    for name, value in settings.items():
        kamailio.kamcmd("cfg.set", "user_routing", name, str(value))


def refuses(kamailio, name, value):
    try:
        change(kamailio, **{name: value})
    except StackError:
        return
    check(False, f"{name} = {value} should be refused")


def fails(kamailio, *words):
    try:
        return not kamailio.kamcmd(*words)
    except StackError:
        return True


def value(kamailio, name):
    lines = (line.strip().partition(": ") for line in kamailio.kamcmd("user_routing.settings").splitlines())
    return {n: v for n, colon, v in lines if colon}[name]


def silent_contact(t):
    t.user("1001", ring_timeout_sec=10).device("gone").register(t.addresses.take())
    change(t.stack, fr_timer=1000)
    t.calls("1001").ends(480, after=1.0)
    rpc = t.stack.rpc()
    t.equal(rpc.call("user_routing.settings")["fr_timer"], 1000, "fr_timer by JSON-RPC, in the first answer after the change")
    rpc.close()
    refuses(t.stack, "fr_timer", 50)
    refuses(t.stack, "fr_timer", 60001)
    t.calls("1001").ends(480, after=1.0)
    t.equal(t.stack.kamcmd("cfg.get", "user_routing", "fr_timer").strip(), "1000", "fr_timer after that")


def code_lists(t):
    """Each process has the lists for itself. The second ring ends in that of tm's timer."""
    quick = t.user("1002")
    quick.phone("desk", rejects(480, after=0.1))
    late = t.user("1003", ring_timeout_sec=10)
    late.phone("desk", rejects(480, after=0.1))
    late.device("gone").register(t.addresses.take())

    def both_end(status):
        t.calls("1002").ends(status)
        t.calls("1003").ends(status, after=1.0)

    both_end(480)
    change(t.stack, no_answer_codes="408", busy_codes="480,600")
    both_end(486)
    refuses(t.stack, "busy_codes", "486,many")
    both_end(486)
    t.equal(value(t.stack, "busy_codes"), "480,600", "busy_codes after that")
    change(t.stack, no_answer_codes="408,480")  # in both: it counts as the last
    both_end(480)
    change(t.stack, busy_codes="486,600,603")


def hops(t):
    ids = [f"us_{t.key}_h{n}" for n in range(3)]
    for n in range(2):
        t.user(f"20{n}", id=ids[n], fwd_always_kind="user", fwd_always_id=ids[n + 1])
    t.user("202", id=ids[2]).phone("desk", rejects(486, after=0.1))
    t.calls("200").ends(486)
    change(t.stack, max_hops=2)
    t.calls("200").ends_at_once(480)
    refuses(t.stack, "max_hops", 0)
    refuses(t.stack, "max_hops", 31)
    change(t.stack, max_hops=3)
    t.calls("200").ends(486)


def ring_in_progress(t):
    """A ring continues as it began; the new setting applies to the next one."""
    alice = t.user("1004", ring_strategy="sequential", ring_timeout_sec=2)
    first = alice.phone("first", rings(), ring_order=1)
    second = alice.phone("second", rings(), ring_order=2)
    call = t.calls("1004").proceeding(180)
    change(t.stack, ring_timeout_total=1)
    call.ends(480, after=4.0)
    t.equal((len(first.legs), len(second.legs)), (1, 1), "calls at the first and at the second phone")
    t.calls("1004").ends(480, after=2.0)
    t.equal((len(first.legs), len(second.legs)), (2, 1), "calls at the first and at the second phone")


def the_mirror(t):
    """Only the audit finds a change that nobody announces; it runs every five minutes."""
    user = t.user("1005")
    t.settle()
    t.sql("SET session_replication_role = replica")
    user.update(username="1006")
    t.sql("SET session_replication_role = DEFAULT")
    change(t.stack, audit_interval=500)
    t.wait_for(lambda: t.stack.status()["drifts"] == "1", 10, "the drift should be found")
    change(t.stack, audit_interval=0)
    t.equal(t.stack.status()["reconnects"], "0", "reconnects")


def two_that_belong_together(t):
    refuses(t.stack, "reconnect_min", 10001)
    change(t.stack, reconnect_max=500)
    refuses(t.stack, "reconnect_max", 199)
    for name, number in (("reconnect_max", "90000"), ("reconnect_min", "60000")):
        t.stack.kamcmd("cfg.set_delayed", "user_routing", name, number)
    t.stack.kamcmd("cfg.commit")
    t.equal([value(t.stack, n) for n in ("reconnect_min", "reconnect_max")], ["60000", "90000"], "after the commit")


def not_loaded(t):
    spare = SpareKamailio(t.stack, t.folder, UR_DB_URL='"postgresql://user_routing@127.0.0.1:9/user_routing"')
    try:
        t.server = spare.server
        for seconds in ("5", "7", None):
            if seconds != "5":
                change(spare, retry_after=seconds or 0)
            t.equal(t.calls("1001").ends_at_once(503).final.header("Retry-After"), seconds, "Retry-After")
    finally:
        t.server = t.stack.server
        spare.stop()


def what_shows(t):
    listed = t.stack.kamcmd("cfg.list", "user_routing")
    t.check("user_routing: fr_timer" in listed, f"cfg.list should name fr_timer: {listed}")
    for name in ("db_url", "snapshot_file", "location_table"):
        t.check(name not in listed, f"cfg.list should not name {name}")
        t.check(fails(t.stack, "cfg.get", "user_routing", name), f"cfg.get should not show {name}")
        t.check(fails(t.stack, "cfg.set", "user_routing", name, "x"), f"{name} can't change")
    t.equal(t.stack.kamcmd("cfg.get", "user_routing", "log_calls").strip(), "0", "log_calls")
    password = re.search(r"password=(\w+)", database_url(t.stack))[1]
    shown = t.stack.kamcmd("cfg.get", "user_routing") + t.stack.kamcmd("user_routing.settings")
    t.check(password not in shown, "the database's password is shown")
    t.stack.kamcmd("cfg.reset", "user_routing")
    t.equal(t.stack.kamcmd("cfg.get", "user_routing", "fr_timer").strip(), "3000", "fr_timer after cfg.reset, as at start")


def run(t):
    silent_contact(t)
    code_lists(t)
    hops(t)
    ring_in_progress(t)
    the_mirror(t)
    two_that_belong_together(t)
    not_loaded(t)
    what_shows(t)
