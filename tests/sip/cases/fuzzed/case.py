# SPDX-License-Identifier: GPL-2.0-or-later
import math
import os
import random
import time

from harness import sipp
from harness.attack import DOMAIN, Attack
from harness.expect import check
from harness.hostile import ONE_LINE, PARSERS, Processes, at_rest, by_class, read
from harness.stack import SANITIZED
from harness.traffic import Traffic

SECONDS = int(os.environ.get("FUZZ_SECONDS", 13))
ROUND = 60  # seconds at most, then memory is looked at
PRIVATE = 16_000  # bytes that a process may have more than before: 4,200 to 9,200 were seen, in 13 s as in 60
WARM_UP = 4
# A short run is the same each time, as far as who is faster lets it be; a long one finds something new.
SEED = int(os.environ.get("FUZZ_SEED", 1 if SECONDS < ROUND else random.randrange(10**6)))
REPLAY = os.environ.get("FUZZ_REPLAY", "")

STACK = {
    **SANITIZED,
    # Nobody waits long for what never comes; the module sets the times of its rings itself.
    "after": ONE_LINE + 'modparam("tm", "fr_timer", 2000)\nmodparam("tm", "fr_inv_timer", 2000)',
}
LIMIT = 90 + 2 * SECONDS
ALONE = True
OWN_NETWORK = True  # what is made wrong may point anywhere
HARMLESS = PARSERS
SLOWER = 0.3  # seconds that a normal call may take longer than usual
RECOVERED = 1.0  # seconds

BOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "torture", "messages")


def book():
    """The messages of the case torture, to a user of the attacker's."""
    for name in sorted(os.listdir(BOOK)):
        with open(os.path.join(BOOK, name), encoding="ascii") as file:
            yield read(file.read(), d=DOMAIN, u="called-by-trunks", me=f"registers-phone@{DOMAIN}", t=name)


def under_attack(t, attack, traffic, processes, seconds):
    """One round. Returns the memory in use afterwards."""
    with traffic.through(f"{seconds:.0f} s of an attack", slower=SLOWER):
        attack.run(seconds, processes.live)
        end = time.time()
    took = traffic.recovered(end)
    t.note(f"recovered after {took:.2f} s")
    check(took <= RECOVERED, f"calls take their usual time again after {took:.2f} s: at most {RECOVERED} expected")
    return at_rest(t, traffic, processes)


def reached(t, attack):
    """The attack must get through: messages that are dropped at once test nothing more."""
    invites = sum(count for kind, count in attack.sent.items() if kind.startswith("INVITE"))
    sent, answered = attack.sent.total(), attack.answered.total()
    t.note(f"{attack.unasked} replies without a transaction, messages of up to 50 KB, and garbage")
    t.note(f"seed {SEED}: {sent} messages made wrong ({', '.join(f'{n} {kind}' for kind, n in attack.sent.items())}); {answered} answers"
           f" ({by_class(attack.answered)}); {attack.legs} calls of them rang a phone, which made its answers wrong, too")
    check(answered > 0.4 * sent, "less than 40 % of the messages were answered")
    check(attack.legs > 0.25 * invites, f"{attack.legs} legs of {invites} INVITEs rang: most should come through")
    check(not attack.forged, f"{len(attack.forged)} legs of a device showed somebody else: {attack.forged[:2]}")


def attacked(t, attack, traffic, processes):
    attack.run(WARM_UP, processes.live)
    before = at_rest(t, traffic, processes)
    attack.sent.clear(), attack.answered.clear()
    attack.legs = attack.unasked = 0
    for n in range(math.ceil(SECONDS / ROUND)):
        traffic.start()
        after = under_attack(t, attack, traffic, processes, min(ROUND, SECONDS - n * ROUND))
        reached(t, attack)
        t.note(f"the module's blocks {before.blocks} → {after.blocks}, shared memory {before.shared} → {after.shared}")
        grown = max(after.private[process] - used for process, used in before.private.items())
        t.note(f"private memory of a process grew by {grown} bytes at most")
        after.is_level_of(before, private=PRIVATE)


def run(t):
    sipp.LIFETIME = max(sipp.LIFETIME, 2 * SECONDS + 120)
    attack = Attack(t, SEED, book())
    processes, traffic = Processes(t.stack), Traffic(t)
    try:
        if REPLAY:
            attack.replay(REPLAY)
            processes.live()
        else:
            attacked(t, attack, traffic, processes)
    except BaseException:
        path = os.path.join(t.folder, "messages.json")
        attack.journal.save(path, attack.credentials)
        t.note(f"the latest {len(attack.journal.messages)} messages are kept. To send them again: FUZZ_REPLAY={path} tests/sip/run fuzzed")
        time.sleep(1)  # one that dies writes its core file first
        processes.live()
        raise
