# SPDX-License-Identifier: GPL-2.0-or-later
"""Do the scripts decide as user_routing does? If not, they are nothing to compare it with."""

import time
from contextlib import closing

from .cluster import PROBED
from .prober import Prober

_NONE = (
    "status = 'active', dnd = 0, voicemail_id = NULL, fwd_always_kind = NULL, fwd_always_id = NULL, fwd_busy_kind = NULL, "
    "fwd_busy_id = NULL, fwd_noanswer_kind = NULL, fwd_noanswer_id = NULL"
)
_CASES = {  # a user without a contact -> what the caller hears
    _NONE: 480,
    "status = 'disabled'": 404,
    "fwd_always_kind = 'hangup', fwd_always_id = '433'": 433,
    "dnd = 1": 486,
    "dnd = 1, fwd_busy_kind = 'hangup', fwd_busy_id = '455'": 455,
    "fwd_noanswer_kind = 'hangup', fwd_noanswer_id = '456'": 456,
}
_SECONDS = 3  # for the module to hear of a change


def _answer(peer, wanted):
    """What a call comes to; asked again until it is as wanted, or time is up."""
    if "cached.cfg" in peer.variant.files:
        peer.rpc.call("htable.reload", "user")
    deadline = time.monotonic() + _SECONDS
    with closing(Prober(peer)) as prober:
        while True:
            status = prober.status()
            if status == wanted or time.monotonic() > deadline:
                return status
            time.sleep(0.05)


def check(stand):
    """RuntimeError: a peer decides otherwise."""
    with closing(stand.cluster.connect()) as connection, connection.cursor() as cursor:
        for change, wanted in _CASES.items():
            for assignments in (_NONE, change):
                cursor.execute(f"UPDATE sip_user SET {assignments} WHERE username = %s", (PROBED,))
            for peer in stand.peers.values():
                status = _answer(peer, wanted) if peer.variant.has_policy else wanted
                if status != wanted:
                    raise RuntimeError(f"{peer.variant.title}: {change}: {status}, not {wanted}")
