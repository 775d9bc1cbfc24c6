# SPDX-License-Identifier: GPL-3.0-or-later
"""prolog - SWI-Prolog beside us: programs that are given facts, and each answer of
answer/1, a list of values, with the processor time that all of them took.

A process of its own a set of facts: they are read once, and each program is a module on top
of them. What takes more than a minute is given up. How long the facts take to be read is
known of their text, and of the same compiled, as those do who ask again and again.
"""

import sqlite3
import subprocess

SECONDS_MAX = 60

DRIVER = """
:- initialization(main, main).
:- use_module(library(aggregate)).
:- use_module(library(solution_sequences)).
:- use_module(library(time)).

main([Facts, Rounds | Programs]) :-
    atom_number(Rounds, Count),
    set_prolog_flag(stack_limit, 4000000000),
    statistics(cputime, Start), load_files(user:Facts, [silent(true)]),
    statistics(cputime, End),
    Loading is (End - Start) * 1000,
    format("~1f~n", [Loading]),
    forall(member(Program, Programs), ask(Program, Count)).

ask(Program, Count) :-
    file_base_name(Program, Name),
    load_files(Name:Program, [silent(true)]),
    catch(measure(Name, Count, Best, Time, Rows), Error, true),
    ( var(Error) -> true ; Best = -1, Time = -1, Rows = [], message(Error) ),
    length(Rows, Length),
    format("~w ~3f ~3f ~d~n", [Name, Best, Time, Length]),
    forall(member(Row, Rows), ( atomic_list_concat(Row, '\\t', Line), writeln(Line) )).

message(time_limit_exceeded) :- !.
message(Error) :- print_message(error, Error).

measure(Name, Count, Best, Time, Rows) :-
    once_timed(Name, First, Rows),
    rounds(Name, Count, First, Times),
    msort(Times, Sorted), Sorted = [Best|_], Middle is Count // 2, nth0(Middle, Sorted, Time).

% The first answers make the indexes, and are not counted unless they take long.
rounds(_, Count, First, Times) :-
    First > 5000, !, length(Times, Count), maplist(=(First), Times).
rounds(Name, Count, _, Times) :-
    findall(Time, ( between(1, Count, _), once_timed(Name, Time, _) ), Times).

once_timed(Name, Time, Rows) :-
    abolish_all_tables,
    statistics(cputime, Start),
    call_with_time_limit(SECONDS, ( findall(Row, Name:answer(Row), All), sort(All, Rows) )),
    statistics(cputime, End),
    Time is (End - Start) * 1000.
""".replace("SECONDS", str(SECONDS_MAX))

RULES = """
ago(Days, Time) :- now(Now), Time is Now - Days * 86400000.

% Debian's order of versions is that of these lists: texts and numbers by turns, a text as
% the weights of its characters, and 0 at its end.
version_less(One, Other) :- version_key(One, Key), version_key(Other, Keys), Key @< Keys.

:- table version_key/2.
version_key(Version, Key) :-
    atom_codes(Version, Codes),
    (   append(Upstream, [0'-|Revision], Codes), \\+ memberchk(0'-, Revision)
    ->  true
    ;   Upstream = Codes, Revision = []
    ),
    key(Upstream, Key, Rest), key(Revision, Rest, []).

key([], [0|End], End) :- !.
key(Codes, Key, End) :-
    text(Codes, Digits, Key, [0, Number|More]),
    number(Digits, 0, Number, Rest),
    key(Rest, More, End).

text([Code|Codes], Rest, [Weight|Weights], End) :-
    \\+ code_type(Code, digit), !,
    (   Code =:= 0'~ -> Weight = -1
    ;   code_type(Code, alpha) -> Weight = Code
    ;   Weight is Code + 256
    ),
    text(Codes, Rest, Weights, End).
text(Codes, Codes, End, End).

number([Code|Codes], Before, Number, Rest) :-
    code_type(Code, digit), !,
    Next is Before * 10 + Code - 0'0,
    number(Codes, Next, Number, Rest).
number(Codes, Number, Number, Codes).
"""

