# SPDX-License-Identifier: GPL-2.0-or-later
import zlib

from harness.net import TRUNKS
from harness.phone import rejects
from harness.rules import Rules

REJECTED, RANG = 603, 486
NUMBER = "+493012345678"


class Callers:
    """Somebody of the callee's account, of another account, and behind a trunk; a call of each in turn."""

    def __init__(self, t):
        self._case, self._other = t, t.other_tenant()
        self.did = f"+4931{zlib.crc32(t.key.encode())}"  # a number is one account's
        other = self._other
        t.insert("cid_number", {"account_id": other.account, "e164": NUMBER[1:], "verified": 1})
        self.bob = t.user("1002").device("bob")
        self.eve = other.user("3001", out_cid_number=NUMBER[1:]).device("eve")

    def trunk(self, sender=f"<sip:{NUMBER}@trunk.test>", headers=()):
        return self._case.stranger_calls("1001", sender=sender, headers=headers, address=self._case.addresses.take_trusted(TRUNKS)).final.status

    def internal(self, headers=()):
        return self.bob.calls("1001", headers=headers).final.status

    def other(self):
        return self.eve.calls(f"sip:1001@{self._case.domain}").final.status

    def by_did(self):
        """Of another account, at a number of ours: it is shown as from outside."""
        return self.eve.calls(f"sip:{self.did}@{self._other.domain}").final.status

    def all(self):
        return self.internal(), self.other(), self.trunk()


def run(t):
    rules, callers = Rules(t), Callers(t)
    t.tenant.update(country_code="49", area_code="30")
    alice = t.user("1001")
    t.insert("did", {"account_id": t.account, "e164": callers.did[1:], "dest_kind": "user", "dest_id": alice.id})
    alice.phone("desk", rejects(RANG, after=0.02))
    rule = rules.add(alice, "always", action="reject")
    scopes(t, rules, rule, callers)
    lists(t, rules, rule, callers)
    forged(t, rules, rule, callers)
    with t.unexplained():  # explain gets the number alone
        written(t, rules, rule, callers)


def scopes(t, rules, rule, callers):
    t.equal(callers.all(), (REJECTED, REJECTED, REJECTED), "any")
    rules.change(rule, scope="internal")
    t.equal(callers.all(), (REJECTED, RANG, RANG), "internal")
    rules.change(rule, scope="external")
    t.equal(callers.all(), (RANG, REJECTED, REJECTED), "external")
    rules.change(rule, scope="anonymous")
    t.equal(callers.all(), (RANG, RANG, RANG), "anonymous")
    t.equal(callers.trunk("<sip:anonymous@anonymous.invalid>"), 433, "a trunk that asserts nobody")
    t.equal(callers.trunk(headers=["Privacy: id"]), 433, "a trunk's caller who asks for privacy")
    t.equal(callers.internal(headers=["Privacy: id"]), 433, "a user who asks for privacy")
    rules.change(rule, scope="any")


def lists(t, rules, rule, callers):
    def on(*entries, **columns):
        callers_list = rules.list_of(f"list{len(seen)}", *entries)
        seen.append(callers_list)
        rules.change(rule, caller_list_id=callers_list, **columns)
        return callers.all()

    seen = []
    t.equal(on("+4930"), (RANG, RANG, REJECTED), "a prefix of the trunk's number")
    t.equal(on(NUMBER), (RANG, RANG, REJECTED), "a whole number")
    t.equal(callers.by_did(), REJECTED, "another account's user who calls a number is known by one")
    t.equal(on(f"3001@b-{t.domain}"), (RANG, REJECTED, RANG), "an address of another account")
    t.equal(on("3001"), (RANG, RANG, RANG), "a username of another account")
    t.equal(on(NUMBER + "9", "+4931"), (RANG, RANG, RANG), "other numbers")
    t.equal(on("1002"), (REJECTED, RANG, RANG), "a username")
    t.equal(on(f"1002@{t.domain}"), (REJECTED, RANG, RANG), "an address")
    t.equal(on("+49", except_listed=1), (REJECTED, REJECTED, RANG), "whoever is not listed")
    rules.change(rule, except_listed=0)
    for sender in ("<sip:03012345678@trunk.test>", "<tel:+49-30-12345678>", '"0" <sip:00493012345678@trunk.test>', "sip:+493012345678@trunk.test"):
        on(NUMBER)
        t.equal(callers.trunk(sender), REJECTED, f"the same number, written as {sender}")
    on("+4940")
    t.equal(callers.trunk(headers=["P-Asserted-Identity: \"Bob\" <sip:+494012345@trunk.test>, <tel:+494012345>"]), REJECTED, "P-Asserted-Identity comes before From")
    on("+4930")
    t.sql("INSERT INTO caller_entry (list_id, what) VALUES (%s, '1002')", [seen[-1]])
    t.equal(callers.all(), (REJECTED, RANG, REJECTED), "an entry that is added")


def forged(t, rules, rule, callers):
    """What a phone writes is not who it is."""
    rules.change(rule, caller_list_id=rules.list_of("forged", NUMBER, "1009"))
    for sender in (f"<sip:{NUMBER}@{t.domain}>", f"<sip:1009@{t.domain}>"):
        call = callers.bob.calls("1001", sender=sender, headers=[f"P-Asserted-Identity: {sender}"])
        t.equal(call.final.status, RANG, f"a phone that says it is {sender}")


def written(t, rules, rule, callers):
    """P-Asserted-Identity in all forms that a trunk writes, and in some that nobody should; From has another number."""
    rules.change(rule, caller_list_id=rules.list_of("written", NUMBER))
    number = NUMBER[1:]
    for value in (f"<sip:+{number};cpc=ordinary@trunk.test;user=phone>", f"<sip:%2B{number}@trunk.test>", f"<sip:alice@corp.test>, <tel:+{number}>",
                  f'"Alice, <sip:+1>" <sip:{number}@trunk.test>', f"tel:+{number}, <sip:alice@corp.test>", f"tel:+{number[:2]}-{number[2:4]}-{number[4:]}", f" <tel:{number[4:]};phone-context=+4930>"):
        t.equal(asserts(callers, value), REJECTED, f"P-Asserted-Identity: {value}")
    for value in ("<sip:+4930@@trunk.test", "<sip:" + "+49" * 200 + "@trunk.test>", "<sip:" + "%2b" * 30 + "1@trunk.test>", f"<tel:{number};phone-context=corp.test>",
                  f"<tel:x@+{number}>", f"<sip:+{number[:-1]}@trunk.test>, <tel:+{number}>", "<>", ",,,", f"<sip:%00+{number}@trunk.test>", f"<sip:+{number}"):
        t.equal(asserts(callers, value), RANG, f"P-Asserted-Identity: {value[:60]}")
    rules.change(rule, caller_list_id=None, scope="anonymous")
    for value, status in (("<sip:+491@trunk.test>", RANG), ("<sip:0301@trunk.test>", RANG), ("<tel:12;phone-context=corp.test>", RANG),
                          ("<sip:anonymous@anonymous.invalid>", 433), ("<sip:trunk.test>", 433), ("<>", 433)):
        t.equal(asserts(callers, value), status, f"anonymous? P-Asserted-Identity: {value}")


def asserts(callers, value):
    return callers.trunk("<sip:+4940111111@trunk.test>", headers=[f"P-Asserted-Identity: {value}"])
