# SPDX-License-Identifier: GPL-2.0-or-later
from harness import registrar
from harness.phone import answers

INSTANCE = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
FLOWS = 300
# A name that is kept with each: there are 64 KB for all contacts that ring at once.
OUTBOUND = [("Supported", "outbound, path"), ("User-Agent", "long" * 60)]
STACK = {"after": 'modparam("user_routing", "max_contacts", 1000)\nmodparam("pike", "reqs_density_per_unit", 10000)'}
LIMIT = 60


def run(t):
    desk = t.user("1001", ring_timeout_sec=5).device("desk")
    left = t.addresses.take()
    for number in range(FLOWS):
        value = registrar.contact(left, instance=INSTANCE, reg_id=1 + number, uri_params=f";x={number}")
        registrar.must_register(desk, t.server, (left, 5060), [value], headers=OUTBOUND)
    t.pause(1.1)  # usrloc knows seconds
    phone = desk.phone(answers(after=0.1), instance=INSTANCE, reg_id=1 + FLOWS, headers=OUTBOUND)

    t.calls("1001").ends(200, after=0.1).over()

    phone.answered()
    t.check("left out" not in t.stack.log_text(), "all contacts should have been looked at")
