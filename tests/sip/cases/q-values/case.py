# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re

from harness.wire import Request

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_IN_LUA = "its own script"
STACK = {"script": os.path.join(HERE, "script.cfg")}


def q_values(t, user, step):
    """The step's destinations: [(user part of the contact, q)]; a q of 1 need not be written."""
    with t.endpoint() as endpoint:
        headers = [("Contact", f"<sip:{endpoint.address}:5060>"), ("X-Step", step)]
        request = Request(endpoint, "INVITE", user.uri, "sip:caller@elsewhere.test", headers=headers)
        reply = request.exchange()
        request.acknowledge(reply)
    t.equal(reply.status, 300, "the script's answer")
    contacts = [c for line in reply.all("Contact") for c in line.split(",")]
    found = [(re.search(r"sip:(\w+)@", c)[1], float((re.search(r";q=([\d.]+)", c) or [0, 1])[1])) for c in contacts]
    return found


def run(t):
    names = ["a", "b", "c"]
    bob = t.user("1001", ring_strategy="sequential")
    alice = t.user("1002", ring_strategy="simultaneous")
    for order, name in enumerate(names):
        bob.device("bob-" + name, ring_order=order).register(t.addresses.take(), user=name)
        alice.device("alice-" + name, ring_order=order).register(t.addresses.take(), user=name)
    t.settle()

    t.equal(q_values(t, alice, 1), [("a", 1.0), ("b", 1.0), ("c", 1.0)], "simultaneous: contacts and q")
    first, second = q_values(t, bob, 1), q_values(t, bob, 2)
    t.equal([first[0][0], second[0][0]], ["a", "b"], "sequential: the first two steps")
    t.check(1.0 >= first[0][1] > second[0][1] > 0, f"sequential: q should fall, saw {first} then {second}")

    everything = q_values(t, bob, "all")
    t.equal([name for name, _q in everything], ["a", "b", "c"], "sequential, all steps at once: contacts")
    t.check(1.0 >= everything[0][1] > everything[1][1] > everything[2][1] > 0, f"q should fall, saw {everything}")
