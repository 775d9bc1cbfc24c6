#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""nagios_reader.py STATUS <OUTPUT: what a Nagios plugin said, by the guidelines of the Monitoring
Plugins alone. It knows nothing of ours: tests compare the two.

Prints "STATE TEXT", the text's newlines as blanks, then "NAME VALUE UNIT" for each item of the
perfdata whose value is known.
"""

import re
import sys

STATES = {0: "ok", 1: "warning", 2: "fail", 3: "unknown"}
ITEM = re.compile(r"""(?:'((?:[^']|'')+)'|([^\s='][^\s=]*))=
                      ([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)([^\s;\d.,+'"-]*)(?=[;\s]|$)""",
                  re.VERBOSE)
BYTES = {f"{letter}{unit}": 1024 ** (power + 1)
         for power, letter in enumerate("KMGTPE") for unit in ("B", "iB")}
FACTORS = {"ns": (1e-9, "s"), "us": (1e-6, "s"), "ms": (1e-3, "s"),
           **{unit: (factor, "B") for unit, factor in BYTES.items()}}


def split(output):
    """The text, and the perfdata: of the first line, and of all from the second | on."""
    first, _, rest = output.partition("\n")
    text, _, perfdata = first.partition("|")
    long_text, _, more = rest.partition("|")
    lines = [line.rstrip() for line in [text, *long_text.split("\n")]]
    return "\n".join(lines).strip(), perfdata + "\n" + more


def main():
    output = sys.stdin.buffer.read().decode(errors="replace")
    text, perfdata = split(output)
    print(STATES[int(sys.argv[1])], text.replace("\n", " "))
    for quoted, bare, value, unit in ITEM.findall(perfdata):
        factor, base = FACTORS.get(unit, (1, unit))
        label = quoted.replace("''", "'") or bare
        name = "".join(c if "!" <= c <= "~" else "_" * len(c.encode()) for c in label)
        print(name, f"{float(value) * factor:.12g}", base)


main()
