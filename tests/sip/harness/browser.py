# SPDX-License-Identifier: GPL-2.0-or-later
"""Chromium with the page of `make up WS=1`: each Browser is a window with a phone. Its microphone plays a tone."""

import functools
import http.server
import json
import os
import subprocess
import threading

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from .expect import Unexpected, check, wait_for
from .sound import OFF, make_tone

PHONE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "stack", "phone"))
JSSIP = os.path.join(PHONE, "phone.js")
SIPJS = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "phones", "sipjs.js"))
QUIET = -60  # dB: what is played is louder than that

# For HARMLESS: a page is closed while something is sent to it, as when the machine has stood still before.
CLOSED = [r"tcpconn_do_send\(\): failed to send on .*(reset by peer|Broken pipe)", r"encode_and_send_ws_frame\(\): sending WebSocket frame",
          r"close_connection\(\): sending WebSocket close", r"handle_close\(\): closing connection", r"handle_ser_child\(\): received CON_ERROR"]
# For HARMLESS: of each candidate that a browser offers, in Kamailio 6.0.1 (kamailio#4229).
CANDIDATES = r"extract_candidate\(\): no component"


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Served:
    """A page that is served already, for the devices that it names."""

    def __init__(self, url):
        self.url = url

    def add(self, device):
        pass


class Page:
    """Serves the page for a case's devices. A context manager."""

    def __init__(self, case, port, server, phone=JSSIP):
        self._folder = os.path.join(case.folder, f"page-{port}")
        done = subprocess.run([os.path.join(PHONE, "build"), self._folder, phone], capture_output=True, text=True, timeout=120, check=False)
        check(done.returncode == 0, f"the page was not built:\n{done.stdout}{done.stderr}")
        self._server, self._devices = server, []
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Silent, directory=self._folder))
        self.url = f"http://127.0.0.1:{port}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    def add(self, device):
        """From now on the page can be this device's phone."""
        self._devices.append({"user": device.name, "name": device.name, "device": device.auth_username, "domain": device.realm, "password": device.password})
        with open(os.path.join(self._folder, "config.json"), "w", encoding="utf-8") as file:
            json.dump({"server": self._server, "devices": self._devices}, file)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()


def _options(tone):
    options = webdriver.ChromeOptions()
    for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-background-timer-throttling", "disable-renderer-backgrounding",
                 "use-fake-ui-for-media-stream", "use-fake-device-for-media-stream", f"use-file-for-fake-audio-capture={tone}",
                 "autoplay-policy=no-user-gesture-required", "allow-loopback-in-peer-connection", "ignore-certificate-errors"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return options


class Browser:
    """A window of a headless Chromium that shows the page as a device's phone. A context manager."""

    def __init__(self, page, device, hz=0, beside=None):
        """hz: what its microphone hears. beside: a second window of that Browser, with the same microphone."""
        self.device, self.hz, self._page = device, hz or beside.hz, page
        self._beside, self._driver, self._window = beside, beside and beside._driver, None
        page.add(device)

    def __enter__(self):
        case = self.device.case
        case.settle()
        if self._beside:
            self._driver.switch_to.new_window("window")
        else:
            tone = make_tone(os.path.join(case.folder, f"{self.device.name}.wav"), self.hz)
            service = Service("/usr/bin/chromedriver", service_args=[f"--log-path={case.folder}/{self.device.name}-chromedriver.log"])
            self._driver = webdriver.Chrome(service=service, options=_options(tone))
        self._window = self._driver.current_window_handle
        self._driver.get(f"{self._page.url}/#{self.device.auth_username}")
        self.is_registered()
        return self

    def __exit__(self, *_):
        if not self._beside:
            self._driver.quit()

    def run(self, script, *values):
        """JavaScript of the page; the value that it returns."""
        self._driver.switch_to.window(self._window)
        return self._driver.execute_script(script, *values)

    def text(self):
        return self.run("return document.getElementById('state').textContent")

    def is_registered(self):
        self.waits(lambda: self.text() == f"{self.device.auth_username}: registered", "the page should register")

    def waits(self, condition, what, seconds=10):
        try:
            wait_for(condition, seconds, what)
        except Unexpected as error:
            seen = f"{self.text()!r}, calls {self.calls()}, hears {self.run('return phone.heard()')}, console {self._driver.get_log('browser')[-3:]}"
            raise Unexpected(f"{error}\n{self.device.name}: {seen}") from error

    def reload(self):
        self._driver.switch_to.window(self._window)
        self._driver.refresh()
        self.is_registered()

    # -- calls, as somebody does who looks at the page

    def calls(self):
        """The states of its calls, as the page shows them."""
        return self.run("return [...document.querySelectorAll('#calls li')].map(line => line.dataset.state)")

    def call(self, target):
        self.run("document.getElementById('callee').value = arguments[0]; document.querySelector('#dial button').click()", target)

    def press(self, label, number=0):
        """Presses the button of a call: the number'th that has one."""
        script = "return [...document.querySelectorAll('#calls button')].filter(b => b.textContent === arguments[0]).length > arguments[1]"
        self.waits(lambda: self.run(script, label, number), f"a call should have a button {label!r}")
        self.run("[...document.querySelectorAll('#calls button')].filter(b => b.textContent === arguments[0])[arguments[1]].click()", label, number)

    def has(self, *states):
        self.waits(lambda: self.calls() == list(states), f"the page should show calls {list(states)}")

    def hears(self, hz):
        """Its loudspeaker plays this tone."""
        def there():
            sound = self.run("return phone.heard()")
            return sound and sound["db"] is not None and sound["db"] > QUIET and abs(sound["hz"] - hz) <= OFF * hz
        self.waits(there, f"the browser should hear {hz} Hz")
