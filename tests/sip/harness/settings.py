# SPDX-License-Identifier: GPL-2.0-or-later
"""The module's settings as a running Kamailio tells them: cfg.list, cfg.help."""

import re
from dataclasses import dataclass


@dataclass
class Number:
    default: int
    unit: str  # "", "ms", "s", "%"
    low: int
    high: int


def of(stack):
    """By name: a Number, or the text of a list of codes, as they are by default."""
    names = re.findall(r"^user_routing: (\w+)$", stack.kamcmd("cfg.list", "user_routing"), re.MULTILINE)
    return {name: _read(stack.kamcmd("cfg.help", "user_routing", name)) for name in names}


def _read(text):
    number = re.search(r"\(default (\d+) ?([a-z%]*), from (\d+) to (\d+)\)", text)
    if number:
        return Number(int(number[1]), number[2], int(number[3]), int(number[4]))
    return re.search(r"\(default ([\d,]+), each from 300 to 699\)", text)[1]
