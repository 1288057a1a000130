# SPDX-License-Identifier: GPL-2.0-or-later
from harness import faults, nodes
from harness.faults import Mirror
from harness.nodes import NO_WAIT, Nodes
from harness.phone import answers
from harness.traffic import Traffic

EXPLAIN = "the nodes differ meanwhile"
# dmq gives a message up after tm's fr_timer: sooner here, so that the cut is longer than that.
STACK = nodes.stack(faults.SOON + 'modparam("tm", "fr_timer", 2000)\n')
OWN_NETWORK = True
PAIRED = True
LIMIT = 90
SILENCE = 4.0  # seconds after which a phone gives way: user_routing's fr_timer
PHONES = 60  # three messages' worth


def registered(node, device):
    with node.here():
        return device.phone(answers(after=0.1))


def rings(t, node, phone):
    """A call at that node rings the phone, and no other."""
    legs = len(phone.legs)
    with node.here():
        call = t.calls(phone.name.partition("-")[0]).ends(200)
    t.equal(len(phone.legs), legs + 1, f"{phone.name}'s calls")
    call.over()


def cut(t, one, two, mirror, devices):
    """What happens on either side while node 2 is cut off. Returns the phones that registered meanwhile."""
    alice, bob, carol = devices
    beyond = registered(two, carol)
    one.knows(carol)
    rings(t, one, beyond)
    with two.cut_off():
        mirror.rename(t.db)
        phones = registered(one, alice), registered(two, bob)
        mirror.is_stale()
        for node, phone in zip((one, two), phones):
            rings(t, node, phone)
        with one.here():  # no way to the phone of the other side: the call has its end all the same
            t.calls("1003").ends(480, after=SILENCE)
        rings(t, two, beyond)
    return phones


def comes_back(t, both, mirror, phones):
    one, two = both
    rules = mirror.has_recovered(t.db)
    desk_one, desk_two = phones
    # What dmq gave up is known when the phone registers again, …
    with one.here():
        desk_one.device.register(desk_one.address, 5060, source=(desk_one.address, 5099))
    again = two.knows(desk_one.device)
    # … or when somebody asks for all contacts.
    t.equal(one.contacts(desk_two.device), [], "contacts of node 2 at node 1 that were given up")
    both.synchronize(one, two)
    asked = one.knows(desk_two.device)
    for node in both:
        for phone in phones:
            rings(t, node, phone)
    t.note(f"consistent again: rules {rules:.1f} s after the cut; contacts {1000 * again:.0f} ms after their next REGISTER,"
           f" or {1000 * asked:.0f} ms after the nodes were told to synchronize")


def restart(t, one, two):
    """A node that starts has the contacts of the others."""
    crowd = t.user("1004", ring_strategy="sequential")
    devices = [crowd.device(f"phone-{n}") for n in range(PHONES)]
    with one.here():
        for n, device in enumerate(devices):
            device.register(f"198.18.1.{100 + n}")
    two.knows(devices[-1])
    two.stop()
    two.start()
    took = two.waits(lambda: all(two.contacts(d) for d in devices), 5, "all contacts should be there after the start")
    t.check(Nodes.active(one), "a node that has started again should have its place among the others")
    t.note(f"{PHONES} contacts are there {took:.1f} s after a node has started again")


def run(t):
    with Nodes(t, harmless=faults.SAYS_SO) as both:
        one, two = both
        mirror = Mirror(t, two, "711", two.here)
        devices = [t.user(number).device("desk") for number in ("1001", "1002", "1003")]
        traffic = []
        for node in both:
            with node.here():
                traffic.append(Traffic(t, number=7000 + 10 * node.number, rate=10))
        with traffic[0].through("node 2 is cut off (calls at node 1)", slower=NO_WAIT), \
                traffic[1].through("the same (calls at node 2)", slower=NO_WAIT):
            phones = cut(t, one, two, mirror, devices)
            comes_back(t, both, mirror, phones)
        for stream in traffic:
            stream.stop()
        restart(t, one, two)
