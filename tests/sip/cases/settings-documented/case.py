# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re

from harness import settings

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../..")
SOURCE = "modules/user_routing/kam/settings.c"


def text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def rows():
    """The table's rows that begin with a name: name, default, range, meaning."""
    table = text("README").split("  name               default            range         meaning\n")[1].split("\n\n")[0]
    found = re.findall(r'^  (\w+) +("[^"]*"|\([^)]*\)|\d+(?: [a-z%]+)?) +(\(at start\)|\d+…\d+) +(.+)$', table, re.MULTILINE)
    return {name: (default, span) for name, default, span, meaning in found}


def wanted(setting):
    if isinstance(setting, settings.Number):
        return f"{setting.default} {setting.unit}".strip(), f"{setting.low}…{setting.high}"
    return f'"{setting}"', "300…699"


def run(t):
    told = settings.of(t.stack)
    at_start = re.findall(r'^\t\{"(\w+)", +PARAM_\w+, ', text(SOURCE), re.MULTILINE)
    t.check({"db_url", "location_table"} <= set(at_start), f"parameters that are read at start: {at_start}")
    table = rows()
    t.equal(sorted(table), sorted([*told, *at_start]), "parameters in README's table")
    for name, setting in told.items():
        t.equal(table[name], wanted(setting), f"{name} in README's table")
    for name in at_start:
        t.equal(table[name][1], "(at start)", f"{name} in README's table")
    # What cfg.help says is the default is the value, where the sample does not set one.
    values = t.stack.kamcmd("user_routing.settings")
    for name, setting in told.items():
        default = setting.default if isinstance(setting, settings.Number) else setting
        t.check(f"\t{name}: {default}\n" in values, f"{name} should be {default}: {values}")
