# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import PREMIUM, Attempts, Trap
from harness.net import free_address
from harness.sip import answer_challenge
from harness.wire import Request

GATEWAY = free_address()
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
ROUTES = True
HARMLESS = [r"fraud-digest-\w+} .*ERROR: <core> .*parse_uri"]


def call(t, bob, called, signed, method="INVITE"):
    """The final response to a call whose credentials name another URI."""
    with t.endpoint() as endpoint:
        request = Request(endpoint, method, called, bob.aor, bob.aor if method == "REGISTER" else None, headers=[("Contact", f"<sip:x@{endpoint.address}:5060>")])
        challenge = request.exchange()
        request.acknowledge(challenge)
        kind = "WWW" if challenge.status == 401 else "Proxy"
        value = answer_challenge(challenge.header(f"{kind}-Authenticate"), method, signed, bob.auth_username, bob.password)
        request.cseq, request.branch = 2, request.branch + "2"
        endpoint.send(request.encode((f"{'Proxy-' * (kind == 'Proxy')}Authorization", value)))
        reply = endpoint.final(request.call_id, method, 3.0, 2)
        request.acknowledge(reply)
        return reply.status


def run(t):
    gateway, bob = Trap(t, GATEWAY), t.caller()
    attack = Attempts(t, gateway)
    premium = f"sip:{PREMIUM}@{t.domain}"
    for signed in (f"sip:100@{t.domain}", f"sip:{PREMIUM}0@{t.domain}", f"sip:{PREMIUM[:-1]}@{t.domain}", f"sip:{PREMIUM[1:]}@{t.domain}", f"tel:{PREMIUM}1",
                   f"sip:100@{t.domain};x={PREMIUM}", f"sip:100%40{PREMIUM}@{t.domain}", f"sip:{PREMIUM}%00@{t.domain}", f"sip:100:{PREMIUM}@{t.domain}", "", "x", "*"):
        attack.count += 1
        t.equal(call(t, bob, premium, signed), 407, f"credentials for {signed} used for {PREMIUM}")
        attack.nothing_came(f"credentials for {signed}")
    for called in (f"sip:%2B{PREMIUM[1:]}@{t.domain}", f"sip:{PREMIUM}@{t.domain};user=phone"):
        t.equal(call(t, bob, called, f"sip:100@{t.domain}"), 407, f"credentials for sip:100@ used for {called}")
    for signed in (premium, f"sip:%2b{PREMIUM[1:]}@{t.domain}", f"{premium};user=phone", f"sip:{PREMIUM}@{GATEWAY}:5060;transport=udp", f"sip:{t.domain}", f"tel:{PREMIUM}"):
        t.equal(call(t, bob, premium, signed), 486, f"an honest call, signed as {signed}")
        gateway.takes(1)
    for signed in (f"sip:{t.domain}", f"sip:{t.domain}:5060", bob.aor):
        t.equal(call(t, bob, f"sip:{t.domain}", signed, "REGISTER"), 200, f"REGISTER, signed as {signed}")
    attack.over()
