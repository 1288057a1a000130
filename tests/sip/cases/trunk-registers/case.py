# SPDX-License-Identifier: GPL-2.0-or-later
import re

from harness.net import TRUNKS, free_address
from harness.phone import answers
from harness.sip import answer_challenge

ROUTES = True
LIMIT = 60
# Before the carrier is there; and when it asks again, as the request has crossed its answer.
HARMLESS = [r"uac_reg_tm_callback\(\): got sip response 408", r"uac_reg_tm_callback\(\): authentication failed"]
CARRIER = free_address()
USERNAME, PASSWORD, REALM = "acme-trunk", "secret-of-the-trunk", "carrier.test"
# The header and the version are those of the Kamailio that runs: see operating.md, "Gateways".
TEMPLATES = "/usr/share/kamailio/dbtext/kamailio"


def table(name):
    with open(f"{TEMPLATES}/{name}", encoding="ascii") as file:
        return file.read().replace("(string)", "(string,null)")


def row():
    """By column, so that it fits into the table of each version."""
    values = {"id": "1", "l_uuid": "trunk1", "l_username": "+4930555100", "l_domain": "carrier.test", "r_username": USERNAME, "r_domain": "carrier.test",
              "realm": REALM, "auth_username": USERNAME, "auth_password": PASSWORD, "auth_proxy": f"sip\\:{CARRIER}\\:5060", "expires": "60"}
    columns = re.findall(r"(\w+)\(", table("uacreg"))
    return ":".join(values.get(column, "0" if column in ("flags", "reg_delay") else "") for column in columns) + "\n"


STACK = {"before": '#!define UR_GATEWAYS "{run_dir}/gateways"\n#!define WITH_REGISTRATIONS',
         "after": 'modparam("uac", "reg_db_url", "text://{run_dir}")\nmodparam("uac", "reg_contact_addr", "192.0.2.77:5060")\n'
                  'modparam("uac", "reg_timer_interval", 1)\nmodparam("uac", "reg_retry_interval", 1)',
         "files": {"gateways": f"1 sip:{CARRIER}:5060\n", "uacreg": table("uacreg").rstrip() + "\n" + row(), "version": table("version")}}


def registration(carrier):
    """Asks for the password, and accepts it if it is right. Returns the Contact."""
    while True:
        request = carrier.receive(10)
        if request is None or request.method != "REGISTER":
            continue
        given = request.header("Authorization")
        if not given:
            carrier.reply(request, f'401 Unauthorized\r\nWWW-Authenticate: Digest realm="{REALM}", nonce="f00d"')
            continue
        expected = answer_challenge(f'realm="{REALM}", nonce="f00d"', "REGISTER", re.search(r'uri="([^"]*)"', given).group(1), USERNAME, PASSWORD)
        answers_it = re.search(r'response="(\w+)"', given).group(1) == re.search(r'response="(\w+)"', expected).group(1)
        carrier.reply(request, f"200 OK\r\nContact: {request.header('Contact')};expires=60" if answers_it else "403 Forbidden")
        return request.header("Contact") if answers_it else None


def run(t):
    carrier = t.endpoint(address=CARRIER)
    contact = registration(carrier)
    t.check(contact and "trunk1@192.0.2.77:5060" in contact, f"the registered Contact is {contact}")
    alice = t.user("1001")
    desk = alice.phone("desk", answers(after=0.05))
    t.insert("did", {"e164": "4930555100", "account_id": t.account, "dest_kind": "user", "dest_id": alice.id})
    trunk = t.addresses.take_trusted(TRUNKS)
    t.stranger_calls("sip:trunk1@192.0.2.77", sender="<sip:+4911022@carrier.test>", address=trunk).ends(200).over()
    t.equal(desk.leg().invite.header("From").partition(";tag")[0], "<sip:+4911022@carrier.test>", "From")
    t.stranger_calls("sip:trunk2@192.0.2.77", address=trunk).ends_at_once(404)
    t.stranger_calls("sip:trunk1@192.0.2.77").ends(407)
    t.check(PASSWORD not in t.stack.log_text(), "the password is not in the log")
