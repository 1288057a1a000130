# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.fraud import Trap
from harness.net import TRUNKS
from harness.wire import Request

ROUTES = True
TEXT = [("Content-Type", "text/plain")]
FORGED = [("P-Asserted-Identity", "<sip:boss@bank.test>"), ("Diversion", "<sip:boss@bank.test>"), ("Route", "<sip:192.0.2.66;lr>"), ("Contact", "<sip:x@192.0.2.66>")]


def phones(t, *devices):
    """Of each device a phone that answers a MESSAGE: a device, or one with options of the Trap, or of the REGISTER (headers)."""
    traps = []
    for device in devices:
        device, options = device if isinstance(device, tuple) else (device, {})
        headers = options.pop("headers", ())
        trap = Trap(t, **options)
        device.register(trap.address, source=(trap.address, 5099), headers=headers)
        trap.device = device
        traps.append(trap)
    return traps if len(traps) > 1 else traps[0]


def sends(t, device, uri, headers=(), endpoint=None, **options):
    """A MESSAGE of the device, None: without credentials; the final response, and what the sender has sent."""
    t.settle()
    with endpoint or t.endpoint() as own:
        request = Request(own, "MESSAGE", uri, device.aor if device else "sip:+4930@trunk.test", headers=[*TEXT, *headers], body="Hello", **options)
        return request.exchange(device and device.auth_username, device and device.password), request


def whatever_the_rules_say(t, bob):
    user = t.user("1100")
    desk, mute, tablet, gone = user.device("desk"), user.device("mute", ring_on_fork=0, available=0, ring_order=3), user.device("tablet"), user.device("gone")
    *all_phones, off = phones(t, desk, mute, (tablet, {"headers": [("Allow", "REGISTER, OPTIONS")]}), gone)
    gone.update(status="disabled")
    for columns in ({"dnd": 0}, {"dnd": 1}, {"ring_strategy": "sequential"}, {"ring_strategy": "specific"}, {"fwd_always_kind": "hangup", "fwd_always_id": "603"}):
        user.update(**columns)
        reply, request = sends(t, bob, user.uri, headers=FORGED)
        t.equal(reply.status, 200, f"{columns}")
        t.equal(reply.header("From"), f"<{bob.aor}>;tag={request.from_tag}", "From in the response")
        for trap in all_phones:
            came = trap.takes()
            sender = f'"Bob" <sip:1000@{t.domain}>'
            t.equal((came.body, came.header("From"), came.all("P-Asserted-Identity")), ("Hello", f"{sender};tag={request.from_tag}", [sender]), "what a phone gets")
            for name in ("Diversion", "Route", "Record-Route", "Contact", "Authorization", "Proxy-Authorization"):
                t.equal(came.all(name), [], f"{name} at a phone")
        t.equal(off.seen, [], "a disabled device")


def first_2xx_wins(t, bob):
    user = t.user("1200")
    devices = [(user.device(f"p{number}"), {"others": answer, "after": 0.3 if answer == "200 OK" else 0}) for number, answer in enumerate(
        ("603 Decline", "606 Not Acceptable", "405 Method Not Allowed", "302 Moved", "401 Unauthorized", "200 OK"))]
    *_, silent = phones(t, *devices, (user.device("silent"), {"others": None}))
    t.equal(sends(t, bob, user.uri)[0].status, 200, "one of many takes it")
    t.check(len(silent.seen) == 1, "the silent one gets it, too")


def nobody_takes_it(t, bob):
    t.equal(sends(t, bob, t.user("1300").uri)[0].status, 480, "nobody is registered")
    for answer, status in (("302 Moved", 480), ("407 Proxy Authentication Required", 480), ("486 Busy Here", 486)):
        user = t.user(f"1{answer[:3]}")
        phones(t, (user.device(f"says{answer[:3]}"), {"others": answer}))
        t.equal(sends(t, bob, user.uri)[0].status, status, f"the phone says {answer}")


def one_device_or_extension(t, bob):
    user = t.user("1400")
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "77", "dest_kind": "user", "dest_id": user.id})
    did = "49305" + "".join(re.findall(r"\d", t.key))[-9:]  # of this run
    t.insert("did", {"e164": did, "account_id": t.account, "dest_kind": "user", "dest_id": user.id})
    desk, soft = phones(t, user.device("desk4"), user.device("soft4"))
    t.equal(sends(t, bob, desk.device.aor)[0].status, 200, "a device at its own address")
    desk.takes()
    t.equal(soft.seen, [], "the other device")
    t.equal(sends(t, desk.device, user.uri)[0].status, 200, "to oneself")
    soft.takes()
    t.equal(desk.seen, [], "the sending device")
    t.equal(sends(t, desk.device, desk.device.aor)[0].status, 480, "to the sending device")
    for number in ("77", f"+{did}"):
        t.equal(sends(t, bob, f"sip:{number}@{t.domain}")[0].status, 200, number)
        for trap in (desk, soft):
            trap.takes()


def others(t, bob):
    """Users of another account, and a trunk; privacy."""
    theirs = t.other_tenant().user("2000", display_name="Eve").device("eve")
    user = t.user("1500")
    desk = phones(t, user.device("desk5"))

    def shown():
        return desk.takes().header("From").partition(";tag")[0]
    t.equal(sends(t, theirs, user.uri)[0].status, 200, "of another account")
    t.equal(shown(), f'"Eve" <sip:2000@{theirs.realm}>', "who it is")
    with t.endpoint(address=t.addresses.take_trusted(TRUNKS)) as trunk:
        t.equal(sends(t, None, user.uri, endpoint=trunk)[0].status, 200, "of a trunk")
    t.equal(shown(), "<sip:+4930@trunk.test>", "whom the trunk says")
    t.equal(sends(t, bob, user.uri, headers=[("Privacy", "id")])[0].status, 200, "private")
    came = desk.takes()
    t.equal((came.header("From").partition(";tag")[0], came.all("P-Asserted-Identity")), ('"Anonymous" <sip:anonymous@anonymous.invalid>', []), "who is private")


def copies(t, bob):
    """A retransmission, at once and later, is the same message."""
    user = t.user("1600")
    desk = phones(t, (user.device("desk6"), {"after": 0.3}))
    with t.endpoint() as own:
        request = Request(own, "MESSAGE", user.uri, bob.aor, headers=TEXT, body="Hello")
        raw = request.authenticate(request.exchange(), bob.auth_username, bob.password)
        for _ in range(3):
            own.send(raw)
        t.equal(own.final(request.call_id, "MESSAGE", cseq=request.cseq).status, 200, "the response")
        own.send(raw)
        t.equal(own.final(request.call_id, "MESSAGE", cseq=request.cseq).status, 200, "the response again")
    t.pause(0.2)
    desk.takes()


def run(t):
    bob = t.user("1000", display_name="Bob").device("bob")
    whatever_the_rules_say(t, bob)
    first_2xx_wins(t, bob)
    nobody_takes_it(t, bob)
    one_device_or_extension(t, bob)
    others(t, bob)
    copies(t, bob)
    t.equal(sends(t, bob, f"sip:nobody@{t.domain}")[0].status, 404, "an unknown user")
