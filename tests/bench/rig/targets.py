# SPDX-License-Identifier: GPL-2.0-or-later
"""What the project wants to reach, and what was reached."""

from .figures import of_rounds, ratio
from .peer import BARE, SAMPLE
from .rounds import QUIET, STOPPED, STORM
from .variants import CACHED, FLOOR, MODULE, QUERIES

_LOAD_SECONDS_A_USER = 10 / 1e6  # one million users with two devices in 10 s


def _median(values):
    return values[0]


def _of_cpu(quiet, where):
    yield "CPU, (d) ÷ (a)" + where, 1.05, _median(ratio(quiet, MODULE, "kamailio", FLOOR))
    yield "CPU with PostgreSQL's, (d) ÷ (b)" + where, 0.43, _median(ratio(quiet, MODULE, "both", QUERIES))
    yield "CPU, (d) ÷ (c)" + where, 0.93, _median(ratio(quiet, MODULE, "kamailio", CACHED))


def _of_size(size):
    quiet, users = size["rounds"][QUIET], f", {size['users']:,} users"
    storm = f", in a storm of {min(size['storms']):,.0f}/s"  # what it came to be
    yield from _of_cpu(quiet, users)
    yield "p99, (d) ÷ (a)" + users, 1.1, _median(ratio(quiet, MODULE, "p99", FLOOR))
    yield "p99, (d) ÷ (a)" + storm + users, 1.1, _median(ratio(size["rounds"][STORM], MODULE, "p99", FLOOR))
    yield "p99, (d) ÷ (a), PostgreSQL hangs" + users, 1.1, _median(ratio(size["rounds"][STOPPED], MODULE, "p99", FLOOR))
    yield "COMMIT to effect, p99, ms" + users, 20, size["effect"]["idle"][1] * 1e3
    yield "COMMIT to effect, p99, ms" + storm + users, 100, size["effect"]["storm"][1] * 1e3


def judge(figures):
    """(what, the most it may be, what it is) of each target."""
    sizes, counts = figures["sizes"], figures["instructions"]
    small, big = sizes[0], sizes[-1]
    for name, where in ((SAMPLE, ""), (BARE, ", bare")):
        yield "instructions, (d) ÷ (a)" + where, 1.05, counts[name][MODULE] / counts[name][FLOOR]
    yield from _of_cpu(figures["bare"]["rounds"], f", {figures['bare']['users']:,} users, bare")
    for size in sizes:
        yield from _of_size(size)
    if small is not big:
        cost = [_median(of_rounds(size["rounds"][QUIET], MODULE, "kamailio")) for size in (small, big)]
        yield f"CPU of (d), {big['users']:,} ÷ {small['users']:,} users", 1.1, cost[1] / cost[0]
    memory = (big["loaded_bytes"][MODULE] - big["loaded_bytes"][FLOOR]) / big["users"]
    yield f"bytes a user with two devices, {big['users']:,} users", 600, memory
    if big["users"] >= 100000:  # else the start of the process is most of it
        yield f"seconds to load {big['users']:,} users", big["users"] * _LOAD_SECONDS_A_USER, big["load_seconds"]
