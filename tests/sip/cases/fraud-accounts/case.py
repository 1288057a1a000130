# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import Attempts, Trap
from harness.net import TRUNKS, free_address

GATEWAY, MEDIA = free_address(), free_address()
ROUTES = True
STACK = {"before": f'#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"',
         "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}
KINDS = ["voicemail", "queue", "ring_group", "conference", "flow"]


def victims(t, phone):
    """An account with everything that another might want to use."""
    alice = t.user("1001", display_name="Alice")
    alice.device("desk").register(phone.address, source=(phone.address, 5099))
    t.user("1003", fwd_always_kind="forward", fwd_always_id="mobile", out_cid_number="4930100")
    t.user("1004", dnd=1, voicemail_id="voicemail")
    t.insert("cid_number", {"account_id": t.account, "e164": "4930100", "verified": 1})
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    targets = [("200", "user", alice.id), ("201", "extension", f"ext_{t.key}_200"), ("300", "forward", "mobile"), ("+4930300", "forward", "mobile"),
               ("202", "hangup", "603")]
    for number, kind in enumerate(KINDS):
        t.insert("route_target", {"account_id": t.account, "kind": kind, "id": kind})
        targets.append((f"40{number}", kind, kind))
    for digits, kind, target in targets:
        t.insert("extension", {"id": f"ext_{t.key}_{digits.strip('+')}", "account_id": t.account, "digits": digits, "dest_kind": kind, "dest_id": target})
    return alice, [digits for digits, _, _ in targets]


def extensions(t, attack, mallory, digits, own, gateway):
    for number in digits:
        if number.startswith("+"):
            continue
        for uri in (f"sip:{number}@{t.domain}", f"sip:%{ord(number[0]):x}{number[1:]}@{t.domain.upper()};user=phone"):
            attack.refused(404, f"another account's extension {uri}", "INVITE", uri, mallory.aor, device=mallory)
        t.check(attack.sends("INVITE", f"sip:{number}@{t.domain}", own.aor, device=own).status in (486, 603), f"{number}, for the account's own users")
        for trap in attack.traps:
            trap.forget()
    # A number of the PSTN, to her: what the account does with calls to it is not hers to use.
    t.equal(attack.sends("INVITE", f"sip:+4930300@{t.domain}", mallory.aor, device=mallory).status, 486, "the number behind the extension")
    seen = gateway.takes(1)
    t.equal((seen.uri, "anonymous" in seen.header("From")), (f"sip:+4930300@{t.domain}", True), "her own call out")
    t.equal(seen.all("Diversion"), [], "Diversion of her own call")


def names(t, attack, mallory, alice):
    for user in (alice.id, f"ext_{t.key}_200", *KINDS, "mobile", "491701234567", t.account, "1001-nothing", "2001", "2001-mallory"):
        attack.refused(404, f"{user} as a name", "INVITE", f"sip:{user}@{t.domain}", mallory.aor, device=mallory)
    attack.refused(404, "a device at an address in her own domain", "INVITE", f"sip:1001-desk@{mallory.realm}", mallory.aor, device=mallory)
    attack.refused(407, "From in the other domain", "INVITE", f"sip:200@{t.domain}", f"sip:{mallory.name}@{t.domain}", device=mallory)


def rows(t, attack, mallory, alice, other):
    """Rows of her own account, which she may write freely, name the other account's targets."""
    wishes = [("user", alice.id), ("extension", f"ext_{t.key}_200"), ("extension", f"ext_{t.key}_300"), ("forward", "mobile"), *((kind, kind) for kind in KINDS)]
    for number, (kind, target) in enumerate(wishes):
        other.user(f"50{number}", fwd_always_kind=kind, fwd_always_id=target)
        other.user(f"51{number}", dnd=1, fwd_busy_kind=kind, fwd_busy_id=target, **({"voicemail_id": target} if kind == "voicemail" else {}))
        t.insert("extension", {"id": f"ext_{t.key}_b_{number}", "account_id": other.account, "digits": f"6{number}", "dest_kind": kind, "dest_id": target})
    t.settle()
    for number, wish in enumerate(wishes):
        for user, status in ((f"50{number}", 480), (f"51{number}", 486), (f"6{number}", 404)):
            attack.refused(status, f"{user}, to {wish}", "INVITE", f"sip:{user}@{other.domain}", mallory.aor, device=mallory)


def users(t, attack, mallory, phone, gateway, media, other):
    """What is allowed: a call to a user, which shows the caller's identity and follows that user's rules."""
    t.equal(attack.sends("INVITE", f"sip:1001@{t.domain}", mallory.aor, device=mallory).status, 486, "a user of the other account")
    seen = phone.takes(1)
    t.equal(seen.all("P-Asserted-Identity"), [f'"Mallory" <sip:2001@{other.domain}>'], "who calls")
    for uri in (f"sip:1003@{t.domain}", f"sip:1003@{t.domain};user=phone;rn=+88213456789?Diversion=%3Csip:x%3E"):
        t.equal(attack.sends("INVITE", uri, mallory.aor, device=mallory, headers=[("Diversion", "<sip:+88213456789@x>")]).status, 486, "who forwards")
        seen = gateway.takes(1)
        t.equal(seen.uri.split("@")[0], "sip:+491701234567", "the number is the one that the user has set")
        t.check(seen.header("From").startswith(f"<sip:+4930100@{t.domain}>"), f"From is {seen.header('From')}")
        t.equal(seen.all("Diversion"), [f"<sip:+4930100@{t.domain}>;reason=unconditional"], "who diverted")
    t.equal(attack.sends("INVITE", f"sip:1004@{t.domain}", mallory.aor, device=mallory).status, 486, "who has a box")
    media.takes(1)
    trunk = t.endpoint(address=t.addresses.take_trusted(TRUNKS))
    t.equal(attack.sends("INVITE", f"sip:300@{t.domain}", "sip:x@gateway.test", endpoint=trunk).status, 486, "a trunk's call to an extension")
    gateway.takes(1)


def run(t):
    phone, gateway, media = Trap(t), Trap(t, GATEWAY), Trap(t, MEDIA)
    alice, digits = victims(t, phone)
    other = t.other_tenant()
    mallory = other.user("2001", display_name="Mallory").device("mallory")
    attack = Attempts(t, phone, gateway, media)
    users(t, attack, mallory, phone, gateway, media, other)
    extensions(t, attack, mallory, digits, t.caller(), gateway)
    names(t, attack, mallory, alice)
    rows(t, attack, mallory, alice, other)
    attack.over()
