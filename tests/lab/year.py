# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a herd, made up: jobs that come, fail, hang or stay away, hosts that are
off or cut off, tags that flap, shepherds who want quiet. A seed makes the same year again.

commands() gives, in order, what tests/lab/judging is told; nothing here knows what is to be
concluded of it.
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
LOOK = 30 * MINUTE  # the longest time without a command

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


class Year:
    def __init__(self, seed, hosts, days, start):
        self.random = random.Random(seed)
        self.hosts = [f"host{i:02}" for i in range(hosts)]
        self.start, self.end = start, start + days * DAY
        self.numbers = iter(range(1, 1 << 40))
        self.waiting = []  # (when it comes, number, message)
        self.away = {host: self.spans(0.02, HOUR, 3 * DAY) for host in self.hosts}
        self.cut = {host: self.spans(0.03, 5 * MINUTE, DAY) for host in self.hosts}
        for host in self.hosts:
            for job in self.jobs(host):
                self.run_job(job)
            for tag in ("disk", "load", "patient"):
                self.run_monitor(host, tag)
        for _ in range(2 + days // 60):
            self.fail_together()

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

    def say(self, host, time, **fields):
        """It comes at once, or in a batch when the host can reach the server again."""
        time += self.between(0, 999)
        number = next(self.numbers)
        message = {"id": f"0192e4c8-0000-7000-8000-{number:012x}", "host": host,
                   "time": iso(time), **fields}
        came = time + self.between(5, 3000)
        for begin, end in self.cut[host]:
            if begin <= came < end:
                came = end + number % 4 * 5000
        if came < self.end:
            heapq.heappush(self.waiting, (came, number, message))

    def is_away(self, host, time):
        return any(begin <= time < end for begin, end in self.away[host])

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
        """When it ended; None: it did not run at all, or never ended."""
        if self.is_away(job.host, began) or self.happens(0.004):
            return None
        took = self.between(0, job.grace // 4)
        run = f"0192e4c8-0000-7000-9000-{next(self.numbers):012x}"
        says = {"tag": job.tag, "every": job.every.text, "zone": job.every.zone,
                "grace": f"{job.grace // MINUTE}m", "run": run}
        if job.has_start:
            self.say(job.host, began, kind="start", **says)
        if self.is_away(job.host, began + took) or self.happens(0.003):
            return None
        err = self.random.choices(("SUCCESS", "FAIL", "WARNING"), (95, 4, 1))[0]
        self.say(job.host, began + took, kind="outcome", err=err,
                 status=int(err == "FAIL"), elapsed=took / 1000, **says)
        return began + took

    # ---- what is watched ----

    def run_monitor(self, host, tag):
        time, err = self.start + self.between(0, HOUR), "SUCCESS"
        while time < self.end:
            if not self.is_away(host, time):
                self.say(host, time, kind="note", tag=tag, err=err, text="as it is")
            if self.happens(0.03):
                time = self.flap(host, tag, time)
            time += int(self.random.expovariate(1 / (2 * DAY if err == "SUCCESS" else HOUR)))
            time += MINUTE
            err = self.random.choice(("SUCCESS", "SUCCESS", "FAIL", "WARNING", "UNKNOWN"))

    def flap(self, host, tag, time):
        for i in range(self.between(8, 40)):
            time += self.between(MINUTE, 10 * MINUTE)
            if not self.is_away(host, time):
                self.say(host, time, kind="note", tag=tag, text="up and down",
                         err="FAIL" if i % 2 else "SUCCESS")
        return time

    def fail_together(self):
        """All hosts lose what they mount, or a network, within a minute."""
        tag, begin = self.random.choice(("mount", "network")), self.some_time()
        end = begin + self.between(10 * MINUTE, 5 * HOUR)
        for host in self.hosts:
            self.say(host, begin + self.between(0, MINUTE), kind="note", tag=tag,
                     err="FAIL", text="the server does not answer")
            self.say(host, end + self.between(0, MINUTE), kind="note", tag=tag,
                     err="SUCCESS", text="it answers")

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
                                "tag": self.random.choice(("backup", "fetch", "disk")),
                                "severity": self.random.choice(("fail", "silent")),
                                "until": at + self.between(HOUR, 3 * DAY)}}

    def changes(self):
        """What shepherds do, some times a day."""
        for _ in range((self.end - self.start) * len(self.hosts) // (10 * DAY)):
            at = self.some_time()
            make = self.silence if self.happens(0.3) else self.acknowledge
            yield at, make(at)

    # ---- all ----

    def batches(self):
        """What comes within a moment comes at once."""
        while self.waiting:
            at, _, message = heapq.heappop(self.waiting)
            messages = [message]
            while self.waiting and self.waiting[0][0] < at + 200:
                messages.append(heapq.heappop(self.waiting)[2])
            yield at + 200, {"messages": messages}

    def commands(self):
        changes = sorted(self.changes(), key=lambda change: change[0])
        before = self.start
        for at, command in heapq.merge(self.batches(), changes, key=lambda item: item[0]):
            while at - before > LOOK:
                before += LOOK
                yield {"at": before}
            before = max(at, before + 1)
            yield {"at": before, **command}
        for at in range(before + LOOK, before + 6 * LOOK, LOOK):
            yield {"at": at}