FACTS = {
    "ram": "SELECT h.host, r.v_bytes FROM fact_ram r JOIN host h ON h.number = r.host "
           "WHERE r.ended IS NULL",
    "os": "SELECT h.host, r.v_name, r.v_version FROM fact_os r "
          "JOIN host h ON h.number = r.host WHERE r.ended IS NULL",
    "package": "SELECT h.host, r.v_name, r.v_version FROM fact_package r "
               "JOIN host h ON h.number = r.host WHERE r.ended IS NULL",
    "package_ever": "SELECT h.host, r.v_name, r.v_version, r.began, "
                    "ifnull(r.ended, $NOW + 1) FROM fact_package r JOIN host h ON h.number = r.host",
    "depends": "SELECT h.host, r.v_tag, r.v_on_host, r.v_on_tag FROM fact_depends r "
               "JOIN host h ON h.number = r.host WHERE r.ended IS NULL",
    "run": "SELECT m.id, t.host, t.tag, m.time, m.status, m.err, "
           "CAST(round(m.elapsed * 1000) AS INTEGER) FROM message m "
           "JOIN tag t ON t.number = m.tag WHERE m.kind = 'outcome'",
    "state": "SELECT host, tag, CASE state WHEN 1 THEN 'ok' WHEN 2 THEN 'unknown' "
             "WHEN 3 THEN 'warning' ELSE 'fail' END, since FROM tag WHERE state > 0",
    "interruption": "SELECT t.host, t.tag, i.began, ifnull(i.ended, $NOW) "
                    "FROM interruption i JOIN tag t ON t.number = i.tag",
}


def quote(value):
    if value is None:
        return "null"
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def write_facts(path, facts):
    """facts: rows by relation."""
    with open(path, "w", encoding="utf-8") as file:
        for name, rows in facts.items():
            file.writelines(f"{name}({','.join(map(quote, row))}).\n" for row in rows)


def write_herd(path, store, now):
    """What a store holds, as facts."""
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    write_facts(path, {name: database.execute(sql.replace("$NOW", str(now)))
                       for name, sql in FACTS.items()} | {"now": [[now]]})
    database.close()
    with open(path, "a", encoding="utf-8") as file:
        file.write(RULES)


class Answer:
    """All rows that a program gave, and in how many ms, at best and mostly; -1: it was
    given up."""

    def __init__(self, best, ms, rows):
        self.best, self.ms, self.rows = best, ms, rows


def ask(work, facts, programs, rounds):
    """programs: by name, their texts. Answers by name, and ms for reading the facts."""
    paths = []
    driver = f"{work}/driver.pl"
    for name, text in [("driver.pl", DRIVER), *programs.items()]:
        with open(f"{work}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        paths.append(f"{work}/{name}")
    found = subprocess.run(["swipl", driver, facts, str(rounds), *paths[1:]],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                           check=True)
    lines = iter(found.stdout.split("\n"))
    loading, answers = float(next(lines)), {}
    for line in lines:
        if line:
            name, best, ms, count = line.split(" ")
            rows = [next(lines).split("\t") for _ in range(int(count))]
            answers[name] = Answer(float(best), float(ms), rows)
    return answers, loading


COMPILE = "set_prolog_flag(stack_limit, 4000000000), qcompile(user:{facts})"
LOAD = ("statistics(cputime, Start), load_files(user:{facts}, [silent(true)]), "
        "statistics(cputime, End), "
        "Time is (End - Start) * 1000, format(\"~1f~n\", [Time])")


def run_goal(goal):
    return subprocess.run(["swipl", "-g", goal, "-t", "halt"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=True).stdout


def read_compiled(facts):
    """facts: NAME, of which NAME.qlf is made. ms for reading that."""
    run_goal(COMPILE.format(facts=quote(facts)))
    return float(run_goal(LOAD.format(facts=quote(f"{facts}.qlf"))))


def ask_herd(work, store, now, programs, rounds):
    """As ask, and then ms for reading the facts where they are compiled."""
    facts = f"{work}/facts"
    write_herd(facts, store, now)
    return *ask(work, facts, programs, rounds), read_compiled(facts)
