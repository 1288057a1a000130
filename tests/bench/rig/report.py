# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures as a text for people."""

from . import targets
from .figures import of_rounds, ratio
from .peer import BARE, SAMPLE
from .rounds import PEERS, QUIET, STOPPED, STORM
from .variants import AGAIN, ALL, FLOOR, MODULE, within

_HEADINGS = {
    QUIET: "Nothing else goes on",
    STORM: "(e) During an update storm: {storm:,.0f} users a second change, a transaction each",
    STOPPED: "PostgreSQL hangs (SIGSTOP)",
}

_HOW = """\
How it was measured
-------------------

A trunk calls a user with two devices: both ring, one answers after 300 ms, 200 ms later BYE. Called users
are random. All peers but (s) have the same surroundings (peers/surroundings.cfg: those of kamailio.cfg.sample;
"bare", peers/bare.cfg: no checks, no NAT, no trunks, so that the peer's own work weighs more). All have four
workers, -x tlsf, and get their calls at the same time, each {rate:g} a second, from one SIPp each, on one machine
over loopback; phones are SIPp, too. A round is {seconds:g} s; {rounds} rounds (with a storm, or with a PostgreSQL
that hangs: half as many), sizes in turn. Figures are medians over the rounds, (least–greatest) behind them; ratios
are taken within a round. (a) runs twice in each round: its ratio to itself is the noise.

(s) is /etc/kamailio/kamailio.cfg as the Debian package installs it, with multi-domain, authentication, IP
authentication, NAT and anti-flood switched on (peers/stock.cfg). It has no policy: the two contacts of the called
address ring. It logs two lines a call (acc), here to a file.

CPU is that of all processes of a Kamailio, timers included, and of PostgreSQL's processes for it, as the
scheduler counts (/proc/PID/schedstat). p50, p99: from INVITE in to the second INVITE out, on the wire
(tcpdump). A spinner of lowest priority on each CPU keeps the clock up. Instructions: user space, of
one worker, by callgrind, 100 calls, 1,000 users; system calls are not seen. From COMMIT to effect: from sending
COMMIT to sending the first INVITE that was treated by the new rule; 200 changes. Highest rate: 4 s without a
failed call; phones and callers are on the same CPUs. (c) is a cache at its best: it holds all users from the
start and never expires, so it does not hear of changes at all.
"""


def _ms(seconds):
    return f"{seconds * 1e3:.2f}"


def _us(seconds):
    return f"{seconds * 1e6:.0f}"


def _times(value):
    return f"{value:.2f}"


def _spread(form, values):
    middle, least, greatest = values
    return f"{form(middle)} ({form(least)}–{form(greatest)})"


