# SPDX-License-Identifier: GPL-3.0-or-later
"""recursion - programs that recurse, their facts, and what they must give, worked out in
Python without Datalog.

A problem has: facts, a set of rows for each relation; answers, likewise; and its rules in
Datalog and in Prolog with tabling, whose answer/1 gives the rows of the first answer.
"""

import collections
import random


class Problem:
    def __init__(self, name, facts, answers, datalog, prolog):
        self.name, self.facts, self.answers = name, facts, answers
        self.datalog, self.prolog = datalog, prolog

    def program(self):
        """In Datalog, whole, with files for what comes in and goes out."""
        lines = []
        for name, rows in self.facts.items():
            columns = ", ".join(f"c{place}: number" for place in range(len(rows[0])))
            lines.append(f".decl {name}({columns})\n.input {name}")
        lines += [f".output {name}" for name in self.answers]
        return "\n".join(lines) + "\n" + self.datalog


# ---- by hand ----

def successors(edges):
    found = collections.defaultdict(list)
    for start, end in edges:
        found[start].append(end)
    return found


def reached(start, after):
    """What can be reached by one step or more."""
    seen, waiting = set(), list(after[start])
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += after[one]
    return seen


def closure(edges):
    after = successors(edges)
    return {(start, end) for start in list(after) for end in reached(start, after)}


def random_edges(chance, nodes, count):
    found = set()
    while len(found) < count:
        found.add((chance.randrange(nodes), chance.randrange(nodes)))
    return sorted(found)


# ---- the problems ----

PATHS = """
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
"""
PATHS_PROLOG = """
:- table path/2.
path(X, Y) :- edge(X, Y).
path(X, Z) :- path(X, Y), edge(Y, Z).
"""


def chain(length, name="chain"):
    """Each node reaches all behind it."""
    edges = [(node, node + 1) for node in range(length)]
    answer = {(start, end) for start in range(length)
              for end in range(start + 1, length + 1)}
    return Problem(f"{name} of {length}", {"edge": edges}, {"path": answer}, PATHS,
                   PATHS_PROLOG + "answer([X, Y]) :- path(X, Y).\n")


def whole_chain(length):
    """Too many rows to be written: those that do not go forwards are, and how many there
    are in all. That is right where there are none, and as many as there are pairs."""
    edges = [(node, node + 1) for node in range(length)]
    return Problem(f"whole chain of {length}", {"edge": edges}, {"backwards": set()},
                   PATHS + "backwards(x, y) :- path(x, y), x >= y.\n.printsize path\n",
                   PATHS_PROLOG + "answer([N]) :- aggregate_all(count, path(_, _), N).\n")


def end_of_chain(length):
    """From its start alone: as many rounds as it is long."""
    edges = [(node, node + 1) for node in range(length)]
    answer = {(end,) for end in range(1, length + 1)}
    return Problem(f"chain of {length}, from its start", {"edge": edges},
                   {"reached": answer}, PATHS + "reached(y) :- path(0, y).\n",
                   PATHS_PROLOG + "answer([Y]) :- path(0, Y).\n")


def graph(nodes, count, chance):
    edges = random_edges(chance, nodes, count)
    return Problem(f"graph of {nodes} nodes and {count} edges", {"edge": edges},
                   {"path": closure(edges)}, PATHS,
                   PATHS_PROLOG + "answer([X, Y]) :- path(X, Y).\n")


def not_linear(nodes, count, chance):
    """Paths are made of paths: two recursive atoms in a rule."""
    edges = random_edges(chance, nodes, count)
    return Problem(f"graph of {nodes} nodes and {count} edges, not linear",
                   {"edge": edges}, {"path": closure(edges)},
                   "path(x, y) :- edge(x, y).\npath(x, z) :- path(x, y), path(y, z).\n",
                   ":- table path/2.\npath(X, Y) :- edge(X, Y).\n"
                   "path(X, Z) :- path(X, Y), path(Y, Z).\n"
                   "answer([X, Y]) :- path(X, Y).\n")


def same_generation(depth):
    """In a tree where each has two children: those as far from the root."""
    levels = [[0]]
    edges = []
    for _ in range(depth):
        level = []
        for parent in levels[-1]:
            for child in (2 * parent + 1, 2 * parent + 2):
                edges.append((child, parent))
                level.append(child)
        levels.append(level)
    answer = {(one, other) for level in levels[1:] for one in level for other in level}
    return Problem(f"same generation, {depth} deep", {"parent": edges}, {"same": answer}, """
same(x, y) :- parent(x, p), parent(y, p).
same(x, y) :- parent(x, p), same(p, q), parent(y, q).
""", """
:- table same/2.
same(X, Y) :- parent(X, P), parent(Y, P).
same(X, Y) :- parent(X, P), same(P, Q), parent(Y, Q).
answer([X, Y]) :- same(X, Y).
""")


