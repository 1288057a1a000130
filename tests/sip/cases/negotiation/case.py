# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects

ROUTES = True
MENDS = ["Min-SE: 300", 'Warning: 399 phone "too short"', "Supported: timer"]
OF_NO_USE = ["P-Asserted-Identity: <sip:boss@bank.test>", 'Proxy-Authenticate: Digest realm="x", nonce="y"', "X-Debug: 1"]


def run(t):
    box = {"voicemail_id": "7", "fwd_busy_kind": "hangup", "fwd_busy_id": "603"}
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})

    # the one that says it first, not the first branch, nor the code that tm would pick
    alice = t.user("1001", **box)
    alice.phone("late", rejects(420, after=0.6, headers=["Unsupported: x"]), ring_order=1)
    alice.phone("first", rejects(422, after=0.2, headers=MENDS + OF_NO_USE), ring_order=2)
    answer = t.calls("1001").ends(422, after=0.6).over().final
    mended = [f"{name}: {answer.header(name)}" for name in ("Min-SE", "Warning", "Supported")]
    t.equal(mended, MENDS, "headers that say what to mend")
    for line in ["Unsupported: x", *OF_NO_USE]:
        t.equal(answer.all(line.split(":")[0]), [], line)

    # in whatever step
    bob = t.user("1002", ring_strategy="sequential", **box)
    bob.phone("first", rejects(488, after=0.2, headers=['Warning: 305 phone "no codec"']), ring_order=1)
    bob.phone("second", rejects(415, after=0.2, headers=["Accept: application/sdp"]), ring_order=2)
    answer = t.calls("1002").ends(488, after=0.4).over().final
    t.equal((answer.header("Warning"), answer.header("Accept")), ('305 phone "no codec"', None), "headers of the first step")

    # a device at its own address
    t.calls("1001-first").ends(422, after=0.2).over()

    # one leg that ended otherwise: the rules
    carol = t.user("1003", fwd_busy_kind="hangup", fwd_busy_id="603", fwd_noanswer_kind="hangup", fwd_noanswer_id="404")
    carol.phone("first", rejects(488, after=0.1))
    busy = carol.phone("busy", rejects(486, after=0.2))
    t.calls("1003").ends(603, after=0.2).over()
    busy.device.update(available=0)
    carol.phone("refuses", rejects(500, after=0.2))
    t.calls("1003").ends(404, after=0.2).over()
