# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.net import free_address
from harness.phone import rejects

ROUTES = True
LIMIT = 60
GATEWAY = free_address()
EXPLAIN = "it does not know the script's dial plan"
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define UR_PREMIUM "+882,+49900,0900"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
NATIONAL, ABROAD, PREMIUM, SATELLITE = "030555666", "0043155566", "0900123456", "+88213456789"
MAY = {  # by class: what comes to the gateway
    "emergency": [], "national": [NATIONAL], "international": [NATIONAL, ABROAD], "premium": [NATIONAL, ABROAD, PREMIUM, SATELLITE],
    None: [NATIONAL, ABROAD], "natonal": [],
}


def by_class(t, bob, user):
    for label, may in MAY.items():
        user.update(dial_class=label)
        for number in (NATIONAL, ABROAD, PREMIUM, SATELLITE):
            bob.calls(number).ends(486 if number in may else 403)
        bob.calls("112").ends(486)
    t.equal(t.stack.log_text().count("does not know the dial_class natonal"), 4, "lines about a class that the plan does not know")


def without_a_plan(t, bob, user):
    """The account's numbers are not read: they are looked at as they were dialled."""
    t.tenant.update(country_code=None)
    for label, may in (("national", []), ("international", [NATIONAL]), ("premium", [NATIONAL, PREMIUM])):
        user.update(dial_class=label)
        for number in (NATIONAL, PREMIUM):
            bob.calls(number).ends(486 if number in may else 403)
    t.tenant.update(country_code="49")


def who_forwards_pays(t, bob, user, alice):
    for number, address in (("national", "4930555666"), ("abroad", "43155566")):
        t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": number, "address": address})
    user.update(dial_class="emergency")
    alice.update(dial_class="national", fwd_always_kind="forward", fwd_always_id="national")
    bob.calls("1001").ends(486)
    alice.update(fwd_always_id="abroad")
    bob.calls("1001").ends(403)
    user.update(dial_class="premium")
    bob.calls("1001").ends(403)
    alice.update(fwd_always_kind=None, fwd_always_id=None, fwd_noanswer_kind="forward", fwd_noanswer_id="abroad", ring_timeout_sec=1)
    bob.calls("1001").ends(403)


def run(t):
    Device(t, "gateway", t.domain, "").phone(rejects(486, after=0.05), address=GATEWAY, register=False)
    t.tenant.update(country_code="49")
    user = t.user("1000")
    bob = user.device("bobs-phone")
    by_class(t, bob, user)
    without_a_plan(t, bob, user)
    who_forwards_pays(t, bob, user, t.user("1001"))
