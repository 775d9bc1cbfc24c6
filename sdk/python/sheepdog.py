# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a Sheepdog plugin in Python two functions in one file.

    #!/usr/bin/env python3
    from sheepdog import Plugin

    plugin = Plugin("queue", "how many letters wait to be sent", every="5m")
    plugin.setting("warn", "number", "100", help="letters")

    @plugin.monitor                     # on the machine
    def look(say, settings):
        count = len(os.listdir("/var/spool/letters"))
        say.reading("letters", count)
        say.warning(f"{count} wait") if count >= settings["warn"] else say.ok()

    @plugin.receive                     # on the server, each message of ours
    def take(say, message):
        say.log(f"{message['host']}: {message['text']}")

    @plugin.test
    def many_letters_are_a_warning():
        assert plugin.looks(warn=0)[-1]["state"] == "warning"

    plugin.run()

Settings come as numbers and texts: durations in seconds, sizes in bytes; None where
nothing is set, or it is switched off. An exception
in a look is its state unknown. Needs Python 3.8 and nothing else.
"""
import json
import re
import sys
import traceback

UNITS = {
    "duration": {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400,
                 "w": 604800, "y": 31536000, "": 1},
    "size": {"": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40},
}


def value_of(kind, text):
    """What a default means, as Sheepdog itself reads it: 5400 for the duration "1h30m"."""
    if kind in UNITS:
        pieces = re.findall(r"([0-9.]+)\s*([A-Za-z]*)", text)
        units = UNITS[kind]
        return sum(float(number) * units[unit if unit in units else unit[:1]]
                   for number, unit in pieces)
    if kind == "percent":
        return float(text.rstrip("%"))
    if kind == "number":
        return float(text)
    if kind == "flag":
        return text in ("#t", "true", "yes", "1")
    return text.split() if kind in ("texts", "secrets") else text


def text_of(value):
    """Dates, paths and the like in JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def default_of(value):
    """A default as Sheepdog reads it."""
    if isinstance(value, bool):
        return "#t" if value else "#f"
    return " ".join(value) if isinstance(value, (list, tuple)) else str(value)


class Say:
    """What a plugin says: each call is a line on stdout, or in a list for a test."""

    def __init__(self, lines=None):
        self.lines = lines

    def line(self, **fields):
        fields = {name: value for name, value in fields.items() if value is not None}
        if self.lines is not None:
            self.lines.append(fields)
            return
        text = json.dumps(fields, ensure_ascii=False, allow_nan=False, default=text_of)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()

    def state(self, state, text=None, part=None, host=None):
        self.line(state=state, text=text, part=part, host=host)

    def ok(self, text=None, part=None, host=None):
        self.state("ok", text, part, host)

    def warning(self, text=None, part=None, host=None):
        self.state("warning", text, part, host)

    def fail(self, text=None, part=None, host=None):
        self.state("fail", text, part, host)

    def unknown(self, text=None, part=None, host=None):
        self.state("unknown", text, part, host)

    def reading(self, name, value, unit="", part=None, host=None):
        self.line(reading=name, value=value if isinstance(value, int) else float(value), unit=unit, part=part, host=host)

    def fact(self, relation, row, host=None):
        """One row, a list or a dict by column; it takes the place of that of its key."""
        self.line(fact=relation, row=row, host=host)

    def facts(self, relation, rows, host=None):
        """All rows that are true now."""
        self.line(facts=relation, rows=list(rows), host=host)

    def note(self, text, part=None, host=None):
        self.line(note=text, part=part, host=host)

    def log(self, text):
        self.line(log=text)

    def mail(self, text, subject=None, to=None):
        self.line(mail=text, subject=subject, to=to)


class Plugin:
    def __init__(self, name, help, every=None, timeout=None, network=False):
        self.description = {"name": name, "help": help, "network": network,
                            "settings": [], "relations": []}
        if every:
            self.description["every"] = every
        if timeout:
            self.description["timeout"] = timeout
        self.functions = {}
        self.tests = []

    # ---- what it is ----

    def setting(self, name, type="text", default=None, unit=None, help="", required=False):
        setting = {"name": name, "type": type, "help": help}
        if default is not None:
            setting["default"] = default_of(default)
        if unit:
            setting["unit"] = unit
        if required:
            setting["required"] = True
        self.description["settings"].append(setting)

    def relation(self, name, help, /, **columns):
        """relation("site", "…", name="text key", port="number")"""
        words = {column: kind.split() for column, kind in columns.items()}
        self.description["relations"].append({
            "name": name, "help": help,
            "columns": [{"name": column, "type": kind[0], "key": "key" in kind[1:]}
                        for column, kind in words.items()]})

    def monitor(self, function):
        self.functions["monitor"] = function
        return function

    def receive(self, function=None, tags=()):
        """Of other tags too: @plugin.receive(tags=["backup/*"])"""
        def keep(function):
            self.functions["receive"] = function
            self.description["receives"] = list(tags)
            return function
        return keep(function) if function else keep

    def test(self, function):
        self.tests.append(function)
        return function

    # ---- for its tests ----

    def looks(self, **settings):
        """The lines, as dicts, that one look says; settings besides the defaults."""
        lines = []
        self.look(Say(lines), {**self.defaults(), **settings})
        return lines

    def takes(self, message):
        """The lines that the receiver says of a message, a dict."""
        lines = []
        self.functions["receive"](Say(lines), message)
        return lines

    # ---- its four ways ----

    def defaults(self):
        return {setting["name"]: value_of(setting["type"], setting["default"])
                if "default" in setting else None
                for setting in self.description["settings"]}

    def look(self, say, settings):
        try:
            self.functions["monitor"](say, settings)
        except BrokenPipeError:
            raise
        except Exception as trouble:  # whatever it is, nobody else will say it
            traceback.print_exc()
            say.unknown(f"{type(trouble).__name__}: {trouble}")

    def run_describe(self):
        print(json.dumps({**self.description, "monitor": "monitor" in self.functions}))

    def run_monitor(self):
        given = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
        settings = self.defaults()
        given = json.loads(given) if given.strip() else {}
        if "every" in given:  # from Sheepdog, which leaves out what is switched off
            settings = dict.fromkeys(settings)
        settings.update(given)
        self.look(Say(), settings)

    def run_receive(self):
        for line in iter(sys.stdin.buffer.readline, b""):  # and not a line further
            try:
                self.functions["receive"](Say(), json.loads(line))
            except BrokenPipeError:
                raise
            except Exception as trouble:
                traceback.print_exc()
                Say().log(f"{type(trouble).__name__}: {trouble}")

    def run_test(self):
        failed = 0
        for test in self.tests:
            try:
                test()
                print("ok", test.__name__.replace("_", " "))
            except Exception:
                failed += 1
                traceback.print_exc()
                print("not ok", test.__name__.replace("_", " "))
        sys.exit(1 if failed else 0)

    def run(self):
        ways = {"describe": self.run_describe, "test": self.run_test}
        for way in self.functions:
            ways[way] = getattr(self, f"run_{way}")
        if len(sys.argv) != 2 or sys.argv[1] not in ways:
            sys.exit(f"usage: {sys.argv[0]} {'|'.join(sorted(ways))}")
        try:
            ways[sys.argv[1]]()
        except BrokenPipeError:  # who listened is gone
            sys.stderr.close()
            sys.exit(1)
