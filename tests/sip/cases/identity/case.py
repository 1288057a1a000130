# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import answers, rejects

FORGED = ["P-Asserted-Identity: <sip:boss@evil.test>", "P-Preferred-Identity: <sip:boss@evil.test>",
          "Remote-Party-ID: <sip:boss@evil.test>;party=calling", "Diversion: <sip:boss@evil.test>;reason=unconditional",
          "History-Info: <sip:boss@evil.test>;index=1"]


def run(t):
    bob = t.user("1002", display_name='Bob "B" O\\Neil').device("bobs-phone")
    alice = t.user("1001", ring_timeout_sec=5)
    desk, soft = alice.phone("desk", rejects(486, after=0.2)), alice.phone("soft", answers(after=0.4))
    identity = f'"Bob \\"B\\" O\\\\Neil" <sip:1002@{t.domain}>'

    call = bob.calls("1001", headers=FORGED, talk=None).ends(200)
    for phone in (desk, soft):
        invite = phone.leg().invite
        t.equal(invite.all("P-Asserted-Identity"), [identity], f"{phone.name}: P-Asserted-Identity")
        t.check(invite.header("From").startswith(identity), f"{phone.name}: From is {invite.header('From')}")
        t.check("evil.test" not in str(invite.headers), f"{phone.name}: a forged header came through: {invite.headers}")
    t.check(f"sip:1002-bobs-phone@{t.domain}" in call.final.header("From"), f"the caller's own From: {call.final.header('From')}")
    call.hold()
    call.hang_up().over()
    soft.saw_bye()
    bye = soft.leg().bye.message
    t.check(f"sip:1002@{t.domain}" in bye.header("From"), f"From of the BYE is {bye.header('From')}")

    tcp = t.user("1003").device("tcp").phone(answers(after=0.2, hangs_up_after=0.5), transport="tcp")
    call = bob.calls("1003", talk=None).ends(200).over()
    t.check("/TCP" in tcp.leg().invite.header("Via"), f"over TCP: Via is {tcp.leg().invite.header('Via')}")
    t.check(tcp.leg().invite.header("From").startswith(identity), f"over TCP: From is {tcp.leg().invite.header('From')}")
    tcp.hung_up()
    t.check(f"sip:1002-bobs-phone@{t.domain}" in call.bye.header("To"), f"To of the BYE from the callee: {call.bye.header('To')}")
