# SPDX-License-Identifier: GPL-3.0-or-later
"""rules - random Datalog programs that are stratified, safe and finite, as data and as text.

A term is ("var", name), ("const", value), ("any",) or (operator, term, term); a literal
("atom", relation, terms), ("not", relation, terms), ("cmp", operator, term, term) or
("agg", term, kind, target, bodies), which is  term = kind target : { bodies }.
"""

import random
from dataclasses import dataclass, field

TEXTS = ["a", "b", "c", "d", "it's", 'say "x"', "back\\slash", "ß", "two words"]
BOUND = 25      # computed numbers stay within -BOUND … BOUND, so that recursion ends
PLAIN = {"n": "number", "t": "symbol"}


@dataclass
class Relation:
    name: str
    types: str  # a letter a column: n, t
    stratum: int
    facts: set = field(default_factory=set)
    is_derived: bool = False


@dataclass
class Rule:
    """Heads, and bodies joined by ";". As it is written, on a line of its own."""
    heads: list
    bodies: list
    line: int = 0

    def plain(self):
        """Rules of one head and one body each, which say the same."""
        return [(head, body) for head in self.heads for body in self.bodies]


@dataclass
class Question:
    """A body; its answer: the variables in the order in which they appear."""
    variables: list
    body: list
    text: str = ""


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def show_term(term):
    kind = term[0]
    if kind == "var":
        return term[1]
    if kind == "any":
        return "_"
    if kind == "const":
        return quote(term[1]) if isinstance(term[1], str) else str(term[1])
    if kind == "strlen":
        return f"strlen({show_term(term[1])})"
    return f"({show_term(term[1])} {kind} {show_term(term[2])})"


def show_literal(literal):
    kind = literal[0]
    if kind in ("atom", "not"):
        args = ", ".join(map(show_term, literal[2]))
        return f"{'!' * (kind == 'not')}{literal[1]}({args})"
    if kind == "cmp":
        return f"{show_term(literal[2])} {literal[1]} {show_term(literal[3])}"
    _, result, aggregate, target, bodies = literal
    inner = "; ".join(show_body(body) for body in bodies)
    target = f" {show_term(target)}" if target else ""
    return f"{show_term(result)} = {aggregate}{target} : {{ {inner} }}"


def show_body(body):
    return ", ".join(map(show_literal, body))


def term_variables(term):
    if term[0] == "var":
        return [term[1]]
    return [name for part in term[1:] if isinstance(part, tuple)
            for name in term_variables(part)]


def literal_variables(literal):
    parts = literal[2] if literal[0] in ("atom", "not") else literal[1:4]
    return [name for term in parts if isinstance(term, tuple)
            for name in term_variables(term)]


def schedule(body, known):
    """The body's literals in an order in which each is bound when it is met: atoms, then
    whatever else can be computed by then. What an atom's arguments compute comes behind it
    as comparisons, of variables that no other body calls so."""
    bound, ready, left = set(known), [], []
    for literal in body:
        if literal[0] != "atom":
            left.append(literal)
            continue
        terms = []
        for i, term in enumerate(literal[2]):
            if term[0] not in ("var", "any", "const"):
                name = f"k{len(bound)}_{i}"
                left.append(("cmp", "=", ("var", name), term))
                term = ("var", name)
            terms.append(term)
            bound.update(term_variables(term))
        ready.append(("atom", literal[1], terms))
    while left:
        literal = next(each for each in left if is_ready(each, bound))
        left.remove(literal)
        ready.append(literal)
        if literal[0] in ("cmp", "agg"):
            bound.update(literal_variables(literal))
    return ready


def is_ready(literal, bound):
    if literal[0] == "agg":
        return all(name in bound or name.startswith("i")
                   for body in literal[4] for name in body_variables(body))
    free = [name for name in literal_variables(literal) if name not in bound]
    if literal[0] == "cmp" and literal[1] == "=" and len(free) == 1:
        return ("var", free[0]) in literal[2:]
    return not free


def body_variables(body):
    """Those that the body binds or needs, in the order in which they appear."""
    return list(dict.fromkeys(name for literal in body for name in literal_variables(literal)))


