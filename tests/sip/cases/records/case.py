# SPDX-License-Identifier: GPL-2.0-or-later
import time

from harness.accounts import Device
from harness.fraud import Attempts, Dialog, Trap
from harness.net import TRUNKS, free_address
from harness.phone import answers, crosses, rejects, rings, silent
from harness.records import record, records
from harness.wire import Request

ROUTES = True
LIMIT = 90
GATEWAY, DEAD, MEDIA = free_address(), free_address(), free_address()
STACK = {"before": f'#!define UR_GATEWAYS "{{run_dir}}/gateways"\n#!define UR_MEDIA_SERVER "sip:{MEDIA}:5060"\n#!define WITH_RECORDS',
         "after": 'modparam("tm", "fr_timer", 1500)\nmodparam("dispatcher", "ds_ping_interval", 0)',
         "files": {"gateways": f"1 sip:{DEAD}:5060\n1 sip:{GATEWAY}:5060\n"}}
EXPLAIN = "it is about what is written of a call"
NUMBER = "+4930555666"
NOT_ANSWERED = {"answered": "", "seconds": "0", "ended_by": ""}


def to_devices(t, bob, user):
    """Rung, forwarded, in sequence, answered late, transferred; and who hangs up."""
    alice, desk = user("1001"), {"user": f"us_{t.key}_1001", "device": f"1001-desk@{t.domain}"}
    alice.phone("desk", answers(after=0.05))
    call = bob.calls("1001").ends(200).over()
    own = {"status": "200", "caller": f"us_{t.key}_1000", "caller_device": f"1000-bob@{t.domain}", "shown": f"sip:1000@{t.domain}"}
    seen = record(t, call, **own, **desk, dialled=f"sip:1001@{t.domain}", called=alice.id, forwarder="", ended_by="caller", gateway=None, payer=None)
    t.near(float(seen["ended"]) - float(seen["answered"]), 0.5, 0.3, "seconds from answer to BYE")
    t.near(float(seen["answered"]) - float(seen["began"]), 0.05, 0.3, "seconds until the answer")
    user("1002", dnd=1, fwd_busy_kind="user", fwd_busy_id=alice.id)
    record(t, bob.calls("1002").ends(200).over(), **own, **desk, called=f"us_{t.key}_1002", forwarder=f"us_{t.key}_1002", forward_reason="do-not-disturb")
    third = user("1003", ring_strategy="sequential", ring_timeout_sec=1)
    third.phone("first", rejects(486, after=0.05), ring_order=1)
    third.phone("second", answers(after=0.05, hangs_up_after=0.2), ring_order=2)
    call = bob.calls("1003", talk=None).ends(200)
    record(t, call, user=third.id, device=f"1003-second@{t.domain}", ended_by="callee")
    other = user("1005", ring_timeout_sec=5)
    other.phone("rings", rings())
    late = user("1004", ring_timeout_sec=1, fwd_noanswer_kind="user", fwd_noanswer_id=other.id)
    late.phone("late", crosses(0.9))   # its 200 comes when the call has gone on, and the other phone rings
    record(t, bob.calls("1004").ends(200).over(), user=late.id, device=f"1004-late@{t.domain}", called=late.id, forwarder="", forward_reason="")
    call = bob.calls("1001", headers=["Replaces: 98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff"]).ends(200).over()
    record(t, call, **desk, status="200")


def to_nobody(t, bob, user):
    """Missed, busy, cancelled, unknown: one record each."""
    user("1010", dnd=1)
    user("1011", ring_timeout_sec=1).phone("rings", rings())
    user("1012").phone("busy", rejects(486, after=0.05))
    for number, status in (("1010", 486), ("1011", 480), ("1012", 486), ("1999", 404)):
        called = "" if number == "1999" else f"us_{t.key}_{number}"
        record(t, bob.calls(number).ends(status), **NOT_ANSWERED, status=str(status), caller=f"us_{t.key}_1000", called=called, user=None)
    call = bob.calls("1011").proceeding(180).cancel().ends(487)
    record(t, call, **NOT_ANSWERED, status="487", called=f"us_{t.key}_1011")
    trunk = t.stranger_calls("1012", "<sip:+4930999@carrier.test>", address=t.addresses.take_trusted(TRUNKS)).ends(486)
    record(t, trunk, caller="", caller_device="", shown="sip:+4930999@carrier.test", called=f"us_{t.key}_1012")


