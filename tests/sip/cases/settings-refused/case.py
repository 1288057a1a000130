# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import subprocess

from harness import settings

CONFIG = """#!KAMAILIO
listen=udp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "usrloc.so"
loadmodule "user_routing.so"

{parameters}
request_route {{ exit; }}
"""
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../kamailio.cfg.sample")
URL = 'modparam("user_routing", "db_url", "postgresql://user_routing:hidden@127.0.0.1:9/user_routing")'
WRONG_URLS = {
    "host=127.0.0.1 password=hidden user routing": "it is neither postgresql://user:password@host/database nor keyword=value pairs that libpq knows",
    "postgresql://user:hidden@hidden@127.0.0.1/db":
        "a special character in the password or user name must be percent-encoded ('@' as %40)",
}
CODES = 'at "{}" a response code from 300 to 699 is expected, as in "486,600"'


def log_of(t, *lines, checked=True, **parameters):
    """The log of a Kamailio that must not start; checked: kamailio -c must say the same."""
    lines = [*lines, *(f'modparam("user_routing", "{n}", {v})' for n, v in parameters.items())]
    with open(os.path.join(t.stack.run_dir, "kamailio.cfg"), encoding="utf-8") as file:
        modules = re.search(r'UR_MODULES "(.*)"', file.read())[1]
    config = os.path.join(t.folder, "refused.cfg")
    with open(config, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(port=9, modules=modules, parameters="\n".join(lines)))
    done = kamailio(t, config, "-m", "16", "-DD", "-E")
    t.check(done.returncode != 0, "Kamailio should refuse to start")
    t.check("hidden" not in done.stdout, "the log has the password of db_url")
    if checked:
        only_checked = kamailio(t, config, "-c", "-E")
        t.check(only_checked.returncode != 0, "kamailio -c should refuse it")
        t.equal(complaints(only_checked.stdout), complaints(done.stdout), "complaints of kamailio -c")
    return done.stdout


def kamailio(t, config, *options):
    return subprocess.run(
        ["kamailio", "-f", config, "-Y", t.folder, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=10, check=False, env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"),
    )


def complaints(log):
    """Of the parameters: the sentences."""
    return re.findall(r"ERROR: user_routing \[\S*(?:settings|seal)\.c:\d+\]: \w+\(\): (.*)$", log, re.MULTILINE)


def starts(t, *lines, **parameters):
    """Its complaints."""
    return complaints(log_of(t, *lines, **parameters))


def sample_secrets(t):
    """Each parameter that has a secret of the sample's is named; the secret is not."""
    with open(SAMPLE, encoding="utf-8") as file:
        defaults = re.findall(r'^#!trydef (\w+) "(.*CHANGE-ME.*)"$', file.read(), re.MULTILINE)
    t.equal([name for name, _ in defaults], ["UR_DB_URL", "UR_SECRET"], "secrets in the sample")
    values = dict(defaults)
    named = {"db_url": values["UR_DB_URL"], "dialog_secret": values["UR_SECRET"]}
    quoted = {name: f'"{value}"' for name, value in named.items()}
    known = "modparam {} has the sample's secret, which everybody knows: set one of your own"
    for wrong in (named, ["db_url"], ["dialog_secret"], []):
        refused = {"reconnect_min": 500, "reconnect_max": 499}  # after all parameters have been read
        log = log_of(t, *([] if "db_url" in wrong else [URL]), checked=False, **refused, **{name: quoted[name] for name in wrong})
        t.equal(re.findall(r"WARNING: user_routing \[\S*\]: \w+\(\): (.*)$", log, re.MULTILINE), [known.format(name) for name in wrong], "warnings")
        t.check("CHANGE-ME" not in log, "the log has the secret")


def starts_with_all(t, wrong):
    """Each is told on its own. Kamailio 5 reads on after one that is refused; Kamailio 6 ends."""
    said = starts(t, URL, **wrong)
    return said if len(said) > 1 else said + [s for n in list(wrong)[1:] for s in starts(t, URL, **{n: wrong[n]})]


def run(t):
    sample_secrets(t)
    numbers = {name: s for name, s in settings.of(t.stack).items() if isinstance(s, settings.Number)}
    t.check(len(numbers) > 10, f"settings: {numbers}")

    for beyond in ({n: s.low - 1 for n, s in numbers.items()}, {n: s.high + 1 for n, s in numbers.items()}):
        expected = [
            f"modparam {n} is {beyond[n]}: it must be from {s.low} to {s.high} {s.unit}".rstrip() for n, s in numbers.items()
        ]
        t.equal([s for s in starts_with_all(t, beyond) if s.startswith("modparam")], expected, "complaints")

    url = ["modparam db_url is not set: it must be a libpq connection string such as"
           " postgresql://user_routing:PASSWORD@127.0.0.1/user_routing"]
    t.equal(starts(t, checked=False), url, "without db_url")
    for wrong, why in WRONG_URLS.items():
        t.equal(starts(t, f'modparam("user_routing", "db_url", "{wrong}")'), [f"modparam db_url can't be used: {why}"], wrong)
    for within in ({n: s.low for n, s in numbers.items()}, {n: s.high for n, s in numbers.items()}):
        t.equal(starts(t, checked=False, **within), url, "at the limits, without db_url")

    t.equal(
        starts(t, URL, checked=False, reconnect_min=500, reconnect_max=499),
        ["reconnect_min is 500 ms, and reconnect_max 499 ms: reconnect_max must not be less than reconnect_min"], "complaints",
    )
    t.equal(
        starts_with_all(t, {"busy_codes": '"486,700"', "no_answer_codes": '"408;480"', "unreachable_codes": '"404,"', "snapshot_file": '"here"'}),
        [
            'busy_codes is "486,700": ' + CODES.format("700"),
            'no_answer_codes is "408;480": ' + CODES.format(";480"),
            'unreachable_codes is "404,": ' + CODES.format(""),
            'modparam snapshot_file is "here": it must be an absolute path, such as'
            " /var/lib/kamailio/user_routing.snapshot",
        ],
        "complaints",
    )
    t.equal(starts(t, URL, dialog_secret='"short"'), ["modparam dialog_secret is too short: set 12 random characters or more"], "complaints")