class Body:
    """A body while it is made: literals in an order in which each is bound when it is met."""

    def __init__(self, maker, prefix):
        self.maker, self.random, self.prefix = maker, maker.random, prefix
        self.literals = []
        self.types = {}  # of the variables that are bound

    def fresh(self, kind):
        name = f"{self.prefix}{len(self.types)}"
        self.types[name] = kind
        return ("var", name)

    def bound(self, kind):
        return [name for name, other in self.types.items() if other == kind]

    def pick(self, kind):
        """A bound variable or a constant."""
        names = self.bound(kind)
        if names and self.random.random() < 0.8:
            return ("var", self.random.choice(names))
        return self.maker.constant(kind)

    def add_atom(self, relation):
        terms, new = [], {}
        before = {kind: self.bound(kind) for kind in relation.types}
        for kind in relation.types:
            chance, names = self.random.random(), before[kind]
            if chance < 0.12:
                terms.append(("any",))
            elif chance < 0.18:
                terms.append(self.maker.constant(kind))
            elif chance < 0.45 and names:
                terms.append(("var", self.random.choice(names)))
            elif chance < 0.49 and kind == "n" and names:
                terms.append(("+", ("var", self.random.choice(names)), ("const", 1)))
            elif chance < 0.53 and kind in new:
                terms.append(new[kind])
            else:
                new[kind] = self.fresh(kind)
                terms.append(new[kind])
        self.literals.append(("atom", relation.name, terms))

    def add_negation(self, relation):
        terms = [("any",) if self.random.random() < 0.25 else self.pick(kind)
                 for kind in relation.types]
        self.literals.append(("not", relation.name, terms))

    def add_comparison(self):
        kinds = [kind for kind in "nt" if self.bound(kind)]
        if not kinds:
            return
        kind = self.random.choice(kinds)
        left, right = ("var", self.random.choice(self.bound(kind))), self.pick(kind)
        operator = self.random.choice(["=", "!=", "!=", "<", "<=", ">", ">="])
        if left != right or self.random.random() < 0.1:
            self.literals.append(("cmp", operator, left, right))

    def add_number(self, is_recursive):
        """A number that is computed of others."""
        texts = self.bound("t")
        if texts and self.random.random() < 0.2:
            term = ("strlen", ("var", self.random.choice(texts)))
        else:
            operator = self.random.choice("+-+-*/%")
            right = (("const", self.random.choice([1, 2, 3, -2])) if operator in "/%"
                     else self.pick("n"))
            term = (operator, self.pick("n"), right)
        result = self.fresh("n")
        sides = [result, term] if self.random.random() < 0.7 else [term, result]
        self.literals.append(("cmp", "=", *sides))
        if is_recursive or self.random.random() < 0.8:
            self.literals.append(("cmp", "<=", result, ("const", BOUND)))
            self.literals.append(("cmp", ">=", result, ("const", -BOUND)))

    def add_like(self, atom, types):
        """The rows of an atom again: all that have some of its columns."""
        terms = [term if term[0] == "var" and self.random.random() < 0.8
                 else ("any",) if self.random.random() < 0.5 else self.fresh(kind)
                 for term, kind in zip(atom[2], types)]
        self.literals.append(("atom", atom[1], terms))

    def add_groups(self, relation):
        """What there is of some columns, and what an aggregate gives for each of that."""
        terms = [self.fresh(kind) if self.random.random() < 0.6 else ("any",)
                 for kind in relation.types]
        self.literals.append(("atom", relation.name, terms))
        self.add_aggregate([relation], self.literals[-1])

    def add_aggregate(self, relations, like=None):
        maker, kind = self.maker, self.random.choice(["count", "sum", "min", "max", "mean"])
        inner = Body(maker, f"i{maker.next()}_")
        inner.types = dict(self.types)
        if like:
            inner.add_like(like, relations[0].types)
        for _ in range(self.random.choice([0, 0, 1] if like else [1, 1, 2])):
            inner.add_atom(self.random.choice(relations))
        own = [name for name in inner.types if name not in self.types]
        if self.random.random() < 0.3:
            inner.add_comparison()
        if self.random.random() < 0.2:
            inner.add_negation(self.random.choice(relations))
        target = None
        if kind != "count":
            numbers = [name for name in own if inner.types[name] == "n"]
            if not numbers:
                return
            target = ("var", self.random.choice(numbers))
            if self.random.random() < 0.2:
                target = ("+", target, ("const", 1))
        bodies = [inner.shuffled()]
        if self.random.random() < 0.15 and not any(
                term == ("any",) for literal in inner.literals if literal[0] == "atom"
                for term in literal[2]):
            bodies.append(inner.literals + [("cmp", "!=", ("const", 0), ("const", 1))])
        result = self.fresh("f" if kind == "mean" else "n")
        self.literals.append(("agg", result, kind, target, bodies))
        if self.random.random() < 0.4:
            least = ("const", self.random.choice([0, 1, 3]))
            self.literals.append(("cmp", self.random.choice("<>"), result, least))

    def shuffled(self):
        """As it is written: in any order."""
        literals = list(self.literals)
        if self.random.random() < 0.4:
            self.random.shuffle(literals)
        return literals


