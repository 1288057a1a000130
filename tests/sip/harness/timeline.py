# SPDX-License-Identifier: GPL-2.0-or-later
"""A call drawn for people: one line a phone, bars over time, how each leg ended."""

from .phone import ELSEWHERE

WIDTH = 34
RING, TALK, SILENT = "■", "█", "·"
COLOURS = {"ring": "\033[33m", "talk": "\033[32m", "off": "\033[0m"}


def draw(calls, phones, colour=False, names=None):
    """Lines of text for some calls and phones. `names`: Phone or Call -> what people call it."""
    starts = [c.events[0].time for c in calls if c.events] + [leg.time for p in phones for leg in p.legs]
    if not starts:
        return ["(no message was seen)"]
    begin, end = min(starts), max(_last_time(calls, phones), min(starts) + 0.5)
    scale = Scale(begin, end, colour)
    names = {**{c: f"{c.name} calls" for c in calls}, **(names or {})}
    label = max(len(names.get(a, a.name)) for a in [*phones, *calls])
    lines = []
    for phone in phones:
        legs = phone.legs or [None]
        for leg in legs:
            bar, told = (scale.bar([]), "did not ring") if leg is None else (_leg_bar(leg, scale, end), _leg_story(leg))
            lines.append(f"  {names.get(phone, phone.name):<{label}} |{bar}| {told}")
    for call in calls:
        lines.append(f"  {names.get(call, call.name):<{label}} |{_call_bar(call, scale)}| {_call_story(call)}")
    lines.append("  " + " " * label + " " + scale.ruler())
    return lines


class Scale:
    """Seconds to columns."""

    def __init__(self, begin, end, colour):
        self.begin, self.span, self.colour = begin, end - begin, colour

    def column(self, time):
        return max(0, min(WIDTH, round((time - self.begin) / self.span * WIDTH)))

    def bar(self, parts):
        """parts: (from, to, character, colour name), in order of time."""
        cells = [" "] * WIDTH
        for start, stop, character, hue in parts:
            first = min(self.column(start), WIDTH - 1)
            for i in range(first, max(self.column(stop), first + 1)):
                cells[i] = COLOURS[hue] + character + COLOURS["off"] if self.colour and hue else character
        return "".join(cells)

    def ruler(self):
        step = next(s for s in (0.5, 1, 2, 5, 10, 20, 60) if self.span / s <= 6 or s == 60)
        text = [" "] * (WIDTH + 8)
        mark = 0.0
        while mark <= self.span + 0.01:
            digits = f"{mark:g}" + (" s" if mark == 0 else "")
            column = self.column(self.begin + mark) + 1
            text[column:column + len(digits)] = digits
            mark += step
        return "".join(text).rstrip()


def _last_time(calls, phones):
    times = [e.time for c in calls for e in c.events]
    for phone in phones:
        times += [e.time for e in phone.sipp.trace.events]
    return max(times, default=0)


def _leg_bar(leg, scale, end):
    stop = leg.end or end
    heard = leg.provisionals or leg.final
    parts = [(leg.time, stop, RING if heard else SILENT, "ring" if heard else None)]
    if leg.final and leg.final.message.status == 200:
        parts.append((stop, leg.bye.time if leg.bye else end, TALK, "talk"))
    return scale.bar(parts)


def _leg_story(leg):
    if leg.end is None:
        return "rings still" if leg.provisionals else f"said nothing ({leg.copies} INVITEs)"
    rang = f"rang {leg.end - leg.time:.1f} s → "
    if leg.cancel and (not leg.final or leg.cancel.time <= leg.final.time):
        return rang + f"CANCEL{_why(leg.reason)}"
    if leg.final.message.status == 200:
        return rang + "answered" + (f", talked {leg.bye.time - leg.final.time:.1f} s" if leg.bye else "")
    return rang + leg.final.message.first_line.split(" ", 1)[1]


def _why(reason):
    if reason is None:
        return ""
    return " (answered elsewhere)" if reason == ELSEWHERE else f" ({reason})"


def _call_bar(call, scale):
    final = call.final_event()
    parts = []
    if final and final.message.status == 200:
        byes = [e for e in call.events if e.message.method == "BYE"]
        parts.append((final.time, byes[0].time if byes else scale.begin + scale.span, TALK, "talk"))
    return scale.bar(parts)


def _call_story(call):
    final = call.final_event()
    heard = ", ".join(str(s) for s in dict.fromkeys(s for s in call.responses if s < 200))
    if final is None:
        return f"heard {heard or 'nothing'}, no end"
    status = final.message.first_line.split(" ", 1)[1]
    return f"{'heard ' + heard + ' → ' if heard else ''}{status} after {final.time - call.started:.1f} s"
