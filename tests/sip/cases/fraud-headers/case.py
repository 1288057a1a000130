# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import PREMIUM, Attempts, Trap
from harness.net import TRUNKS, free_address
from harness.wire import TcpEndpoint

GATEWAY = free_address()
LOUD = True
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"},
         "after": 'modparam("user_routing", "max_headers", 1000)'}  # all kinds in one call, in each way
ROUTES = True
LIMIT = 60

EVIL = "evil.test"
BOSS = f"<sip:boss@{EVIL}>"
# A phone that gets one of these picks up by itself, or takes the call for one that it has.
ANSWER = {
    "Call-Info": f"<sip:{EVIL}>;answer-after=0", "Alert-Info": f"<http://{EVIL}>;info=alert-autoanswer;delay=0", "Answer-Mode": f"Auto;{EVIL}",
    "Priv-Answer-Mode": f"Auto;require;{EVIL}", "Replaces": f"{EVIL};to-tag=1;from-tag=2;early-only", "Join": f"{EVIL};to-tag=1;from-tag=2",
    "Target-Dialog": f"{EVIL};local-tag=1;remote-tag=2", "Answer-After": f"0;{EVIL}", "P-Auto-Answer": f"normal;{EVIL}", "X-AutoAnswer": f"TRUE;{EVIL}",
}
# The same without those by which it hands over a call: of them there may be one, and trunks may (transfer).
PICKS_UP = {name: value for name, value in ANSWER.items() if name not in ("Replaces", "Join")}
# Who calls, who diverted, who pays: to nobody.
TRUNK = {
    "P-Asserted-Identity": BOSS, "P-Preferred-Identity": BOSS, "Remote-Party-ID": f"{BOSS};party=calling;screen=yes", "Identity": f"eyJ;info=<https://{EVIL}/c>",
    "y": f"eyJ.{EVIL}", "Identity-Info": f"<https://{EVIL}/c>;alg=rsa-sha1", "P-Asserted-Service": EVIL, "P-Preferred-Service": EVIL, "P-Associated-URI": BOSS,
    "P-Called-Party-ID": BOSS, "RPID-Privacy": EVIL, "Diversion": f"{BOSS};reason=unconditional", "History-Info": f"{BOSS};index=1", "CC-Diversion": BOSS,
    "P-Charge-Info": f"{BOSS};npi=ISDN", "P-Charging-Vector": f"icid-value={EVIL}", "P-Charging-Function-Addresses": f"ccf={EVIL}", "P-Served-User": f"{BOSS};sescase=orig",
    "P-User-Database": f"<aaa://{EVIL}>", "P-Profile-Key": BOSS, "P-Access-Network-Info": f"3GPP-UTRAN-TDD;x={EVIL}", "P-Visited-Network-ID": EVIL,
    "P-Private-Network-Indication": EVIL, "P-Media-Authorization": EVIL, "Cellular-Network-Info": EVIL, "P-DCS-Billing-Info": f"a/b@{EVIL}",
    "P-DCS-Trace-Party-ID": BOSS, "P-DCS-OSPS": EVIL, "P-DCS-LAES": f"{EVIL}:1", "P-DCS-Redirect": BOSS, "P-Billing-Info": EVIL, "Attestation-Info": f"A;{EVIL}",
    "Origination-Id": EVIL, "Verification-Result": EVIL, "Resource-Priority": f"ets.0,{EVIL}",
}
# The rest that gets to no gateway.
OTHER = {
    "Subject": EVIL, "s": EVIL, "Priority": f"emergency;{EVIL}", "Organization": EVIL, "Refer-To": BOSS, "r": BOSS, "Referred-By": BOSS, "b": BOSS,
    "Accept-Contact": f"*;x={EVIL}", "a": f"*;x={EVIL}", "Reject-Contact": f"*;x={EVIL}", "Request-Disposition": EVIL, "In-Reply-To": EVIL, "Geolocation": BOSS,
    "User-to-User": EVIL, "Path": BOSS, "Service-Route": BOSS, "Route": f"<sip:{EVIL};lr>", "Error-Info": BOSS, "Warning": EVIL, "X-Billing-Account": EVIL, "Server": EVIL,
    "X-Anything": EVIL, "Event": EVIL, "Authorization": f"Digest realm={EVIL}", "P-Preferred-Association": BOSS, "Hide": EVIL, "Encryption": EVIL,
}
CALL = {"User-Agent": "mallory", "Supported": "timer", "Session-Expires": "1800", "Min-SE": "90", "Allow": "INVITE, ACK, BYE", "Accept": "application/sdp", "Date": "x",
        "Timestamp": "54", "P-Early-Media": "supported", "Allow-Events": "talk", "MIME-Version": "1.0"}
SPELLINGS = [str, str.upper, str.lower, lambda name: name + " ", lambda name: name + " \t"]


def claims(headers):
    """Lists of header lines: in each spelling, folded, three times, together with others, from the last to the first."""
    for spell in SPELLINGS:
        yield [(spell(name), value) for name, value in headers.items()]
    yield [(name, f"\r\n {value}") for name, value in headers.items()]
    yield [(name, value) for name, value in headers.items() for _ in range(3)]
    yield [line for name, value in headers.items() for line in ((name, value), ("Supported", "timer"))]
    yield list(reversed(headers.items()))


