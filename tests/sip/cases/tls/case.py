# SPDX-License-Identifier: GPL-2.0-or-later
import ssl
import warnings

from harness.net import free_port
from harness.registrar import contact
from harness.wire import Request, TcpEndpoint

ROUTES = True
PORT = free_port()
STACK = {"TLS": "1", "TLS_PORT": str(PORT)}  # with the tls.cfg of make up
HARMLESS = [r"tls_h_read_f\(\): (protocol level error|src addr|dst addr)", r"tls_err_ret\(\): TLS accept:.*unsupported protocol", r"tcp_read_(data|req)\(\).*error reading", r"tcp_read_data\(\): ->"]
OLD, V12, V13 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


class TlsEndpoint(TcpEndpoint):
    transport = "TLS"

    def __init__(self, t, version):
        super().__init__(t.addresses.take(), (t.server[0], PORT), t.name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # would allow the old version here
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
        context.load_verify_locations(f"{t.stack.run_dir}/tls/certificate.pem")
        self._socket = context.wrap_socket(self._socket, server_hostname=t.server[0])


def registers(t, device, version):
    phone = TlsEndpoint(t, version)
    t.equal(phone._socket.version(), {V12: "TLSv1.2", V13: "TLSv1.3"}[version], "the version")
    headers = [("Contact", contact(phone.address, phone.port, uri_params=";transport=tls")), ("Expires", 300)]
    reply = Request(phone, "REGISTER", f"sip:{t.domain}", device.aor, device.aor, headers).exchange(device.auth_username, device.password)
    t.equal(reply and reply.status, 200, "REGISTER by TLS")
    return phone


def run(t):
    device = t.user("1001", ring_timeout_sec=5).device("desk")
    t.settle()
    for version in (V12, V13):
        with registers(t, device, version) as phone:
            call = t.calls("1001")
            invite = phone.invites(1)[0]
            t.check("SIP/2.0/TLS" in invite.header("Via"), f"the INVITE should come by TLS: {invite.header('Via')}")
            phone.reply(invite, "486 Busy Here")
            call.ends(486)
    try:
        TlsEndpoint(t, OLD)
        t.check(False, "TLS 1.1 should be refused")
    except (ssl.SSLError, ConnectionError):
        pass
