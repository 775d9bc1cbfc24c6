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

from lab.calendars import DAY, MINUTE, SECOND

LATE = MINUTE            # after its time a message is history
SETTLE = 30 * SECOND     # after the last of those nothing is held any more
SETTLE_MAX = 10 * MINUTE
STATES = {"SUCCESS": "ok", "FAIL": "fail", "WARNING": "warning", "UNKNOWN": "unknown"}
ATTEMPTS = {"patient": 3}    # as in tests/alert/year.dl
RECOVERIES = {"patient": 2}
REMIND = DAY

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

    def take(self, message, every):
        time = from_iso(message["time"])
        state = STATES.get(message.get("err"))
        if state:
            bisect.insort(self.said, (time, state))
        if every:
            began = time - round(message.get("elapsed", 0) * 1000)
            self.due = max(self.due or 0, every.next(began, time))
            self.grace = int(message["grace"][:-1]) * MINUTE

    def states(self, count):
        """The last ones."""
        return [state for _, state in self.said[-count:]]

    def deadline(self):
        """When time alone makes an alert."""
        return self.due + self.grace if self.due else None

    def severities(self, now, was):
        """What is wrong; was: the severity of its open incident of how it stands."""
        state = self.said[-1][1] if self.said else "ok"
        attempts = ATTEMPTS.get(self.name, 1)
        last = self.states(attempts)
        if state != "ok" and (was or (len(last) == attempts and "ok" not in last)):
            yield state
        elif was and any(one != "ok" for one in self.states(RECOVERIES.get(self.name, 1))):
            yield was
        if self.due and self.deadline() < now:
            yield "silent"


class Incident:
    def __init__(self, severity):
        self.severity = severity
        self.known = None  # the severity of which the shepherd was told
        self.told_at = 0
        self.acknowledged = 0


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
        self.deadlines = set()   # of tags that nothing was silent of
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
        if tag.deadline():
            self.deadlines.add(tag)
        return tag

    def of_time(self, at):
        passed = {tag for tag in self.deadlines if tag.deadline() < at}
        self.deadlines -= passed
        return passed

    # ---- what is concluded ----

    def judge(self, at, tags):
        for tag in tags:
            was = self.incidents.get((tag.host, tag.name, "state"))
            found = {matter_of(severity): severity
                     for severity in tag.severities(at, was and was.severity)}
            for matter, severity in found.items():
                key = tag.host, tag.name, matter
                self.incidents.setdefault(key, Incident(severity)).severity = severity
            for key in [key for key in self.incidents if key[:2] == (tag.host, tag.name)]:
                if key[2] not in found:
                    self.close(at, key)
        for key, incident in self.incidents.items():
            if not self.is_held(at, *key):
                self.tell(at, key, incident)

    def is_held(self, at, host, tag, _matter):
        return self.settling.get(host, (0, 0))[0] > at or any(
            silence.holds(at) and silence.matches(host, tag) for silence in self.silences)

    # ---- what is told ----

    def say(self, at, what, key):
        self.told.append(Told(at, what, *key))

    def close(self, at, key):
        if self.incidents.pop(key).known:
            self.say(at, "over", key)

    def tell(self, at, key, incident):
        if not incident.known:
            what = "new"
        elif incident.known != incident.severity:
            what = "change"
        elif incident.told_at + REMIND <= at and incident.acknowledged <= at:
            what = "still"
        else:
            return
        self.say(at, what, key)
        incident.known, incident.told_at = incident.severity, at
