# SPDX-License-Identifier: GPL-2.0-or-later
"""The peers: what is compared, in the order of the table."""

from dataclasses import dataclass

from . import groups
from .peer import BARE

FLOOR, AGAIN, STOCK, QUERIES, PLANNED, CACHED, MODULE = "a", "a2", "s", "b", "b2", "c", "d"


@dataclass(frozen=True)
class Variant:
    key: str
    name: str  # in the chart
    title: str
    files: tuple  # of peers/, after the surroundings
    role: str = ""  # as which it is known to PostgreSQL
    defines: tuple = ()
    dials: str = ""  # the extension that is called, of groups.DEVICES; "": the users

    @property
    def phones(self):
        """How many a call rings."""
        return len(groups.DEVICES[self.dials]) if self.dials else 2

    @property
    def is_floor(self):
        return not self.role

    @property
    def is_stock(self):
        """It brings its own surroundings."""
        return self.role == "bench_stock"

    @property
    def is_module(self):
        return self.role == "user_routing"

    @property
    def has_policy(self):
        """Without one, the contacts of the user who is called ring."""
        return not (self.is_floor or self.is_stock)


ALL = {
    v.key: v
    for v in (
        Variant(FLOOR, "floor", "(a)  lookup and t_relay, no policy", ("floor.cfg",)),
        Variant(AGAIN, "floor again", "(a)  once more", ("floor.cfg",)),
        Variant(STOCK, "stock", "(s)  Kamailio's own kamailio.cfg", ("stock.cfg",), "bench_stock"),
        Variant(QUERIES, "SQL query", "(b)  script, one query a call", ("script.cfg", "queries.cfg"), "bench_queries"),
        Variant(PLANNED, "SQL function", "(b') the same, its plan kept", ("script.cfg", "queries.cfg"), "bench_planned", ("PLANNED",)),
        Variant(CACHED, "htable cache", "(c)  script, all users in htable", ("script.cfg", "cached.cfg"), "bench_cached"),
        Variant(MODULE, "user_routing", "(d)  user_routing", ("module.cfg",), "user_routing"),
    )
}

# A call that rings five phones: peers of tests/bench/callgrind only.
FIVE = {
    v.key: v
    for v in (
        Variant("g1", "five lookups", "(g1) lookup_branches, five addresses", ("five.cfg",), dials="300"),
        Variant("g2", "five queries", "(g2) the same, a query for each", ("five.cfg", "queries.cfg"), "bench_queries", ("QUERIES",), "300"),
        Variant("g3", "ring group", "(g3) user_routing, a group of five", ("module.cfg",), "user_routing", dials="300"),
        Variant("g4", "five devices", "(g4) user_routing, a user's five", ("module.cfg",), "user_routing", dials="301"),
    )
}
COUNTED = ALL | FIVE  # those whose instructions can be counted


def within(surroundings):
    """The peers that are measured in them."""
    return {key: variant for key, variant in ALL.items() if not (variant.is_stock and surroundings == BARE)}
