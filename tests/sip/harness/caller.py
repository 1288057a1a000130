# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller: a SIPp process that places one call and follows it to its end."""

from .expect import check, equal, near, wait_for
from .phone import NEVER_MS, TOLERANCE
from .sip import token
from .sipp import Sipp, render

# Every status a call may be refused with.
FAILURES = [*range(300, 306), 380, *range(400, 440), *range(469, 495), *range(500, 507), 513, 580, 600, 603, 604, 606, 607]


def _recvs(label, but=()):
    return "\n  ".join(f'<recv response="{s}" optional="true" next="{label}"/>' for s in FAILURES if s not in but)


def _lines(headers):
    """Headers as SIPp wants them after another header line."""
    return "".join(f"\n      {h}" for h in headers)


def call_scenario(uri, call_id, sender, credentials=None, talk=0.5, headers=(), cancel_headers=(), hold_headers=()):
    """calls.xml filled in; see Call. A call_id of "[call_id]" makes it fit for many calls."""
    values = {
        "uri": uri, "call_id": call_id, "from": sender, "failures": _recvs("refused"),
        "talk_ms": NEVER_MS if talk is None else int(talk * 1000),
        "headers": _lines(headers), "cancel_headers": _lines(cancel_headers),
        "hold_headers": _lines(hold_headers), "timed": "",
        **_authentication(credentials),
    }
    return render("calls.xml", values)


def placed_scenario(uri, sender, ending, credentials=None, **values):
    """placed.xml filled in: for many calls that end alike. `ending`: answered (talk_ms), refused (status), cancelled
    (after_ms) or cancelled-at-once; in brackets what it takes as `values`."""
    return render("placed.xml", {
        "uri": uri, "call_id": "[call_id]", "from": sender, "headers": "", "timed": ' start_rtd="setup"',
        **_authentication(credentials), "early_failures": "",
        "ending": f"<!-- include placed-{ending}.part.xml -->", **values,
    })


def _authentication(credentials):
    """With credentials the call is the second INVITE, after the challenge."""
    if credentials is None:
        return {"opening": "", "cseq": 1, "authorization": ""}
    username, password = credentials
    return {
        "opening": "<!-- include challenged.part.xml -->", "cseq": 2,
        "early_failures": _recvs("refused_early", but=(401, 407)),
        "authorization": _lines([f"[authentication username={username} password={password}]"]),
    }


class Call:
    def __init__(self, case, name, uri, address, sender, credentials=None, talk=0.5, headers=(), cancel_headers=(), hold_headers=()):
        """`talk`: seconds from the answer to the caller's BYE; None: until told or hung up on."""
        self.name, self.case, self.uri = name, case, uri
        self.call_id = f"{case.name}-{token(8)}"
        self.address, self.gave_up = address, False
        scenario = call_scenario(uri, self.call_id, sender, credentials, talk, headers, cancel_headers, hold_headers)
        options = ["-m", "1", "-cid_str", self.call_id, "-auth_uri", uri.removeprefix("sip:")]
        self.sipp = Sipp(name, scenario, address, 5060, case.server, case.folder, options)

    @property
    def events(self):
        return [e for e in self.sipp.trace.events if e.message.method not in ("CANCELNOW", "HANGUP", "HOLD")]

    @property
    def started(self):
        """When the INVITE that counts (the one with credentials) went out."""
        invites = wait_for(self._initial_invites, 5, f"{self.name} should send its INVITE")
        authenticated = [e for e in invites if e.message.header("Proxy-Authorization") or e.message.header("Authorization")]
        return (authenticated or invites)[0].time

    def _initial_invites(self):
        return [e for e in self.events if e.sent and e.message.method == "INVITE" and not e.message.to_tag]

    def _replies(self):
        attempt = max((int(e.message.header("CSeq").split()[0]) for e in self._initial_invites()), default=1)
        return [
            e for e in self.events
            if e.received and e.message.status and e.message.cseq_method == "INVITE"
            and int(e.message.header("CSeq").split()[0]) == attempt
        ]

    @property
    def responses(self):
        """The status codes of the call, the challenge left out."""
        return [e.message.status for e in self._replies() if e.message.status not in (401, 407)]

    def final_event(self):
        finals = [e for e in self._replies() if e.message.status >= 200]
        # A first challenge is answered, unless the caller had nothing to answer it with and is done.
        if not finals or finals[0].message.status in (401, 407) and self.sipp.running:
            return None
        return finals[0]

    @property
    def final(self):
        """The final response (a Message); waits for it."""
        wait_for(lambda: self.final_event() or not self.sipp.running, 25, f"{self.name}'s call should end")
        event = self.final_event()
        check(event, f"{self.name}'s call ended without a final response: {self.sipp.complaints()}")
        return event.message

    @property
    def lasted(self):
        """Seconds from INVITE to final response."""
        self.final
        return self.final_event().time - self.started

    @property
    def bye(self):
        """The BYE that came from the other side."""
        byes = [e.message for e in self.events if e.received and e.message.method == "BYE"]
        check(byes, f"{self.name} should have got a BYE")
        return byes[0]

    def ends(self, status, after=None, tolerance=TOLERANCE):
        equal(self.final.status, status, f"{self.name}'s call to {self.uri} ends with")
        if after is not None:
            near(self.lasted, after, tolerance, f"{self.name}'s call to {self.uri} ended after")
        return self

    def ends_at_once(self, status):
        """Known without asking a phone: within the time of a round trip."""
        self.ends(status)
        check(self.lasted < 0.3, f"{self.name}'s call: expected {status} at once, it took {self.lasted:.2f} s")
        return self

    def proceeding(self, status=180):
        """Waits until the caller hears that provisional."""
        wait_for(lambda: status in self.responses, 10, f"{self.name} should hear {status}")
        return self

    def cancel(self):
        self.gave_up = True
        self.sipp.tell("CANCELNOW", self.call_id)
        return self

    def hang_up(self):
        self.sipp.tell("HANGUP", self.call_id)
        return self

    def hold(self):
        """A re-INVITE; waits for its 200."""
        self.sipp.tell("HOLD", self.call_id)

        def held():
            return [e for e in self.events if e.received and e.message.status == 200
                    and e.message.header("CSeq") == "10 INVITE"]
        wait_for(held, 5, f"{self.name}'s re-INVITE should be answered")
        return self

    def over(self, within=10):
        """Waits for the caller's process: BYE and all is done, as its scenario wants it."""
        code = self.sipp.wait(within)
        check(code is not None, f"{self.name}: the call is not over after {within} s")
        check(code == 0, f"{self.name}: SIPp says the call went wrong (exit {code}): {self.sipp.complaints()}")
        return self

    def stop(self):
        self.sipp.stop()