def first(lines):
    """Puts these lines before all others, even Via."""
    text = "".join(f"{name}: {value}\r\n" for name, value in lines).encode()
    return lambda raw: raw.replace(b"\r\nVia:", b"\r\n" + text + b"Via:", 1) if not raw.startswith(b"ACK") else raw


def clean(t, message, what):
    t.check(EVIL.encode() not in message.raw.lower(), f"{what}: it came through: {message.raw}")
    t.check(message.all("Record-Route") and message.all("Via"), f"{what}: the server's own headers are there")


def each_way(t, attack, uri, caller, trap, headers, look, endpoints=()):
    """Calls with these headers in all spellings; look(message, what) at what comes. `caller`: a device, or a From."""
    device, sender = (None, caller) if isinstance(caller, str) else (caller, caller.aor)
    ways = [{"headers": lines} for lines in claims(headers)] + [{"change": first(headers.items())}]
    for way, options in enumerate(ways):
        for endpoint in endpoints or (None,):
            what = f"{sender} to {uri}, way {way}, {endpoint.transport if endpoint else 'UDP'}"
            reply = attack.sends("INVITE", uri, sender, device=device, endpoint=endpoint, **options)
            t.equal(reply and reply.status, 486, what)
            attack.count += len(headers)
            look(trap.takes(1), what)


def to_gateway(t, attack, bob, gateway, uris, endpoint):
    """By a number that is dialled; by a forward of bob's own account, which a transfer would not follow."""
    for uri, picks_up in zip(uris, (ANSWER, PICKS_UP)):
        each_way(t, attack, uri, bob, gateway, {**TRUNK, **picks_up, **OTHER}, lambda message, what: clean(t, message, what), (None, endpoint))
        t.equal(attack.sends("INVITE", uri, bob.aor, device=bob, headers=list(CALL.items())).status, 486, "a call with what a call needs")
        seen = gateway.takes(1)
        t.equal({name: seen.header(name) for name in CALL}, CALL, "what a call needs gets through")


def to_phones(t, attack, phone, mallory, bob, trunk):
    uri = f"sip:1001@{t.domain}"
    each_way(t, attack, uri, mallory, phone, {**ANSWER, **TRUNK}, lambda message, what: clean(t, message, what))
    each_way(t, attack, uri, "sip:x@gateway.test", phone, PICKS_UP, lambda message, what: clean(t, message, what), (trunk,))
    each_way(t, attack, uri, bob, phone, TRUNK, lambda message, what: clean(t, message, what))
    each_way(t, attack, uri, bob, phone, PICKS_UP, lambda message, what: t.equal(
        sorted(name for name in PICKS_UP if message.header(name) is None), [], f"{what}: a user of its own account may have it pick up"))


def by_a_forward(t, attack, phone, mallory, bob):
    """1003 forwards to 1001, and so does 1004 of the other account: what counts is the caller's account, not the forwarding user's."""
    each_way(t, attack, f"sip:1003@{t.domain}", mallory, phone, ANSWER, lambda message, what: clean(t, message, what))
    t.equal(attack.sends("INVITE", f"sip:1003@{t.domain}", bob.aor, device=bob, headers=list(PICKS_UP.items())).status, 486, "by a forward, own account")
    t.check(phone.takes(1).header("Alert-Info"), "a user of its own account may, by a forward too")


def of_a_trunk(t, attack, gateway, trunk):
    """A trunk's call that a user forwards to the PSTN keeps the trunk's diversion headers."""
    headers = {"Diversion": "<sip:old@gateway.test>;reason=user-busy", "P-Charge-Info": "<sip:+49@gateway.test>"}
    t.equal(attack.sends("INVITE", f"sip:1005@{t.domain}", "sip:x@gateway.test", endpoint=trunk, headers=[*headers.items(), *PICKS_UP.items(), ("P-Asserted-Identity", BOSS)]).status, 486,
            "forwarded to the PSTN")
    seen = gateway.takes(1)
    t.equal([headers["Diversion"] in seen.all("Diversion"), seen.header("P-Charge-Info")], [True, headers["P-Charge-Info"]], "what a trunk may say")
    clean(t, seen, "a trunk's call, forwarded")


def run(t):
    gateway, phone = Trap(t, GATEWAY), Trap(t)
    for number in ("4930101", "4930105"):
        t.insert("cid_number", {"account_id": t.account, "e164": number, "verified": 1})
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    alice = t.user("1001")
    alice.device("desk").register(phone.address, source=(phone.address, 5099))
    bob = t.user("1002", out_cid_number="4930101").device("bob")
    t.user("1003", fwd_always_kind="user", fwd_always_id=alice.id)
    t.user("1005", fwd_always_kind="forward", fwd_always_id="mobile", out_cid_number="4930105")
    mallory = t.other_tenant().user("2001").device("mallory")
    attack = Attempts(t, phone, gateway)
    trunk = t.endpoint(address=t.addresses.take_trusted(TRUNKS))
    with TcpEndpoint(t.addresses.take(), t.server, t.name) as connected:
        to_gateway(t, attack, bob, gateway, (f"sip:{PREMIUM}@{t.domain}", f"sip:1005@{t.domain}"), connected)
    to_phones(t, attack, phone, mallory, bob, trunk)
    by_a_forward(t, attack, phone, mallory, bob)
    of_a_trunk(t, attack, gateway, trunk)
    t.check(len({**TRUNK, **ANSWER, **OTHER}) > 52, "kinds of headers")
    attack.over()
