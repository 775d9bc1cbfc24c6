# SPDX-License-Identifier: GPL-3.0-or-later
"""tabling - what SWI-Prolog, with tabling, derives from programs of rules.py.

One swipl reads many programs, since it takes long to start: the predicates of each have a
prefix of their own. An aggregate is of the set of the tuples of its body's variables, each
_ among them.
"""

import collections
import json
import subprocess
import tempfile

from . import rules

COMMON = r"""
:- style_check(-discontiguous).
:- style_check(-singleton).
:- initialization(main, main).
text(Value) :- number(Value), !, write(Value).
text(Value) :- put_char('"'), atom_codes(Value, Codes), maplist(code, Codes), put_char('"').
code(Code) :- memberchk(Code, [0'", 0'\\]), !, put_char('\\'), put_code_point(Code).
code(Code) :- put_code_point(Code).
put_code_point(Code) :- char_code(Char, Code), put_char(Char).
row([]).
row([Value]) :- !, text(Value).
row([Value | Values]) :- text(Value), write(','), row(Values).
rows(Program, Name, Goal, Values) :-
    findall(Values, Goal, All), sort(All, Rows),
    forall(member(Row, Rows),
           (format('[~w,"~w",[', [Program, Name]), row(Row), write(']]'), nl)).
mean_list(Values, Mean) :-
    Values \== [], sum_list(Values, Sum), length(Values, Count), Mean is float(Sum) / Count.
main :- set_stream(user_output, encoding(utf8)), forall(clause(answer(Number), _), answer(Number)).
"""

OPERATORS = {"+": "+", "-": "-", "*": "*", "/": "//", "%": "rem"}
SIGNS = {"=": "==", "!=": "\\==", "<": "@<", "<=": "@=<", ">": "@>", ">=": "@>="}
NUMBER_SIGNS = {"=": "=:=", "!=": "=\\=", "<": "<", "<=": "=<", ">": ">", ">=": ">="}
LISTS = {"sum": "sum_list", "min": "min_list", "max": "max_list", "mean": "mean_list"}


def quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Clause:
    """The goals of one body. Variables that are made have a number."""

    def __init__(self, prefix, numbers=None):
        self.prefix, self.goals, self.anys = prefix, [], []
        self.numbers = numbers or iter(range(1, 1000000))

    def new(self):
        return f"T{next(self.numbers)}"

    def plain(self, term):
        if term[0] == "var":
            return term[1].upper()
        if term[0] == "const":
            return quote(term[1]) if isinstance(term[1], str) else str(term[1])
        self.anys.append(self.new())
        return self.anys[-1]

    def value(self, term):
        """Of a term that is computed, a variable, which a goal gives its value."""
        if term[0] in ("var", "any", "const"):
            return self.plain(term)
        parts = [self.value(part) for part in term[1:]]
        result = self.new()
        if term[0] == "strlen":
            self.goals.append(f"atom_length({parts[0]}, {result})")
        else:
            self.goals.append(f"{result} is {parts[0]} {OPERATORS[term[0]]} ({parts[1]})")
        return result

    def add_body(self, body, known=()):
        bound = set(known)
        for literal in rules.schedule(body, known):
            getattr(self, f"add_{literal[0]}")(literal, bound)
            bound.update(rules.literal_variables(literal))
        return self

    def call(self, literal):
        return f"{self.prefix}{literal[1]}({', '.join(map(self.plain, literal[2]))})"

    def add_atom(self, literal, _):
        self.goals.append(self.call(literal))

    def add_not(self, literal, _):
        anys = list(self.anys)
        self.goals.append(f"\\+ {self.call(literal)}")
        self.anys = anys

    def add_cmp(self, literal, bound):
        _, sign, left, right = literal
        for one, other in ((left, right), (right, left)):
            if sign == "=" and one[0] == "var" and one[1] not in bound:
                self.goals.append(f"{self.value(other)} = {self.plain(one)}")
                return
        is_number = any(term[0] == "const" and isinstance(term[1], int) for term in (left, right))
        sign = (NUMBER_SIGNS if is_number else SIGNS)[sign]
        left, right = self.value(left), self.value(right)
        self.goals.append(f"{left} {sign} {right}")

    def add_agg(self, literal, bound):
        _, result, kind, target, bodies = literal
        clauses = [Clause(self.prefix, self.numbers).add_body(body, bound) for body in bodies]
        own = [name.upper() for name in rules.body_variables(bodies[0]) if name not in bound]
        variables = ", ".join(own + clauses[0].anys + ["0"])
        goals = "; ".join(", ".join(clause.goals) for clause in clauses)
        tuples, rows, values = self.new(), self.new(), self.new()
        self.goals.append(f"findall(t({variables}), ({goals}), {tuples})")
        self.goals.append(f"sort({tuples}, {rows})")
        if kind == "count":
            self.goals += [f"length({rows}, {values})", f"{values} = {self.plain(result)}"]
            return
        last = Clause(self.prefix, self.numbers)
        last.goals.append(f"member(t({variables}), {rows})")
        value = last.value(target)
        self.goals.append(f"findall({value}, ({', '.join(last.goals)}), {values})")
        given = self.new()
        self.goals += [f"{LISTS[kind]}({values}, {given})", f"{given} = {self.plain(result)}"]


def write_program(number, program):
    prefix = f"s{number}_"
    lines = []
    for relation in program.relations.values():
        kind = "table" if relation.is_derived else "dynamic"
        lines.append(f":- {kind} {prefix}{relation.name}/{len(relation.types)}.")
        for row in relation.facts:
            values = ", ".join(Clause(prefix).plain(("const", value)) for value in row)
            lines.append(f"{prefix}{relation.name}({values}).")
    for rule in program.rules:
        for (name, terms), body in rule.plain():
            clause = Clause(prefix).add_body(body)
            head = clause.call(("atom", name, terms))
            lines.append(f"{head} :- {', '.join(clause.goals)}.")
    return lines + [write_goals(number, program, prefix)]


def write_goals(number, program, prefix):
    goals = []
    for relation in program.relations.values():
        if relation.is_derived:
            values = ", ".join(f"V{i}" for i in range(len(relation.types)))
            goals.append(f"rows({number}, {relation.name}, "
                         f"{prefix}{relation.name}({values}), [{values}])")
    for i, question in enumerate(program.questions):
        clause = Clause(prefix).add_body(question.body)
        values = ", ".join(name.upper() for name in question.variables)
        goals.append(f"rows({number}, '?{i}', ({', '.join(clause.goals)}), [{values}])")
    # What a question calls its variables must not meet what another one does.
    goals = ", ".join(f"\\+ \\+ ({goal})" for goal in goals)
    return f"answer({number}) :- {goals}, abolish_all_tables."


def derive(programs, seconds):
    """For each program, by its number: for each relation, and question "?0" …, its rows."""
    lines = [":- encoding(utf8).", COMMON]
    for number, program in programs.items():
        lines += write_program(number, program)
    with tempfile.NamedTemporaryFile("w", suffix=".pl", encoding="utf8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        run = subprocess.run(["swipl", file.name], capture_output=True, timeout=seconds,
                             check=False, stdin=subprocess.DEVNULL)
    if run.returncode != 0 or run.stderr:
        raise RuntimeError(f"swipl: {run.stderr.decode()}")
    answers = {number: collections.defaultdict(set) for number in programs}
    for line in run.stdout.decode().splitlines():
        number, name, row = json.loads(line)
        answers[number][name].add(tuple(row))
    return answers