def _table(rows):
    """Columns as wide as need be; the first one to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  " + "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))) for row in rows]


def _round_table(rounds, keys):
    rows = [["", "Kamailio, µs a call", "PostgreSQL, µs", "Kamailio ÷ (a)", "both ÷ (a)", "p50, ms", "p99, ms", "p99 ÷ (a)"]]
    for key in keys:
        rows.append([
            ALL[key].title.rstrip(), _spread(_us, of_rounds(rounds, key, "kamailio")), _spread(_us, of_rounds(rounds, key, "postgres")),
            _spread(_times, ratio(rounds, key, "kamailio", FLOOR)), _spread(_times, ratio(rounds, key, "both", FLOOR)),
            _spread(_ms, of_rounds(rounds, key, "p50")), _spread(_ms, of_rounds(rounds, key, "p99")),
            _spread(_times, ratio(rounds, key, "p99", FLOOR)),
        ])
    return _table(rows)


def _losses(rounds):
    """Calls that failed, requests that were sent again."""
    return [sum(seen[name] for one in rounds for seen in one.values()) for name in ("failed", "sent_again")]


def _bad_calls(rounds):
    failed, again = _losses(rounds)
    return f"  ({failed} calls failed, {again} requests were sent again)" if failed or again else "  (no call failed, no request was sent again)"


def _in_storm(size, rate):
    """What the storm costs, and what the calls cost beside it."""
    rounds, changes = size["rounds"][STORM], min(size["storms"]) / rate
    mirror, postgres = (of_rounds(rounds, MODULE, name)[0] / changes for name in ("mirror", "postgres"))
    calls = _spread(_times, ratio(rounds, MODULE, "sip", FLOOR))
    return f"  (a change: {_us(mirror)} µs of the mirror's process, {_us(postgres)} µs of PostgreSQL; (d) without that: Kamailio ÷ (a) {calls})"


def _size(size, rate):
    lines = _headline(f"{size['users']:,} users")
    for kind, keys in PEERS.items():
        heading = _HEADINGS[kind].format(storm=min(size["storms"]))
        lines += [heading, "", *_round_table(size["rounds"][kind], keys), "", _bad_calls(size["rounds"][kind])]
        lines += [_in_storm(size, rate), ""] if kind == STORM else [""]
    idle, storm = size["effect"]["idle"], size["effect"]["storm"]
    floor = size["loaded_bytes"][FLOOR]
    lines += [
        f"  from COMMIT to effect   p50 {_ms(idle[0])} ms, p99 {_ms(idle[1])} ms; in the storm p50 {_ms(storm[0])} ms, p99 {_ms(storm[1])} ms",
        f"  load                    {size['load_seconds']:.2f} s for {size['users']:,} users and {2 * size['users']:,} devices",
        "  shared memory           "
        + "; ".join(
            f"{(size['loaded_bytes'][key] - floor) / size['users']:.0f} bytes a user with two devices in {key_of}"
            for key, key_of in ((MODULE, "(d)"), ("c", "(c)"))
        ),
        "",
    ]
    return lines


def _bare(bare):
    lines = _headline(f"{bare['users']:,} users, bare surroundings")
    return [*lines, *_round_table(bare["rounds"], within(BARE)), "", _bad_calls(bare["rounds"]), ""]


def _headline(words):
    return [words, "-" * len(words), ""]


def _instructions(counts, key):
    """Two cells; empty for a peer that was not measured in these surroundings."""
    return [f"{counts[key]:,.0f}", f"{counts[key] / counts[FLOOR]:.3f}"] if key in counts else ["", ""]


def _others(figures):
    rates, counts = figures["highest"]["rates"], figures["instructions"]
    rows = [["", "instructions a call", "÷ (a)", "bare", "÷ (a)", f"highest rate, calls/s, {figures['highest']['users']:,} users"]]
    for key in ALL:
        rows.append([ALL[key].title, *_instructions(counts[SAMPLE], key), *_instructions(counts[BARE], key), f"{rates[key]:.0f}" if key in rates else ""])
    return [*_headline("Instructions, highest rate"), *_table(rows), ""]


def _targets(figures):
    rows = [["", "wanted", "measured", ""]]
    for name, wanted, measured in targets.judge(figures):
        rows.append([name, f"≤ {wanted:g}", f"{measured:.3g}", "yes" if measured <= wanted else "NO"])
    return [*_headline("Targets"), *_table(rows), ""]


def _warning(figures):
    """On a quiet machine nothing is lost at this rate."""
    all_rounds = [rounds for size in figures["sizes"] for rounds in size["rounds"].values()] + [figures["bare"]["rounds"]]
    losses = [_losses(rounds) for rounds in all_rounds]
    if not any(failed or again for failed, again in losses):
        return []
    return ["NOT A QUIET MACHINE: calls failed or requests were sent again, see below. No figures to quote.", ""]


def text(figures):
    where = figures["machine"]
    noise = ratio(figures["sizes"][-1]["rounds"][QUIET], AGAIN, "kamailio", FLOOR)
    lines = [
        "user_routing beside other ways to do the same",
        "=============================================", "",
        f"Measured {where['when']} by make bench: {where['cpu']}, Linux {where['kernel']}, Kamailio {where['kamailio']},",
        f"PostgreSQL {where['postgresql']}, SIPp {where['sipp']}. Noise, (a) ÷ (a): {_spread(_times, noise)}.", "",
    ]
    lines += _warning(figures) + _targets(figures) + _others(figures)
    lines += _bare(figures["bare"])
    for size in figures["sizes"]:
        lines += _size(size, figures["settings"]["rate"])
    return "\n".join(line.rstrip() for line in lines) + "\n" + _HOW.format(**figures["settings"])
