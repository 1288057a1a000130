# SPDX-License-Identifier: GPL-2.0-or-later
"""SIPp's message traces as a list of events with microsecond times."""

import datetime
import os
import re
from dataclasses import dataclass

from .sip import Message

_ENTRY = re.compile(
    rb"^-{47} (\d{4}-\d\d-\d\d[ \tT]\d\d:\d\d:\d\d\.\d{6}Z?)\n"
    rb"\w+ (?:control )?message (received|sent) [\[(](\d+)(?:\] bytes ?:| bytes\):)\n\n",
    re.MULTILINE,
)


@dataclass
class Event:
    time: float  # seconds since the epoch
    sent: bool  # by the phone or caller whose trace this is
    message: Message

    @property
    def received(self):
        return not self.sent


class Trace:
    """Reads a trace that is still being written: SIPp flushes after each message."""

    def __init__(self, path):
        self.path = path
        self._events = []
        self._offset = 0

    @property
    def events(self):
        self._read_on()
        return self._events

    def _read_on(self):
        if not os.path.exists(self.path) or os.path.getsize(self.path) <= self._offset:
            return
        with open(self.path, "rb") as file:
            file.seek(self._offset)
            data = file.read()
        done = 0
        for entry in _ENTRY.finditer(data):
            end = entry.end() + int(entry[3])
            if end > len(data):
                break  # half written: the next look finds the rest
            self._events.append(_event(entry, data[entry.end():end]))
            done = end
        self._offset += done


def _event(entry, raw):
    when = datetime.datetime.fromisoformat(entry[1].decode())  # SIPp up to 3.7 writes local time, 3.8 UTC
    return Event(when.timestamp(), entry[2] == b"sent", Message(raw))
