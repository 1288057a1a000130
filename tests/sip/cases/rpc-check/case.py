# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import signal
import time

from harness.faults import PARAMETERS, SAYS_SO
from harness.phone import rejects
from harness.postgres import Postgres
from harness.rpc import RpcError
from harness.stack import StackError

# No ping: when the database hangs, the mirror must not be waiting for an answer itself.
STACK = {"after": PARAMETERS.format(connect=500, query=5000) + 'modparam("user_routing", "ping_interval", 60000)'}
LIMIT = 60
HARMLESS = SAYS_SO
BOUND = 2.5  # seconds that it may wait for its answer
FUNCTION = """CREATE OR REPLACE FUNCTION routing_problem_of(of_account text) RETURNS SETOF routing_problem LANGUAGE sql STABLE AS $$
              SELECT account_id, problem, object, object_id, field, sentence FROM ur_routing_problems(of_account) {} $$"""


def fault(t, rpc, code, *arguments, has=""):
    """It is refused with that code, in time. Returns the seconds it took."""
    started = time.monotonic()
    try:
        answer = rpc.call("user_routing.check", *arguments)
    except RpcError as error:
        took = time.monotonic() - started
        t.equal(error.code, code, f"check {arguments}: {error.reason}")
        t.check(has in error.reason, f"the reason should have {has!r}: {error.reason}")
        t.check(took < BOUND, f"it took {took:.1f} s")
        return took
    return t.check(False, f"check {arguments} should be refused, saw {answer}")


def loop(t, rpc):
    ann, ben = (t.user(name, display_name=name.title()) for name in ("ann", "ben"))
    for user in (ann, ben):
        user.device("desk")
    t.equal(rpc.call("user_routing.check", t.account)["problems"], [], "no problem yet")
    ann.update(fwd_always_kind="user", fwd_always_id=ben.id)
    ben.update(fwd_always_kind="user", fwd_always_id=ann.id)
    answer = rpc.call("user_routing.check", t.account)
    problem, = answer["problems"]
    sentence = problem.pop("sentence")
    t.equal(problem, {"account_id": t.account, "problem": "forward_loop", "object": "sip_user", "object_id": ann.id,
                      "field": "fwd_always_id"}, "the problem")
    t.check("User ann (Ann) forwards always to user ben (Ben)" in sentence, f"the problem is told as: {sentence}")
    t.equal((answer["found"], answer["shown"], answer["age"]), (1, 1, 0), "figures of the answer")
    everything = [p["sentence"] for p in rpc.call("user_routing.check")["problems"]]
    t.check(sentence in everything, f"it should be among all problems: {everything}")
    t.check(f"sentence: {sentence}" in t.stack.kamcmd("user_routing.check", t.account), "kamcmd should tell it, too")
    ben.update(fwd_always_kind=None, fwd_always_id=None)
    answer = rpc.call("user_routing.check", t.account)
    t.equal((answer["found"], answer["problems"]), (0, []), "mended")
    fault(t, rpc, 404, "acc_nobody", has="acc_nobody")


def many(t, rpc):
    other = t.other_tenant()
    t.sql("INSERT INTO sip_user (account_id, username, display_name)"
          " SELECT %s, n, repeat('long name ', 12) FROM generate_series(1, 400) n", (other.account,))
    t.pause(0.5)
    answer = rpc.call("user_routing.check", other.account)
    t.equal(answer["found"], 800, "problems of 400 users without a device")
    t.check(50 < answer["shown"] <= 200, f"some of them are shown: {answer['shown']}")
    t.equal(len(answer["problems"]), answer["shown"], "problems in the answer")
    shown = t.stack.kamcmd("user_routing.check", other.account).count("sentence: ")
    t.equal(shown, answer["shown"], "problems that kamcmd shows")


def is_shown(rpc, user):
    try:
        return rpc.call("user_routing.show", user.id)["id"] == user.id
    except RpcError:
        return False


def slow(t, rpc, call):
    """The answer is kept for the next request; calls and changes don't wait for it."""
    t.sql(FUNCTION.format(", pg_sleep(3)"))
    took = fault(t, rpc, 504, t.account, has="ask again")
    t.check(took > 1.8, f"it should wait for the answer a while: {took:.1f} s")
    call()
    dan = t.user("dan")
    t.wait_for(lambda: is_shown(rpc, dan), 0.8, "a change while the database checks should be in force")
    fault(t, rpc, 503, has="Another check")
    t.pause(3)
    answer = rpc.call("user_routing.check", t.account, seconds=0.5)
    t.check(answer["age"] >= 1 and answer["took_ms"] >= 3000, f"it was kept: {answer['age']} s, {answer['took_ms']} ms")
    t.sql(FUNCTION.format(""))
    answer = rpc.call("user_routing.check", t.account)
    t.equal((answer["age"], answer["took_ms"] < 2000), (0, True), "asked anew")


def refused(t, rpc):
    t.sql("REVOKE EXECUTE ON FUNCTION routing_problem_of FROM user_routing")
    fault(t, rpc, 500, t.account, has="sql/roles.sql")
    t.sql("GRANT EXECUTE ON FUNCTION routing_problem_of TO user_routing")
    rpc.call("user_routing.check", t.account)
    t.equal(t.stack.status()["state"], "ready", "the mirror's state")


def hung_and_gone(t, rpc, postgres, call):
    with postgres.hung():
        fault(t, rpc, 500, t.account, has="no connection to the database")
        call()
    answer = t.wait_for(lambda: answered(rpc, t.account), 10, "it should be answered when the database is back")
    t.check(answer["found"] >= 0, "there should be an answer")
    postgres.end(signal.SIGINT)
    t.wait_for(lambda: t.stack.status()["state"] == "stale", 5, "the mirror should notice")
    took = fault(t, rpc, 503, t.account, has="out of reach: ")
    t.check(took < 0.5, f"that is known at once: {took:.1f} s")
    call()
    postgres.start()
    t.connect()
    t.wait_for(lambda: t.stack.status()["state"] == "ready", 5, "the mirror should be back")
    rpc.call("user_routing.check", t.account)


def answered(rpc, account):
    try:
        return rpc.call("user_routing.check", account)
    except RpcError:
        return None


def run(t):
    postgres = Postgres(t.stack)
    t.user("1001").phone("desk", rejects(486, after=0.05))
    bob = t.caller()

    def call():
        bob.calls("1001").ends(486)

    call()
    with contextlib.closing(t.stack.rpc()) as rpc:
        loop(t, rpc)
        many(t, rpc)
        slow(t, rpc, call)
        refused(t, rpc)
        hung_and_gone(t, rpc, postgres, call)
    try:
        t.stack.kamcmd("user_routing.check", "acc_nobody")
    except StackError as error:
        t.check("404" in str(error), f"kamcmd: {error}")
    else:
        t.check(False, "kamcmd should have the fault")
