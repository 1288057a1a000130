# SPDX-License-Identifier: GPL-2.0-or-later
"""What fail2ban finds in Kamailio's log with the filter in modules/user_routing/monitoring."""

import os
import re
import subprocess

FILTER = os.path.join(os.path.dirname(__file__), "../../../modules/user_routing/monitoring/fail2ban/filter.d/user_routing.conf")


def found(t):
    """The addresses, from the log as syslog would write it: a line for each message."""
    path = os.path.join(t.folder, "syslog")
    with open(path, "w", encoding="utf-8") as file:
        for pid, line in re.findall(r"^\s*\d+\((\d+)\) (.*)$", t.stack.log_text(), re.M):
            file.write(f"Nov 30 12:00:00 pbx /usr/sbin/kamailio[{pid}]: {line}\n")
    done = subprocess.run(["fail2ban-regex", "-v", path, FILTER], capture_output=True, text=True, timeout=60, check=False)
    t.equal(done.returncode, 0, f"fail2ban-regex: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return re.findall(r"^\|\s+(\d+(?:[.]\d+){3})  ", done.stdout, re.M)