def elsewhere(t, bob, user, gateway):
    """The PSTN by the second gateway, a forward into it, an emergency call, voicemail, and what nobody answers."""
    paid = {"gateway": f"sip:{GATEWAY}:5060", "payer_account": t.account, "user": None}
    call = bob.calls(NUMBER).ends(200).over()
    record(t, call, **paid, payer=f"us_{t.key}_1000", number=NUMBER, target="", shown=f"sip:+4930555101@{t.domain}", ended_by="caller")
    user("1020", fwd_always_kind="forward", fwd_always_id="mobile")
    call = bob.calls("1020").ends(200).over()
    record(t, call, **paid, payer=f"us_{t.key}_1020", number="+491701234567", target="forward", target_id="mobile", forwarder=f"us_{t.key}_1020", forward_reason="unconditional")
    record(t, bob.calls("112").ends(200).over(), **paid, number="112", payer=f"us_{t.key}_1000")
    gateway.stop()
    record(t, bob.calls(NUMBER).ends(408), **NOT_ANSWERED, status="408", number=NUMBER, payer_account=t.account)
    user("1021", dnd=1, voicemail_id="7")
    media = Device(t, "media", t.domain, "").phone(answers(after=0.05), address=MEDIA, register=False)
    record(t, bob.calls("1021").ends(200).over(), target="voicemail", target_id="7", payer="", payer_account="", gateway="", user=None)
    media.sipp.stop()


def forged(t, bob, user):
    """Quotes, separators, a whole record: they are written as %hh."""
    user("1030", dnd=1)
    attack = Attempts(t)
    other = '"},x} call record: {"call_id":"1","caller":"us_forged\', $ci'
    for place in ("call_id", "uri", "sender"):
        fields, endpoint = {}, t.endpoint(address=t.addresses.take_trusted(TRUNKS))
        uri, sender = f"sip:1030@{t.domain}", "sip:+4930@carrier.test"
        if place == "call_id":
            fields["call_id"] = f"{t.name}-{other}"
        elif place == "uri":
            uri += ";x=" + other.replace(" ", "")
        else:
            sender += ";x=" + other.replace(" ", "").replace(",", "").replace('"', "")
        request = Request(endpoint, "INVITE", uri, sender, headers=[("Contact", f"<sip:x@{endpoint.address}:5060>")], to=f"sip:1030@{t.domain}")
        vars(request).update(fields)
        before = len(records(t))
        endpoint.send(request.encode())
        reply = endpoint.final(request.call_id, "INVITE", 2)
        t.check(reply is not None, f"an answer to a forged {place}")
        request.acknowledge(reply)
        endpoint.__exit__()
        seen = records(t)[before:]
        t.check(all(r["call_id"] != "1" and r["caller"] == "" for r in seen), f"forged by {place}: {seen}")
        t.equal([r["called"] for r in seen], [f"us_{t.key}_1030"] if reply.status == 486 else [""] * len(seen), f"records of a forged {place}")
    attack.over()


