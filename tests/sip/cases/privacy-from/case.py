# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects

ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'


def run(t):
    bob = t.user("1002", display_name="Bob").device("bobs-phone")
    desk = t.user("1001").phone("desk", rejects(486, after=0.02))

    for sender in (ANONYMOUS, "<tel:+4912345>"):
        bob.calls("1001", sender=sender, headers=["Privacy: id"]).ends(486)
        invite = desk.leg().invite
        t.check(invite.header("From").startswith(ANONYMOUS), f"From is {invite.header('From')}")
        t.equal(invite.all("P-Asserted-Identity"), [], "P-Asserted-Identity")

    bob.calls("1001", sender="<tel:+4912345>").ends(486)
    t.check(f"sip:1002@{t.domain}" in desk.leg().invite.header("From"), f"From is {desk.leg().invite.header('From')}")

    t.stranger_calls("1001", sender=ANONYMOUS).ends(407)
    t.stranger_calls("tel:1001", sender=ANONYMOUS).ends(400)
    desk.rang_times(3)
