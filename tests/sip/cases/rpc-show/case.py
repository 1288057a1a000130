# SPDX-License-Identifier: GPL-2.0-or-later
import contextlib
import json

from harness.rpc import RpcError
from harness.spare import SpareKamailio
from harness.stack import StackError

MANY = 200  # devices, as many as a user may have


def fault(t, code, ask, *what, has=()):
    """Both transports refuse it with that code and a complete reason that contains these texts."""
    try:
        ask("user_routing.show", *what)
    except (RpcError, StackError) as error:
        text = str(error)
        t.check(f"{code} " in text, f"show {what}: expected the fault {code}, saw: {text}")
        for word in has:
            t.check(word in text, f"show {what}: the reason should have {word!r}: {text}")
    else:
        t.check(False, f"show {what} should be refused")


def faults(t, ask):
    fault(t, 400, ask, has=["username@domain", "the id of a sip_user, schedule, caller_list or ring_group"])
    fault(t, 400, ask, "x" * 600)
    fault(t, 404, ask, f"9999@{t.domain}", has=["9999@", "address", "see the log)"])
    fault(t, 404, ask, "1001@nowhere.test", has=["1001@nowhere.test"])
    fault(t, 404, ask, "us_nobody", has=["sip_user, schedule, caller_list or ring_group", "us_nobody"])
    fault(t, 404, ask, "1001")
    fault(t, 404, ask, "@")
    fault(t, 404, ask, "x" * 300 + "@y", has=["see the log)"])


def many_devices(t, rpc):
    carol = t.user("1003")
    t.sql(
        "INSERT INTO sip_device (id, user_id, auth_username, realm, ring_order)"
        " SELECT rpad('d' || n || %s, 64, 'x'), %s, rpad('phone' || n, 64, 'y'), %s, n FROM generate_series(1, %s) n",
        (t.key, carol.id, t.domain, MANY),
    )
    t.settle()
    devices = rpc.call("user_routing.show", carol.id)["devices"]
    t.equal([d["ring_order"] for d in devices], list(range(1, MANY + 1)), "devices in their order")
    t.equal({len(d["address"]) for d in devices}, {64 + 1 + len(t.domain)}, "lengths of addresses")
    t.equal(t.stack.kamcmd("user_routing.show", carol.id).count("address: "), MANY, "devices that kamcmd shows")


def many_domains(t, rpc):
    """Those that don't fit are counted."""
    t.sql("INSERT INTO sip_domain SELECT rpad('d' || n, 60, 'x') || '.' || %s, %s FROM generate_series(1, 150) n",
          (t.domain, t.account))
    t.settle()
    account = rpc.call("user_routing.show", f"1001@{t.domain}")["account"]
    t.equal(account["domain_count"], 151, "domain_count")
    t.check(20 < len(account["domains"]) < 100, f"domains shown: {len(account['domains'])}")
    t.check("domain_count: 151" in t.stack.kamcmd("user_routing.show", f"1001@{t.domain}"), "kamcmd should show it, too")


def conditions(t, rpc, user):
    """A user's rules, a schedule with its next hours, and a caller list."""
    schedule, callers = f"sch_{t.key}", f"cl_{t.key}"
    t.sql("INSERT INTO schedule (id, account_id, name, tz) VALUES (%s, %s, 'Office', 'UTC')", (schedule, t.account))
    t.sql("INSERT INTO schedule_window (schedule_id, from_time, to_time) VALUES (%s, '09:00', '17:00')", (schedule,))
    t.sql("INSERT INTO caller_list (id, account_id, name) VALUES (%s, %s, 'VIPs')", (callers, t.account))
    t.sql("INSERT INTO caller_entry VALUES (%s, '201'), (%s, '+4930')", (callers, callers))
    t.sql("INSERT INTO user_rule (id, user_id, position, event, action, schedule_id, caller_list_id, except_listed, ring_timeout_sec)"
          " VALUES (%s, %s, 1, 'dnd', 'ring', %s, %s, 1, 7)", (f"rule_{t.key}", user.id, schedule, callers))
    t.settle()
    t.equal(rpc.call("user_routing.show", user.id)["rules"], [
        {"id": f"rule_{t.key}", "event": "dnd", "scope": "any", "action": "ring", "ring_strategy": "", "ring_timeout_sec": 7,
         "schedule_id": schedule, "caller_list_id": callers, "outside": 0, "except_listed": 1, "target_kind": "", "target_id": ""},
    ], "the rules")
    t.equal(rpc.call("user_routing.show", callers),
            {"id": callers, "name": "VIPs", "account_id": t.account, "entry_count": 2, "entries": ["+4930", "201"]}, "the list")
    shown = rpc.call("user_routing.show", schedule)
    t.equal([shown[name] for name in ("id", "name", "account_id", "is_over")], [schedule, "Office", t.account, 0], "the schedule")
    t.check(63 <= shown["hours_count"] <= 65, f"one window a day: {shown['hours_count']}")
    t.equal(len(shown["hours_utc"]), 20, "hours shown")
    t.check(all(hours["from"].endswith(" 09:00") and hours["to"].endswith(" 17:00") for hours in shown["hours_utc"]),
            f"the hours: {shown['hours_utc']}")
    t.check("hours_utc" in t.stack.kamcmd("user_routing.show", schedule), "kamcmd should show it")


