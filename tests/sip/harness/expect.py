# SPDX-License-Identifier: GPL-2.0-or-later
"""What a case may assert, and how it says that it was wrong."""

import time


class Unexpected(AssertionError):
    """A case saw something else than the contract says."""


class Never(Unexpected):
    """… and what may not be however slow the machine is."""


def check(condition, message):
    if not condition:
        raise Unexpected(message)


def equal(seen, wanted, what):
    check(seen == wanted, f"{what}: expected {wanted!r}, saw {seen!r}")


def near(seen, wanted, tolerance, what):
    check(
        abs(seen - wanted) <= tolerance,
        f"{what}: expected {wanted:.2f} ± {tolerance:.2f} s, saw {seen:.2f} s",
    )


def wait_for(condition, seconds, what):
    """Polls until condition() is true and returns its value; Unexpected when it never is."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Unexpected(f"{what}: waited {seconds:g} s in vain")
        time.sleep(0.01)