def same_names(t, device):
    """Two calls at once with one Call-ID and one From tag: each has its record."""
    with t.endpoint() as endpoint:
        contact = [("Contact", f"<sip:x@{endpoint.address}:5060>")]
        first, second = (Request(endpoint, "INVITE", f"sip:{number}@{t.domain}", device.aor, headers=contact, from_tag="same") for number in ("1011", "1010"))
        endpoint.send(first.encode())
        asked = endpoint.final(first.call_id, "INVITE", 2)
        first.acknowledge(asked)
        endpoint.send(first.authenticate(asked, device.auth_username, device.password))
        while (message := endpoint.receive(2)) is not None and message.status != 180:
            pass
        second.call_id, second.cseq = first.call_id, 50
        replies = [second.exchange(device.auth_username, device.password), endpoint.final(first.call_id, "INVITE", 3, first.cseq)]
        for request, reply in zip((second, first), replies):
            request.acknowledge(reply)
        t.equal([reply.status for reply in replies], [486, 480], "the two calls")
        t.equal(sorted(r["status"] for r in records(t, first.call_id)), ["480", "486"], "their records")


def cheated(t, device, attack):
    """A BYE that the other end would refuse ends nothing; a second call with the same Call-ID has its own record."""
    phone = Trap(t, answer="200 OK")
    t.user("1040").device("trap").register(phone.address, source=(phone.address, 5099))
    dialog = Dialog(attack, device, f"sip:1040@{t.domain}", trap=phone)
    for cseq in (2, 1):   # that of the INVITE is 2
        t.equal(dialog.sends("BYE", cseq=cseq).status, 500, f"a BYE with CSeq {cseq}")
    for cseq in (20, 5):   # dialog itself keeps the last one, 5
        t.equal(dialog.sends("INFO", cseq=cseq).status, 200, f"an INFO with CSeq {cseq}")
    t.equal(dialog.sends("BYE", cseq=10).status, 500, "a BYE between two CSeqs")
    t.equal(dialog.sends("BYE", cseq=30, to_tag=";tag=x").status, 200, "a BYE with another To tag")
    t.equal(records(t, dialog.call_id), [], "records of a call that goes on")
    second = Request(dialog.endpoint, "INVITE", f"sip:1010@{t.domain}", device.aor, headers=[("Contact", f"<sip:x@{dialog.endpoint.address}:5060>")], from_tag=dialog.from_tag)
    second.call_id, second.cseq = dialog.call_id, 50
    reply = second.exchange(device.auth_username, device.password)
    second.acknowledge(reply)
    t.equal(reply.status, 486, "another call with the same Call-ID and tag")
    t.equal([r["status"] for r in records(t, dialog.call_id)], ["486"], "its record")
    phone.forget()
    t.equal(dialog.sends("BYE", cseq=60, headers=[("Require", "x"), ("Content-Encoding", "x")]).status, 200, "the BYE")
    bye = phone.takes(1)
    t.equal(bye.header("Max-Forwards") in ("70", "69"), True, "Max-Forwards of the BYE")
    t.equal([bye.header(name) for name in ("Require", "Content-Encoding")], [None, None], "why it could be refused")
    t.equal([r["status"] for r in records(t, dialog.call_id)], ["486", "200"], "the records of both")
    dialog.sends("BYE", cseq=61)
    t.equal(len(records(t, dialog.call_id)), 2, "records after a second BYE")


def run(t):
    gateway = Device(t, "gateway", t.domain, "").phone(answers(after=0.05), address=GATEWAY, register=False)
    Device(t, "dead", t.domain, "").phone(silent(), address=DEAD, register=False)
    bob = t.user("1000", display_name="Bob", out_cid_number="4930555101").device("bob")
    t.tenant.update(country_code="49", default_cid_number="4930555101")
    t.insert("cid_number", {"account_id": t.account, "e164": "4930555101", "verified": 1})
    t.insert("route_target", {"account_id": t.account, "kind": "forward", "id": "mobile", "address": "491701234567"})
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    user = t.user
    to_devices(t, bob, user)
    to_nobody(t, bob, user)
    elsewhere(t, bob, user, gateway)
    forged(t, bob, user)
    same_names(t, bob)
    cheated(t, bob, Attempts(t))
    calls = [r["call_id"] for r in records(t)]
    time.sleep(0.3)
    t.equal(len(calls), len(records(t)), "records that came later")
    t.check(bob.password not in t.stack.log_text(), "no password in the log")
