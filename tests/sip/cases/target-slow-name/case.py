# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import threading
import time

from harness.fraud import Attempts
from harness.names import Names

ROUTES = OWN_NETWORK = OWN_NAMES = True
LOUD = True
LIMIT = 150
STACK = {}
EXPLAIN = "explain would wait for the name, too"
WORST = 2.5  # seconds: SRV and address, a second each, and a busy machine


def answered(t, attack, uri, wait=30.0, **options):
    """Seconds until the final response."""
    start = time.monotonic()
    reply = attack.sends("INVITE", uri, t.caller().aor, device=t.caller(), wait=wait, **options)
    t.check(reply is not None and reply.status == 480, f"{uri}: expected 480, saw {reply and reply.first_line}")
    return time.monotonic() - start


def at_once(t, attack, count, name):
    """Calls to a user whose target has that name, and a call to another every 200 ms. Returns the longest of each."""
    t.update("route_target", "slow", {"address": f"sip:x@{name}"})
    t.settle()
    slow, others, failed, end = [], [], [], threading.Event()

    def call(uri, took, own):
        try:
            took.append(answered(t, attack, uri, endpoint=own))
        except Exception as error:  # it would end this thread alone
            failed.append(error)

    def go_on(own):
        while not failed and (not others or not end.is_set()):
            call(f"sip:1002@{t.domain}", others, own)
            time.sleep(0.2)  # pike counts

    with contextlib.ExitStack() as ends:
        own = [ends.enter_context(t.endpoint()) for _ in range(count + 1)]
        calls = [threading.Thread(target=call, args=(f"sip:1001@{t.domain}", slow, each)) for each in own[1:]]
        other = threading.Thread(target=go_on, args=own[:1])
        for thread in (*calls, other):
            thread.start()
        for thread in calls:
            thread.join()
        end.set()
        other.join()
    t.check(not failed, f"calls that were not answered: {failed}")
    return max(slow), max(others)


def run(t):
    Names({f"dead{n}.test": None for n in range(9)})
    t.insert("route_target", {"account_id": t.account, "kind": "queue", "id": "slow"})
    t.user("1001", id=f"us_{t.key}_1001", fwd_always_kind="queue", fwd_always_id="slow")
    t.user("1002", id=f"us_{t.key}_1002")
    t.caller()  # makes it: the threads below would do so at once
    attack = Attempts(t)
    for number, count in enumerate((4, 8, 40)):
        slow, others = at_once(t, attack, count, f"dead{number}.test")
        again, _ = at_once(t, attack, count, f"dead{number}.test")
        t.note(f"{count} calls: {slow:.1f} s, others meanwhile {others:.1f} s; again {again:.2f} s")
        t.check(max(slow, others) < WORST and again < 0.5, f"{count} calls to a name without an answer: {slow:.1f} s, others {others:.1f} s, again {again:.1f} s")
