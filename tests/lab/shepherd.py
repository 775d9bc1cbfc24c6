# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be told of a year: an oracle of what the rules in etc/rules say in words. A few
state machines over the same commands; it shares nothing with src/alert and src/datalog.

Of each incident: new once, when nothing holds it; change, when its severity is another; still,
a day after the last word, unless it is acknowledged; over, to who was told. What fails for two
hours, and nobody acknowledged, goes to oncall too.
"""

import bisect
import collections
import datetime
import fnmatch
import heapq

from lab.calendars import DAY, HOUR, MINUTE, SECOND

LATE = MINUTE            # after its time a message is history
SETTLE = 30 * SECOND     # after the last of those nothing is held any more
SETTLE_MAX = 10 * MINUTE
STATES = {"SUCCESS": "ok", "FAIL": "fail", "WARNING": "warning", "UNKNOWN": "unknown"}
WORST = ("unknown", "warning", "fail")
LAST = 21                # so many of what was said are looked at
LONGEST = DAY            # of a run
STILL = 7 * DAY          # for so long what flaps does not
FRESH = 2 * DAY          # of the last change of what begins to flap
REMIND = DAY
BEGINNING = 10 * MINUTE  # of the server: what does not come may be on its way
HEARD_AGAIN = 10 * MINUTE  # so long after it was cut off the same
AT_ONCE = 30 * MINUTE    # within that hosts are lost at once

# As in tests/alert/year.dl.
ATTEMPTS = {"patient": 3}
RECOVERIES = {"patient": 2}
PATIENCE = {"lasting": 45 * MINUTE}
OF_LAST = {"often": (3, 5)}
SUCCESS_WITHIN = {"backup": 36 * HOUR}
ESCALATION = 2 * HOUR    # of fail
MOUNTS_FROM = "host00"
HYPERVISOR, GUESTS = "host01", ("host02", "host03", "host04", "host05")

Told = collections.namedtuple("Told", "at what host tag matter")


def from_iso(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def matter_of(severity):
    return "state" if severity in WORST else severity


class Tag:
    """What its messages said."""

    def __init__(self, host, name):
        self.host, self.name = host, name
        self.said = []  # (time, state), oldest first
        self.due = self.grace = None
        self.running, self.ended = {}, set()  # by run: since when
        self.ran = self.succeeded = None      # when last

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
            self.ran = max(self.ran or 0, time)
            if state == "ok":
                self.succeeded = max(self.succeeded or 0, time)

    def states(self, count):
        """The last ones."""
        return [state for _, state in self.said[-count:]]

    def since(self):
        """When it came to stand as it does."""
        first = len(self.said) - 1
        while first > 0 and self.said[first - 1][1] == self.said[first][1]:
            first -= 1
        return self.said[first][0]

    def steady_from(self):
        """Where nothing changes any more."""
        since, oldest = self.since(), self.said[-LAST:][0][0]
        return since + min(STILL, 3 * (since - oldest))

    def wrong_from(self):
        """Where nothing comes any more: from when on what is wrong."""
        times = {}
        if self.running:
            times["long"] = min(self.running.values()) + LONGEST
        if self.due:
            times["silent"] = self.due + self.grace
        if self.name in SUCCESS_WITHIN and self.ran != self.succeeded:
            without = self.succeeded or self.said[-LAST:][0][0]
            times["stale"] = without + SUCCESS_WITHIN[self.name]
        return times

    def deadlines(self):
        """When time alone may change what is wrong."""
        yield from self.wrong_from().values()
        if self.said:
            yield self.steady_from()
            yield self.since() + PATIENCE.get(self.name, 0)

    # ---- what is wrong ----

    def state(self, now, was):
        """was: the severity of its open incident of how it stands."""
        state = self.said[-1][1] if self.said else "ok"
        if self.name in OF_LAST:
            wanted, count = OF_LAST[self.name]
            bad = [one for one in self.states(count) if one != "ok"]
            return bad[-1] if len(bad) >= wanted else None
        if self.name in PATIENCE:
            is_long = state != "ok" and self.since() + PATIENCE[self.name] <= now
            return state if is_long else None
        attempts = ATTEMPTS.get(self.name, 1)
        last = self.states(attempts)
        if state != "ok" and (was or (len(last) == attempts and "ok" not in last)):
            return state
        is_short = any(one != "ok" for one in self.states(RECOVERIES.get(self.name, 1)))
        return was if was and is_short else None

    def unsteady(self):
        """How often its last states changed, of 100, the newest counting most; what was
        before it stood still, for longer than all before that or a week, does not count."""
        last = self.said[-LAST:][::-1]
        times = [time for time, _ in last]
        calm = next(i for i in range(len(last) - 1)
                    if times[i] - times[i + 1] > min(times[i + 1] - times[-1], STILL))
        if calm < 9:
            return 0
        return sum(228 - 4 * i for i in range(calm) if last[i][1] != last[i + 1][1]) / 38

    def is_flapping(self, now, was):
        if len(self.said) < 10 or self.steady_from() <= now:
            return False
        if not was and self.since() <= now - FRESH:
            return False
        return self.unsteady() >= (25 if was else 50)

    def severities(self, now, was):
        """was: by matter, the severities that it has."""
        if state := self.state(now, was.get("state")):
            yield state
        if self.is_flapping(now, "flapping" in was):
            yield "flapping"
        wrong = {severity for severity, time in self.wrong_from().items() if time < now}
        if self.running and "long" not in wrong:
            wrong.discard("silent")
        yield from wrong


class Incident:
    def __init__(self, severity, began):
        self.severity, self.began = severity, began
        self.known = {}  # by notifier: the severity of which it told, and when
        self.acknowledged = 0  # until then

    def news(self, now, notifiers):
        """What is to be told by whom, where nothing holds it."""
        for notifier, (severity, time) in self.known.items():
            if severity != self.severity:
                yield notifier, "change"
            elif time + REMIND <= now and self.acknowledged <= now:
                yield notifier, "still"
        for notifier in notifiers:
            if notifier not in self.known:
                yield notifier, "new"

    def is_unanswered(self, now):
        return (self.severity == "fail" and self.began + ESCALATION <= now
                and self.acknowledged <= now)


class Silence:
    def __init__(self, given, calendar, at):
        self.host, self.tag = given["host"], given["tag"]
        self.began, self.until = at, given["until"]
        self.calendar, self.length = calendar, given.get("length")
        self.until_recovery = given["until_recovery"]
        self.recovered = 0  # when something did

    def matches(self, host, tag):
        return fnmatch.fnmatchcase(host, self.host) and fnmatch.fnmatchcase(tag, self.tag)

    def start(self, now):
        """Of the window that is or comes."""
        window = self.calendar.after(now - self.length) if self.calendar else 0
        return max(self.began, window)

    def holds(self, now):
        return self.start(now) <= now < self.until


class Shepherd:
    """every: what a text of the field every, and a zone, means."""

    def __init__(self, every):
        self.every = every
        self.tags = {}
        self.incidents = {}      # by host, tag and matter
        self.deadlines = []      # a heap of (time, host and tag)
        self.heard = {}          # host with a daemon: (when last, how often it beats)
        self.promising = set()   # hosts
        self.server = self.server_began = self.cut_off_until = None
        self.settling = {}       # host: (until, since)
        self.silences = []
        self.told = collections.defaultdict(list)  # by notifier

    # ---- what comes ----

    def run(self, command):
        at = command["at"]
        if "server" in command:
            self.server, self.server_began = command["server"], at
        came = zip(command.get("messages", ()), command.get("came", ()))
        tags = {self.take(message, time) for message, time in came if not self.beat(message)}
        self.judge(at, tags | self.of_time(at))
        if "silence" in command:
            given = command["silence"]
            calendar = self.every(given["calendar"], given["zone"]) if "calendar" in given else None
            self.silences.append(Silence(given, calendar, at))
        if "acknowledge" in command:
            given = command["acknowledge"]
            for key, incident in self.incidents.items():
                if key[0] == given["host"]:
                    incident.acknowledged = given["until"]

    def end_silences(self, at):
        """Until recovery: when something has, and nothing is wrong any more."""
        for silence in self.silences:
            if silence.until_recovery and silence.start(at) < silence.recovered and not any(
                    silence.matches(host, tag) for host, tag, _ in self.incidents):
                silence.until = at
        self.silences = [silence for silence in self.silences if at < silence.until]

    def beat(self, message):
        if message["kind"] == "beat":
            self.promising.add(message["host"])
            every = int(message["every"][:-1]) * MINUTE
            self.heard[message["host"]] = from_iso(message["time"]), every
        return message["kind"] == "beat"

    def take(self, message, came):
        key = message["host"], message["tag"]
        tag = self.tags.setdefault(key, Tag(*key))
        every = None
        if "every" in message:
            self.promising.add(tag.host)
            every = self.every(message["every"], message["zone"])
        tag.take(message, every)
        if came - from_iso(message["time"]) > LATE and "err" in message:
            until, since = self.settling.get(tag.host, (0, 0))
            since = since if until > came else came
            self.settling[tag.host] = min(came + SETTLE, since + SETTLE_MAX), since
        for deadline in tag.deadlines():
            heapq.heappush(self.deadlines, (deadline, key))
        return tag

    def of_time(self, at):
        tags = set()
        while self.deadlines and self.deadlines[0][0] < at:
            tags.add(self.tags[heapq.heappop(self.deadlines)[1]])
        return tags

    # ---- what is concluded ----

    def judge(self, at, tags):
        for tag in tags:
            matters = ("state", "flapping", "long", "silent", "stale")
            was = {matter: incident.severity for matter in matters
                   if (incident := self.incidents.get((tag.host, tag.name, matter)))}
            found = {matter_of(severity): severity for severity in tag.severities(at, was)}
            for matter in matters:
                self.put(at, (tag.host, tag.name, matter), found.get(matter))
        for host, (heard, every) in self.heard.items():
            self.put(at, (host, "daemon", "silent"), "silent" if heard + 3 * every < at else None)
        is_cut_off = self.server and self.is_herd_lost(at)
        self.put(at, (self.server, "herd", "cut off"), "cut off" if is_cut_off else None)
        self.tell(at)
        self.end_silences(at)

    def put(self, at, key, severity):
        """None: nothing is wrong."""
        if severity:
            self.incidents.setdefault(key, Incident(severity, at)).severity = severity
        elif key in self.incidents:
            incident = self.incidents.pop(key)
            for silence in self.silences:
                if silence.matches(*key[:2]):
                    silence.recovered = at
            for notifier in incident.known:
                self.told[notifier].append(Told(at, "over", *key))
            for silence in self.silences:
                if silence.matches(*key[:2]):
                    silence.recovered = at
            if (key[1], incident.severity) in (("herd", "cut off"), ("witness", "fail")):
                self.cut_off_until = at + HEARD_AGAIN

    def silent_since(self):
        """Of the hosts that are silent, when they were to speak."""
        for host, tag, matter in self.incidents:
            if matter == "silent" and tag == "daemon":
                heard, every = self.heard[host]
                yield host, heard + 3 * every
            elif matter == "silent" and host not in self.heard:
                yield host, self.tags[host, tag].wrong_from()["silent"]

    def is_herd_lost(self, at):
        """Five or more and half of those that were there; until it is a tenth of all."""
        herd = self.incidents.get((self.server, "herd", "cut off"))
        since = (herd.began if herd else at) - AT_ONCE
        silent = list(self.silent_since())
        lost = {host for host, time in silent if time >= since}
        before = {host for host, time in silent if time < since}
        if herd and len(lost) >= 5 and 10 * len(lost) > len(self.promising):
            return True
        return len(lost) >= 5 and 2 * len(lost) >= len(self.promising) - len(before)

    # ---- what is told ----

    def tell(self, at):
        escalated = {key[:2] for key, incident in self.incidents.items()
                     if key[2] == "state" and incident.is_unanswered(at)}
        for key, incident in self.incidents.items():
            notifiers = ("log", "oncall") if key[:2] in escalated else ("log",)
            news = list(incident.news(at, notifiers))
            if news and not self.is_held(at, *key):
                for notifier, what in news:
                    self.told[notifier].append(Told(at, what, *key))
                    incident.known[notifier] = incident.severity, at

    def is_held(self, at, host, tag, matter):
        if self.settling.get(host, (0, 0))[0] > at:
            return True
        if matter == "state" and (host, tag, "flapping") in self.incidents:
            return True
        if matter in ("silent", "stale", "long") and self.is_unheard(at, host, tag):
            return True
        if any(self.is_down(*cause) for cause in self.needs(host, tag)):
            return True
        return any(silence.matches(host, tag) and silence.holds(at) for silence in self.silences)

    def is_unheard(self, at, host, tag):
        """Why nothing comes is another matter, or may be."""
        if self.server and at < self.server_began + BEGINNING:
            return True
        if (self.server, "herd", "cut off") in self.incidents:
            return True
        if (self.server, "witness", "state") in self.incidents:
            return True
        if self.cut_off_until and at < self.cut_off_until:
            return True
        if tag != "daemon":
            return (host, "daemon", "silent") in self.incidents
        heard, every = self.heard[host]
        return heard + 4 * every + MINUTE > at

    @staticmethod
    def needs(host, tag):
        if tag == "mount" and host != MOUNTS_FROM:
            yield MOUNTS_FROM, "mount"
        if host in GUESTS:
            yield HYPERVISOR, "daemon"

    def is_down(self, host, tag):
        state = self.incidents.get((host, tag, "state"))
        return (host, tag, "silent") in self.incidents or (state and state.severity == "fail")
