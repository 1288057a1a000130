# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import Attempts
from harness.net import TRUNKS

ROUTES = True


def extension(t, tenant, digits, **columns):
    t.insert("extension", {"id": f"ext_{tenant.key}_{digits}", "account_id": tenant.account, "digits": digits,
                           "dest_kind": "hangup", "dest_id": "410", **columns})


def run(t):
    alice, bob = t.user("1001"), t.caller()
    alice.device("desk")
    t.user("1003", status="disabled").device("old")
    other = t.other_tenant()
    other.user("2001")
    extension(t, t.tenant, "300")
    extension(t, t.tenant, "301", status="disabled")
    extension(t, other, "400")
    attack = Attempts(t)
    own = f"sip:{t.server[0]}:{t.server[1]}"

    def asks(status, uri, sender="sip:x@elsewhere.test", **who):
        return attack.refused(status, f"OPTIONS {uri}", "OPTIONS", uri, sender, **who)

    for uri in (own, f"sip:{t.domain}", f"sip:{t.domain.upper()};transport=udp", f"sip:{other.domain}"):
        answer = asks(200, uri)
        t.equal(answer.all("Allow"), ["INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE, SUBSCRIBE, NOTIFY"], f"Allow of {uri}")
        t.equal(answer.all("Accept"), ["application/sdp"], f"Accept of {uri}")

    # Who has no password learns nothing: all names are alike.
    for name in ("1001", "1003", "1001-desk", "300", "400", "nobody", "%00"):
        for sender in ("sip:x@elsewhere.test", bob.aor):
            asks((407, 401), f"sip:{name}@{t.domain}", sender)
    asks(407, "sip:elsewhere.test")
    asks(407, f"sip:1001@{t.server[0]}:{t.server[1]}")

    known = [f"1001@{t.domain}", f"1001-desk@{t.domain}", f"300@{t.domain}", f"2001@{other.domain}", t.domain]
    unknown = [f"nobody@{t.domain}", f"1003@{t.domain}", f"1003-old@{t.domain}", f"301@{t.domain}", f"x@{t.server[0]}:{t.server[1]}",
               "1001@elsewhere.test", "elsewhere.test"]
    for status, names in ((200, known), (404, [*unknown, f"400@{other.domain}"])):
        for name in names:
            asks(status, f"sip:{name}", bob.aor, device=bob)
    for status, names in ((200, [*known, f"400@{other.domain}"]), (404, unknown)):
        for name in names:
            with t.endpoint(address=t.addresses.take_trusted(TRUNKS)) as trunk:
                asks(status, f"sip:{name}", "sip:x@gateway.test", endpoint=trunk)

    other.update(status="suspended")
    t.settle()
    asks(407, f"sip:{other.domain}")
    asks(404, f"sip:2001@{other.domain}", bob.aor, device=bob)

    # What a 405 allows is taken.
    refused = attack.refused(405, "REFER", "REFER", f"sip:1001@{t.domain}", bob.aor, device=bob)
    allowed = refused.header("Allow").split(", ")
    for method in ("INVITE", "OPTIONS", "REGISTER", "MESSAGE"):
        t.check(method in allowed, f"{method} should be in Allow: {allowed}")
        attack.refused((200, 401, 407), method, method, f"sip:{t.domain}", bob.aor, to=bob.aor)
