# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import os
import subprocess

from harness import stack
from harness.explain import ask
from harness.phone import rejects, rings
from harness.registrar import contact
from harness.rpc import Rpc, RpcError
from harness.wire import Request, TcpEndpoint

INSTANCE = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"


def make_alice(t, bob):
    """A device of each kind, in this order."""
    alice = t.user("1001", display_name="Alice", ring_strategy="sequential", ring_timeout_sec=2, fwd_busy_kind="user",
                   fwd_busy_id=bob.id, fwd_noanswer_kind="queue", fwd_noanswer_id="gone", voicemail_id="7")
    devices = {name: alice.device(name, ring_order=order, **columns) for order, (name, columns) in enumerate((
        ("desk", {}), ("off", {"status": "disabled"}), ("away", {"available": 0}), ("door", {"ring_on_fork": 0}),
        ("none", {}), ("fax", {}), ("soft", {})))}
    t.settle()
    address = t.addresses.take()
    devices["fax"].register(address, source=(address, 5060), headers=[("Allow", "OPTIONS, MESSAGE")])
    devices["desk"].phone(rejects(486, after=0.2))
    for flow in (1, 2):
        devices["soft"].phone(rings(), instance=INSTANCE, reg_id=flow, headers=[("Supported", "outbound, path")])
    return alice, devices


def found(t, callee, caller=None, headers=()):
    t.settle()
    return ask(t.stack.rpc_socket, callee, caller, headers)


def devices_ring_or_not(t, alice, devices):
    answer = found(t, alice.uri, devices["away"].aor.removeprefix("sip:"))
    ring = answer["decision"]
    t.equal((answer["found"], answer["caller_user"], ring["action"], ring["rule"]), ("user", "1001", "ring", "none"), "the answer")
    t.equal(ring["shown_name"] + ring["shown_uri"], f'"Alice"sip:1001@{t.domain}', "who is shown")
    t.equal([(d["device"].split("@")[0], d["why"], d["step"], d["begin_ms"]) for d in ring["devices"]], [
        ("1001-desk", "rings", 1, 0), ("1001-off", "disabled", 0, 0), ("1001-away", "caller", 0, 0),
        ("1001-door", "not-on-fork", 0, 0), ("1001-none", "not-registered", 0, 0), ("1001-fax", "no-invite", 0, 0),
        ("1001-soft", "rings", 2, 2000)], "devices")
    t.equal([[c["state"] for c in d["contacts"]] for d in ring["devices"]],
            [["live"], [], [], [], [], ["no-invite"], ["live", "older-flow"]], "contacts")
    t.equal({c["connection"] for d in ring["devices"] for c in d["contacts"]}, {"none"}, "connections, of UDP")
    return ring


def goes_both_ways(t, ring, bob):
    busy, away = ring["if_busy"], ring["if_no_answer"]
    t.equal((busy["rule"], busy["action"], busy["next"]["user_id"]), ("fwd_busy", "move", bob.id), "if busy")
    back = busy["next"]["if_no_answer"]
    t.equal([(r["kind"], r["why"]) for r in back["not_followed"]], [("user", "the call has already been there")], "Bob's way back")
    t.equal((back["rule"], back["status"]), ("none", 480), "and its end")
    t.equal([(r["kind"], r["id"]) for r in away["not_followed"]], [("queue", "gone")], "if no answer: not followed")
    t.equal((away["rule"], away["reason"], away["target_uri"]),
            ("voicemail", "no-answer", f"sip:{t.account}~7@voicemail.invalid;target=sip:1001%40{t.domain};cause=408"), "if no answer")


