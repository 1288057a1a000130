# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import TRUNKS, free_address
from harness.phone import answers, rejects
from harness.wire import Request

ROUTES = True
GATEWAYS = [free_address(), free_address()]
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": "".join(f"1 sip:{g}:5060\n" for g in GATEWAYS)}}


def outbound(t, device, uri):
    """A call whose first gateway fails. Returns both INVITEs."""
    gateways = [t.endpoint(address=address) for address in GATEWAYS]
    with t.endpoint() as phone:
        request = Request(phone, "INVITE", uri, device.aor, headers=[("Contact", f"<sip:x@{phone.address}:5060>")])
        phone.send(request.encode())
        challenge = phone.final(request.call_id, "INVITE")
        request.acknowledge(challenge)
        phone.send(request.authenticate(challenge, device.auth_username, device.password))
        came = []
        for answer in ("503 Service Unavailable", "486 Busy Here"):
            came.append(next_invite(gateways, answer))
        t.equal(phone.final(request.call_id, "INVITE", 3.0, request.cseq).status, 486, f"{uri}: the second gateway's answer")
    return came


def next_invite(gateways, answer):
    for _ in range(60):
        for gateway in gateways:
            message = gateway.receive(0.05)
            if message is not None and message.method == "INVITE":
                gateway.reply(message, answer)
                return message
            if message is not None and message.method == "OPTIONS":
                gateway.reply(message, "200 OK")
    raise AssertionError("a gateway should get an INVITE")


def dials(t, status, device, uri):
    reply = device.invites(uri)
    t.equal(reply and reply.status, status, f"{uri}: the answer")


def run(t):
    alice = t.user("1001")
    desk = alice.phone("desk", rejects(486, after=0.05))
    answering = t.user("1002").phone("desk", answers(after=0.1))
    other = t.other_tenant()
    theirs = other.user("1001").phone("theirs", rejects(486, after=0.05))
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "*21#", "dest_kind": "user", "dest_id": alice.id})
    bob = t.caller()

    for uri in (f"tel:1001;phone-context={t.domain}", f"tel:10-01;phone-context={t.domain.upper()}", "tel:1001", "TEL:(10)0.1;x=y", "tel:*21#"):
        dials(t, 486, bob, uri)
    t.equal(len(desk.legs), 5, "calls to the desk")
    dials(t, 486, bob, f"tel:1001;phone-context={other.domain}")
    t.equal(len(theirs.legs), 1, "calls to the other account's user")
    for uri in ("tel:1001;phone-context=elsewhere.test", f"tel:1999;phone-context={t.domain}", f"tel:*21#;phone-context={other.domain}"):
        dials(t, 404, bob, uri)

    # SIPp's own credentials are for sip:tel:1002, which names no user.
    bob.calls(f"tel:1002;phone-context={t.domain}").ends(200).over()
    t.equal(answering.leg().invite.header("To"), f"<sip:1002@{t.domain}>", "To at the phone")

    def trunk_calls(uri):
        return t.stranger_calls(uri, sender="<sip:+4911022@gateway.test>", address=t.addresses.take_trusted(TRUNKS))

    trunk_calls(f"tel:1002;phone-context={t.domain}").ends(200).over()
    trunk_calls("tel:1001").ends(404)

    for invite in outbound(t, bob, "tel:+49-30-123456;ext=7"):
        t.equal(invite.uri, f"sip:+4930123456@{t.domain}", "the Request-URI at a gateway")

    tree = t.stack.kamcmd("user_routing.explain_tree", f"tel:1001;phone-context={t.domain}", f"{bob.auth_username}@{t.domain}")
    t.check("1001-desk" in tree, f"explain should find the desk: {tree}")
