# SPDX-License-Identifier: GPL-2.0-or-later
"""The chart: CPU a call and latency of all peers, by gnuplot."""

import subprocess

from .figures import of_rounds
from .rounds import QUIET
from .variants import ALL

_SCRIPT = """\
set terminal svg size 900,{height} dynamic font "sans,13" background "white"
set output "{path}"
set multiplot layout {rows},2
set style fill solid 0.9 border -1
set boxwidth 0.6
set grid ytics
set yrange [0:*]
set xrange [-0.6:{last}.6]
set key outside bottom center horizontal
"""

_PANELS = """\
$d{n} << END
{data}
END
set title "CPU a call, {users} users, µs (median; least to greatest)"
plot $d{n} using 0:2:xtic(1) with boxes lc rgb "#9ab6d8" title "PostgreSQL", \\
     $d{n} using 0:5 with boxes lc rgb "#2f5d93" title "Kamailio", \\
     $d{n} using 0:2:3:4 with yerrorbars lc rgb "black" pt -1 notitle
set title "INVITE in to second INVITE out, {users} users, ms"
plot $d{n} using 0:11:xtic(1) with boxes lc rgb "#e0b070" title "p99", \\
     $d{n} using 0:8 with boxes lc rgb "#a05a00" title "p50", \\
     $d{n} using 0:11:12:13 with yerrorbars lc rgb "black" pt -1 notitle
"""


def _row(rounds, key):
    values = []
    for name, unit in (("both", 1e6), ("kamailio", 1e6), ("p50", 1e3), ("p99", 1e3)):
        values += [f"{value * unit:.3f}" for value in of_rounds(rounds, key, name)]
    return f'"{ALL[key].title.split()[0]}" {" ".join(values)}'


def draw(figures, path):
    """Writes an SVG: a row of panels for each number of users."""
    sizes = figures["sizes"]
    script = _SCRIPT.format(path=path, rows=len(sizes), height=340 * len(sizes), last=len(ALL) - 1)
    for n, size in enumerate(sizes):
        data = "\n".join(_row(size["rounds"][QUIET], key) for key in ALL)
        script += _PANELS.format(n=n, data=data, users=f"{size['users']:,}")
    subprocess.run(["gnuplot"], input=script, text=True, check=True, timeout=60)
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip() for line in file]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