def mutual(nodes, count, chance):
    """Walks of an odd and of an even number of steps, one made of the other."""
    edges = random_edges(chance, nodes, count)
    after = successors(edges)
    doubled = collections.defaultdict(list)  # a node, and whether the walk is odd
    for node, ends in after.items():
        doubled[node, 0] = [(end, 1) for end in ends]
        doubled[node, 1] = [(end, 0) for end in ends]
    found = {"odd": set(), "even": set()}
    for node in list(after):
        for end, is_odd in reached((node, 0), doubled):
            found["odd" if is_odd else "even"].add((node, end))
    return Problem(f"odd and even walks, {nodes} nodes and {count} edges", {"edge": edges},
                   found, """
odd(x, y) :- edge(x, y).
odd(x, z) :- even(x, y), edge(y, z).
even(x, z) :- odd(x, y), edge(y, z).
""", """
:- table odd/2, even/2.
odd(X, Y) :- edge(X, Y).
odd(X, Z) :- even(X, Y), edge(Y, Z).
even(X, Z) :- odd(X, Y), edge(Y, Z).
answer([X, Y]) :- odd(X, Y).
""")


def game(levels, width, chance):
    """Who cannot move has lost. Moves go down by a level or more, so that as many strata
    as there are levels decide all; Prolog does it by the well-founded semantics."""
    moves = set()
    for level in range(1, levels):
        for place in range(width):
            for _ in range(chance.randrange(4)):
                below = chance.randrange(level)
                moves.add((level * width + place, below * width + chance.randrange(width)))
    moves = sorted(moves)
    after, won = successors(moves), {}
    for node in range(levels * width):  # those below are known
        won[node] = any(not won[end] for end in after[node])
    rules = ["position(x) :- move(x, _).", "position(y) :- move(_, y).",
             "lost0(x) :- position(x), !move(x, _)."]
    for level in range(1, levels):
        rules += [f"won{level}(x) :- move(x, y), lost{level - 1}(y).",
                  f"escape{level}(x) :- move(x, y), !won{level}(y).",
                  f"lost{level}(x) :- position(x), !escape{level}(x)."]
    rules.append(f"won(x) :- won{levels - 1}(x).")
    return Problem(f"win or lose, {levels} strata, {len(moves)} moves", {"move": moves},
                   {"won": {(node,) for node in won if won[node]}},
                   "\n".join(rules) + "\n", """
:- table won/1.
won(X) :- move(X, Y), tnot(won(Y)).
answer([X]) :- distinct(X, move(X, _)), won(X).
""")


def points_to(count, chance):
    """Which objects a variable may refer to, in a program of assignments, loads and
    stores, whatever their order."""
    variables, fields = count // 3, 5
    sizes = {"makes": count // 5, "assigns": count * 2 // 5, "loads": count // 5,
             "stores": count // 5}

    def near(variable):
        """In its function, of which each has 50."""
        return variable // 50 * 50 + chance.randrange(50)

    facts = {name: set() for name in sizes}
    for name, size in sizes.items():
        while len(facts[name]) < size:
            one = chance.randrange(variables)
            row = {"makes": (one, near(one)),
                   "assigns": (one, near(one)),
                   "loads": (one, near(one), chance.randrange(fields)),
                   "stores": (one, chance.randrange(fields), near(one))}[name]
            facts[name].add(row)
    facts = {name: sorted(rows) for name, rows in facts.items()}
    return Problem(f"points-to, {count} facts", facts,
                   {"points": work_out_points(facts)}, """
points(v, o) :- makes(v, o).
points(v, o) :- assigns(v, w), points(w, o).
points(v, p) :- loads(v, w, f), points(w, o), holds(o, f, p).
holds(o, f, p) :- stores(v, f, w), points(v, o), points(w, p).
""", """
:- table points/2, holds/3.
points(V, O) :- makes(V, O).
points(V, O) :- assigns(V, W), points(W, O).
points(V, P) :- loads(V, W, F), points(W, O), holds(O, F, P).
holds(O, F, P) :- stores(V, F, W), points(V, O), points(W, P).
answer([V, O]) :- points(V, O).
""")


def work_out_points(facts):
    """Sets flow along edges between variables and fields of objects, which are added as
    the objects become known."""
    known = collections.defaultdict(set)
    flows = collections.defaultdict(set)
    loads, stores = collections.defaultdict(list), collections.defaultdict(list)
    waiting = collections.deque()

    def add(node, new):
        new = new - known[node]
        if new:
            known[node] |= new
            waiting.append((node, new))

    def link(start, end):
        if end not in flows[start]:
            flows[start].add(end)
            add(end, known[start])

    for to, of, field in facts["loads"]:
        loads[of].append((to, field))
    for of, field, value in facts["stores"]:
        stores[of].append((value, field))
    for to, of in facts["assigns"]:
        link(of, to)
    for variable, thing in facts["makes"]:
        add(variable, {thing})
    while waiting:
        node, new = waiting.popleft()
        for end in flows[node]:
            add(end, new)
        for thing in new if not isinstance(node, tuple) else ():
            for to, field in loads[node]:
                link((thing, field), to)
            for value, field in stores[node]:
                link(value, (thing, field))
    return {(node, thing) for node, things in known.items()
            if not isinstance(node, tuple) for thing in things}


def small():
    """For a test: some tenths of a second in all."""
    chance = random.Random(1)
    return [chain(100), end_of_chain(300), graph(60, 200, chance),
            not_linear(60, 120, chance), same_generation(5), mutual(40, 80, chance),
            game(6, 20, chance), points_to(300, chance)]


def large():
    chance = random.Random(1)
    return [chain(1000), end_of_chain(10000), graph(1000, 20000, chance),
            not_linear(300, 900, chance), same_generation(9), mutual(500, 2000, chance),
            game(12, 500, chance), points_to(20000, chance)]
