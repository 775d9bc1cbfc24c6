# SPDX-License-Identifier: GPL-3.0-or-later
"""sender - a machine that barks: `sheepdog bark` and `sheepdog -e` put messages into its
spool, in bursts, and sheepdog-deliver brings them away meanwhile.

    sender.py PLAN      PLAN: a file of JSON, see Plan below

Each message is put into a folder before the spool, is read there, and moved on: so we know
what was sent, though it may be delivered at once. The ledger gets a line of JSON for each,
when it is on disk; SIGUSR1 has the next delivery killed, or the one under way. Exit status
0: all is barked, and the spool is empty. The last line of the ledger tells how it went.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lab import programs  # noqa: E402

TAGS = 5
STATES = ["ok", "warning", "fail"]
CHANGE = 0.3           # chance that a message says another state than the one before
WATCHED = 0.15         # chance that it comes of a job that is watched
BURST = 40
PATIENCE = 2           # seconds, of sheepdog-deliver
OVERDUE = 30           # seconds after which a delivery hangs
DRAIN = 180            # seconds to empty the spool when all is barked


class Plan:
    """What to send; queue is a line of configuration."""

    def __init__(self, name, folder, queue, messages, seconds, seed):
        self.name, self.folder, self.queue = name, folder, queue
        self.messages, self.seconds, self.seed = messages, seconds, seed

    def save(self):
        path = f"{self.folder}/plan"
        programs.write(path, json.dumps(vars(self)))
        return path

    @classmethod
    def load(cls, path):
        with open(path) as file:
            return cls(**json.load(file))


class Sender:
    def __init__(self, plan):
        self.plan, self.chance = plan, random.Random(plan.seed)
        self.before, self.spool = f"{plan.folder}/before", f"{plan.folder}/spool"
        self.bark_conf = f"{plan.folder}/bark.conf"
        self.deliver_conf = f"{plan.folder}/deliver.conf"
        self.ledger = open(f"{plan.folder}/ledger", "w")
        self.log = open(f"{plan.folder}/log", "ab")
        self.states = ["ok"] * TAGS
        self.delivery, self.delivery_end = None, 0
        self.is_condemned = False
        self.counts = {"refused": 0, "killed": 0, "overdue": 0, "crashed": 0}
        os.makedirs(self.spool, 0o700)
        programs.write(self.bark_conf,
                       f'(spool (folder "{self.before}")) (patience "0s")\n')
        programs.write(self.deliver_conf, f'{plan.queue} (patience "{PATIENCE}s") '
                                          f'(spool (folder "{self.spool}"))\n')

    # ---- barking ----

    def next_state(self, tag):
        if self.chance.random() < CHANGE:
            self.states[tag] = self.chance.choice(STATES)
        return self.states[tag]

    def bark(self, number):
        tag = self.chance.randrange(TAGS)
        state, token = self.next_state(tag), f"token {self.plan.name}-{number:05}"
        start = [programs.find("sheepdog"), "-c", self.bark_conf]
        tag_option = ["--tag", f"job{tag}-{self.plan.name}"]
        if self.chance.random() < WATCHED:
            status = int(state != "ok")
            rc = self.run([*start, *tag_option, "--always", "-e",
                           f"echo {token} >&2; exit {status}"])
            self.counts["refused"] += rc != status
        else:
            start.insert(1, "bark")
            rc = self.run([*start, *tag_option, "--status", state, token])
            self.counts["refused"] += rc != 0

    def run(self, arguments):
        return subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=self.log,
                              stderr=self.log).returncode

    def move_on(self):
        """What was barked goes to the spool, and into the ledger."""
        for name in sorted(os.listdir(self.before)):
            path = f"{self.before}/{name}"
            if name.startswith(".") or not os.path.isfile(path):
                continue
            with open(path) as file:
                text = file.read().strip()
            os.rename(path, f"{self.spool}/{name}")
            print(text, file=self.ledger, flush=True)

    # ---- delivering ----

    def deliver(self):
        """Starts a delivery, where none is under way."""
        if self.delivery and self.delivery.poll() is None:
            return
        self.delivery = subprocess.Popen(
            [programs.find("sheepdog-deliver"), "-c", self.deliver_conf],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.delivery_end = time.monotonic() + OVERDUE

    def kill_delivery(self):
        self.delivery.kill()
        self.delivery.wait()

    def watch_delivery(self, seconds):
        """For so long, or until it has ended."""
        if not self.delivery or self.delivery.poll() is not None:
            return
        if self.is_condemned:
            self.is_condemned = False
            time.sleep(self.chance.uniform(0, 0.02))
            self.counts["killed"] += self.delivery.poll() is None
            self.kill_delivery()
            return
        try:
            status = self.delivery.wait(seconds)
            self.counts["crashed"] += status not in (0, 75)
        except subprocess.TimeoutExpired:
            if time.monotonic() > self.delivery_end:
                self.counts["overdue"] += 1
                self.kill_delivery()

    def condemn(self, _number, _frame):
        self.is_condemned = True

    def waiting(self):
        return [name for name in os.listdir(self.spool)
                if name.endswith(".json") and not name.startswith(".")]

    def drain(self):
        end = time.monotonic() + DRAIN
        while self.waiting() and time.monotonic() < end:
            self.deliver()
            self.watch_delivery(1)
        if self.delivery and self.delivery.poll() is None:
            self.watch_delivery(OVERDUE)

    # ---- all of it ----

    def send(self):
        start, number = time.monotonic(), 0
        while number < self.plan.messages:
            count = min(self.chance.randint(1, BURST), self.plan.messages - number)
            for _ in range(count):
                self.bark(number)
                number += 1
            self.move_on()
            self.deliver()
            due = start + self.plan.seconds * number / self.plan.messages
            while (left := due - time.monotonic()) > 0:
                self.watch_delivery(min(left, 0.1))
                time.sleep(min(left, 0.02))
            self.watch_delivery(0)

    def finish(self):
        rejected = f"{self.spool}/rejected"
        self.counts["rejected"] = (len(os.listdir(rejected))
                                   if os.path.isdir(rejected) else 0)
        self.counts["left"] = len(self.waiting())
        print(json.dumps({"counts": self.counts}), file=self.ledger, flush=True)
        return int(self.counts["left"] > 0)


def main():
    sender = Sender(Plan.load(sys.argv[1]))
    signal.signal(signal.SIGUSR1, sender.condemn)
    sender.send()
    sender.drain()
    return sender.finish()


if __name__ == "__main__":
    sys.exit(main())
