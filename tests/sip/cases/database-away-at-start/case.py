# SPDX-License-Identifier: GPL-2.0-or-later
from harness.faults import SAYS_SO, SNAPSHOT, SOON, Mirror, snapshot_with
from harness.phone import answers
from harness.postgres import Postgres
from harness.traffic import Traffic

STACK = {"after": SOON + SNAPSHOT}
PAIRED = True
LIMIT = 60
HARMLESS = SAYS_SO


def run(t):
    postgres, mirror = Postgres(t.stack), Mirror(t, t.stack)
    desk = t.user("7001").device("desk")
    phone = desk.phone(answers(after=0.02))
    snapshot_with(t.stack, desk.id)
    t.stack.stop_kamailio()
    postgres.end()
    mirror.log()
    t.stack.start_kamailio()

    desk.put_contact(phone)
    traffic = Traffic(t, phone)
    with traffic.through("the database is away since the start"):
        mirror.is_stale("onnection refused")
        t.pause(2)
    with traffic.through("the database comes up at last"):
        postgres.start()
        took = mirror.has_recovered(postgres.connect())
        t.equal(t.stack.status()["source"], "database", "the source")
        t.pause(1)
    t.note(f"ready {took:.1f} s after it took connections")
    mirror.said(2, "onnection refused")
    t.connect()
