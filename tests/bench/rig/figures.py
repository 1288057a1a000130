# SPDX-License-Identifier: GPL-2.0-or-later
"""Medians with their spread, percentiles."""

import math
import statistics


def percentile(values, percent):
    """The value that `percent` of them do not exceed; NaN of nothing."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def spread(values):
    """(median, least, greatest)."""
    return statistics.median(values), min(values), max(values)


def of_rounds(rounds, key, name):
    return spread([seen[key][name] for seen in rounds])


def ratio(rounds, key, name, to):
    """Taken within each round: what moves all peers of a round does not move it."""
    return spread([seen[key][name] / seen[to][name] for seen in rounds])
