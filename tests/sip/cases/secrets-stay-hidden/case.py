# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re

STACK = {"after": ""}
LIMIT = 60
SECRET = "a-secret-of-this-case"
SECRETS = "/etc/kamailio/user_routing.secrets"  # in the sample


def write(t, name, text, mode=0o600):
    path = os.path.join(t.stack.run_dir, name)
    with open(path, "w", encoding="utf-8", opener=lambda p, flags: os.open(p, flags, mode)) as file:
        file.write(text)
    return path


class Configuration:
    """The stack's, at debug=3 from its first line on, and with a file of secrets of its own."""

    def __init__(self, t):
        self.t, self.path = t, os.path.join(t.stack.run_dir, "kamailio.cfg")
        with open(self.path, encoding="utf-8") as file:
            self.text = file.read()
        self.url = re.search(r'UR_DB_URL "(.*)"', self.text)[1]
        self.password = re.search(r":([^:@/]+)@", self.url)[1]
        sample = re.search(r'include_file "(.*kamailio\.cfg\.sample)"', self.text)[1]
        with open(sample, encoding="utf-8") as file:
            changed = file.read().replace("\ndebug=2\n", "\ndebug=3\n").replace(SECRETS, os.path.join(t.stack.run_dir, "secrets"))
        t.check("debug=3" in changed and SECRETS not in changed, "the sample has another debug level or file than this case knows")
        self.text = self.text.replace(sample, write(t, "debug.cfg", changed))

    def starts(self, url, secrets):
        """Kamailio with this UR_DB_URL and that file; its log."""
        t = self.t
        t.stack.stop_kamailio()
        write(t, "kamailio.cfg", self.text.replace(self.url, url))
        write(t, "secrets", "".join(f'modparam("user_routing", "{name}", "{value}")\n' for name, value in secrets.items()))
        before = len(t.stack.log_text())
        t.stack.start_kamailio()
        t.wait_for(lambda: t.stack.status().get("state") == "ready", 10, "it should be ready")
        t.calls("1001").ends_at_once(480)
        return t.stack.log_text()[before:]


def run(t):
    t.user("1001")
    t.caller()
    configuration = Configuration(t)
    password, url = configuration.password, configuration.url

    log = configuration.starts(url, {"dialog_secret": SECRET})
    t.check(password in log, "the sample says that what is defined is logged")
    t.check(SECRET not in log, "the log has the secret")

    without = url.replace(f":{password}@", "@")
    passfile = write(t, "pgpass", f"*:*:*:*:{password}\n")
    for what, secrets in (("a file of secrets", {"db_url": url, "dialog_secret": SECRET}),
                          ("libpq's passfile", {"db_url": f"{without}?passfile={passfile}", "dialog_secret": SECRET})):
        log = configuration.starts("postgresql://nobody@127.0.0.1:9/none", secrets)
        t.check("DEBUG" in log, "there should be debug messages")
        shown = log + t.stack.kamcmd("core.ppdefines_full")
        for hidden in (password, SECRET):
            t.check(hidden not in shown, f"with {what} a secret is shown")
        t.check("the sample's secret" not in log, f"with {what} there is a warning")
