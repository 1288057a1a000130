# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of a peer that runs under callgrind."""

import glob
import os
import re
import subprocess


def command(folder):
    """What to run Kamailio under. `folder` must exist; what callgrind writes is there."""
    return [
        "valgrind", "--tool=callgrind", "--trace-children=yes", f"--callgrind-out-file={folder}/callgrind.out.%p",
        f"--vgdb-prefix={folder}/vgdb", f"--log-file={folder}/valgrind.%p.log",
    ]


def tell(folder, pid, order):
    """`zero`: begin to count; `dump`: write what was counted and begin again."""
    subprocess.run(
        ["vgdb", f"--vgdb-prefix={folder}/vgdb", f"--pid={pid}", "--wait=5", order],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True,
    )


def dump(folder, pid):
    """Dumps; the file's path and the instructions in it."""
    tell(folder, pid, "dump")
    path = max(glob.glob(f"{folder}/callgrind.out.{pid}.*"), key=os.path.getmtime)
    with open(path, encoding="utf-8", errors="replace") as file:
        total = re.findall(r"^(?:summary|totals): (\d+)", file.read(), re.MULTILINE)
    return path, int(total[-1])
