# SPDX-License-Identifier: GPL-2.0-or-later
from harness.registrar import contact
from harness.wire import Endpoint, Request

ROUTES = True
HARMLESS = [r"register-refused-\w+} registrar "]  # what registrar says about them


def run(t):
    device = t.user("1001").device("phone")
    t.settle()
    with Endpoint(t.addresses.take(), 5060, t.server, t.name) as endpoint:
        own = contact(endpoint.address)

        def answers(*headers, call_id=None, cseq=1):
            """All final responses to a REGISTER, and what the first of them says."""
            request = Request(endpoint, "REGISTER", f"sip:{device.realm}", device.aor, device.aor, headers=headers)
            request.cseq, request.call_id = cseq, call_id or request.call_id
            first = request.exchange(device.auth_username, device.password)
            second = endpoint.final(request.call_id, "REGISTER", 0.15, request.cseq)
            return [reply.status for reply in (first, second) if reply], first.header("P-Registrar-Error"), request.call_id

        good, _, call_id = answers(("Contact", own), ("Expires", 60), cseq=20)
        t.equal(good, [200], "a REGISTER")
        for status, why, headers, options in (
                (400, "* used in contact and expires is not zero", [("Contact", "*"), ("Expires", 60)], {}),
                (400, "Invalid q param in contact", [("Contact", own + ";q=7"), ("Expires", 60)], {}),
                (400, "Invalid CSeq number", [("Contact", own), ("Expires", 60)], {"call_id": call_id, "cseq": 5}),
                (420, "No support for Outbound on server", [("Contact", own), ("Expires", 60), ("Require", "outbound"), ("Supported", "outbound, path")], {}),
        ):
            t.equal(answers(*headers, **options)[:2], ([status], why), f"REGISTER with {headers} {options}")
