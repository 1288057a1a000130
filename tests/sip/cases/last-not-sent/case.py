# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import free_address
from harness.phone import rejects

NOT_IN_LUA = "its own onsend_route"
GONE = free_address()
# The way to the second phone breaks, after a while: in the meantime the first one has answered.
STACK = {"after": f"""
loadmodule "cfgutils.so"
onsend_route {{
	if ($sndto(ip) == "{GONE}") {{
		usleep("200000");
		drop;
	}}
}}
"""}


def run(t):
    alice = t.user("1001", ring_timeout_sec=20)
    busy = alice.phone("busy", rejects(486, after=0.02), ring_order=1)
    alice.device("gone", ring_order=2).register(GONE, source=(GONE, 5060))

    call = t.calls("1001").ends(486)

    t.check(call.lasted < 2, f"the call should go on, it took {call.lasted:.1f} s")
    busy.rejected(486)
    call.over()
