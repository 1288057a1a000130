# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs cases: each in a process of its own, several at a time, all bounded in time."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback

from .case import Case
from .expect import Never, Unexpected
from .names import leave_names
from .net import leave_network
from .phone import TOLERANCE
from .rpc import RpcError
from .sipp import SippError
from .stack import Stack, StackError, sanitizer_reports
from .stalls import HOPS, Stalls
from .timeline import draw

CASES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cases")
LIMIT = 45  # seconds a case may take, unless its case.py says LIMIT = …
DRAWN = 40  # lines of a failed case's drawing at most: the latest
GRACE = 15  # seconds for its own cleaning up before the process is killed
STALLED = TOLERANCE / HOPS  # seconds: so many processes have a part in each time that a case measures
LAGS = 6  # seconds: Kamailio's ticks that lag after a stall catch up every 5 s, and then its timers are early
LOUD_JOBS = 3  # cases at a time that send thousands of messages
ATTEMPTS = 3  # of a case that failed while the machine stalled
AGAIN_MAX = 20  # further attempts in a run: more are no noise
_WAITED = re.compile(r" within (\d+) ms")  # in a line of the log: for so long


class TooLong(BaseException):
    """The case's time is up (or the run was interrupted): no case's `except` may swallow it."""


def case_names():
    return sorted(n for n in os.listdir(CASES) if os.path.exists(os.path.join(CASES, n, "case.py")))


