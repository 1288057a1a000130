# SPDX-License-Identifier: GPL-2.0-or-later
"""Accounts, users and devices of a case: rows in SQL, and the phones and callers that go with them."""

from . import registrar
from .caller import Call
from .phone import Phone
from .sip import ha1, token
from .wire import Endpoint, Request


class Tenant:
    """An account with one domain."""

    def __init__(self, case, key, domain):
        self.case, self.key, self.domain = case, key, domain
        self.account = f"acc_{key}"
        case.insert("account", {"id": self.account, "name": key})
        case.insert("sip_domain", {"domain": domain, "account_id": self.account})

    def user(self, username, **columns):
        return User(self, username, **columns)

    def update(self, **columns):
        self.case.update("account", self.account, columns)
        return self


class User:
    def __init__(self, tenant, username, **columns):
        self.case, self.tenant, self.username = tenant.case, tenant, username
        self.id = columns.pop("id", f"us_{tenant.key}_{username}")
        values = {"id": self.id, "account_id": tenant.account, "username": username, **columns}
        self.case.insert("sip_user", values)

    def update(self, **columns):
        self.case.update("sip_user", self.id, columns)
        return self

    def device(self, name, **columns):
        """Inserts a device; its password is made up."""
        # SIPp takes a password that begins with 0x for hexadecimal: no luck about that.
        name, realm, password = f"{self.username}-{name}", self.tenant.domain, "pw-" + token(12)
        row = {
            "id": f"dev_{self.tenant.key}_{name}", "user_id": self.id, "auth_username": name, "realm": realm,
            "ha1": ha1(name, realm, password), **columns,
        }
        self.case.insert("sip_device", row)
        return Device(self.case, name, realm, password, row["id"])

    def phone(self, name, behaviour, **columns):
        """The usual: a device, registered, with a phone that behaves like this."""
        return self.device(name, **columns).phone(behaviour)

    @property
    def uri(self):
        return f"sip:{self.username}@{self.tenant.domain}"


class Device:
    """A row of sip_device, and what its owner knows: the password."""

    def __init__(self, stage, name, realm, password, row_id=None):
        self.case, self.name, self.auth_username = stage, name, name
        self.realm, self.password, self.id = realm, password, row_id
        self._phones = 0

    @property
    def aor(self):
        return f"sip:{self.auth_username}@{self.realm}"

    @property
    def sipp_authentication(self):
        """SIPp's keyword, in whose place it writes the answer to a challenge."""
        return f"[authentication username={self.auth_username} password={self.password}]"

    def update(self, **columns):
        self.case.update("sip_device", self.id, columns)
        return self

    def phone(self, behaviour, port=5060, address=None, register=True, transport="udp", **contact):
        """Starts a phone at an address of its own and registers it. `transport`: how it is called, udp or tcp
        (the REGISTER is UDP, and a phone on TCP can't be told to hang up). `contact`: instance, reg_id, …"""
        self.case.settle()
        address = address or self.case.addresses.take()
        if transport != "udp":
            contact["uri_params"] = f";transport={transport}"
        if register:
            self.register(address, port, **contact)
        self._phones += 1
        return self.case.add_phone(Phone(self, self._phones, behaviour, address, port, self.case, transport))

    def register(self, address, port=5060, source=None, expires=300, headers=(), **contact):
        """REGISTER for a contact; from that contact's own socket unless `source` says otherwise."""
        self.case.settle()  # the mirror knows the password by then
        value = registrar.contact(address, port, **contact)
        return registrar.must_register(
            self, self.case.server, source or (address, port), [value], expires, headers
        )

    def unregister(self, phone):
        """Takes the phone's contact back, from another port: the phone itself is busy ringing."""
        self.register(phone.address, phone.port, source=(phone.address, 5099), expires=0)

    def put_contact(self, phone):
        """The phone's contact as a registrar would have it that keeps contacts over a restart."""
        contact = f"sip:phone@{phone.address}:{phone.port}"
        self.case.stack.kamcmd("ul.add", "location", f"{self.auth_username}@{self.realm}", contact, "300", "1.0", ".", "0", "0", "65535")

    def calls(self, target, **options):
        """Places a call as this device; `target` is a user part, or a whole URI."""
        return self.case.place(self, target, **options)

    def invites(self, uri, seconds=10.0):
        """A single INVITE to a URI of any bytes, by hand; returns the final response."""
        self.case.settle()
        with Endpoint(self.case.addresses.take(), 5060, self.case.server, self.case.name) as endpoint:
            headers = [("Contact", f"<sip:{endpoint.address}:{endpoint.port}>")]
            request = Request(endpoint, "INVITE", uri, self.aor, f"sip:callee@{self.realm}", headers)
            reply = request.exchange(self.auth_username, self.password, seconds)
            if reply is not None:
                request.acknowledge(reply)
            return reply


def place_call(case, device, target, sender=None, **options):
    uri = case.uri_of(target)
    credentials = (device.auth_username, device.password)
    return Call(case, device.name, uri, case.addresses.take(), sender or f"<{device.aor}>", credentials, **options)
