# SPDX-License-Identifier: GPL-2.0-or-later
import collections
import glob
import itertools
import os
import re
import time

from harness.board import Board
from harness.expect import check
from harness.hostile import ONE_LINE, PARSERS, Addresses, Processes, Shot, at_rest, by_class, follow_up, forgery, read, shown_lines, volley
from harness.phone import answers
from harness.sip import token
from harness.stack import SANITIZED
from harness.traffic import Traffic
from harness.wire import Request

STACK = {**SANITIZED, "after": ONE_LINE}
LIMIT = 90
ALONE = True
OWN_NETWORK = True  # Via, Contact and Route point to addresses that are somebody's
HARMLESS = PARSERS
SLOWER = 0.3  # seconds that a normal call may take longer than usual

HERE = os.path.dirname(os.path.abspath(__file__))
VERBATIM = os.environ.get("TORTURE_DIR", "")  # files that are sent as they are, too
SENDERS = ("stranger", "trunk", "device", "tcp")
Row = collections.namedtuple("Row", ("name", "section", *SENDERS, "about"))
ROW = re.compile(r"^  (\S+) +(3\.\S+|ours) +(\S+) +(\S+) +(\S+) +(\S+)  (.+)$", re.MULTILINE)


def table():
    """The README's."""
    with open(os.path.join(HERE, "README"), encoding="utf-8") as file:
        rows = [Row(*found) for found in ROW.findall(file.read())]
    names = sorted(os.listdir(os.path.join(HERE, "messages")))
    check(sorted(row.name for row in rows) == names, f"the table and messages/ differ: {set(names) ^ {row.name for row in rows}}")
    return rows


class Torture:
    def __init__(self, t):
        self.t, self.addresses, self.seen = t, Addresses(), collections.Counter()
        self.me = t.user("1000", display_name="The Caller").device("bob")
        self.identity = f'"The Caller" <sip:1000@{t.domain}>'
        self.desk = Board(t, refuse_with="486 Busy Here")
        self.media = Board(t, refuse_with="486 Busy Here", endpoint=t.endpoint(5090, "127.0.0.1"))
        alice = t.user("1001", ring_timeout_sec=2)
        for name in ("desk", "soft"):
            self.desk.register(alice.device(name))
        # A call that leaves, with two diversions.
        t.insert("route_target", {"account_id": t.account, "kind": "voicemail", "id": "7"})
        away = t.user("1002", dnd=1, voicemail_id="7")
        t.user("1003", fwd_always_kind="user", fwd_always_id=away.id)
        t.user("1004").phone("answers", answers(after=0.05))

    def message(self, row, domain=None, callee="1001"):
        domain = domain or self.t.domain
        with open(os.path.join(HERE, "messages", row.name), encoding="ascii") as file:
            return read(file.read(), d=domain, u=callee, me=f"{self.me.auth_username}@{domain}", t=f"{self.t.name}-{token()}")

    def shot(self, sender, row):
        address = self.addresses.trunk() if sender in ("trunk", "tcp", "forward") else self.addresses.stranger()
        raw = self.message(row, *{"stranger": ("example.com",), "forward": (None, "1003")}.get(sender, ()))
        credentials = (self.me.auth_username, self.me.password) if sender == "device" else None
        return Shot(row.name, raw, address, self.t.server, sender == "tcp", credentials)

    def fire(self, sender, rows):
        """Sends all of them. Returns each one's result."""
        shots = volley(self.shot(sender, row) for row in rows)
        self.seen.update(shot.status for shot in shots)
        return {shot.name: shot.outcome for shot in shots}

    def verbatim(self, processes):
        """Sends the files in that folder, as a stranger and as a trunk."""
        for sender in ("stranger", "trunk"):
            shots = volley(self.verbatim_shot(path, sender) for path in sorted(glob.glob(f"{VERBATIM}/*")))
            processes.live()
            self.t.note(f"{VERBATIM} by a {sender}: " + ", ".join(f"{shot.name} {shot.outcome}" for shot in shots))

    def verbatim_shot(self, path, sender):
        with open(path, "rb") as file:
            return Shot(os.path.basename(path), file.read(), getattr(self.addresses, sender)(), self.t.server)


def as_expected(rows, sender, outcomes):
    """The lines of the table that were not so."""
    return [f"{row.name} from {sender}: expected {getattr(row, sender)}, saw {outcomes[row.name]}"
            for row in rows if outcomes[row.name] not in getattr(row, sender).split("/")]


