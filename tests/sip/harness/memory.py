# SPDX-License-Identifier: GPL-2.0-or-later
"""What Kamailio's processes use of memory."""

import os
import re
import signal
import time
from dataclasses import dataclass

from .expect import check, wait_for
from .sip import token

GONE = 40  # seconds until tm has freed the last transaction, usually 6
RESTS = 0.5  # seconds without a change
WORKERS = 4  # of the sample configuration, that receive UDP


@dataclass
class Usage:
    shared: int  # bytes in use, with the allocator's own; without those of calls
    calls: int  # blocks of shared memory that are calls
    blocks: int  # … and those that are something else of the module's
    buckets: int  # of the module's table
    private: dict  # process: bytes in use of Kamailio's private memory

    def is_level_of(self, before, private=3_000):
        """Checks that nothing has stayed since `before`, an equal state, but for what tm keeps of a call that made no
        transaction until the process comes to the next one: the call, and the record of who called. And but for the
        table's room: a stripe has a block for its buckets once it has had two entries at a time, be it for the moment
        in which a record replaces another, and keeps it. `private`: bytes that each process may have more, as Kamailio
        keeps buffers that have grown, and tmx the INVITE of the process's last CANCEL ($T_inv), parsed: 2,200 bytes here."""
        grown, room = self.blocks - before.blocks, self.buckets - before.buckets
        check(self.calls <= WORKERS, f"{self.calls} calls are still there")
        check(-before.calls <= grown <= self.calls + room,
              f"the module has {grown} more blocks of shared memory, and {room} more buckets: {before} {self}")
        for process, used in before.private.items():
            grown = self.private[process] - used
            check(grown < private, f"private memory of {process} grew by {grown} bytes")


def renew(t):
    """Every user and account gets a new record: an old one that somebody still refers to stays in memory."""
    word = token(8)
    t.sql("UPDATE sip_user SET out_cid_name = %s", (word,))
    t.sql("UPDATE account SET default_cid_number = %s", (f"4930{sum(map(ord, word))}",))
    t.settle()


def _transactions(stack):
    created, freed = re.search(r"created: (\d+)\s+freed: (\d+)", stack.kamcmd("tm.stats")).groups()
    return int(created) - int(freed)


def _changes(stack):
    """All that the mirror has read so far; None while it reads on."""
    status = stack.status()
    return [status[name] for name in ("changes", "resyncs", "users", "devices")] if status["phase"] == "listening" else None


def _mirror_rests(stack):
    before = _changes(stack)
    time.sleep(RESTS)
    return before is not None and before == _changes(stack)


def usage(stack):
    """When no call is on any more, and nothing changes: waits until tm has forgotten the last call, and the mirror has
    read the last change. (The blocks are counted without a lock.)"""
    wait_for(lambda: _transactions(stack) == 0, GONE, "tm should free its transactions")
    wait_for(lambda: _mirror_rests(stack), GONE, "the mirror should be done")
    buckets = int(re.search(r"buckets: (\d+)", stack.kamcmd("user_routing.stats"))[1])
    shared = int(re.search(r"real_used: (\d+)", stack.kamcmd("core.shmmem"))[1])
    # For each line of code that allocates: "function(line): bytes (blocks)".
    lines = re.findall(r"(\w+)\(\d+\): (\d+) \((\d+)\)", stack.kamcmd("mod.mem_statsx", "user_routing", "shm"))
    of_calls = [(int(size), int(count)) for function, size, count in lines if function == "ur_live_call_new"]
    calls = sum(count for _, count in of_calls)
    blocks = sum(int(count) for _, _, count in lines) - calls
    shared -= sum(size for size, _ in of_calls)
    private = {f"{name} ({pid})": int(used) for pid, used, name in processes(stack)}
    return Usage(shared, calls, blocks, buckets, private)


def processes(stack):
    """(pid, bytes in use of Kamailio's private memory, name) of each, as texts."""
    return re.findall(r"pid: (\d+).*?\bused: (\d+).*?desc: (.*?)\n", stack.kamcmd("pkg.stats"), re.DOTALL)


def mirror_heap(stack):
    """Bytes that the mirror's process of a SANITIZED stack has from malloc, libpq's and the module's among them: see heap.c."""
    mirror, = (int(pid) for pid, _, name in processes(stack) if "user_routing" in name)
    path = os.path.join(stack.run_dir, f"heap.{mirror}")
    if os.path.exists(path):
        os.remove(path)
    os.kill(mirror, signal.SIGRTMIN + 7)
    wait_for(lambda: os.path.exists(path) and os.path.getsize(path), 3, "the mirror's process should say what it has from malloc")
    with open(path, encoding="ascii") as file:
        return int(file.read())
