# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects

ENDS_WITH = {
    486: 486, 600: 486, 603: 486,            # busy
    408: 480, 480: 480,                      # no answer
    404: 480, 410: 480, 430: 480, 503: 480,  # unreachable
    500: 480, 403: 480, 481: 480, 606: 480,  # refused
    415: 415, 420: 420, 421: 421, 422: 422, 488: 488, 489: 489, 493: 493, 494: 494, 580: 580,  # negotiation
}


def run(t):
    for status, code in ENDS_WITH.items():
        user = t.user(f"1{status}")
        phone = user.phone("desk", rejects(status, after=0.3))
        t.calls(user.username).ends(code, after=0.3).over()
        phone.rejected(status).rang_times(1).stop()
