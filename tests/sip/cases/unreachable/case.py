# SPDX-License-Identifier: GPL-2.0-or-later
from harness.accounts import Device
from harness.phone import rejects, rings, silent

ROUTES = True
LEFT = 403  # what the target says


def queue(which):
    return {f"{which}_kind": "queue", f"{which}_id": "q"}


def users(t, box):
    """Each with rules and phones; who is not named here has no phone. Returns user: (after, target's URI, reasons)."""
    away, target = queue("fwd_unreachable"), f"sip:q@{box.address}:5060"
    voicemail = "sip:7@{}:5060;target=sip:{}%40{};cause={}"
    t.user("2001", **away).device("desk")
    mute = t.user("2002", fwd_unreachable_kind="voicemail", fwd_unreachable_id="7", fwd_noanswer_kind="hangup", fwd_noanswer_id="600")
    for name in ("desk", "soft"):
        mute.phone(name, silent())
    busy = t.user("2003", **away, **queue("fwd_busy"))
    for name, status in (("desk", 486), ("soft", 404)):
        busy.phone(name, rejects(status, after=0.2))
    slow = t.user("2004", ring_timeout_sec=2, **away, **queue("fwd_noanswer"))
    slow.phone("desk", rejects(404, after=0.2))
    slow.phone("soft", rings())
    t.user("2005", **queue("fwd_noanswer")).device("desk")
    last = t.user("2007", ring_strategy="sequential", **away)
    last.phone("first", rejects(503, after=0.2), ring_order=1)
    last.phone("second", rejects(410, after=0.2), ring_order=2)
    t.user("2006", fwd_unreachable_kind="user", fwd_unreachable_id=last.id)
    t.user("2008", fwd_unreachable_kind="queue", fwd_unreachable_id="gone", voicemail_id="7")
    return {
        "2001": (0, target, {"2001": "unavailable"}),
        "2002": (4, voicemail.format(box.address, "2002", t.domain, 503), {"2002": "unavailable"}),
        "2003": (0.2, target, {"2003": "user-busy"}),
        "2004": (2, target, {"2004": "no-answer"}),
        "2005": (0, target, {"2005": "no-answer"}),
        "2006": (0.4, target, {"2006": "unavailable", "2007": "unavailable"}),
        "2008": (0, voicemail.format(box.address, "2008", t.domain, 408), {"2008": "no-answer"}),
    }


CAUSES = {"unavailable": 503, "user-busy": 486, "no-answer": 408}


def history(t, uri, reasons):
    """Each entry has the cause for which the call left the user before."""
    entries, index, cause = [], "1", ""
    for user, reason in reasons.items():
        entries.append(f"<sip:{user}@{t.domain}{cause}>;index={index}")
        index, cause = f"{index}.1", f";cause={CAUSES[reason]}"
    return ", ".join([*entries, f"<{uri}{'' if cause in uri else cause}>;index={index}"])


def run(t):
    box = Device(t, "box", t.domain, "").phone(rejects(LEFT, after=0.05), register=False)
    for kind, name in (("queue", "q"), ("voicemail", "7")):
        t.insert("route_target", {"account_id": t.account, "kind": kind, "id": name, "address": f"sip:{name}@{box.address}:5060"})
    expected = users(t, box)
    itself = t.user("2009")
    itself.update(fwd_unreachable_kind="user", fwd_unreachable_id=itself.id)
    caller = t.caller()
    calls = {number: caller.calls(number) for number in expected}
    no_rule = {"2009": 480, f"sip:2001-desk@{t.domain}": 480}
    for uri, status in no_rule.items():
        caller.calls(uri).ends_at_once(status)

    for number, (after, uri, reasons) in expected.items():
        call = calls[number].ends(LEFT, after=after + 0.05)
        invite = next(invite for invite in box.invites if invite.call_id == call.call_id)
        t.equal(invite.uri, uri, f"{number}: Request-URI")
        t.equal(invite.all("Diversion"), [f"<sip:{user}@{t.domain}>;reason={reason}" for user, reason in reversed(reasons.items())], f"{number}: Diversion")
        t.equal(invite.header("History-Info"), history(t, uri, reasons), f"{number}: History-Info")
    t.equal(len(box.legs), len(expected), "calls that left")
    t.nothing_rings()
