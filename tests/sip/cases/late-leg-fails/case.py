# SPDX-License-Identifier: GPL-2.0-or-later
import os
import signal

from harness.beside import Late
from harness.memory import processes, usage
from harness.phone import rings
from harness.stack import FIRST, HERE

NOT_IN_LUA = "its own branch_route"
EXPLAIN = "phones register during the call"
# Legs to a contact sip:slow@… take long to build. (In brackets LEG is the sample's, in quotes it is ours.)
STACK = {
    "run": f"{FIRST} {HERE}/starved {{run_dir}} sip_msg_shm_clone",
    "before": "#!define LEG QUICK_LEG",
    "after": """
loadmodule "cfgutils.so"
modparam("tm", "wt_timer", 1000)
branch_route["LEG"] {
	$var(i) = 0;
	while ($rU == "slow" && $var(i) < 8) {
		usleep("60000");  # the timer's process wakes at each tick
		$var(i) = $var(i) + 1;
	}
}
onreply_route["LEG"] {
	if (status =~ "18[0-9]") $avp(heard) = 1;
	user_dialog_reply("$var(hop)");
}
""",
}
HARMLESS = [r"sip_msg_shm_clone|failed to clone|fake_req failed", r"1 contacts do not ring", r"could not allocate shared memory"]
HUNG_UP = 8  # calls
GROWN = 4_000  # bytes of shared memory, at most: less than the legs of half of these calls


def starve(t):
    """The next request that the timer's process copies finds no memory."""
    timer, = (int(pid) for pid, _, name in processes(t.stack) if name == "timer")
    os.kill(timer, signal.SIGRTMIN + 6)


def without_memory(t, alice, desk, soft):
    call = t.calls(alice.username).proceeding()
    starve(t)
    soft.registers()
    t.wait_for(lambda: "do not ring" in t.stack.log_text(), 3, "that the phone does not ring should be logged")
    t.pause(0.3)
    soft.phone.never_rang()
    soft.registers()  # now there is memory
    soft.rang_at_once()
    call.cancel().ends(487).over()
    desk.cancelled()
    soft.phone.cancelled()
    soft.device.unregister(soft.phone)


def hung_up_meanwhile(t, alice, soft):
    call = t.calls(alice.username).proceeding()
    soft.registers(user="slow")
    t.pause(0.25)
    call.cancel().ends(487).over()
    t.callers.remove(call)
    soft.device.register(soft.phone.address, source=(soft.phone.address, 5099), user="slow", expires=0)


def run(t):
    alice = t.user("1001", ring_timeout_sec=9)
    desk, soft = alice.phone("desk", rings()), Late(alice.device("soft"), rings())
    without_memory(t, alice, desk, soft)

    hung_up_meanwhile(t, alice, soft)
    before = usage(t.stack)
    rang = len(soft.phone.legs)
    for _ in range(HUNG_UP):
        hung_up_meanwhile(t, alice, soft)
    after = usage(t.stack)
    t.nothing_rings()
    rung = len(soft.phone.legs) - rang
    t.note(f"{HUNG_UP} CANCELs while a leg was built: {rung} were sent all the same; shared memory grew by {after.shared - before.shared} bytes")
    t.check(rung < HUNG_UP // 2, f"{rung} of {HUNG_UP} legs had been built before the CANCEL")
    after.is_level_of(before)
    t.check(after.shared - before.shared < GROWN, f"shared memory grew by {after.shared - before.shared} bytes")
