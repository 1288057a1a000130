# SPDX-License-Identifier: GPL-2.0-or-later
import os

from harness.expect import wait_for
from harness.phone import rejects
from harness.wire import Request

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow.lua")
STACK = {"before": f'#!define WITH_LUA\n#!define UR_LUA "{SCRIPT}"', "after": 'loadmodule "cfgutils.so"\n'
         # Both copies are to come as far as user_fork(): the second one's nonce was used.
         'modparam("auth", "nonce_count", 0)\nmodparam("auth", "one_time_nonce", 0)'}
NOT_IN_LUA = "its own script"


def run(t):
    alice, bob = t.user("1001"), t.caller()
    desk = alice.phone("desk", rejects(486, after=0.3))
    endpoint = t.endpoint()
    headers = [("Contact", f"<sip:{endpoint.address}:{endpoint.port}>")]
    request = Request(endpoint, "INVITE", alice.uri, bob.aor, headers=headers)
    endpoint.send(request.encode())
    challenged = endpoint.final(request.call_id, "INVITE")
    request.acknowledge(challenged)
    invite = request.authenticate(challenged, bob.auth_username, bob.password)

    endpoint.send(invite)
    endpoint.send(invite)

    final = endpoint.final(request.call_id, "INVITE", 5, request.cseq)
    t.check(final and final.status == 486, f"expected 486, saw {final and final.first_line}")
    request.acknowledge(final)
    desk.rang_times(1)
    t.nothing_rings()
    returned = [line.split()[-1] for line in t.stack.log_text().splitlines() if "user_fork() returned" in line]
    t.equal(sorted(returned), ["0", "1"], "what user_fork() returned")

    # The call of the second copy has no transaction, and is gone: nothing is left that a REGISTER could wake.
    wait_for(lambda: "ur_late_watch" not in t.stack.kamcmd("mod.mem_statsx", "user_routing", "shm"), 15, "no device should be watched")
    desk.device.register(desk.address, source=(desk.address, 5099))
