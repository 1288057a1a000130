# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmark is made of: servers, phones, callers, and the measuring of them."""

import os
import sys

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(BENCH))
BUILD_DIR = os.path.join(ROOT, os.environ.get("BUILD_DIR", "build"))
DOMAIN = "bench.example"

sys.path.append(os.path.join(ROOT, "tests", "sip"))  # harness
