# SPDX-License-Identifier: GPL-3.0-or-later
"""proofs - checks a proof against the program of rules.py that it is of, and nothing else: it
knows what a rule is, which rows are facts, and all rows of each relation as others derived
them. It raises Wrong.

An atom is proved by a fact, or by a rule: its children are then the rule's body, literal by
literal as it is written, with values under which head and body are this atom and those
children. Nothing is proved by itself. What is "below" is proved by a further tree.
"""

from . import rules

ROWS_MAX = 5  # of an aggregate, that a proof shows

SIGNS = {
    "=": lambda x, y: x == y, "!=": lambda x, y: x != y, "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
}
OPERATORS = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
    "/": lambda x, y: int(x / y), "%": lambda x, y: x - y * int(x / y), "strlen": len,
}
AGGREGATES = {
    "count": len, "sum": sum, "min": min, "max": max,
    "mean": lambda values: sum(values) / len(values),
    "median": lambda values: sorted(values)[(len(values) - 1) // 2],
}


class Wrong(Exception):
    """What is wrong with a proof."""


def compute(term, values):
    """A term's value; None where a variable in it has none."""
    if term[0] == "var":
        return values.get(term[1])
    if term[0] == "const":
        return term[1]
    parts = [compute(part, values) for part in term[1:]]
    return None if None in parts else OPERATORS[term[0]](*parts)


def match(terms, row, values):
    """The values with which these terms are this row; None where there are none. What is
    computed of variables that are not known yet is looked at by compare()."""
    values, computed = dict(values), []
    for term, value in zip(terms, row, strict=True):
        if term[0] == "var":
            if values.setdefault(term[1], value) != value:
                return None
        elif term[0] != "any":
            computed.append((term, value))
    if any(compute(term, values) not in (value, None) for term, value in computed):
        return None
    return values


def compare(literals, values):
    """The values with those that "=" gives; None where a comparison does not hold."""
    values, left = dict(values), list(literals)
    while left:
        for literal in left:
            _, sign, *sides = literal
            known = [compute(side, values) for side in sides]
            if sign == "=" and known.count(None) == 1:
                side = sides[known.index(None)]
                if side[0] != "var":
                    continue
                values[side[1]] = next(value for value in known if value is not None)
            elif None in known:
                continue
            elif not SIGNS[sign](*known):
                return None
            left.remove(literal)
            break
        else:
            raise Wrong(f"nothing binds what {left} needs")
    return values


def solve(body, values, answers):
    """All values with which a body holds, of an aggregate too: what each _ is, is among
    them."""
    found = [values]
    for i, literal in enumerate(rules.schedule(body, values)):
        if literal[0] == "atom":
            terms = [("var", f"_{i}_{j}") if term[0] == "any" else term
                     for j, term in enumerate(literal[2])]
            found = [each for one in found for row in answers[literal[1]]
                     if (each := match(terms, row, one)) is not None]
        elif literal[0] == "not":
            found = [one for one in found if is_absent(literal, one, answers)]
        else:
            found = [each for one in found if (each := compare([literal], one)) is not None]
    return found


def is_absent(literal, values, answers):
    return all(match(literal[2], row, values) is None for row in answers[literal[1]])


def row_key(values):
    """What tells rows of an aggregate apart, whichever of its bodies gave them: not what
    schedule() named."""
    return tuple(sorted(item for item in values.items() if not item[0].startswith("k")))


def aggregate(literal, values, answers):
    """Its value, None where it gives none; and of how many rows it is."""
    _, _, kind, target, bodies = literal
    outer = {name: value for name, value in values.items() if not name.startswith("i")}
    found = {row_key(each): each for body in bodies for each in solve(body, outer, answers)}
    items = [compute(target, each) for each in found.values()] if target else list(found)
    if not items and kind not in ("count", "sum"):
        return None, 0
    return AGGREGATES[kind](items), len(items)


class Checker:
    """Of the proofs of one program. answers: all rows of each relation."""

    def __init__(self, program, answers):
        self.program, self.answers = program, answers
        self.rules = {rule.line: rule.plain() for rule in program.rules}
        self.nodes = 0
        self.proved, self.owed, self.needs = set(), set(), {}

    def check(self, proof, head=None, body=None):
        """Of a row of a relation; or of a question: its head's terms, and its body."""
        self.proved, self.owed, self.needs = set(), set(), {}
        self.check_first(proof, head, body)
        for tree in proof.get("further", ()):
            self.check_atom(tree, ())
        if self.owed - self.proved:
            raise Wrong(f"{self.owed - self.proved} is not proved below")
        if self.owed:
            self.check_order()

    def check_order(self):
        """With trees that are behind each other: nothing needs itself in the end."""
        left = dict(self.needs)
        while left:
            free = [atom for atom, needed in left.items() if not needed & left.keys()]
            if not free:
                raise Wrong(f"{set(left)} are proved by each other")
            for atom in free:
                del left[atom]

    def check_first(self, proof, head, body):
        if body is None:
            self.check_atom(proof, ())
        elif proof["relation"] == "?":
            self.check_instance(proof, [(("?", head), body)], ())
        else:
            self.check_atom(proof, ())
            if len(body) != 1 or body[0][1] != proof["relation"]:
                raise Wrong(f"{proof['text']} is not what was asked")

    def check_atom(self, proof, above):
        """above: the atoms on the way to the root."""
        self.nodes += 1
        kind, relation, row = proof["kind"], proof["relation"], tuple(proof["values"])
        atom = (relation, row)
        if atom in above:
            raise Wrong(f"{proof['text']} is proved by itself")
        if kind == "fact":
            if row not in self.program.relations[relation].facts:
                raise Wrong(f"{proof['text']} is no fact")
        elif kind == "below":
            self.owed.add(atom)
        elif kind == "above":
            if atom not in self.proved:
                raise Wrong(f"{proof['text']} is not proved above")
        elif kind == "rule":
            line = int(proof["rule"]["name"].rpartition(":")[2])
            candidates = [plain for plain in self.rules[line] if plain[0][0] == relation]
            self.check_instance(proof, candidates, above + (atom,))
            self.needs[atom] = {(child["relation"], tuple(child["values"]))
                                for child in proof.get("children", ())
                                if child["kind"] in ("rule", "above", "below")}
            self.proved.add(atom)
        else:
            raise Wrong(f"{proof['text']}: a derived atom's node is {kind}")

    def check_instance(self, proof, candidates, above):
        """The node is an instance of one of these rules, and what is below it is proved."""
        found = [values for head, body in candidates
                 if (values := self.instance(head, body, proof)) is not None]
        if not found:
            raise Wrong(f"{proof['text']} is no instance of {proof['rule']['text']}")
        for child in proof.get("children", ()):
            self.check_child(child, above)

    def check_child(self, child, above):
        if child["kind"] == "aggregate":
            for row in child.get("children", ()):
                for each in row["children"]:
                    self.check_child(each, above)
        elif child["kind"] not in ("absent", "holds"):
            self.check_atom(child, above)

    def instance(self, head, body, proof):
        """Values with which the children are the body, and the node the head."""
        values = match(head[1], proof["values"], {})
        if values is not None:
            values = self.body_values(body, proof.get("children", []), values)
        if values is None or [compute(term, values) for term in head[1]] != proof["values"]:
            return None
        return values

    def body_values(self, body, children, values):
        kinds = {"atom": ("rule", "fact", "above", "below"), "not": ("absent",), "cmp": ("holds",),
                 "agg": ("aggregate",)}
        if len(body) != len(children):
            return None
        for literal, child in zip(body, children):
            if child["kind"] not in kinds[literal[0]]:
                return None
            if literal[0] == "atom":
                is_same = child["relation"] == literal[1]
                values = match(literal[2], child["values"], values) if is_same else None
            elif literal[0] == "agg":
                values = match([literal[1]], child["values"], values)
            if values is None:
                return None
        return self.conditions(body, children, values)

    def conditions(self, body, children, values):
        computed = [("cmp", "=", term, ("const", value))
                    for literal, child in zip(body, children) if literal[0] == "atom"
                    for term, value in zip(literal[2], child["values"]) if term[0] != "any"]
        values = compare([each for each in body if each[0] == "cmp"] + computed, values)
        if values is None:
            return None
        for literal, child in zip(body, children):
            if literal[0] == "not" and not (
                    child["relation"] == literal[1] and
                    is_absent(literal, values, self.answers)):
                return None
            if literal[0] == "agg" and not self.is_aggregate(literal, child, values):
                return None
        return values

    def is_aggregate(self, literal, child, values):
        """Its value and its rows are right, and those that are shown are rows of its body."""
        value, rows = aggregate(literal, values, self.answers)
        shown = child.get("children", [])
        least = 1 if literal[2] in ("min", "max") else min(rows, ROWS_MAX)
        if [value] != child["values"] or rows != child["rows"] or len(shown) < least:
            return False
        outer = {name: known for name, known in values.items() if not name.startswith("i")}
        return all(any(self.body_values(body, row["children"], outer) is not None
                       for body in literal[4]) for row in shown)