def from_everybody(torture, rows, processes):
    """Each message from each; what was not as the table says."""
    wrong = []
    for sender in SENDERS:
        torture.desk.invites.clear()
        wrong += as_expected(rows, sender, torture.fire(sender, rows))
        processes.live()
        if sender == "device":
            forged = [forgery(invite, torture.identity) for _, invite in torture.desk.invites.values()]
            check(forged and not any(forged), f"{len(forged)} legs of a device: {[text for text in forged if text][:2]}")
    return wrong


def diverted(t, torture, rows):
    """Those that rang go to voicemail, with the two diversions above the trunk's, however malformed."""
    rows = [row for row in rows if row.trunk == "486"]
    torture.media.invites.clear()
    wrong = [f"{name} forwarded: expected 486, saw {outcome}" for name, outcome in torture.fire("forward", rows).items() if outcome != "486"]
    check(len(torture.media.invites) == len(rows) - len(wrong), f"{len(torture.media.invites)} of {len(rows)} calls came to voicemail")
    ours = [f"<sip:1002@{t.domain}>;reason=do-not-disturb", f"<sip:1003@{t.domain}>;reason=unconditional"]
    for _, invite in torture.media.invites.values():
        lines = list(shown_lines(invite))
        seen = [value for name, value in lines if name == "diversion"][:2]
        check(seen == ours, f"{invite.call_id}: expected the Diversions {ours} on top, saw {seen}")
        history = ", ".join(value for name, value in lines if name == "history-info")
        check(f"<sip:1003@{t.domain}>;index=" in history, f"{invite.call_id}: History-Info is {history}")
    return wrong


def long_in_dialog(t, torture, processes):
    """nathelper 5.6.3 writes a Request-URI with an alias into 1024 bytes, however long it is: the first one ended Kamailio.
    It comes as the Request-URI, or as the last Route, which it is taken from when the Request-URI is our own."""
    with t.endpoint(address=torture.addresses.trunk()) as caller:
        invite = Request(caller, "INVITE", f"sip:1004@{t.domain}", "sip:+4930@trunk.test")
        reply = invite.exchange()
        check(reply and reply.status == 200, f"the call should be answered: {reply and reply.first_line}")
        host, port = t.server
        cseq = itertools.count(2)
        for alias in ("127.0.0.1~9~1", "9" * 1200 + "~9~1"):
            uri = f"sip:{'x' * 1100}@127.0.0.1:9;alias={alias}"
            for target, routes in ((uri, ()), (f"sip:{host}:{port};lr", (f"Route: <{uri}>",))):
                caller.send(follow_up(reply, "INFO", target, routes, next(cseq)))
                refused = caller.final(reply.call_id, "INFO")
                processes.live()
                wanted = 404 if routes else 403  # a Route that nobody has signed; not the other end's Contact
                check(refused and refused.status == wanted, f"expected {wanted}, saw {refused and refused.first_line}")
        contact = reply.header("Contact").partition("<")[2].partition(">")[0]
        caller.send(follow_up(reply, "ACK", contact))
        t.pause(0.3)  # BYE may not overtake it
        caller.send(follow_up(reply, "BYE", contact))
        check(caller.final(reply.call_id, "BYE").status == 200, "the call should end")


def everything(t, torture, rows, processes):
    wrong = from_everybody(torture, rows, processes) + diverted(t, torture, rows)
    processes.live()
    return wrong


def compare(t, wrong):
    """The table is Kamailio 5.6's: other versions may parse differently."""
    if "kamailio 5.6" in t.stack.kamcmd("core.version"):
        check(not wrong, "\n".join(wrong))
    for line in wrong:
        t.note(line)


def tortured(t, torture, rows, processes, traffic):
    everything(t, torture, rows, processes)  # first uses
    long_in_dialog(t, torture, processes)
    before = at_rest(t, traffic, processes)
    traffic.start()
    torture.seen.clear()
    with traffic.through("the messages of RFC 4475", slower=SLOWER):
        wrong = everything(t, torture, rows, processes)
        end = time.time()
    t.note(f"{sum(torture.seen.values())} messages: {by_class(torture.seen)}; recovered after {traffic.recovered(end):.2f} s")
    after = at_rest(t, traffic, processes)
    t.note(f"the module's blocks {before.blocks} → {after.blocks}, shared memory {before.shared} → {after.shared}")
    compare(t, wrong)
    after.is_level_of(before)


def run(t):
    torture, rows = Torture(t), table()
    processes, traffic = Processes(t.stack), Traffic(t)
    if VERBATIM:
        torture.verbatim(processes)
    tortured(t, torture, rows, processes, traffic)
