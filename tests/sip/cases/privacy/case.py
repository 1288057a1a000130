# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers


def run(t):
    bob = t.user("1002", display_name="Bob").device("bobs-phone")
    desk = t.user("1001").phone("desk", answers(after=0.2))

    bob.calls("1001", headers=["Privacy: id"]).ends(200).over()

    invite = desk.leg().invite
    t.equal(invite.all("P-Asserted-Identity"), [], "P-Asserted-Identity")
    t.equal(invite.all("Privacy"), ["id"], "Privacy")
    t.check("anonymous.invalid" in invite.header("From"), f"From is {invite.header('From')}")
    t.check("1002" not in invite.header("From"), f"From is {invite.header('From')}")
