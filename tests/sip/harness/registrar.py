# SPDX-License-Identifier: GPL-2.0-or-later
"""REGISTER with digest, from whatever address and with whatever Contacts a case needs."""

from .expect import check
from .net import in_uri
from .sipp import render
from .wire import Endpoint, Request


def contact(address, port=5060, instance=None, reg_id=None, expires=None, uri_params="", user="phone"):
    """One Contact header value."""
    value = f"<sip:{user}@{in_uri(address)}:{port}{uri_params}>"
    if instance:
        value += f';+sip.instance="<urn:uuid:{instance}>"'
    if reg_id:
        value += f";reg-id={reg_id}"
    if expires is not None:
        value += f";expires={expires}"
    return value


def register(device, server, source, contacts, expires=300, headers=(), as_aor=None, password=None):
    """Sends REGISTER from `source` (address, port) and returns the final response.

    The source is the phone's own socket whenever the phone isn't running yet, so that the
    server's NAT tests see a phone that tells the truth about itself.
    """
    device.case.settle()
    aor = as_aor or device.aor
    lines = [("Contact", c) for c in contacts] + [("Expires", expires)] + list(headers)
    with Endpoint(*source, server, device.case.name) as endpoint:
        request = Request(endpoint, "REGISTER", f"sip:{device.realm}", aor, aor, lines)
        return request.exchange(device.auth_username, password or device.password)


def sipp_scenario(domain, aor, authentication, contact="<sip:phone@[local_ip]:[local_port]>"):
    """registers.xml filled in: the same by SIPp, which may do it again and again. `authentication`: SIPp's keyword."""
    return render("registers.xml", {"domain": domain, "aor": aor, "authentication": authentication, "contact": contact})


def must_register(device, *args, **kwargs):
    """Registers a device that may have been inserted just now: on a busy machine its password may come later
    than promised, and it is other cases that measure that."""
    for _ in range(10):
        reply = register(device, *args, **kwargs)
        if reply is None or reply.status != 401:
            break
        device.case.pause(0.2)
    seen = reply.first_line if reply else "no answer"
    check(reply and reply.status == 200, f"REGISTER of {device.aor}: expected 200, saw {seen}")
    return reply