def others_are_told_apart(t, alice, devices):
    other = t.other_tenant()
    stranger = other.user("2001").device("phone")
    other.update(status="suspended")
    off = t.user("1003", status="disabled")
    t.insert("extension", {"id": f"ext_{t.key}", "account_id": t.account, "digits": "200", "dest_kind": "user",
                           "dest_id": alice.id, "status": "disabled"})
    for callee, what, status, why in (
            (f"sip:1999@{t.domain}", "unknown", 404, "no such user"), (off.uri, "unknown", 404, "user is disabled"),
            (stranger.aor, "unknown", 404, "account is suspended"), (devices["off"].aor, "unknown", 404, "device is disabled"),
            (f"sip:200@{t.domain}", "unknown", 404, "extension is disabled"), ("sip:1@x.test", "foreign", 404, "domain")):
        answer = found(t, callee)
        t.equal((answer["found"], answer["status"]), (what, status), f"{callee} is")
        t.check(why in answer["why"] and "decision" not in answer, f"{callee}: it says {answer}")
    t.equal(found(t, f"sip:1999@{t.domain}", f"1001@{t.domain}")["anonymous"], 1, "a call out, with no verified number")
    t.equal(found(t, alice.uri, f"1001@{t.domain}", ["Privacy: id"])["decision"]["anonymous"], 1, "with privacy")
    with contextlib.closing(Rpc(t.stack.rpc_socket)) as rpc:
        for code, *words in ((400,), (400, "1001"), (400, alice.uri, "bob"), (404, alice.uri, f"nobody@{t.domain}")):
            try:
                t.check(False, f"{words}: expected a fault, the answer is {rpc.call('user_routing.explain', *words)}")
            except RpcError as error:
                t.equal(error.code, code, f"{words}: {error}")


def connections(t):
    """Usrloc takes the contact of a closed connection for expired: explain says why it is."""
    device = t.user("1004").device("tcp")
    t.settle()

    def said():
        seen = found(t, f"sip:1004@{t.domain}")["decision"]["devices"][0]
        tree = t.stack.kamcmd("user_routing.explain_tree", f"1004@{t.domain}")
        register = t.stack.kamcmd("user_routing.explain_register", f"{device.auth_username}@{device.realm}")
        connection = seen["contacts"][0]["connection"]
        t.check(f"connection: {connection}" in register, f"explain_register should say {connection}, too: {register}")
        return seen["why"], connection, ", its connection is gone" in tree

    with TcpEndpoint(t.addresses.take(), t.server, t.name) as phone:
        value = contact(phone.address, phone.port, uri_params=";transport=tcp")
        request = Request(phone, "REGISTER", f"sip:{t.domain}", device.aor, device.aor, [("Contact", value), ("Expires", 300)])
        t.equal(request.exchange(device.auth_username, device.password).status, 200, "REGISTER over TCP")
        t.equal(said(), ("rings", "open", False), "while the connection is open")
    t.pause(0.3)
    t.equal(said(), ("expired", "gone", True), "when it is closed")


def people_can_read_it(t, alice):
    script = [os.path.join(stack.STACK, "explain"), f"1001@{t.domain}"]
    done = subprocess.run(script, env=dict(os.environ, RUN_DIR=t.stack.run_dir), capture_output=True, text=True, timeout=20, check=False)
    t.equal(done.returncode, 0, f"tests/stack/explain: {done.stderr}: it ends with")
    for line in (f"a trunk calls 1001@{t.domain}", "  step 2, after 2 s: 1001-soft@" + t.domain, "  if busy: fwd_busy → user 1002",
                 f"  does not ring: 1001-off@{t.domain}, its status is disabled",
                 "  if no answer: queue gone is not followed: it does not exist or has no URI"):
        t.check(line in done.stdout.splitlines(), f"{line!r} should be in:\n{done.stdout}")


def run(t):
    bob = t.user("1002", ring_timeout_sec=1, fwd_noanswer_kind="user", fwd_noanswer_id=f"us_{t.key}_1001")
    t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
    alice, devices = make_alice(t, bob)
    ring = devices_ring_or_not(t, alice, devices)
    goes_both_ways(t, ring, bob)
    others_are_told_apart(t, alice, devices)
    connections(t)
    people_can_read_it(t, alice)
