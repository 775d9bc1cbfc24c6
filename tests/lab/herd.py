# SPDX-License-Identifier: GPL-3.0-or-later
"""herd - the messages of a whole herd over many days, made up: the same seed makes the same
ones again.

    hosts    in groups of ten that share a distribution and depend on each other
    facts    os, ram, mounts, users, ports, packages, which are upgraded as days go by, and
             depends(host; tag, on_host, on_tag), a relation such as a plugin declares
    runs     of five jobs a host, of which some fail for some runs in a row
    readings the free space of each root file system, for the last two weeks

Times are ms since 1970 UTC. Messages come in the order of their times.
"""

import datetime
import json
import random

DAY = 86400000
GROUP = 10
TAGS = ["backup", "database", "mail", "nginx", "update"]
NGINX = ["1.9.15-1", "1.18.0-6", "1.22.0-1", "1.22.1-9", "1.22.1-9+deb12u1"]
SIZES = [1, 2, 4, 8, 16, 64]  # G of memory
DISTRIBUTIONS = [("debian", "11"), ("debian", "12"), ("debian", "13"), ("guix", None)]
COLUMNS = {
    "os": [["name", "text"], ["version", "version"]],
    "ram": [["bytes", "size"]],
    "mount": [["mount", "text"], ["device", "text"], ["type", "text"], ["options", "text"]],
    "user": [["name", "text", "key"], ["uid", "number"], ["shell", "text"]],
    "listens": [["protocol", "text"], ["port", "number"], ["program", "text"]],
    "package": [["name", "text"], ["version", "version"]],
    "depends": [["tag", "text"], ["on_host", "text"], ["on_tag", "text"]],
}


WRONG = '"it did not work out\\n"'


