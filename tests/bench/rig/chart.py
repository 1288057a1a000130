# SPDX-License-Identifier: GPL-2.0-or-later
"""The chart: CPU a call and latency of all peers, as an SVG."""

from .figures import of_rounds
from .rounds import QUIET
from .variants import ALL

_WIDTH, _ROW, _BAR, _HEAD, _FOOT = 960, 26, 16, 62, 40  # pixels; a row is a bar and the room around it
_NAMES, _BARS, _MARGIN = 100, 270, 20  # of a panel: its names, its bars, and what is left of it
_PANELS = (
    # title, unit, colours and names of the whole bar and of its first part
    ("CPU a call", "µs", ("#9ab6d8", "PostgreSQL"), ("#2f5d93", "Kamailio")),
    ("INVITE in to second INVITE out", "ms", ("#e0b070", "99th percentile"), ("#a05a00", "median")),
)


def _rows(rounds):
    """Of each peer: its name, and for each panel (whole bar, its first part, label); bars as (median, least, greatest)."""
    for key, variant in ALL.items():
        both, kamailio, postgres = ([value * 1e6 for value in of_rounds(rounds, key, name)] for name in ("both", "kamailio", "postgres"))
        p99, p50 = ([value * 1e3 for value in of_rounds(rounds, key, name)] for name in ("p99", "p50"))
        yield variant.name, ((both, kamailio, cpu_label(kamailio[0], postgres[0])), (p99, p50, f"{p50[0]:.2f}, {p99[0]:.2f}"))


def cpu_label(kamailio, postgres):
    """The medians, as RESULTS has them."""
    return f"{kamailio:.0f}" if postgres < 1 else f"{kamailio:.0f} + {postgres:.0f}"


def _text(x, y, text, anchor="start", style=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{text}</text>'


def _bar(x, y, length, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{length:.1f}" height="{_BAR}" fill="{colour}"/>'


def _line(x1, y1, x2, y2, colour):
    return f'<path d="M{x1:.1f},{y1:.1f} L{x2:.1f},{y2:.1f}" stroke="{colour}"/>'


def _step(most):
    """Between two lines of the grid, so that there are two to five of them."""
    return next(step for step in (0.1, 0.2, 0.5, 1, 2, 5, 100, 200, 500, 1000, 2000) if most / step <= 5)


def _legend(x, y, colours):
    for colour, name in colours:
        yield f'<rect x="{x:.1f}" y="{y - 10:.1f}" width="12" height="12" fill="{colour}"/>'
        yield _text(x + 17, y, name)
        x += 30 + 8 * len(name)


def _panel(panel, x, y, users, rows, most):
    title, unit, whole_colour, part_colour = _PANELS[panel]
    left, height, scale, step = x + _NAMES, _ROW * len(rows), _BARS / most, _step(most)
    yield _text(x, y + 16, f"{title}, {users:,} users, {unit}", style=' font-weight="bold"')
    yield from _legend(left, y + 40, (part_colour, whole_colour))
    for n in range(int(most / step) + 1):
        at = left + n * step * scale
        yield _line(at, y + _HEAD - 8, at, y + _HEAD + height, "#d8d8d8")
        yield _text(at, y + _HEAD + height + 16, f"{n * step:g}", "middle")
    for n, (name, bars) in enumerate(rows):
        top, (whole, part, label) = y + _HEAD + n * _ROW, bars[panel]
        middle = top + _BAR / 2
        style = ' font-weight="bold"' if name == "user_routing" else ""
        yield _text(left - 8, middle + 4, name, "end", style)
        yield _bar(left, top, whole[0] * scale, whole_colour[0])
        yield _bar(left, top, part[0] * scale, part_colour[0])
        yield _line(left + whole[1] * scale, middle, left + whole[2] * scale, middle, "black")
        for end in whole[1:]:
            yield _line(left + end * scale, middle - 4, left + end * scale, middle + 4, "black")
        yield _text(left + whole[2] * scale + 6, middle + 4, label, style=style)


def write(sizes, path):
    """sizes: (users, rows) of each, see _rows()."""
    high = _HEAD + _ROW * len(ALL) + _FOOT
    most = [max(row[1][panel][0][2] for _, rows in sizes for row in rows) for panel in range(len(_PANELS))]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {high * len(sizes) + 24}" font-family="sans-serif" font-size="13">',
        "<title>CPU a call and latency: medians; lines from least to greatest</title>",
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for n, (users, rows) in enumerate(sizes):
        for panel in range(len(_PANELS)):
            parts += _panel(panel, _MARGIN + panel * _WIDTH / 2, n * high, users, rows, most[panel])
    parts += [_text(_MARGIN, high * len(sizes) + 10, "Bars: medians over the rounds; lines: least to greatest."), "</svg>"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "\n")


def draw(figures, path):
    """A row of panels for each number of users."""
    write([(size["users"], list(_rows(size["rounds"][QUIET]))) for size in figures["sizes"]], path)