class Program:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed, self.numbers = seed, 0
        self.relations, self.rules, self.questions = {}, [], []
        self.make_facts()
        for stratum in range(1, self.random.randint(2, 4) + 1):
            self.make_stratum(stratum)
            if self.random.random() < 0.4:
                self.make_closure(stratum)
        self.text = self.write()
        for _ in range(3):
            self.make_question()

    def next(self):
        self.numbers += 1
        return self.numbers

    def constant(self, kind):
        if kind == "t":
            return ("const", self.random.choice(TEXTS[:self.random.choice([2, 3, 9])]))
        return ("const", self.random.randint(*self.random.choice([(0, 2), (0, 3), (-2, 6)])))

    def add_relation(self, name, stratum, most=3):
        kinds = "".join(self.random.choice("nnt") for _ in range(self.random.randint(1, most)))
        relation = Relation(name, kinds, stratum)
        self.relations[name] = relation
        return relation

    def below(self, stratum):
        return [each for each in self.relations.values() if each.stratum < stratum]

    def row(self, relation):
        return tuple(self.constant(kind)[1] for kind in relation.types)

    def make_facts(self):
        for i in range(self.random.randint(2, 4)):
            relation = self.add_relation(f"e{i}", 0)
            relation.facts = {self.row(relation)
                              for _ in range(self.random.choice([1, 4, 8, 15, 25]))}

    def make_stratum(self, stratum):
        own = [self.add_relation(f"p{stratum}_{i}", stratum)
               for i in range(self.random.randint(1, 3))]
        for relation in own:
            relation.is_derived = True
            for _ in range(self.random.randint(1, 3)):
                self.make_rule(relation, own)
            if self.random.random() < 0.15:
                relation.facts = {self.row(relation) for _ in range(3)}

    def make_body(self, stratum, own, is_flat=False):
        body = Body(self, "x")
        others = self.below(stratum)
        is_recursive = False
        if not is_flat and self.random.random() < 0.1:
            body.add_groups(self.random.choice(others))
            return body
        for _ in range(self.random.choice([1, 2, 2, 3])):
            is_own = own and self.random.random() < 0.3
            is_recursive |= bool(is_own)
            body.add_atom(self.random.choice(own if is_own else others))
        if is_flat:
            return body
        if self.random.random() < 0.3:
            body.add_number(is_recursive)
        if self.random.random() < 0.35 and not is_recursive:
            body.add_aggregate(others)
        if self.random.random() < 0.35:
            body.add_comparison()
        if self.random.random() < 0.35:
            body.add_negation(self.random.choice(others))
        return body

    def make_rule(self, relation, own):
        bodies = [self.make_body(relation.stratum, own)
                  for _ in range(self.random.choice([1, 1, 1, 2]))]
        relations = [relation]
        if self.random.random() < 0.15:
            relations.append(self.random.choice(own))
        heads = [(each.name, self.head_terms(each, bodies)) for each in relations]
        self.rules.append(Rule(heads, [body.shuffled() for body in bodies]))

    def head_terms(self, relation, bodies):
        """Of variables that every body binds as the same type."""
        terms = []
        for kind in relation.types:
            names = [name for name in bodies[0].bound(kind)
                     if all(body.types.get(name) == kind for body in bodies)]
            if names and self.random.random() < 0.9:
                terms.append(("var", self.random.choice(names)))
            else:
                terms.append(self.constant(kind))
        return terms

    def make_closure(self, stratum):
        """What is reached from where, over two columns of a relation: the recursion before,
        behind, or on both sides; sometimes with what another column says of the last step."""
        bases = [(relation, i, j) for relation in self.below(stratum)
                 for i, one in enumerate(relation.types)
                 for j, other in enumerate(relation.types) if i != j and one == other]
        if not bases:
            return
        base, i, j = self.random.choice(bases)
        others = [k for k in range(len(base.types)) if k not in (i, j)]
        by = others[:1] if self.random.random() < 0.5 else []
        kind = base.types[i]
        relation = Relation(f"c{stratum}", kind + "".join(base.types[k] for k in by) + kind,
                            stratum, is_derived=True)
        self.relations[relation.name] = relation
        x, y, z = (("var", name) for name in "xyz")
        w, none = [("var", "w")] * len(by), [("any",)] * len(by)

        def step(left, middle, right):
            terms = [("any",)] * len(base.types)
            terms[i], terms[j] = left, right
            for k, term in zip(by, middle):
                terms[k] = term
            return ("atom", base.name, terms)

        def reached(left, middle, right):
            return ("atom", relation.name, [left, *middle, right])

        bodies = [[step(x, none, y), reached(y, w, z)], [reached(x, none, y), step(y, w, z)],
                  [reached(x, none, y), reached(y, w, z)]]
        self.rules.append(Rule([(relation.name, [x, *w, y])], [[step(x, w, y)]]))
        for body in self.random.sample(bodies, self.random.choice([1, 1, 2])):
            if self.random.random() < 0.3:
                body.append(("cmp", "!=", y, self.constant(kind)))
            if self.random.random() < 0.3:
                body.reverse()
            self.rules.append(Rule([(relation.name, [x, *w, z])], [body]))
        if self.random.random() < 0.7:
            self.make_ends(stratum, relation)

    def make_ends(self, stratum, closure):
        """What is reached from any of some, or what reaches any of them."""
        kind = closure.types[0]
        body = Body(self, "x")
        ends = [body.fresh(kind), body.fresh(kind)]
        middle = [("any",) if self.random.random() < 0.7 else body.fresh(each)
                  for each in closure.types[1:-1]]
        body.literals.append(("atom", closure.name, [ends[0], *middle, ends[1]]))
        self.random.shuffle(ends)
        some = [(each, i) for each in self.below(stratum)
                for i, other in enumerate(each.types) if other == kind]
        relation, column = self.random.choice(some)
        terms = [("any",) if self.random.random() < 0.4 else self.constant(each)
                 for each in relation.types]
        terms[column] = ends[0]
        if self.random.random() < 0.85:
            body.literals.append(("atom", relation.name, terms))
        else:
            body.literals.append(("cmp", "=", ends[0], self.constant(kind)))
        if self.random.random() < 0.2:
            body.literals.append(("not", relation.name, terms[:column] + [
                self.random.choice(ends)] + terms[column + 1:]))
        name = f"h{stratum}"
        self.relations[name] = Relation(name, kind, stratum, is_derived=True)
        self.rules.append(Rule([(name, [ends[1]])], [body.shuffled()]))

    def make_question(self):
        """One atom, or a few, with constants: what is bound is what rewriting is about."""
        derived = [each for each in self.relations.values() if each.is_derived]
        closures = [each for each in derived if each.name[0] in "ch"]
        body = Body(self, "q")
        relation = self.random.choice(self.random.choice([derived, closures or derived]))
        terms = [self.constant(kind) if self.random.random() < 0.5
                 else ("any",) if self.random.random() < 0.15 else body.fresh(kind)
                 for kind in relation.types]
        body.literals.append(("atom", relation.name, terms))
        if self.random.random() < 0.4:
            body.add_atom(self.random.choice(list(self.relations.values())))
        if self.random.random() < 0.3:
            body.add_negation(self.random.choice(closures or derived))
        literals = body.shuffled()
        free = [name for name in body_variables(
            [each for each in literals if each[0] == "atom"])]
        self.questions.append(Question(free, literals, f"?- {show_body(literals)}."))

    def write(self):
        lines = []
        for each in self.relations.values():
            columns = ", ".join(f"c{i}: {PLAIN[kind]}" for i, kind in enumerate(each.types))
            lines.append(f".decl {each.name}({columns})")
            for row in sorted(each.facts):
                terms = ", ".join(show_term(("const", value)) for value in row)
                lines.append(f"{each.name}({terms}).")
            if each.is_derived:
                lines.append(f".output {each.name}")
        for rule in self.rules:
            heads = ", ".join(f"{name}({', '.join(map(show_term, terms))})"
                              for name, terms in rule.heads)
            lines.append(f"{heads} :- {'; '.join(map(show_body, rule.bodies))}.")
            rule.line = len(lines)
        return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys
    program = Program(int(sys.argv[1]))
    print(program.text)
    for question in program.questions:
        print(question.text)
