# SPDX-License-Identifier: GPL-2.0-or-later
"""What it was measured on."""

import os
import platform
import subprocess
import time


def _version(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=False)
    return done.stdout or "?"


def _cpu():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def describe():
    server = sorted(name for name in os.listdir("/usr/lib/postgresql") if name.isdigit())[-1]
    return {
        "when": time.strftime("%Y-%m-%d"),
        "cpu": f"{len(os.sched_getaffinity(0))} × {_cpu()}",
        "kernel": platform.release(),
        "kamailio": _version("kamailio"),
        "postgresql": _version(f"postgresql-{server}"),
        "sipp": _version("sip-tester"),
    }
