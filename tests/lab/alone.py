# SPDX-License-Identifier: GPL-3.0-or-later
"""alone - `sheepdog ask -f` on a program and its facts, in files."""

import os
import resource
import subprocess

from lab import programs


class Run:
    """What it gave, by relation; in how many ms of a processor; its trouble; and what it
    printed."""

    def __init__(self, answers, ms, trouble, text=""):
        self.answers, self.ms, self.trouble, self.text = answers, ms, trouble, text


def write_facts(folder, facts):
    for name, rows in facts.items():
        with open(f"{folder}/{name}.facts", "w", encoding="utf-8") as file:
            file.writelines("\t".join(map(str, row)) + "\n" for row in rows)


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        return {tuple(int(value) for value in line.split("\t")) for line in file}


def children_ms():
    """For how many ms those that ended had a processor."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def run(folder, problem, seconds):
    """In a new folder; given up after so many seconds."""
    os.makedirs(folder)
    write_facts(folder, problem.facts)
    with open(f"{folder}/program.dl", "w", encoding="utf-8") as file:
        file.write(problem.program())
    start = children_ms()
    try:
        found = subprocess.run(
            [programs.find("sheepdog"), "ask", "-f", f"{folder}/program.dl", "--facts",
             folder, "-o", folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return Run({}, -1, f"no answer within {seconds} s")
    ms = children_ms() - start
    if found.returncode != 0:
        return Run({}, ms, found.stdout)
    return Run({name: read_rows(f"{folder}/{name}.csv") for name in problem.answers}, ms, "",
               found.stdout)
