# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP messages as the tests see them: parsing, and the digest of RFC 2617."""

import hashlib
import re
import secrets
import string


class Message:
    """A parsed request or response; bytes that are no UTF-8 survive as surrogates."""

    def __init__(self, raw):
        text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
        self.raw = raw  # as it came
        head, _, self.body = text.partition("\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        self.first_line = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                self.headers.append((name.strip().lower(), value.strip()))
        words = self.first_line.split(" ", 2)
        self.status = int(words[1]) if words[0] == "SIP/2.0" else None
        self.method = None if self.status else words[0]
        self.uri = None if self.status else (words[1] if len(words) > 1 else "")

    def all(self, name):
        return [v for n, v in self.headers if n == name.lower()]

    def header(self, name):
        """The first header of that name, or None."""
        values = self.all(name)
        return values[0] if values else None

    @property
    def call_id(self):
        return self.header("Call-ID")

    @property
    def cseq_method(self):
        return ((self.header("CSeq") or "").split() or [""])[-1]

    @property
    def branch(self):
        """The topmost Via's branch: which leg of a fork this message belongs to."""
        found = re.search(r";\s*branch=([^;,\s]+)", self.header("Via") or "")
        return found.group(1) if found else None

    @property
    def to_tag(self):
        return ";tag=" in (self.header("To") or "")


# Without letters that words are made of which cases look for: cpc, verstat, isup, evil.
TOKEN = "".join(sorted(set(string.ascii_lowercase) - set("aceiou"))) + string.digits


def token(length=10):
    return "".join(secrets.choice(TOKEN) for _ in range(length))


def _md5(text):
    return hashlib.md5(text.encode("utf-8", "surrogateescape")).hexdigest()


def ha1(username, realm, password):
    return _md5(f"{username}:{realm}:{password}")


def answer_challenge(challenge, method, uri, username, password, count=1, key=None):
    """The value of the (Proxy-)Authorization header that answers a challenge for the `count`th time. `key`: the HA1, if not
    the password's."""
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    first = key or ha1(username, fields["realm"], password)
    second = _md5(f"{method}:{uri}")
    parts = [f'username="{username}"', f'realm="{fields["realm"]}"', f'nonce="{fields["nonce"]}"', f'uri="{uri}"']
    if "qop" in fields:
        cnonce = token()
        response = _md5(f"{first}:{fields['nonce']}:{count:08x}:{cnonce}:auth:{second}")
        parts += ["qop=auth", f"nc={count:08x}", f'cnonce="{cnonce}"']
    else:
        response = _md5(f"{first}:{fields['nonce']}:{second}")
    if "opaque" in fields:
        parts.append(f'opaque="{fields["opaque"]}"')
    return "Digest " + ", ".join(parts + [f'response="{response}"', "algorithm=MD5"])
