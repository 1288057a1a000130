# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages made wrong: what a bug, a broken line or an attacker makes of a message that was right.

Bits that flip are the least of it (zzuf would do that, and radamsa is not in Debian): most of what a SIP parser trips
over is right in form but for one thing, so lines, names, numbers and marks are changed as such."""

import re

NUMBERS = [b"0", b"-1", b"00000000000000000000000000001", b"127", b"128", b"255", b"256", b"65535", b"65536", b"99999",
           b"2147483647", b"2147483648", b"4294967295", b"4294967296", b"18446744073709551616", b"1e9", b"0x10", b""]
LENGTHS = [1, 15, 16, 63, 64, 127, 128, 255, 256, 257, 511, 1023, 1024, 2048, 4095, 4096, 8191, 8192, 20000]
TOKENS = [b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"%00", b"%0d%0a", b"%", b"%zz", b"<", b">", b"<>", b"<<", b'"', b'\\"', b"\\",
          b";", b";;", b";tag=", b";tag", b";lr", b";=", b"=", b",", b",,", b":", b"::", b"@", b"@@", b"?", b"?a=b", b"&", b"*", b"/",
          b" ", b"\t", b"\r", b"\n", b"\r\n", b"\r\n ", b"\r\n\t", b"\r\n\r\n", b"\n\n", b"sip:", b"sips:", b"tel:+1", b"urn:x:y",
          b"[::1]", b"[", b"]", b"[fe80::1%lo]", b"127.0.0.1", b"255.255.255.255", b"0.0.0.0", b":0", b":99999", b";transport=tcp",
          b";transport=sctp", b";maddr=127.0.0.1", b";alias=127.0.0.1~9~1", b";received=1.2.3.4", b";rport=1", b";branch=", b";q=2",
          b";expires=0", b";reg-id=0", b';+sip.instance="<urn:uuid:>"', b";gr", b";ob", b";index=1.1.1", b";reason=", b";cause=",
          b"SIP/2.0", b"SIP/3.0", b"INVITE", b"ACK", b"CANCEL", b"REGISTER", b"BYE", b"PRACK", b"UPDATE", b"NOTIFY", b"id", b"none",
          b"Digest ", b"nonce=", b"$rU", b"$(hdr(X))", b"{s.len}", b"%s%n", b"'; --", b"a" * 300]
LINES = [b"P-Asserted-Identity: <sip:boss@evil.test>", b"P-Asserted-Identity : <sip:boss@evil.test>", b"P-Preferred-Identity: <sip:b@c>",
         b"Remote-Party-ID: <sip:boss@evil.test>;party=calling", b"Diversion: <sip:boss@evil.test>;reason=x",
         b"History-Info: <sip:boss@evil.test>;index=1", b"History-Info: ,;index=", b"Privacy: id", b"Privacy: none", b"From: <sip:x@y>;tag=z",
         b"f: <sip:x@y>;tag=z", b"To: <sip:x@y>", b"t: <sip:x@y>;tag=z", b"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx",
         b"v: SIP/2.0/TCP [::1]:1;branch=", b"Contact: *", b"m: <sip:x@127.0.0.1:9>", b"Route: <sip:127.0.0.1:9;lr>", b"Record-Route: <sip:x;lr>",
         b"Content-Length: 99999", b"l: -1", b"Content-Encoding: gzip", b"Require: 100rel", b"Supported: path, outbound, gruu", b"RSeq: 1",
         b"RAck: 1 1 INVITE", b"Expires: 0", b"Max-Forwards: 0", b"Path: <sip:127.0.0.1:9;lr>", b"Replaces: a;to-tag=b;from-tag=c", b":", b" ",
         b"X", b"X:", b": y", b"Proxy-Require: x", b"Date: x", b"Accept: *", b"Retry-After: 99999999999", b"Session-Expires: 1;refresher=x"]
LARGEST = 60000  # bytes: of a datagram


def _span(rng, raw, largest=40):
    begin = rng.randrange(len(raw) + 1)
    return begin, min(len(raw), begin + rng.randrange(1, largest))


def _flip(rng, raw, _other):
    at = rng.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1:]


def _byte(rng, raw, _other):
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + bytes([rng.randrange(256)]) + raw[at + rng.randrange(2):]


def _remove(rng, raw, _other):
    begin, end = _span(rng, raw)
    return raw[:begin] + raw[end:]


def _repeat(rng, raw, _other):
    begin, end = _span(rng, raw)
    return raw[:end] + raw[begin:end] * rng.choice((1, 1, 2, 50)) + raw[end:]


def _move(rng, raw, _other):
    begin, end = _span(rng, raw)
    rest = raw[:begin] + raw[end:]
    at = rng.randrange(len(rest) + 1)
    return rest[:at] + raw[begin:end] + rest[at:]


def _token(rng, raw, _other):
    """At a mark, where grammars turn, or in the place of it."""
    marks = [m.start() for m in re.finditer(rb'[<>"@:;=,?\s]', raw)] or [0]
    at = rng.choice(marks) + rng.randrange(2)
    return raw[:at] + rng.choice(TOKENS) + raw[at + rng.randrange(2):]


def _number(rng, raw, _other):
    found = list(re.finditer(rb"\d+", raw))
    if not found:
        return raw
    number = rng.choice(found)
    return raw[:number.start()] + rng.choice(NUMBERS) + raw[number.end():]


def _word_long(rng, raw, _other):
    found = list(re.finditer(rb"[\w.+-]+", raw))
    if not found:
        return raw
    word = rng.choice(found)
    return raw[:word.end()] + bytes([rng.choice(b'a0%"<. ')]) * rng.choice(LENGTHS) + raw[word.end():]


def _truncate(rng, raw, _other):
    return raw[:rng.randrange(1, len(raw) + 1)]


def _splice(rng, raw, other):
    return raw[:rng.randrange(len(raw) + 1)] + other[rng.randrange(len(other) + 1):]


def _lines(change):
    """Makes a change of a list of header lines (the first line and the body are left) a change of the message."""
    def changed(rng, raw, _other):
        head, empty, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        if not lines:
            return raw
        change(rng, lines, rng.randrange(len(lines)))
        return b"\r\n".join([first, *lines]) + empty + body
    return changed


def _within(change):
    """Makes a change of a message one of a single line of its head: a short one counts as much as a long one."""
    def changed(rng, raw, other):
        lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
        at = rng.randrange(len(lines))
        begin = sum(len(line) + 2 for line in lines[:at])
        end = begin + len(lines[at])
        return raw[:begin] + change(rng, raw[begin:end] or b" ", other) + raw[end:]
    return changed


def _line_gone(_rng, lines, at):
    del lines[at]


def _line_again(rng, lines, at):
    lines[at:at] = [lines[at]] * rng.choice((1, 1, 2, 30, 200))


def _line_moved(rng, lines, at):
    line = lines.pop(at)
    lines.insert(rng.randrange(len(lines) + 1), line)


def _line_new(rng, lines, at):
    lines.insert(at, rng.choice(LINES))


def _line_folded(rng, lines, at):
    cut = rng.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:cut] + rng.choice((b"\r\n ", b"\r\n\t\t", b"\r\n \r\n ", b"\n ")) + lines[at][cut:]


def _line_name(rng, lines, at):
    name, colon, value = lines[at].partition(b":")
    lines[at] = rng.choice((name.swapcase(), name + b" ", name + b"\t ", b" " + name, name[:1], name + b"\0", name * 60)) + colon + value


def _line_value(rng, lines, at):
    name, colon, _ = lines[at].partition(b":")
    lines[at] = name + colon + rng.choice(TOKENS) * rng.choice((1, 2, 100))


CHANGES = [_flip, _byte, _remove, _repeat, _move, _truncate, _splice, _token, _number, _word_long,
           *map(_within, (_flip, _byte, _remove, _repeat, *[_token] * 4, *[_number] * 3, *[_word_long] * 3)),
           *map(_lines, (_line_gone, _line_again, _line_moved, _line_folded, _line_name, _line_value)), *[_lines(_line_new)] * 3]


def mutate(rng, raw, other):
    """One to four changes, mostly one; `other`: a message to splice with. Never the same as before, never empty."""
    made = raw
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        made = rng.choice(CHANGES)(rng, made, other)[:LARGEST] or raw
    return made if made != raw else _flip(rng, raw, other)