def group(t, rpc, user, device):
    """A ring group with its members in their order; and one with all defaults."""
    sales, night = f"grp_{t.key}", f"grp_{t.key}_night"
    t.sql("INSERT INTO ring_group (id, account_id, name) VALUES (%s, %s, '')", (night, t.account))
    t.sql("INSERT INTO ring_group (id, account_id, name, strategy, ring_timeout_sec, member_rules, skip_busy, cid_name_prefix, alert_info,"
          " count_missed, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id)"
          " VALUES (%s, %s, 'Sales', 'round_robin', 30, 'follow', 0, 'Sales: ', '<sip:ring@x>;info=two', 0, 'hangup', '603', 'user', %s)",
          (sales, t.account, user.id))
    for position, (kind, what, delay, lasts, enabled) in enumerate([("ring_group", night, 0, None, 1), ("number", "491701234567", 7, 5, 1),
                                                                  ("device", device.id, 0, None, 0), ("user", user.id, 600, None, 1)]):
        t.sql("INSERT INTO ring_group_member (group_id, position, member_kind, member_id, ring_delay_sec, ring_for_sec, enabled)"
              " VALUES (%s, %s, %s, %s, %s, %s, %s)", (sales, position, kind, what, delay, lasts, enabled))
    t.settle()
    empty = {"user_id": "", "ring_delay_sec": 0, "ring_for_sec": 0, "enabled": 1}
    t.equal(rpc.call("user_routing.show", sales), {
        "id": sales, "name": "Sales", "account_id": t.account, "strategy": "round_robin", "ring_timeout_sec": 30,
        "member_rules": "follow", "skip_busy": 0, "count_missed": 0, "cid_name_prefix": "Sales: ",
        "alert_info": "<sip:ring@x>;info=two", "fwd_busy_kind": "hangup", "fwd_busy_id": "603", "fwd_noanswer_kind": "user",
        "fwd_noanswer_id": user.id, "members": [
            {**empty, "member_kind": "ring_group", "member_id": night},
            {**empty, "member_kind": "number", "member_id": "491701234567", "ring_delay_sec": 7, "ring_for_sec": 5},
            {**empty, "member_kind": "device", "member_id": device.id, "user_id": user.id, "enabled": 0},
            {**empty, "member_kind": "user", "member_id": user.id, "ring_delay_sec": 600},
        ]}, "the group")
    t.equal(rpc.call("user_routing.show", night), {
        "id": night, "name": "", "account_id": t.account, "strategy": "simultaneous", "ring_timeout_sec": 25, "member_rules": "none",
        "skip_busy": 1, "count_missed": 1, "cid_name_prefix": "", "alert_info": "", "fwd_busy_kind": "", "fwd_busy_id": "",
        "fwd_noanswer_kind": "", "fwd_noanswer_id": "", "members": []}, "the group with all defaults")
    t.check("member_kind: ring_group" in t.stack.kamcmd("user_routing.show", sales), "kamcmd should show it")


def not_loaded(t):
    spare = SpareKamailio(t.stack, t.folder, UR_DB_URL='"postgresql://user_routing@127.0.0.1:9/user_routing"')
    try:
        fault(t, 503, spare.kamcmd, f"1001@{t.domain}", has=["Nothing is loaded", "last_error"])
    finally:
        spare.stop()


def ages(t, show, alice):
    t.pause(2.2)
    t.check(2 <= show()["age"] <= 10, f"after 2.2 s it should be so old: {show()['age']}")
    alice.update(dnd=1, display_name="Alicia")
    t.settle()
    record = show()
    t.equal((record["dnd"], record["display_name"]), (1, "Alicia"), "what has changed")
    t.check(record["age"] < 2, f"what has changed is young: {record['age']}")


