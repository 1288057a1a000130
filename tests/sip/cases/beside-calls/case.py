# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rings
from harness.wire import Request, TcpEndpoint

ROUTES = True
ANSWERS = [
    ("NOTIFY", [("Event", "keep-alive")], 200), ("NOTIFY", [("o", "Keep-Alive")], 200), ("NOTIFY", [("Event", "message-summary")], 481), ("NOTIFY", [], 481),
    *((method, [("Event", event), ("Expires", "3600")], 489) for method in ("SUBSCRIBE", "PUBLISH") for event in ("presence", "dialog", "ua-profile", "x" * 300)),
    ("SUBSCRIBE", [("Event", "message-summary")], 407), ("PUBLISH", [("Event", "message-summary")], 489), ("SUBSCRIBE", [], 489), ("PUBLISH", [], 489), ("SUBSCRIBE", [("Event", "keep-alive")], 489),
    *((method, [], 481) for method in ("BYE", "INFO", "UPDATE", "PRACK")),
    *((method, [], 405) for method in ("REFER", "DIAL")), ("MESSAGE", [], 407),
]


def run(t):
    desk = t.user("1001").phone("desk", rings())
    bob = t.caller()
    for uri in (f"sip:{t.domain}", f"sip:1001@{t.domain}", "sip:1001@elsewhere.test"):
        for endpoint in (t.endpoint(), TcpEndpoint(t.addresses.take(), t.server, t.name)):  # each below the limit of pike
            for method, headers, status in ANSWERS:
                reply = Request(endpoint, method, uri, bob.aor, headers=[("Contact", f"<sip:x@{endpoint.address}>"), *headers]).exchange()
                what = f"{method} to {uri}, {headers}, {endpoint.transport}"
                t.equal(reply and reply.status, status, what)
                t.equal(reply.header("Allow-Events"), "refer, message-summary" if status == 489 else None, f"Allow-Events, {what}")
                t.equal("INVITE" in (reply.header("Allow") or ""), status == 405, f"Allow, {what}")
    desk.never_rang()
