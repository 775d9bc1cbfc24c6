# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a herd, made up: jobs that come, fail, hang or stay away, daemons that beat,
hosts that are off or cut off, tags that flap, a server that is stopped, or hears nobody, and
shepherds who want quiet. A seed makes the same year again.

commands() gives, in order, what tests/lab/judging is told; nothing here knows what is to be
concluded of it. Times are ms since 1970 UTC.
"""

import collections
import datetime
import functools
import heapq
import random
import re

from lab.calendars import DAY, HOUR, MINUTE, SECOND, WEEKDAYS, Daily, Duration

ZONES = ("UTC", "Europe/Zurich", "America/Chicago", "Australia/Lord_Howe", "Pacific/Auckland")
GRACES = (20 * MINUTE, HOUR, 2 * HOUR)
ROUNDS = (200, 10 * MINUTE, HOUR // 2)  # from the first that comes until it is judged
LOOK = HOUR // 2                        # the longest time without a round
BEAT = HOUR
SERVER = "host00"      # on which the server runs, beside the witness
HYPERVISOR = "host01"  # of the guests
GUESTS = range(2, 6)
MONITORS = ("load", "patient", "lasting", "often")

Job = collections.namedtuple("Job", "host tag every grace has_start")


@functools.cache
def every_of(text, zone):
    """What we write as every, read."""
    if re.fullmatch("[0-9]+m", text):
        return Duration(int(text[:-1]) * MINUTE)
    if cron := re.fullmatch(r"(\d+) (\d+) \* \* (\*|\d)", text):
        minute, hour, day = cron.groups()
        weekday = None if day == "*" else (int(day) - 1) % 7
        return Daily(int(hour), int(minute), zone, weekday, is_cron=True)
    day, hour, minute = re.fullmatch(r"(?:(\w+) )?\*-\*-\* (\d+):(\d+):00", text).groups()
    return Daily(int(hour), int(minute), zone, WEEKDAYS.index(day) if day else None)


def iso(time):
    moment = datetime.datetime.fromtimestamp(time // 1000, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time % 1000:03}Z"


def is_within(spans, time):
    return any(begin <= time < end for begin, end in spans)


class Year:
    def __init__(self, seed, hosts, days, start):
        self.random = random.Random(seed)
        self.hosts = [f"host{i:02}" for i in range(hosts)]
        self.daemons = [host for i, host in enumerate(self.hosts) if i % 3 < 2]
        self.start, self.end = start, start + days * DAY
        self.numbers = iter(range(1, 1 << 40))
        self.coming = []  # (when, number, message)
        rare = 1 / min(days, 20)
        self.stops = self.spans(rare, 10 * MINUTE, DAY)
        self.deaf = self.spans(rare, HOUR, 12 * HOUR)
        self.away = {host: self.spans(0.02, HOUR, 3 * DAY) for host in self.hosts}
        self.cut = {host: self.spans(0.03, 5 * MINUTE, DAY) for host in self.hosts}
        self.go_together()
        for host in self.hosts:
            for job in self.jobs(host):
                self.run_job(job)
            for tag in ("disk", *self.random.sample(MONITORS, 2)):
                self.run_monitor(host, tag)
        for _ in range(2 + days // 60):
            self.fail_together()
        self.watch_witness()

    def go_together(self):
        """Guests are off with their hypervisor; the server hears itself, if anybody."""
        for host in self.hosts[GUESTS.start:GUESTS.stop]:
            self.away[host] += self.away[HYPERVISOR]
        for span in self.deaf:
            for host in self.random.sample(self.hosts, len(self.hosts) * 9 // 10):
                self.cut[host].append(span)
        self.away[SERVER], self.cut[SERVER] = [], []
        for host in self.hosts:
            self.cut[host] = sorted(self.cut[host] + self.stops)

    # ---- chance ----

    def happens(self, chance):
        return self.random.random() < chance

    def between(self, low, high):
        return self.random.randint(low, high)

    def some_time(self):
        return self.between(self.start, self.end - HOUR)

    def spans(self, a_day, shortest, longest):
        """Some times, apart: so many a day."""
        found, time = [], self.start
        while True:
            time += int(self.random.expovariate(a_day) * DAY) + HOUR
            if time >= self.end:
                return found
            length = int(shortest * (longest / shortest) ** self.random.random())
            found.append((time, time + length))
            time += length

    # ---- messages ----

    def message(self, host, time, **fields):
        number = next(self.numbers)
        return number, {"id": f"0192e4c8-0000-7000-8000-{number:012x}", "host": host,
                        "time": iso(time), **fields}

    def say(self, host, time, **fields):
        """It comes at once, or in a batch when the host can reach the server again."""
        time += self.between(0, 999)
        number, message = self.message(host, time, **fields)
        came = time + self.between(5, 3000)
        for begin, end in self.cut[host]:
            if begin <= came < end:
                came = end + 1 + number % 4 * 5000
        if came < self.end:
            self.coming.append((came, number, message))

    def beats(self):
        """What does not come at once is not sent again."""
        for begin in range(self.start, self.end - BEAT, BEAT):
            for i, host in enumerate(self.daemons):
                time = begin + i * MINUTE // len(self.daemons) + self.between(0, 99)
                if not self.is_away(host, time) and not is_within(self.cut[host], time):
                    yield time, *self.message(host, time, kind="beat", tag="daemon",
                                              every=f"{BEAT // MINUTE}m")

    def is_away(self, host, time):
        return is_within(self.away[host], time)

    # ---- jobs ----

    def jobs(self, host):
        zone = self.random.choice(ZONES)
        grace = self.random.choice(GRACES)
        hour, minute = self.random.choice(((2, 30), (2, 10), (1, 45), (3, 0), (14, 7)))
        yield Job(host, "backup", Daily(hour, minute, zone), grace, True)
        yield Job(host, "rotate", Daily(hour, minute, zone, is_cron=True), grace, False)
        yield Job(host, "scrub", Daily(4, 0, zone, self.between(0, 6), self.happens(0.5)),
                  grace, True)
        yield Job(host, "fetch", Duration(self.between(6, 30) * HOUR), grace, False)

    def run_job(self, job):
        time, ended = self.start + self.between(0, 3 * HOUR), 0
        while time < self.end:
            ended = self.run_once(job, time) or ended
            if isinstance(job.every, Duration):
                time = max(time, ended) + job.every.length - self.between(0, job.grace)
            else:
                time = job.every.after(time + 2 * MINUTE)
                time += self.between(-20 * SECOND, job.grace // 2)

    def run_once(self, job, began):
        """When it ended; None: it did not run at all, or hangs."""
        if self.is_away(job.host, began) or self.happens(0.004):
            return None
        took = self.between(job.grace // 8, job.grace // 4)  # no double, no half
        run = f"0192e4c8-0000-7000-9000-{next(self.numbers):012x}"
        says = {"tag": job.tag, "every": job.every.text, "zone": job.every.zone,
                "grace": f"{job.grace // MINUTE}m", "run": run}
        if job.has_start:
            self.say(job.host, began, kind="start", **says)
        is_hanging = self.is_away(job.host, began + took) or self.happens(0.003)
        if is_hanging and not job.has_start:
            return None
        err = self.random.choices(("SUCCESS", "FAIL", "WARNING"), (95, 4, 1))[0]
        if is_hanging:
            took, err = took + self.between(HOUR, 4 * DAY), "FAIL"
        self.say(job.host, began + took, kind="outcome", err=err,
                 status=int(err == "FAIL"), elapsed=took / 1000, **says)
        return None if is_hanging else began + took

    # ---- what is watched ----

    def note(self, host, time, tag, err):
        if not self.is_away(host, time):
            self.say(host, time, kind="note", tag=tag, err=err, text="as it is")

    def run_monitor(self, host, tag):
        time, err = self.start + self.between(0, HOUR), "SUCCESS"
        while time < self.end:
            self.note(host, time, tag, err)
            if self.happens(0.03):
                time = self.flap(host, tag, time)
            usual = 10 * DAY if err == "SUCCESS" else HOUR
            time += MINUTE + int(self.random.expovariate(1 / usual))
            err = self.random.choice(("SUCCESS", "SUCCESS", "FAIL", "WARNING", "UNKNOWN"))

    def flap(self, host, tag, time):
        for i in range(self.between(8, 40)):
            time += self.between(MINUTE, 10 * MINUTE)
            self.note(host, time, tag, "FAIL" if i % 2 else "SUCCESS")
        return time

    def fail_together(self):
        """All hosts lose what they mount, or a network, within a minute."""
        tag, begin = self.random.choice(("mount", "network")), self.some_time()
        end = begin + self.between(10 * MINUTE, 5 * HOUR)
        for host in self.hosts:
            self.note(host, begin + self.between(0, MINUTE), tag, "FAIL")
            self.note(host, end + self.between(0, MINUTE), tag, "SUCCESS")

    def watch_witness(self):
        """It notices half of those times; and is wrong itself now and then."""
        own = self.spans(1 / 20, 5 * MINUTE, 5 * HOUR)
        self.note(SERVER, self.start, "witness", "SUCCESS")
        for begin, end in own + [span for span in self.deaf if self.happens(0.5)]:
            err = self.random.choice(("FAIL", "FAIL", "WARNING"))
            self.note(SERVER, begin + self.between(MINUTE, 5 * MINUTE), "witness", err)
            self.note(SERVER, end + self.between(0, MINUTE), "witness", "SUCCESS")

    # ---- shepherds ----

    def silence(self, at):
        pattern = self.random.choice((self.random.choice(self.hosts), "host1*", "host?0"))
        tag = self.random.choice(("*", "backup", "disk", "f*"))
        silence = {"host": pattern, "tag": tag, "until": at + self.between(HOUR, 2 * DAY),
                   "zone": "", "reason": f"for reason {at}"}
        if self.happens(0.2):
            every = Daily(2, 0, self.random.choice(ZONES), self.between(0, 6))
            silence |= {"calendar": every.text, "zone": every.zone, "length": 3 * HOUR,
                        "until": at + 21 * DAY}
        return {"silence": silence | {"until_recovery": self.happens(0.2)}}

    def acknowledge(self, at):
        return {"acknowledge": {"host": self.random.choice(self.hosts),
                                "until": at + self.between(HOUR, 3 * DAY)}}

    def changes(self):
        """What shepherds do, some times a day, while there is a server; its ends, its
        beginnings."""
        yield self.start, {"server": SERVER}
        for begin, end in self.stops:
            yield begin, {}
            yield end, {"server": SERVER}
        for _ in range((self.end - self.start) * len(self.hosts) // (10 * DAY)):
            at = self.some_time()
            make = self.silence if self.happens(0.3) else self.acknowledge
            if not is_within(self.stops, at):
                yield at, make(at)

    # ---- all ----

    def rounds(self):
        """What comes until the next round is judged in it; what a shepherd does, at once."""
        coming = collections.deque()
        changes = collections.deque(sorted(self.changes(), key=lambda change: change[0]))
        merged = heapq.merge(sorted(self.coming, key=lambda one: one[:2]), self.beats())
        for one in merged:
            while changes and changes[0][0] <= one[0]:
                yield from self.take(coming, changes[0][0])
                yield changes.popleft()
            if coming and one[0] >= coming[0][0] + self.round:
                yield from self.take(coming, coming[0][0] + self.round)
            if not coming:
                self.round = self.random.choice(ROUNDS)
            coming.append(one)
        yield from self.take(coming, self.end)
        yield from changes

    @staticmethod
    def take(coming, at):
        if coming:
            came, _, messages = zip(*coming)
            coming.clear()
            yield at, {"messages": messages, "came": came}

    def commands(self):
        before = self.start
        for at, command in self.rounds():
            for look in range(before + LOOK, at, LOOK):
                if not is_within(self.stops, look):
                    yield {"at": look}
            before = max(at, before + 1)
            yield {"at": before, **command}
        for look in range(before + LOOK, before + 5 * HOUR, LOOK):
            yield {"at": look}
