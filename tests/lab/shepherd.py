# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be told of a year: an oracle of what the rules in etc/rules say in words. A few
state machines over the same commands; it shares nothing with src/alert and src/datalog.

Of each incident: new once, when nothing holds it; change, when its severity is another; still,
a day after the last word, unless it is acknowledged; over, to who was told.
"""

import bisect
import collections
import datetime
import fnmatch
import heapq

from lab.calendars import DAY, MINUTE, SECOND

LATE = MINUTE            # after its time a message is history
SETTLE = 30 * SECOND     # after the last of those nothing is held any more
SETTLE_MAX = 10 * MINUTE
STATES = {"SUCCESS": "ok", "FAIL": "fail", "WARNING": "warning", "UNKNOWN": "unknown"}
ATTEMPTS = {"patient": 3}    # as in tests/alert/year.dl
RECOVERIES = {"patient": 2}
DEPENDS = {"mount": "host00"}  # of that tag, on the same of that host
REMIND = DAY
LONGEST = DAY            # of a run

Told = collections.namedtuple("Told", "at what host tag matter")


def from_iso(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def matter_of(severity):
    return "state" if severity in ("fail", "warning", "unknown") else severity


class Tag:
    """What its messages said."""

    def __init__(self, host, name):
        self.host, self.name = host, name
        self.said = []  # (time, state), oldest first
        self.due = self.grace = None
        self.running, self.ended = {}, set()  # by run: since when

    def take(self, message, every):
        time = from_iso(message["time"])
        state = STATES.get(message.get("err"))
        if state:
            bisect.insort(self.said, (time, state))
        if every:
            began = time - round(message.get("elapsed", 0) * 1000)
            self.due = max(self.due or 0, every.next(began, time))
            self.grace = int(message["grace"][:-1]) * MINUTE
        if message["kind"] == "start" and message["run"] not in self.ended:
            self.running[message["run"]] = time
        if message["kind"] == "outcome":
            self.running.pop(message["run"], None)
            self.ended.add(message["run"])

    def states(self, count):
        """The last ones."""
        return [state for _, state in self.said[-count:]]

    def deadlines(self):
        """When time alone may make an alert."""
        if self.due:
            yield self.due + self.grace
        for since in self.running.values():
            yield since + LONGEST

    # ---- what is wrong ----

    def state(self, was):
        """was: the severity of its open incident of how it stands."""
        state = self.said[-1][1] if self.said else "ok"
        attempts = ATTEMPTS.get(self.name, 1)
        last = self.states(attempts)
        if state != "ok" and (was or (len(last) == attempts and "ok" not in last)):
            return state
        is_short = any(one != "ok" for one in self.states(RECOVERIES.get(self.name, 1)))
        return was if was and is_short else None

    def since(self):
        """When it came to stand as it does."""
        first = len(self.said) - 1
        while first > 0 and self.said[first - 1][1] == self.said[first][1]:
            first -= 1
        return self.said[first][0]

    def unsteady(self):
        """How often its last states changed, of 100; the newest are the first."""
        last = self.said[-21:][::-1]
        times = [time for time, _ in last]
        calm = next(i for i in range(len(last) - 1)
                    if times[i] - times[i + 1] > times[i + 1] - times[-1])
        return sum(228 - 4 * i for i in range(calm) if last[i][1] != last[i + 1][1]) / 38

    def is_flapping(self, now, was):
        if len(self.said) < 10:
            return False
        since, oldest = self.since(), self.said[-21:][0][0]
        is_changing = since > now - 30 * DAY and since + (since - oldest) > now
        return is_changing and self.unsteady() >= (25 if was else 50)

    def severities(self, now, open_matters):
        if state := self.state(open_matters.get("state")):
            yield state
        if self.is_flapping(now, "flapping" in open_matters):
            yield "flapping"
        is_long = any(since + LONGEST < now for since in self.running.values())
        if is_long:
            yield "long"
        if self.due and self.due + self.grace < now and (is_long or not self.running):
            yield "silent"


class Incident:
    def __init__(self, severity):
        self.severity = severity
        self.known = None  # the severity of which the shepherd was told
        self.told_at = 0
        self.acknowledged = 0  # until then

    def news(self, now):
        """What is to be told, where nothing holds it; None: nothing."""
        if not self.known:
            return "new"
        if self.known != self.severity:
            return "change"
        is_due = self.told_at + REMIND <= now and self.acknowledged <= now
        return "still" if is_due else None


class Silence:
    def __init__(self, given, calendar, at):
        self.host, self.tag = given["host"], given["tag"]
        self.began, self.until = at, given["until"]
        self.calendar, self.length = calendar, given.get("length")
        self.until_recovery = given["until_recovery"]

    def matches(self, host, tag):
        return fnmatch.fnmatchcase(host, self.host) and fnmatch.fnmatchcase(tag, self.tag)

    def holds(self, now):
        if not self.began <= now < self.until:
            return False
        return not self.calendar or self.calendar.after(now - self.length) <= now


class Shepherd:
    """every: what a text of the field every, and a zone, means."""

    def __init__(self, every):
        self.every = every
        self.tags, self.incidents = {}, {}
        self.deadlines = []      # a heap of (time, host and tag)
        self.settling = {}       # host: (until, since)
        self.silences = []
        self.told = []

    # ---- what comes ----

    def run(self, command):
        at = command["at"]
        for silence in self.silences:
            if silence.until_recovery and silence.holds(at) and not any(
                    silence.matches(key[0], key[1]) for key in self.incidents):
                silence.until = at
        self.silences = [silence for silence in self.silences if at < silence.until]
        self.judge(at, self.of_time(at))
        if "messages" in command:
            self.judge(at, {self.take(message, at) for message in command["messages"]})
        if "silence" in command:
            given = command["silence"]
            calendar = self.every(given["calendar"], given["zone"]) if "calendar" in given else None
            self.silences.append(Silence(given, calendar, at))
        if "acknowledge" in command:
            given = command["acknowledge"]
            key = given["host"], given["tag"], matter_of(given["severity"])
            if key in self.incidents:
                self.incidents[key].acknowledged = given["until"]

    def take(self, message, at):
        key = message["host"], message["tag"]
        tag = self.tags.setdefault(key, Tag(*key))
        every = "every" in message and self.every(message["every"], message["zone"])
        tag.take(message, every)
        if at - from_iso(message["time"]) > LATE and "err" in message:
            until, since = self.settling.get(tag.host, (0, 0))
            since = since if until > at else at
            self.settling[tag.host] = min(at + SETTLE, since + SETTLE_MAX), since
        for deadline in tag.deadlines():
            heapq.heappush(self.deadlines, (deadline, key))
        return tag

    def of_time(self, at):
        keys = {key[:2] for key in self.incidents if key[2] == "flapping"}
        while self.deadlines and self.deadlines[0][0] < at:
            keys.add(heapq.heappop(self.deadlines)[1])
        return [self.tags[key] for key in keys]

    # ---- what is concluded ----

    def judge(self, at, tags):
        for tag in tags:
            keys = [key for key in self.incidents if key[:2] == (tag.host, tag.name)]
            was = {key[2]: self.incidents[key].severity for key in keys}
            found = {matter_of(severity): severity for severity in tag.severities(at, was)}
            for matter, severity in found.items():
                key = tag.host, tag.name, matter
                self.incidents.setdefault(key, Incident(severity)).severity = severity
            for key in keys:
                if key[2] not in found:
                    self.close(at, key)
        for key, incident in self.incidents.items():
            what = incident.news(at)
            if what and not self.is_held(at, *key):
                self.say(at, what, key)
                incident.known, incident.told_at = incident.severity, at

    def is_held(self, at, host, tag, matter):
        if self.settling.get(host, (0, 0))[0] > at:
            return True
        if matter == "state" and (host, tag, "flapping") in self.incidents:
            return True
        root = self.incidents.get((DEPENDS.get(tag), tag, "state"))
        if root and host != DEPENDS[tag] and root.severity == "fail":
            return True
        return any(silence.holds(at) and silence.matches(host, tag) for silence in self.silences)

    # ---- what is told ----

    def say(self, at, what, key):
        self.told.append(Told(at, what, *key))

    def close(self, at, key):
        if self.incidents.pop(key).known:
            self.say(at, "over", key)
