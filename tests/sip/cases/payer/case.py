# SPDX-License-Identifier: GPL-2.0-or-later
import os

HERE = os.path.dirname(os.path.abspath(__file__))
STACK = {"script": os.path.join(HERE, "script.cfg")}
NOT_IN_LUA = "its own script"
EXPLAIN = "the script ends all calls"


def seen(call):
    return call.ends(480).final.header("X-Seen")


def run(t):
    t.tenant.update(country_code="49")
    other = t.other_tenant()
    for tenant in (t.tenant, other):
        t.insert("route_target", {"account_id": tenant.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    alice = t.user("1001", fwd_always_kind="forward", fwd_always_id="mobile", dial_class="international")
    bob = t.user("1000", dial_class="national")
    phone = bob.device("bobs-phone")
    t.insert("extension", {"account_id": t.account, "digits": "300", "dest_kind": "forward", "dest_id": "mobile"})
    t.insert("did", {"e164": "4989777200", "account_id": other.account, "dest_kind": "forward", "dest_id": "mobile"})
    nothing = "number=<null> payer=<null> class=<null>"

    t.equal(seen(phone.calls("030555666")), f"-2 number=+4930555666 payer={bob.id} class=national", "outbound")
    t.equal(seen(phone.calls("nobody")), f"-2 number=<null> payer={bob.id} class=national", "to nobody")
    t.equal(seen(phone.calls("300")), f"2 number=<null> payer={bob.id} class=national", "an extension: the caller pays")
    t.equal(seen(phone.calls("1001")), f"2 number=<null> payer={alice.id} class=international", "a forward: who forwards pays")
    t.equal(seen(phone.calls("+4989777200")), f"2 {nothing}", "another account's did: that account pays")
    alice.update(fwd_always_kind=None, fwd_always_id=None, dial_class=None)
    t.equal(seen(phone.calls("1001")), f"1 {nothing}", "before the call leaves")
    bob.update(dial_class=None)
    t.equal(seen(phone.calls("030555666")), f"-2 number=+4930555666 payer={bob.id} class=<null>", "no class")

    def trunk(number):
        return t.stranger_calls(number, sender=f"<sip:trunk@{t.domain}>")

    t.equal(seen(trunk("300")), f"2 {nothing}", "a trunk's call that an extension sends on")
    t.equal(seen(trunk("030555666")), f"-2 {nothing}", "a trunk's call to nobody")
