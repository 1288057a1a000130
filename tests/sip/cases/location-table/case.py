# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import subprocess

from harness.net import free_port

ROUTES = True
CONFIG = """#!KAMAILIO
listen=udp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "use_domain", {use_domain})
loadmodule "user_routing.so"
modparam("user_routing", "db_url", "postgresql://user_routing@127.0.0.1:9/user_routing")
{parameters}
request_route {{ {route} exit; }}
"""
TABLE = 'modparam("user_routing", "location_table", "lokation")'


def start(t, config):
    """The error of a Kamailio that does not start; None: it runs."""
    path = os.path.join(t.folder, "location-table.cfg")
    with open(path, "w", encoding="utf-8") as file:
        file.write(config)
    command = ["kamailio", "-f", path, "-Y", t.folder, "-m", "32", "-DD", "-E"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")) as process:
        try:
            log = process.communicate(timeout=3)[0]
        except subprocess.TimeoutExpired:
            process.terminate()
            process.communicate(timeout=10)
            return None
    found = re.search(r"ERROR: user_routing \[\S*location\.c:\d+\]: \w+\(\): (.*)$", log, re.MULTILINE)
    t.check(found is not None, f"the module should say why it does not start:\n{log[-1000:]}")
    return found[1]


def run(t):
    with open(os.path.join(t.stack.run_dir, "kamailio.cfg"), encoding="utf-8") as file:
        own = file.read()
    modules = re.search(r'UR_MODULES "(.*)"', own)[1]

    def small(parameters="", route="", use_domain=1):
        return CONFIG.format(port=free_port(), modules=modules, parameters=parameters, route=route, use_domain=use_domain)

    # The sample, whatever its routes are written in, with a table of another name.
    config = re.sub(r"UR_SIP_PORT \d+", f"UR_SIP_PORT {free_port()}", own)
    config = re.sub(r'UR_CTL ".*"', f'UR_CTL "unix:{t.folder}/ctl"', config)
    said = start(t, config + TABLE + "\n") or ""
    t.check("\"lokation\"" in said and "table is location." in said, f"the log says: {said}")

    save = 'save("location");'
    said = start(t, small("", save, use_domain=0)) or ""
    t.check('set modparam("usrloc", "use_domain", 1)' in said, f"the log says: {said}")
    said = start(t, small(TABLE, save)) or ""
    t.check("table is location." in said, f"the log says: {said}")
    for what, parameters, route in (("as it should be", "", save), ("no table but this one", TABLE, ""), ("both", TABLE, save + 'lookup("lokation");'),
                                    ("filled by another node", TABLE + '\nmodparam("usrloc", "preload", "lokation")', save)):
        t.equal(start(t, small(parameters, route)), None, what)
