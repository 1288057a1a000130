# SPDX-License-Identifier: GPL-2.0-or-later
import os
import tempfile

from harness import registrar
from harness.phone import answers
from harness.postgres import Postgres
from harness.spare import SpareKamailio
from harness.traffic import Traffic, wait_status
from harness.wire import Endpoint, Request, TcpEndpoint

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.normpath(os.path.join(HERE, "../../../../kamailio.cfg.sample"))
SCHEMA = "/usr/share/kamailio/postgres"  # of kamailio-postgres-modules
NOT_IN_LUA = "usrloc's database: no matter of the script"
STACK = {
    "before": 'mpath=UR_MODULES\nloadmodule "db_postgres.so"',
    "after": '#!ifdef DB_MODE\nmodparam("usrloc", "db_mode", DB_MODE)\nmodparam("usrloc", "db_url", USRLOC_URL)\n'
             'modparam("usrloc", "timer_interval", 1)\n'
             'modparam("db_postgres", "timeout", 1)\nmodparam("db_postgres", "retries", 0)\n#!endif\n',
}
PAIRED = True
LIMIT = 90
PASSWORD = "usrlocs-own"
SURVIVES = {0: False, 1: True, 2: True, 3: True}
COMPARED = (0, 3)
HUNG = 12.0  # seconds that a call to one device may wait: for a statement or two, 1 s, and to connect again, 2 s


def create_tables(t):
    t.sql(f"CREATE ROLE usrloc LOGIN PASSWORD '{PASSWORD}'")
    t.sql("GRANT CONNECT ON DATABASE user_routing TO usrloc")
    for name in ("standard", "usrloc"):
        with open(f"{SCHEMA}/{name}-create.sql", encoding="utf-8") as file:
            t.sql(file.read())
    t.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON version, location, location_attrs TO usrloc")
    t.sql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO usrloc")


def start(t, mode, script=""):
    folder = tempfile.mkdtemp(prefix=f"mode-{mode}-", dir=t.folder)
    url = f"postgres://usrloc:{PASSWORD}@127.0.0.1:{t.stack.env['PGPORT']}/user_routing"
    spare = SpareKamailio(t.stack, folder, script=script, first=f'#!define DB_MODE {mode}\n#!define USRLOC_URL "{url}"\n')
    t.server = spare.server
    wait_status(spare, "state: ready", 5, "the mirror should be ready")
    return spare


def restart(spare):
    spare.stop()
    spare.start()
    wait_status(spare, "state: ready", 5, "the mirror should be ready")


def in_mode(t, mode, desk, postgres):
    """The phone registers and is called, and called again after a restart, and while the database hangs."""
    spare = start(t, mode)
    try:
        desk.device.register(desk.address, 5060, source=(desk.address, 5099))
        t.calls("1001").ends(200).over()
        if mode in COMPARED:
            traffic = Traffic(t, number=7000 + 10 * mode)
            t.note(f"INVITE to 180 in db_mode {mode}: {1000 * traffic.usual:.2f} ms")
            traffic.stop()
        restart(spare)
        if SURVIVES[mode]:
            t.calls("1001").ends(200).over()
        else:
            t.calls("1001").ends_at_once(480)
        t.equal(spare.serious_log_lines(), [], f"serious lines of the log in db_mode {mode}")
        if mode != 0:
            database_hangs(t, mode, desk, postgres)
    finally:
        spare.stop()
    t.sql("DELETE FROM location")


def database_hangs(t, mode, desk, postgres):
    """A call waits no longer than usrloc: for the row in mode 3 (then nobody is registered), for the lock of the device's
    slot in 1 and 2, if somebody writes meanwhile: a REGISTER, usrloc's timer."""
    has_started(t)
    t.explains = False  # it would wait as well
    desk.device.register(desk.address, 5060, source=(desk.address, 5099))
    with postgres.hung():
        if mode == 1:
            registers_and_waits(t, desk)
        elif mode == 2:
            t.pause(1.2)  # the timer has begun
        call = t.calls("1001").ends(480 if mode == 3 else 200)
        waited = call.lasted if mode == 3 else desk.leg().time - call.started
        t.check(waited < HUNG, f"db_mode {mode}: a call to one device waited {waited:.1f} s while the database hung")
    t.note(f"db_mode {mode}, the database hangs, db_postgres's timeout is 1 s: a call waited {waited:.1f} s")
    t.calls("1001").ends(200).over()
    t.explains = True


