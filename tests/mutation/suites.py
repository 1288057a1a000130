# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit tests that need neither PostgreSQL nor Kamailio, built on a library of policy/ that can be
replaced: a changed file is compiled alone, and no program is linked again."""

import math
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

MODULE = "modules/user_routing"
UNIT = "tests/unit"
LIBRARY = "libpolicy.so"
# As in modules/build/module.mk; without -g, so that what does the same is the same.
COMPILE = f"gcc -std=gnu11 -O2 -fPIC -fno-strict-overflow -pthread -Wall -Wextra -Werror -I{MODULE} -I{UNIT} -c".split()
FOREIGN = re.compile(rf"{MODULE}/(mirror|kam)/|libpq-fe\.h")


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def compile_text(source, target):
    """False: the compiler does not take it."""
    done = subprocess.run(COMPILE + ["-x", "c", "-", "-o", str(target)], input=source, text=True, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def symbols(objects, kinds):
    """What nm calls one of these kinds: T is defined, U is needed."""
    lines = (line.split() for line in output_of("nm", "-P", *map(str, objects)).splitlines())
    return {fields[0] for fields in lines if len(fields) > 1 and fields[1] in kinds}


def sources_of(test):
    """The test and the support that it uses; None when it needs more than policy/ (-MG: whether or not that is there)."""
    flags = output_of("pkg-config", "--cflags", "check").split()
    known, new = [], [test]
    while new:
        source = new.pop()
        known.append(source)
        needed = output_of("gcc", "-M", "-MG", f"-I{MODULE}", f"-I{UNIT}", *flags, source)
        if FOREIGN.search(needed):
            return None
        helpers = [h[:-1] + "c" for h in re.findall(rf"{UNIT}/support/\w+\.h", needed)]
        new += [h for h in helpers if h not in known + new and os.path.exists(h)]
    return known


class Program:
    def __init__(self, path, objects):
        self.path, self.name, self.objects = path, path.name.removeprefix("test_"), objects
        self.seconds, self.depth = 0.0, {}  # of a processor; see measure_depth()

    def start(self, folder, *limit):
        """With the library in that folder, all tests in one process: what dies fails, too."""
        environment = dict(os.environ, LD_LIBRARY_PATH=str(folder), CK_FORK="no", CK_VERBOSITY="silent")
        silent = subprocess.DEVNULL
        return subprocess.Popen([*limit, str(self.path)], env=environment, stdin=silent, stdout=silent, stderr=silent)

    def measure(self, folder):
        """Runs it as it is. Does it pass?"""
        process = self.start(folder)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = usage.ru_utime + usage.ru_stime
        return status == 0

    def passes(self, folder):
        """What hangs is ended when it has had five times the processor, and does not pass."""
        process = self.start(folder, "prlimit", f"--cpu={math.ceil(5 * self.seconds) + 1}", "--core=0")
        try:
            return process.wait(timeout=600) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False


class Suites:
    def __init__(self, scratch):
        self.scratch = scratch
        self.sources = {str(p): p.read_text() for p in sorted(Path(MODULE, "policy").glob("*.c"))}
        self.objects = {path: scratch / f"{Path(path).stem}.o" for path in self.sources}
        self.programs, self.caught = [], Counter()

    def build(self, pool):
        scratch_objects = pool.map(compile_text, self.sources.values(), self.objects.values())
        if not all(scratch_objects):
            raise SystemExit("mutation/run: policy/ does not compile")
        self.link(self.scratch)
        tests = sorted(str(p) for p in Path(UNIT).glob("test_*.c"))
        wanted = [sources for sources in pool.map(sources_of, tests) if sources]
        for source in {s for sources in wanted for s in sources}:
            (self.scratch / Path(source).parent.name).mkdir(exist_ok=True)
        list(pool.map(self.compile_unit, {s for sources in wanted for s in sources}))
        self.programs = list(pool.map(self.link_program, wanted))
        self.measure_depth()

    def unit_object(self, source):
        return self.scratch / Path(source).parent.name / f"{Path(source).stem}.o"

    def compile_unit(self, source):
        flags = output_of("pkg-config", "--cflags", "check").split()
        subprocess.run(COMPILE + flags + [source, "-o", str(self.unit_object(source))], check=True)

    def link_program(self, sources):
        program = Program(self.scratch / Path(sources[0]).stem, [self.unit_object(s) for s in sources])
        libraries = output_of("pkg-config", "--libs", "check").split()
        subprocess.run(
            ["gcc", "-pthread", *map(str, program.objects), f"-L{self.scratch}", "-lpolicy", *libraries, "-o", str(program.path)],
            check=True,
        )
        return program

    def link(self, folder, replaced=None):
        """The library, with the object of one source replaced."""
        objects = {**self.objects, **(replaced or {})}
        subprocess.run(["gcc", "-shared", *map(str, objects.values()), "-o", str(folder / LIBRARY)], check=True)

    def measure_depth(self):
        """How far from each program the files of policy/ are that it uses: 1 is called directly."""
        owner = {name: path for path, o in self.objects.items() for name in symbols([o], "TDRB")}
        needs = {path: {owner[n] for n in symbols([o], "U") if n in owner} - {path} for path, o in self.objects.items()}
        for program in self.programs:
            level, depth = {owner[n] for n in symbols(program.objects, "U") if n in owner}, 1
            while level:
                program.depth.update(dict.fromkeys(level, depth))
                level = {n for path in level for n in needs[path]} - set(program.depth)
                depth += 1

    def measure_time(self, pool):
        """Runs each program as it is. Returns those that fail."""
        passed = pool.map(lambda p: p.measure(self.scratch), self.programs)
        return [program.name for program, good in zip(self.programs, passed) if not good]

    def likely(self, path):
        """The programs that use the file: its own, then by what they are likely to notice in a second."""
        using = [p for p in self.programs if path in p.depth]
        return sorted(using, key=lambda p: (
            p.name != Path(path).stem, -(self.caught[path, p.name] + 1 / p.depth[path]) / (p.seconds + 0.01),
        ))

    def notice(self, path, folder):
        """Does one of them fail with the library in that folder?"""
        for program in self.likely(path):
            if not program.passes(folder):
                self.caught[path, program.name] += 1
                return True
        return False
