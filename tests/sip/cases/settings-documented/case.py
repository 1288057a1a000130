# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re

from harness import settings

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../..")
SOURCE = "modules/user_routing/kam/settings.c"


def text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


REFERENCE = "modules/user_routing/doc/user_routing_admin.xml"
UNITS = {"": "", "ms": "milliseconds", "s": "seconds", "%": "per cent"}


def sections():
    """What the reference says of each parameter, on one line, and the default that it has for it."""
    found = re.findall(r'<section id="user_routing\.p\.(\w+)">(.*?)</section>', text(REFERENCE), re.DOTALL)
    said = {name: " ".join(body.split()) for name, body in found}
    return said, {name: re.search(r"Default value is ([^ ]+?)(?: \(.*?\))?\. </emphasis>", body)[1] for name, body in said.items()}


def check_number(t, name, said, default, setting):
    t.equal(default, str(setting.default), f"{name}: the reference's default")
    for limit in (setting.low, setting.high):
        t.check(re.search(rf"\b{limit}\b", said), f"{name}: the reference does not have the limit {limit}: {said}")
    t.check(UNITS[setting.unit] in said.lower(), f"{name}: the reference does not have the unit {setting.unit}: {said}")


def run(t):
    told = settings.of(t.stack)
    at_start = re.findall(r'^\t\{"(\w+)", +PARAM_STRING\b', text(SOURCE), re.MULTILINE)
    t.check({"db_url", "location_table"} <= set(at_start), f"parameters that are read at start: {at_start}")
    said, defaults = sections()
    t.equal(sorted(said), sorted([*told, *at_start]), "parameters in the reference")
    for name, setting in told.items():
        if isinstance(setting, settings.Number):
            check_number(t, name, said[name], defaults[name], setting)
        else:
            t.equal(defaults[name], f'"{setting}"', f"{name}: the reference's default")
    # What cfg.help says is the default is the value, where the sample does not set one.
    values = t.stack.kamcmd("user_routing.settings")
    for name, setting in told.items():
        default = setting.default if isinstance(setting, settings.Number) else setting
        t.check(f"\t{name}: {default}\n" in values, f"{name} should be {default}: {values}")
