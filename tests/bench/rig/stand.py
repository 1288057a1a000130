# SPDX-License-Identifier: GPL-2.0-or-later
"""All peers with one number of users, side by side."""

import multiprocessing
import os
from contextlib import ExitStack

from . import variants
from .calls import write_callees
from .cluster import Cluster
from .peer import SAMPLE, Peer


class Stand(ExitStack):
    """Starts PostgreSQL and the peers; stops them at its end, as a context.

    load_seconds: how long user_routing took to load; loaded_bytes: key -> shared memory in use
    before there was any contact."""

    def __init__(self, folder, users, phones, surroundings=SAMPLE):
        super().__init__()
        self.folder, self.users, self.peers = os.path.join(folder, f"{users}-{surroundings}"), users, {}
        self._surroundings = surroundings
        self.load_seconds, self.loaded_bytes = None, {}
        os.makedirs(self.folder)
        os.chmod(self.folder, 0o755)
        self.callees = os.path.join(self.folder, "callees.csv")
        write_callees(self.callees, users)
        try:
            self._start(phones)
        except BaseException:
            self.close()
            raise

    @property
    def module(self):
        return self.peers[variants.MODULE]

    def _start(self, phones):
        self.cluster = Cluster(os.path.join(self.folder, "postgres"), self.users)
        self.callback(self.cluster.stop)
        # One after another: the time a load takes is taken here.
        for key, variant in variants.within(self._surroundings).items():
            peer = Peer(variant, self.folder, self.users, self.cluster, surroundings=self._surroundings)
            self.callback(peer.stop)
            took = peer.wait_ready()
            self.load_seconds = took if variant.is_module else self.load_seconds
            self.loaded_bytes[key] = peer.shared_memory()
            self.peers[key] = peer
        self._load_contacts(phones)

    def _load_contacts(self, phones):
        """Side by side: it is Python that takes the time."""
        loaders = [multiprocessing.Process(target=peer.load_contacts, args=(phones.ports,)) for peer in self.peers.values()]
        for loader in loaders:
            loader.start()
        for loader in loaders:
            loader.join()
        if any(loader.exitcode for loader in loaders):
            raise RuntimeError(f"contacts could not be loaded: see the logs in {self.folder}")