def load(name):
    spec = importlib.util.spec_from_file_location("case_" + name.replace("-", "_"), os.path.join(CASES, name, "case.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def limit_of(module):
    """Seconds that a case may take; loud ones share the machine."""
    limit = getattr(module, "LIMIT", LIMIT)
    return LOUD_JOBS * limit if getattr(module, "LOUD", False) else limit


def harmless(names):
    """Patterns of log lines that these cases cause on purpose: HARMLESS in their case.py."""
    return [pattern for name in names for pattern in getattr(load(name), "HARMLESS", ())]


def not_explained(names):
    """Cases whose calls are not compared with what explain says: EXPLAIN in their case.py tells why."""
    return {name: load(name).EXPLAIN for name in names if hasattr(load(name), "EXPLAIN")}


def not_in_lua(name):
    """Why this case is not run with the Lua sample: NOT_IN_LUA in its case.py; "" if it is."""
    return getattr(load(name), "NOT_IN_LUA", "")


def shows_routes(name):
    """Whether the case is about what the sample's routes do, and not only the module: ROUTES in its case.py."""
    return getattr(load(name), "ROUTES", False)


def headline(name):
    with open(os.path.join(CASES, name, "README"), encoding="utf-8") as file:
        return file.readline().strip()


# -- in the case's own process


def run_case(name, run_dir, folder, run, number):
    """Runs one case; the result as a dict, also written to folder/result.json. "excuse": it failed by what it saw, or by an
    error in Kamailio's log that says so, which may have come too late if the machine stalled for so many seconds. None:
    it failed by what may never be, another error in the log, a report of a sanitizer, or one of the harness."""
    module = load(name)
    os.makedirs(folder, exist_ok=True)
    signal.signal(signal.SIGALRM, _time_is_up)
    signal.signal(signal.SIGTERM, _time_is_up)
    signal.alarm(limit_of(module))
    result = {"name": name, "ok": False, "why": "", "timeline": [], "notes": [], "asked": 0, "compared": 0, "excuse": None}
    stack = case = None
    own = getattr(module, "STACK", None)
    try:
        if getattr(module, "OWN_NETWORK", False):
            leave_network()
        if getattr(module, "OWN_NAMES", False):
            leave_names()
        stack = Stack.up(os.path.join(folder, "stack"), **own) if own is not None else Stack(run_dir, ours=False)
        case = Case(name, stack, folder, run, number)
        case.explains = not hasattr(module, "EXPLAIN")
        module.run(case)
        result["compared"] = case.verify()
        result["ok"] = True
    except TooLong:
        result["excuse"] = STALLED
        result["why"] = "time limit reached\n" + "".join(traceback.format_exc().splitlines(True)[-8:])
    except Unexpected as error:
        result["excuse"] = None if isinstance(error, Never) else STALLED
        result["why"] = f"{error}\n{_where(error, module)}"
    except (StackError, SippError, TimeoutError, subprocess.TimeoutExpired, RpcError, LookupError):
        # a server or SIPp did not start, stop or answer in time, or did not know yet what it should have known by then
        result["excuse"] = STALLED
        result["why"] = traceback.format_exc()
    except Exception:  # whatever it is, it belongs to this case
        result["why"] = traceback.format_exc()
    signal.alarm(0)
    if case and not result["ok"]:
        result["timeline"] = draw(case.callers, case.phones)[-DRAWN:]
    if case:
        result["notes"] = case.notes
        result["asked"] = len(case.asked)
        case.close()
    if stack and own is not None:
        _end_stack(stack, module, result)
    with open(os.path.join(folder, "result.json"), "w", encoding="utf-8") as file:
        json.dump(result, file)
    return result


def _time_is_up(_signal, _frame):
    raise TooLong


def _where(error, module):
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == module.__file__]
    return "\n".join(f"at {os.path.relpath(f.filename)}:{f.lineno}: {f.line}" for f in frames)


def excuse_of(lines):
    """Seconds of a stall that explain these errors of Kamailio's log, each of which says that nobody answered in time; None:
    one of them says something else."""
    waited = [_WAITED.search(line) for line in lines]
    return max(int(w[1]) for w in waited) / 1000 if all(waited) else None


def _end_stack(stack, module, result):
    try:
        stack.down()
    except StackError as error:  # a server that takes its time
        result.update(ok=False, excuse=result["excuse"] if result["why"] else STALLED, why=f"{result['why']}\n{error}".lstrip())
    reports = sanitizer_reports(stack.log)
    if reports:
        result.update(ok=False, excuse=None, why="\n".join([result["why"], *reports]).lstrip())
    if not result["ok"]:
        return
    lines = stack.serious_log_lines(harmless([result["name"]]))
    if lines:
        result.update(ok=False, excuse=excuse_of(lines), why="Kamailio's log has:\n" + "\n".join(lines[:10]))
    if hasattr(module, "after_stack"):  # a case's own look at what the stack left behind
        try:
            module.after_stack(stack)
        except Unexpected as error:
            result.update(ok=False, excuse=None, why=str(error))


# -- in the runner


class Job:
    def __init__(self, name, number, work, run_dir, run):
        self.name, self.folder = name, os.path.join(work, f"{name}-{number}")
        self.begun, self.started = time.time(), time.monotonic()
        self.seconds = 0.0
        self._deadline = self.started + limit_of(load(name)) + GRACE
        command = [sys.executable, sys.argv[0], "--one", name, run_dir, self.folder, str(run), str(number)]
        os.makedirs(self.folder, exist_ok=True)
        self._out = os.path.join(self.folder, "output")
        with open(self._out, "wb") as out:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def poll(self):
        """The result once the process has ended, else None."""
        if self._process.poll() is None:
            if time.monotonic() > self._deadline:
                self._process.kill()
            return None
        self.seconds = time.monotonic() - self.started
        try:
            with open(os.path.join(self.folder, "result.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            with open(self._out, encoding="utf-8", errors="replace") as file:
                return {"name": self.name, "ok": False, "why": "died:\n" + file.read()[-3000:], "timeline": [], "notes": [], "asked": 0, "compared": 0, "excuse": None}

    def end(self):
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()


class Queue:
    """Which case is next, and what may run beside it: only cases of its own kind."""

    QUIET, LOUD, PAIRED, ALONE = range(4)  # in this order

    def __init__(self, names, jobs, repeat):
        self._kind = {name: self._kind_of(load(name)) for name in names}
        names = sorted(names, key=lambda name: (self._kind[name], -limit_of(load(name))))  # long ones first
        self._jobs = {self.QUIET: jobs, self.LOUD: min(jobs, LOUD_JOBS), self.PAIRED: min(jobs, 2), self.ALONE: 1}
        self._waiting = names * repeat
        self._attempts, self._again, self._number, self._running_kind = {}, 0, 0, self.QUIET

    def _kind_of(self, module):
        return next((getattr(self, kind) for kind in ("ALONE", "PAIRED", "LOUD") if getattr(module, kind, False)), self.QUIET)

    def __bool__(self):
        return bool(self._waiting)

    def next(self, running):
        """The name and number of the case to start now; None while those that run have to end first."""
        if not self._waiting:
            return None
        kind = self._kind[self._waiting[0]]
        if running >= (self._jobs[kind] if kind == self._running_kind else 1):
            return None
        self._running_kind = kind
        self._number += 1
        return self._waiting.pop(0), self._number

    def again(self, name, result, stall):
        """A case failed. If the machine stalled for so long meanwhile that this may be why, it comes once more, last and
        alone: a fault of ours fails each time."""
        attempts = self._attempts.get(name, 1)
        if result["excuse"] is None or stall < result["excuse"] or attempts == ATTEMPTS or self._again == AGAIN_MAX:
            return False
        self._attempts[name] = attempts + 1
        self._again += 1
        self._kind[name] = self.ALONE
        self._waiting.append(name)
        return True


def run_all(names, jobs, repeat, work, run_dir, report):
    """Runs every name `repeat` times, `jobs` at once; report(job, result, stall, again) after each. stall: the machine's
    worst meanwhile and shortly before, in seconds; again: the case failed and will be run once more. Returns the worst
    stall of all."""
    queue, stalls, running, begun = Queue(names, jobs, repeat), Stalls(work, [work, run_dir]), [], time.time()
    try:
        while queue or running:
            while case := queue.next(len(running)):
                running.append(Job(*case, work, run_dir, os.getpid()))
            for job in list(running):
                result = job.poll()
                if result:
                    running.remove(job)
                    stall = stalls.worst(job.begun - LAGS, time.time())
                    again = not result["ok"] and queue.again(job.name, result, stall)
                    report(job, result, stall, again)
            time.sleep(0.02)
    finally:
        for job in running:
            job.end()
    return stalls.worst(begun, time.time())