def has_three_devices(show):
    try:
        return len(show()["devices"]) == 3
    except RpcError:
        return False


def run(t):
    t.sql("INSERT INTO route_target (account_id, kind, id) VALUES (%s, 'voicemail', 'box')", (t.account,))
    alice = t.user(
        "1001", display_name='Alice "A" Ähm', ring_strategy="sequential", ring_timeout_sec=12, fwd_busy_kind="hangup",
        fwd_busy_id="603", fwd_noanswer_kind="user", fwd_noanswer_id="us_x", fwd_unreachable_kind="voicemail",
        fwd_unreachable_id="box", voicemail_id="box", out_cid_number="4930123", out_cid_name="Acme", dial_class="national",
        max_calls=7,
    )
    desk = alice.device("desk", ring_order=2)
    soft = alice.device("soft", ring_order=-1, available=0, status="disabled", ring_on_fork=0, ring_specific=1, ha1=None,
                        ring_delay_sec=7, ring_for_sec=5)
    mobile = f"dev_{t.key}_mobile"
    t.sql("INSERT INTO sip_device (id, user_id, number, ring_order) VALUES (%s, %s, '491701234567', 3)", (mobile, alice.id))
    t.settle()
    with contextlib.closing(t.stack.rpc()) as rpc:
        def show(what=f"1001@{t.domain}"):
            return rpc.call("user_routing.show", what)

        t.wait_for(lambda: has_three_devices(show), 2, "the mirror should have the user with three devices")
        record = show()
        t.check(0 <= record.pop("age") < 5, "it is young")
        t.equal(record, {
            "id": alice.id, "username": "1001", "display_name": 'Alice "A" Ähm', "status": "active",
            "ring_strategy": "sequential", "ring_timeout_sec": 12, "dnd": 0, "fwd_always_kind": "", "fwd_always_id": "",
            "fwd_busy_kind": "hangup", "fwd_busy_id": "603", "fwd_noanswer_kind": "user", "fwd_noanswer_id": "us_x",
            "fwd_unreachable_kind": "voicemail", "fwd_unreachable_id": "box", "voicemail_id": "box",
            "out_cid_number": "4930123", "out_cid_name": "Acme", "dial_class": "national", "max_calls": 7,
            "account": {"id": t.account, "tz": "UTC", "status": "active", "domain_count": 1, "domains": [t.domain]},
            "rules": [],
            "devices": [
                {"id": soft.id, "address": f"1001-soft@{t.domain}", "number": "", "status": "disabled", "ring_order": -1,
                 "available": 0, "ring_on_fork": 0, "ring_specific": 1, "has_password": 0, "ring_delay_sec": 7, "ring_for_sec": 5},
                {"id": desk.id, "address": f"1001-desk@{t.domain}", "number": "", "status": "active", "ring_order": 2,
                 "available": 1, "ring_on_fork": 1, "ring_specific": 0, "has_password": 1, "ring_delay_sec": 0, "ring_for_sec": 0},
                {"id": mobile, "address": "", "number": "491701234567", "status": "active", "ring_order": 3, "available": 1,
                 "ring_on_fork": 1, "ring_specific": 0, "has_password": 0, "ring_delay_sec": 0, "ring_for_sec": 0},
            ],
        }, "the record")
        for name in (alice.id, desk.aor, desk.aor.removeprefix("sip:"), f"1001@{t.domain.upper()}"):
            t.equal(show(name)["id"], alice.id, f"show {name}")
        text = t.stack.kamcmd("user_routing.show", desk.aor)
        for line in ("username: 1001", "dnd: 0", f"address: 1001-soft@{t.domain}", "has_password: 1", t.domain):
            t.check(line in text, f"kamcmd should show {line!r}: {text}")

        ages(t, show, alice)
        alice.update(status="disabled")
        t.tenant.update(status="suspended")
        t.settle()
        t.equal((show()["status"], show()["account"]["status"]), ("disabled", "suspended"), "not in use, but shown")
        faults(t, rpc.call)
        faults(t, t.stack.kamcmd)
        many_devices(t, rpc)
        many_domains(t, rpc)
        conditions(t, rpc, alice)
        group(t, rpc, alice, desk)
        everything = [json.dumps(show()), t.stack.kamcmd("user_routing.show", alice.id)]
    for (ha1,) in t.sql("SELECT ha1 FROM sip_device WHERE ha1 IS NOT NULL"):
        t.check(not any(ha1 in text for text in everything), "an ha1 is shown")
    not_loaded(t)
