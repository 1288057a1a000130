# SPDX-License-Identifier: GPL-2.0-or-later
from harness.fraud import PREMIUM, Attempts, Dialog, Trap
from harness.net import free_address

GATEWAY = free_address()
ROUTES = True
STACK = {"before": '#!define UR_DIAL_CLASS "premium"\n#!define UR_GATEWAYS "{run_dir}/gateways"', "files": {"gateways": f"1 sip:{GATEWAY}:5060\n"}}

BOSS = "sip:evil-boss@evil.test"
FORGED = {
    "P-Asserted-Identity": f'"Boss" <{BOSS}>, <tel:+1>', "P-Preferred-Identity": f"<{BOSS}>", "Remote-Party-ID": f"<{BOSS}>;party=calling;screen=yes",
    "Diversion": f"<{BOSS}>;reason=unconditional", "History-Info": f"<{BOSS}>;index=1", "Identity": "eyJ.eyJ.sig;info=<https://evil.test/c>;alg=ES256",
    "Identity-Info": "<https://evil.test/c>;alg=rsa-sha1", "P-Charge-Info": f"<{BOSS}>;npi=ISDN", "P-Served-User": f"<{BOSS}>;sescase=orig", "y": "eyJ.evil.test.sig",
}
SPELLINGS = [str, str.upper, str.lower, lambda name: name + " ", lambda name: name + "\t"]


def clean(t, message, what):
    raw = message.raw.lower()
    t.check(b"evil.test" not in raw and b"evil-boss" not in raw, f"{what}: it came through: {message.raw}")


def claims(t, bob):
    """Header lines, all of them and in each spelling, and what the phone may write into From."""
    for spell in SPELLINGS:
        yield [(spell(name), value) for name, value in FORGED.items()], bob.aor
    yield [(name, value) for name, value in FORGED.items() for _ in range(3)], bob.aor
    yield [(name, f"\r\n {value}") for name, value in FORGED.items()], bob.aor
    for sender in (f"sip:1001@{t.domain}", f"sip:evil-boss@{t.domain}", f"sip:+4911022@{t.domain}", f"sip:evil-boss@{t.domain.upper()};user=phone",
                   "sip:evil-boss@anonymous.invalid", "tel:+4911022"):
        yield [], sender


def in_requests(t, attack, bob, phone, gateway):
    for headers, sender in claims(t, bob):
        for uri, trap, shown in ((f"sip:1001@{t.domain}", phone, f"sip:1002@{t.domain}"), (f"sip:{PREMIUM}@{t.domain}", gateway, f"sip:+4930101@{t.domain}")):
            t.equal(attack.sends("INVITE", uri, sender, device=bob, headers=headers).status, 486, f"{uri}, From {sender}")
            seen, attack.count = trap.takes(1), attack.count + 1
            clean(t, seen, f"{uri}, From {sender}")
            t.equal(seen.all("P-Asserted-Identity"), [seen.header("From").split(";")[0]], f"{uri}, From {sender}: P-Asserted-Identity")
            t.check(f"<{shown}>" in seen.header("From"), f"{uri}, From {sender}: From is {seen.header('From')}")
    for domain in ("elsewhere.test", f"b-{t.domain}"):  # not a realm of his
        attack.refused(407, f"From in {domain}", "INVITE", f"sip:{PREMIUM}@{t.domain}", f"sip:evil-boss@{domain}", device=bob)


def in_responses(t, attack, bob, device):
    """The callee's identity headers are not trusted either."""
    address = t.addresses.take()
    device.register(address)
    lines = [f"{name}: {value}" for name, value in FORGED.items()]
    for answer in ("200 OK", "183 Session Progress"):
        with Trap(t, address, answer=answer, headers=[f"Contact: <sip:x@{address}:5060>", "X-Harmless: yes", *lines]) as callee:
            caller = t.endpoint()
            seen = len(caller.received)
            attack.sends("INVITE", f"sip:1003@{t.domain}", bob.aor, device=bob, endpoint=caller, wait=0.4)
            callee.takes(1)  # while it rings; when the ring time is over a CANCEL follows
            answers = [m for _, m in caller.received[seen:] if m.status == int(answer[:3])]
            t.check(answers and answers[0].header("X-Harmless") == "yes", f"the caller should hear {answer}")
            for message in answers:
                clean(t, message, answer)
            attack.count += len(FORGED)


def in_dialogs(t, attack, bob, device):
    address = t.addresses.take()
    device.register(address)
    with Trap(t, address, answer="200 OK", headers=[f"Contact: <sip:x@{address}:5060>"]) as callee:
        dialog = Dialog(attack, bob, f"sip:1004@{t.domain}")
        callee.takes(1)
        headers = list(FORGED.items())
        dialog.sends("ACK", headers=headers)
        for method in ("INVITE", "INFO", "UPDATE", "MESSAGE", "REFER", "NOTIFY", "PRACK", "BYE"):
            t.equal(dialog.sends(method, headers=headers).status, 200, method)
            attack.count += len(FORGED)
        t.equal(len(callee.seen), 8, "requests in the dialog that came to the callee")
        for message in callee.messages:
            clean(t, message, message.method)


def run(t):
    gateway, phone = Trap(t, GATEWAY), Trap(t)
    t.insert("cid_number", {"account_id": t.account, "e164": "4930101", "verified": 1})
    bob = t.user("1002", display_name="Bob", out_cid_number="4930101", out_cid_name="Bob").device("bob")
    t.user("1001").device("alice").register(phone.address, source=(phone.address, 5099))
    carol = t.user("1003", ring_timeout_sec=5).device("carol")
    dave = t.user("1004").device("dave")
    attack = Attempts(t, phone, gateway)
    in_requests(t, attack, bob, phone, gateway)
    in_responses(t, attack, bob, carol)
    in_dialogs(t, attack, bob, dave)
    attack.over()