def clock(time):
    """As it stands in a message."""
    stamp = datetime.datetime.fromtimestamp(time // 1000, datetime.timezone.utc)
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.{time % 1000:03d}Z"


def is_reading(message):
    return '"kind": "reading"' in message


class Herd:
    def __init__(self, hosts=1000, packages=300, runs=1000000, days=365, seed=1,
                 end=1793491200000):
        self.hosts, self.packages, self.runs, self.days = hosts, packages, runs, days
        self.end, self.begin = end, end - days * DAY
        self.chance = random.Random(seed)
        self.names = [f"host{number:04d}" for number in range(hosts)]
        self.counters = [0] * hosts  # of messages of facts
        self.said = [{} for _ in range(hosts)]  # relation: the counter of its last message
        self.versions = {name: self.make_versions() for name in
                         (f"package{number:03d}" for number in range(packages * 2))}
        self.versions["nginx"] = NGINX
        self.installed = [self.choose_packages() for _ in range(hosts)]

    def make_versions(self):
        """Of one package, oldest first."""
        major, minor = self.chance.randrange(4), self.chance.randrange(9)
        found = []
        for _ in range(self.chance.randrange(2, 6)):
            minor += self.chance.randrange(1, 4)
            found.append(f"{major}.{minor}.{self.chance.randrange(20)}"
                         f"-{self.chance.randrange(1, 9)}")
        return found

    def choose_packages(self):
        """Name: which of its versions."""
        names = self.chance.sample(sorted(set(self.versions) - {"nginx"}),
                                   self.packages - 1)
        if self.chance.random() < 0.6:
            names.append("nginx")
        return {name: self.chance.randrange(len(self.versions[name])) for name in names}

    # ---- messages ----

    def identity(self, time):
        bits = f"{self.chance.getrandbits(74):019x}"
        stamp = f"{time:012x}"
        return f"{stamp[:8]}-{stamp[8:]}-7{bits[:3]}-8{bits[3:6]}-{bits[6:18]}"

    def facts(self, host, time, relation, extent, added, removed=None):
        self.counters[host] += 1
        after = self.said[host].get(relation, 0)
        if extent == "whole":
            after = self.counters[host] - 1
        self.said[host][relation] = self.counters[host]
        message = {
            "v": 1, "id": self.identity(time), "kind": "facts", "host": self.names[host],
            "tag": "facts", "time": clock(time), "relation": relation,
            "columns": COLUMNS[relation], "epoch": self.begin,
            "counter": self.counters[host], "after": after, "is": extent,
            "add": added}
        if extent == "change":
            message["remove"] = removed
        return json.dumps(message)

    def first_facts(self, host, time):
        chance = self.chance
        name, version = DISTRIBUTIONS[host // GROUP % len(DISTRIBUTIONS)]
        users = [["root", 0, "/bin/bash"], ["daemon", 1, "/usr/sbin/nologin"],
                 [f"user{host // GROUP}", 1000, "/bin/bash"]]
        ports = [["tcp", 22, "sshd"], ["tcp6", 22, "sshd"]]
        if "nginx" in self.installed[host]:
            ports.append(["tcp", 80, "nginx"])
        if chance.random() < 0.01:
            ports.append(["tcp", chance.randrange(1024, 30000), None])
        rows = {
            "os": [[name, version]],
            "ram": [[chance.choice(SIZES) << 30]],
            "mount": [["/", "/dev/sda1", "ext4", "rw"]],
            "user": users,
            "listens": ports,
            "package": [[package, self.versions[package][place]]
                        for package, place in self.installed[host].items()],
            "depends": self.dependencies(host),
        }
        return [self.facts(host, time, relation, "whole", added)
                for relation, added in rows.items()]

    def dependencies(self, host):
        """Two for each tag, mostly on what stands before it in its group: few cycles."""
        first = host // GROUP * GROUP
        last = min(first + GROUP, self.hosts)
        found = set()
        for number, tag in enumerate(TAGS):
            own = (host - first) * len(TAGS) + number
            for _ in range(2):
                most = own if own > 0 and self.chance.random() < 0.99 \
                    else (last - first) * len(TAGS)
                other = self.chance.randrange(most)
                found.add((tag, self.names[first + other // len(TAGS)],
                           TAGS[other % len(TAGS)]))
        return [list(row) for row in sorted(found)]

    def upgrade(self, host, time):
        installed = self.installed[host]
        old = [name for name, place in installed.items()
               if place + 1 < len(self.versions[name])]
        chosen = sorted(self.chance.sample(old, min(3, len(old))))
        removed = [[name, self.versions[name][installed[name]]] for name in chosen]
        for name in chosen:
            installed[name] += 1
        added = [[name, self.versions[name][installed[name]]] for name in chosen]
        return self.facts(host, time, "package", "change", added, removed)

    def run(self, host, tag, time, is_good):
        seconds = self.chance.lognormvariate(3, 0.5)
        return (f'{{"v":1,"id":"{self.identity(time)}","kind":"outcome",'
                f'"host":"{self.names[host]}","user":"root","tag":"{TAGS[tag]}",'
                f'"time":"{clock(time)}","command":"{TAGS[tag]} --all",'
                f'"status":{0 if is_good else 2},"err":"{"SUCCESS" if is_good else "FAIL"}",'
                f'"elapsed":{seconds:.3f},"stderr":{"null" if is_good else WRONG}}}')

    def reading(self, host, time):
        free = (host + 1) * 5e9 - (time - self.begin) / DAY * (host % 7) * 1e7
        return json.dumps({"v": 1, "id": self.identity(time), "kind": "reading",
                           "host": self.names[host], "tag": "daemon", "time": clock(time),
                           "readings": {"disk:/.free": round(free)},
                           "units": {"disk:/.free": "B"}})

    # ---- in the order of time ----

    def happenings(self):
        """(time, what, host), but for runs."""
        for host in range(self.hosts):
            for number in range(self.days // 15):
                time = self.begin + (number + 1) * 15 * DAY + host * 1000
                if time < self.end:
                    yield time, "upgrade", host
            for number in range(28):
                yield self.end - (28 - number) * DAY // 2 + host * 1000, "reading", host

    def each(self):
        """All messages, as JSON."""
        for host in range(self.hosts):
            yield from self.first_facts(host, self.begin)
        happenings = sorted(self.happenings())
        at = 0
        failing = [[False] * len(TAGS) for _ in self.names]
        for number in range(self.runs):
            time = self.begin + 1 + number * (self.end - self.begin - 1) // self.runs
            while at < len(happenings) and happenings[at][0] <= time:
                yield getattr(self, happenings[at][1])(happenings[at][2], happenings[at][0])
                at += 1
            host, tag = self.chance.randrange(self.hosts), self.chance.randrange(len(TAGS))
            failing[host][tag] = self.chance.random() < (0.4 if failing[host][tag] else 0.01)
            yield self.run(host, tag, time, not failing[host][tag])
        for time, what, host in happenings[at:]:
            yield getattr(self, what)(host, time)


WRONG = '"it did not work out\\n"'
