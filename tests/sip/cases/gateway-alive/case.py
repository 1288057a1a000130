# SPDX-License-Identifier: GPL-2.0-or-later
from harness.net import free_address

EXPLAIN = "what is not known to explain: whether the gateway is alive"
GATEWAY = free_address()
STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"},
         "after": 'modparam("dispatcher", "ds_ping_interval", 1)'}
ALIVE = ("403 Forbidden", "404 Not Found", "405 Method Not Allowed", "200 OK")
DEAD = "503 Service Unavailable"


def is_pinged(gateway, answer):
    """Answers requests until two pings were answered: by the second one the first answer has taken effect."""
    pings = 0
    while pings < 2:
        message = gateway.receive(5)
        if message is None:
            return False
        if message.method == "OPTIONS":
            gateway.reply(message, answer)
            pings += 1
    return True


def busy(gateway, call):
    """The gateway gets the INVITE, and says that it is busy."""
    while not call.final_event():
        message = gateway.receive(0.2)
        if message is not None and message.method == "INVITE":
            gateway.reply(message, "486 Busy Here")
        elif message is not None and message.method == "OPTIONS":
            gateway.reply(message, "200 OK")
    return call


def run(t):
    gateway = t.endpoint(address=GATEWAY)
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    t.user("1001", fwd_always_kind="forward", fwd_always_id="mobile")
    for answer in ALIVE:
        t.check(is_pinged(gateway, answer), "the gateway should be pinged")
        busy(gateway, t.calls("1001")).ends(486).over()
    t.check(is_pinged(gateway, DEAD), "the gateway should be pinged")
    t.calls("1001").ends(503).over()
