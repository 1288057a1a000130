# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import Attempts, Dialog, Trap
from harness.net import free_address

GATEWAY = free_address()
LOUD = True
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"', "after": 'modparam("pike", "reqs_density_per_unit", 10000)',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
NUMBER = "+4930123456"
EVIL = [("X-Billing-Account", "evil.test"), ("Referred-By", "<sip:evil.test>"), ("Replaces", "a;to-tag=b;from-tag=c"), ("User-to-User", "evil"), ("Alert-Info", "<http://evil.test>"),
        ("Call-Info", "<sip:evil.test>;answer-after=0"), ("P-Asserted-Identity", "<sip:boss@evil.test>")]


def written_otherwise(dialog):
    """The gateway's Contact in the forms that UAs write into the Request-URI."""
    target = dialog.target
    yield target
    yield target.replace("transport=UDP", "transport=udp")
    yield target.replace("%2A", "*")
    user, _, rest = target.partition("@")
    host, *params = rest.split(";")
    yield user + "@" + ";".join([host, *reversed(params)])
    yield user + "@" + ";".join([host, *sorted(params)])


def leads_to_us(t, attack, bob, uri):
    """A gateway whose Contact names us: its requests would come back to us until Max-Forwards is 0."""
    with Trap(t, GATEWAY, answer="200 OK", headers=[f"Contact: <sip:x@{t.server[0]}:{t.server[1]}>"]) as gateway:
        dialog = Dialog(attack, bob, uri, trap=gateway)
        for method in ("INVITE", "INFO", "BYE"):
            t.equal(dialog.sends(method).status, 482, f"{method} to a gateway that says it is us")


def run(t):
    gateway = Trap(t, GATEWAY, answer="200 OK", headers=[f"Contact: <sip:{NUMBER}%2A@{GATEWAY}:5060;transport=UDP;user=phone>"])
    bob, caller = t.user("1001").device("bob"), f"sip:{NUMBER}@{t.domain}"
    attack = Attempts(t)
    dialog = Dialog(attack, bob, caller, trap=gateway)
    for uri in written_otherwise(dialog):
        for method in ("INVITE", "INFO", "UPDATE"):
            t.equal(dialog.sends(method, uri).status, 200, f"{method} {uri}")
    for uri in (f"sip:{NUMBER}@{GATEWAY}", f"sip:{GATEWAY}:5060", "sip:+88213456789@elsewhere.test"):
        other = Dialog(attack, bob, caller, trap=gateway)
        t.wait_for(lambda other=other: any(m.method == "ACK" and m.call_id == other.call_id for m in gateway.messages), 2, "the ACK should arrive")
        gateway.forget()
        t.equal(other.sends("INVITE", uri).status, 403, f"INVITE {uri}: not what the gateway has said")
        other.sends("ACK", uri)
        t.equal(other.sends("BYE", uri).status, 200, f"BYE {uri}")
        t.wait_for(lambda: len(gateway.messages) >= 2, 2, "ACK and BYE should arrive")
        t.equal(sorted((m.method, m.uri) for m in gateway.messages), [("ACK", f"sip:{NUMBER}@{t.domain}"), ("BYE", f"sip:{NUMBER}@{t.domain}")], "what comes to the gateway")

    gateway.forget()
    for refer_to, status in (("<sip:+88213456789@x.test>", 403), ("<tel:+88213456789>", 403), ("sip:+88213456789@elsewhere.test", 403), ("<sip:1002@%s>" % t.domain, 200), (None, 403)):
        t.equal(dialog.sends("REFER", headers=[("Refer-To", refer_to)] if refer_to else []).status, status, f"REFER to {refer_to}")
    t.equal([m.header("Refer-To") for m in gateway.seen], [f"<sip:1002@{t.domain}>"], "transfers that came to the gateway")
    for method in ("INVITE", "UPDATE", "INFO", "BYE"):
        gateway.forget()
        t.equal(dialog.sends(method, headers=EVIL).status, 200, method)
        t.check(b"evil" not in gateway.takes(1).raw, f"{method}: a header that is not from the list came to the gateway")
    gateway.close()
    leads_to_us(t, attack, bob, caller)