def has_started(t):
    """Kamailio ends if the database hangs during its start: waits until it makes no more connections."""
    counts = []

    def same():
        counts.append(t.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'usrloc'")[0][0])
        t.pause(0.1)
        return len(counts) > 8 and len(set(counts[-8:])) == 1

    t.wait_for(same, 10, "usrloc should have its connections")


def registers_and_waits(t, desk):
    """Returns when its REGISTER has reached the database and hangs there."""
    device, endpoint = desk.device, Endpoint(desk.address, 5099, t.server, t.name)
    with endpoint:
        headers = [("Contact", registrar.contact(desk.address, 5060)), ("Expires", 300)]
        request = Request(endpoint, "REGISTER", f"sip:{device.realm}", device.aor, device.aor, headers)
        endpoint.send(request.encode())
        challenge = endpoint.final(request.call_id, "REGISTER")
        endpoint.send(request.authenticate(challenge, device.auth_username, device.password))
        t.pause(0.1)


def flagged_sample(folder):
    """The sample with tcp_set_otcpid_flag(): calls go by the number of the contact's connection."""
    with open(SAMPLE, encoding="utf-8") as file:
        text = file.read()
    begin = "\nroute[RING] {\n"
    assert text.count(begin) == 1
    text = text.replace(begin, begin + "\ttcp_set_otcpid_flag(\"1\");\n")
    path = os.path.join(folder, "flagged.cfg")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def connects(t, device=None):
    """Somebody on a new connection; as that device, with a contact at which nobody listens."""
    endpoint = TcpEndpoint(t.addresses.take(), t.server, t.name)
    if device is None:
        endpoint.send(b"\r\n\r\n")
        return endpoint
    contact = f"<sip:phone@{endpoint.address}:9;transport=tcp>"
    request = Request(endpoint, "REGISTER", f"sip:{device.realm}", device.aor, device.aor, [("Contact", contact), ("Expires", 300)])
    reply = request.exchange(device.auth_username, device.password)
    t.check(reply and reply.status == 200, f"REGISTER by TCP: {reply and reply.first_line}")
    return endpoint


def connection_is(t, device, wanted):
    ids = t.sql("SELECT connection_id FROM location WHERE username = %s", (device.auth_username,))
    t.equal(ids, [(wanted,)], "the number of the contact's connection in the database")


def connections(t):
    """A connection number is meaningless after a restart or on another node: whoever has it now isn't called."""
    carol = t.user("1003", ring_timeout_sec=3).device("soft")
    spare = start(t, 3, flagged_sample(t.folder))
    try:
        t.pause(1.1)  # the contact is of a later second than the start
        phone = connects(t, carol)
        connection_is(t, carol, 1)
        call = t.calls("1003").proceeding(100)
        t.equal(len(phone.invites(1, 2)), 1, "INVITEs over the phone's own connection")
        call.cancel().ends(487)
        t.sql("UPDATE location SET server_id = server_id + 1")
        t.calls("1003").ends_at_once(480)
        t.equal(phone.invites(1, 0.1), [], "INVITEs to who has the number here, for a contact of another node")
        t.sql("UPDATE location SET server_id = server_id - 1")

        restart(spare)
        stranger = connects(t)
        t.wait_for(lambda: "id: 1" in spare.kamcmd("core.tcp_list"), 2, "the stranger should be connection 1")
        t.calls("1003").ends_at_once(480)
        t.equal(stranger.invites(1, 0.1), [], "INVITEs to who has the number now, after a restart")
    finally:
        spare.stop()


def run(t):
    create_tables(t)
    alice = t.user("1001", ring_timeout_sec=10)
    desk = alice.phone("desk", answers(after=0.1))
    t.stack.stop_kamailio()
    postgres = Postgres(t.stack)
    for mode in SURVIVES:
        in_mode(t, mode, desk, postgres)
    t.explains = False  # it knows of no phones but SIPp's
    connections(t)
