# SPDX-License-Identifier: GPL-2.0-or-later
import glob
import os
import re

from harness.expect import check
from harness.mixed import Mix

NOT_IN_LUA = "takes minutes, and the module is the same"
STACK = {
    "KAMAILIO_PATIENCE": "100",
    "run": "valgrind --trace-children=yes --child-silent-after-fork=no --leak-check=full --error-limit=no"
    " --num-callers=30 --fullpath-after= --log-file={run_dir}/vg.%p.log",
    # All processes start and connect at once, and slowly.
    "after": """
children=2
tcp_children=1
modparam("user_routing", "connect_timeout", 30000)
""",
}
LIMIT = 240
LOUD = True
# tests/stack/up asks whether it is ready, and does not wait for a slow answer.
HARMLESS = [r"tsend_dgram_ev", r"ctl .*rpc_send"]


def run(t):
    Mix(t, slower=4).run(200, at_once=6)


def after_stack(stack):
    logs = glob.glob(os.path.join(stack.run_dir, "vg.*.log"))
    check(logs, "valgrind left no log")
    bad, seen = [], 0
    for log in logs:
        with open(log, encoding="utf-8", errors="replace") as file:
            text = re.sub(r"^==\d+== ?", "", file.read(), flags=re.MULTILINE)
        seen += "HEAP SUMMARY" in text
        # A report is a paragraph: what is wrong, then "at" and "by" lines.
        reports = [p for p in text.split("\n\n") if re.search(r"^ +(at|by) 0x", p, re.MULTILINE)]
        bad += [p for p in reports if re.search(r"modules/user_routing/", p)]
    check(seen, "no process under valgrind ended by itself: there is no summary")
    check(not bad, f"{len(bad)} reports with the module in them, e.g.:\n{bad[0] if bad else ''}")
