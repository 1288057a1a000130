# SPDX-License-Identifier: GPL-2.0-or-later
from harness.phone import rejects
from harness.wire import Endpoint, Request

ROUTES = True


def shown(t, desk, device, callee):
    """Who the desk sees calling. From is in the device's realm, as that is what a phone is challenged for."""
    with Endpoint(t.addresses.take(), 5060, t.server, t.name) as endpoint:
        headers = [("Contact", f"<sip:{endpoint.address}:5060>")]
        request = Request(endpoint, "INVITE", callee.uri, device.aor, headers=headers)
        reply = request.exchange(device.auth_username, device.password)
        request.acknowledge(reply)
    if reply.status == 407:
        return None
    t.equal(reply.status, 486, "the call ends with")
    invite = desk.leg().invite
    sender = invite.header("From").split(";")[0]
    t.equal(invite.all("P-Asserted-Identity"), [] if "anonymous" in sender else [sender], "P-Asserted-Identity")
    return sender


def run(t):
    other = t.other_tenant()
    alice = t.user("1001")
    desk = alice.phone("desk", rejects(486, after=0.02))
    t.user("1002", display_name="Bob")
    mallory = other.user("1002", display_name="Mallory")

    home = mallory.device("home")
    other.domain = t.domain
    guest = mallory.device("guest")
    t.settle()
    t.equal(shown(t, desk, home, alice), f'"Mallory" <sip:1002@b-{t.domain}>', "the realm is a domain of the account")
    t.equal(shown(t, desk, guest, alice), None, "the realm is another account's domain: it may not call")

    nowhere = t.user("1003", display_name="Carol")
    t.tenant.domain, domain = f"nowhere-{t.domain}", t.tenant.domain
    phone = nowhere.device("phone")
    t.tenant.domain = domain
    t.settle()
    t.equal(shown(t, desk, phone, alice), f'"Carol" <sip:1003@{domain}>', "the realm is no domain")

    bare = t.other_tenant_without_domain().user("1002", display_name="Boss").device("boss")
    t.settle()
    t.equal(shown(t, desk, bare, alice), '"Anonymous" <sip:anonymous@anonymous.invalid>', "an account without a domain has no address to show")
