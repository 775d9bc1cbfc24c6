# SPDX-License-Identifier: GPL-3.0-or-later
"""When what comes again and again is next: durations, daily and weekly times as cron and
systemd write them, on the clocks of a zone. Made with Python's zoneinfo alone; it shares
nothing with src/calendar. Times are ms since 1970 UTC."""

import datetime
import functools
import zoneinfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EARLY = MINUTE  # a run that began so long before a time was that time's

zone_of = functools.cache(zoneinfo.ZoneInfo)


def to_ms(moment):
    return round(moment.timestamp() * 1000)


def to_local(time, zone):
    return datetime.datetime.fromtimestamp(time / 1000, zone)


class Duration:
    """From the end of the last run on."""

    def __init__(self, length):
        self.length = length
        self.text = f"{length // MINUTE}m"
        self.zone = "UTC"

    def next(self, began, ended):
        del began
        return ended + self.length


class Daily:
    """At a time of each day, or of one weekday; where the clocks leap over it, cron runs
    right after, and systemd not that day."""

    def __init__(self, hour, minute, zone, weekday=None, is_cron=False):
        self.hour, self.minute, self.weekday = hour, minute, weekday
        self.zone, self.is_cron = zone, is_cron
        if is_cron:
            day = "*" if weekday is None else (weekday + 1) % 7
            self.text = f"{minute} {hour} * * {day}"
        else:
            day = "" if weekday is None else f"{WEEKDAYS[weekday]} "
            self.text = f"{day}*-*-* {hour:02}:{minute:02}:00"

    def on(self, date):
        """When it is on that date; None: not at all."""
        zone = zone_of(self.zone)
        wanted = datetime.datetime.combine(date, datetime.time(self.hour, self.minute), zone)
        found = to_local(to_ms(wanted), zone)
        if found.replace(tzinfo=None, fold=0) == wanted.replace(tzinfo=None):
            return to_ms(wanted)
        if not self.is_cron:
            return None
        return self.end_of_leap(to_ms(wanted), zone)

    @staticmethod
    def end_of_leap(time, zone):
        """Of a time that does not exist there is made one of after the leap."""
        offset = to_local(time, zone).utcoffset()
        while to_local(time - MINUTE, zone).utcoffset() == offset:
            time -= MINUTE
        return time

    def after(self, time):
        """The first that is later."""
        date = to_local(time, zone_of(self.zone)).date()
        while True:
            found = None
            if self.weekday in (None, date.weekday()):
                found = self.on(date)
            if found is not None and found > time:
                return found
            date += datetime.timedelta(days=1)

    def next(self, began, ended):
        del ended
        found = self.after(began)
        return self.after(found) if found - began <= EARLY else found
