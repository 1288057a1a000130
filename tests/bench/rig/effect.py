# SPDX-License-Identifier: GPL-2.0-or-later
"""From COMMIT to its effect: how soon a call is treated by the new rule."""

import time
from contextlib import closing

from .cluster import PROBED
from .prober import Prober

_RULE = "UPDATE sip_user SET fwd_always_kind = 'hangup', fwd_always_id = %s WHERE username = %s"


def measure(peer, cluster, changes=200, pause=0.02, limit=5.0):
    """Seconds from sending COMMIT to sending the first INVITE that the new rule answered, for each change."""
    found = []
    with closing(cluster.connect()) as connection, closing(Prober(peer)) as prober, connection.cursor() as cursor:
        connection.autocommit = False
        for n in range(changes):
            wanted = 410 + n % 60
            cursor.execute(_RULE, (str(wanted), PROBED))
            begin = time.monotonic()
            connection.commit()
            while True:
                asked = time.monotonic()
                seen = prober.status()
                if seen == wanted:
                    break
                if asked - begin > limit:
                    raise RuntimeError(f"change {n} is not in force {limit:g} s after its COMMIT: {seen}, not {wanted}")
            found.append(asked - begin)
            time.sleep(pause)
    return found
