# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import Trap
from harness.net import EDGES, TRUNKS
from harness.wire import Endpoint, Request

ROUTES = True
PHONE = "<sip:phone@192.0.2.9>"


def in_dialog(t, trunk, invite, answer, method, number, drop):
    """Sends a request of the trunk in the answered dialog. Returns the final response."""
    uri = answer.header("Contact").strip("<>")
    request = Request(trunk, method, uri.split(";")[0] if drop else uri, "sip:x@gateway.test", to=invite.to, from_tag=invite.from_tag,
                      to_tag=answer.header("To").split(";tag=")[1], headers=[("Route", r) for r in reversed(answer.all("Record-Route"))])
    request.call_id, request.cseq = invite.call_id, invite.cseq + number
    trunk.send(request.encode())
    reply = trunk.final(request.call_id, method, 2.0, request.cseq) if method != "ACK" else None
    if reply is not None:
        request.acknowledge(reply)
    return reply


def run(t):
    edge = t.addresses.take_trusted(EDGES)
    trunk = t.endpoint(address=t.addresses.take_trusted(TRUNKS))
    bob = t.user("1004").device("bob")
    t.settle()
    with Endpoint(edge, 5099, t.server, t.name) as sender:
        register = Request(sender, "REGISTER", f"sip:{t.domain}", bob.aor, bob.aor,
                           [("Contact", PHONE), ("Expires", "300"), ("Supported", "path"), ("Path", f"<sip:{edge};lr>")])
        t.equal(register.exchange(bob.auth_username, bob.password).status, 200, "REGISTER through the edge proxy")
    proxy = Trap(t, edge, answer="200 OK", headers=[f"Contact: {PHONE}"], above=[f"<sip:{edge};lr>"])
    for drop in (False, True):
        invite = Request(trunk, "INVITE", f"sip:1004@{t.domain}", "sip:x@gateway.test", headers=[("Contact", f"<sip:x@{trunk.address}:5060>")])
        answer = invite.exchange()
        t.equal(answer.status, 200, "the trunk's call")
        proxy.forget()
        for number, method in enumerate(("ACK", "INVITE", "BYE")):
            reply = in_dialog(t, trunk, invite, answer, method, number, drop)
            t.check(method == "ACK" or (reply is not None and reply.status == 200), f"{method}, parameters dropped: {drop}: {reply and reply.first_line}")
        t.wait_for(lambda: len([m for m in proxy.messages if m.method in ("ACK", "INVITE", "BYE")]) >= 3, 2, "ACK, re-INVITE and BYE should come to the edge proxy")
        t.check(all(m.uri.startswith("sip:phone@192.0.2.9") for m in proxy.messages), f"Request-URIs at the edge proxy: {[m.uri for m in proxy.messages]}")
