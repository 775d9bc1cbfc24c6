# SPDX-License-Identifier: GPL-3.0-or-later
"""server - one broker and one handler on loopback, with a store: what a bench measures."""

import os

from lab import brokers, programs, store


class Server:
    """more: lines for the handler's configuration."""

    def __init__(self, queue, work, more=""):
        self.folder = f"{work}/{queue}-server"
        os.makedirs(self.folder)
        self.store = f"{self.folder}/sheepdog.db"
        self.broker = brokers.brokers[queue](self.folder, "127.0.0.1")
        conf = f"{self.folder}/server.conf"
        programs.write(conf, f'(store "{self.store}") (log "{self.folder}/told.log") '
                             f'{programs.AS_WE_ARE} {self.broker.read()} {more}\n')
        self.handler = programs.Program(
            [programs.find(self.broker.programs[0]), "-c", conf],
            f"{self.folder}/handler.log")
        self.broker.use(self.handler)
        self.handler.start()

    def await_ready(self):
        if not programs.wait_until(programs.START_SECONDS, self.broker.is_ready) or \
                not programs.wait_until(programs.START_SECONDS, self.has_store):
            raise RuntimeError(f"{self.broker.name} does not start: see {self.folder}")

    def has_store(self):
        return bool(store.rows(self.store, "SELECT count(*) FROM message"))

    def url(self):
        return self.broker.url("127.0.0.1", self.broker.port)

    def close(self):
        for program in (self.handler, self.broker.program, *self.broker.started):
            program.end()
