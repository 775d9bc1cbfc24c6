// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_bind - magic sets: only what follows from what is asked is derived.
 *
 *     ?(z) :- reach("a", z).
 *     reach(x, z) :- edge(x, y), reach(y, z).
 *
 *     ?(z) :- reach_bf("a", z).
 *     reach_bf(x, z) :- [reach?bf(x)], edge(x, y), reach_bf(y, z).
 *     reach?bf("a").
 *     reach?bf(y) :- [reach?bf(x)], edge(x, y).
 *
 * The guards, in brackets, stand first in the rules of what is recursive; what is not
 * is unfolded where it is asked for, with the arguments given there. What was asked for
 * is what stands before the atom in the body, as far as it has to do with its
 * arguments.
 *
 * What is recursive at the end of its rules would derive reach from each y, though only
 * that from "a" is asked. Where no proof needs the rules as they were written, it is
 * turned, and what is asked for carries what it was first:
 *
 *     reach_bf(s, z) :- [reach?bf?(s, x)], edge(x, z).
 *     reach?bf?(s, s) :- reach?bf(s).
 *     reach?bf?(s, y) :- [reach?bf?(s, x)], edge(x, y). */

#include "datalog/rewrite.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "datalog/check.h"
#include "datalog/rewrite_copy.h"
#include "datalog/rewrite_demand.h"
#include "datalog/rewrite_turn.h"

/* ---- relations ---- */

static size_t bound_count(const char *adornment)
{
    size_t count = 0;
    for (const char *c = adornment; *c; c++)
        count += *c == 'b';
    return count;
}

/* The bound columns. */
static struct column_declaration *bound_columns(struct program *program,
                                                const struct demand *demand)
{
    struct column_declaration *columns = arena_take(
        program->arena, (bound_count(demand->adornment) + 1) * sizeof *columns);
    size_t count = 0;
    for (size_t i = 0; i < demand->predicate->count; i++)
        if (demand->adornment[i] == 'b')
            columns[count++] = demand->predicate->columns[i];
    return columns;
}

static struct predicate *add_predicate(struct program *program,
                                       const struct predicate *like)
{
    struct predicate *predicate = arena_take(program->arena, sizeof *predicate);
    *predicate = *like;
    predicate->rules = NULL;
    predicate->rule_count = 0;
    arena_push(program->arena, (void ***)&program->predicates,
               &program->predicate_count, predicate);
    return predicate;
}

/* The bound columns twice. */
static void make_passed(struct program *program, struct demand *demand)
{
    struct predicate passed = *demand->asked;
    size_t count = passed.count;
    passed.name = arena_format(program->arena, "%s?", demand->asked->name);
    passed.columns =
        arena_take(program->arena, (2 * count + 1) * sizeof *passed.columns);
    passed.count = 2 * count;
    for (size_t i = 0; i < 2 * count; i++)
        passed.columns[i] = demand->asked->columns[i % count];
    demand->passed = add_predicate(program, &passed);
}

static void make_predicates(struct program *program, struct demand *demand)
{
    demand->made = add_predicate(program, demand->predicate);
    demand->made->adornment = demand->adornment;
    demand->made->origin = demand->predicate;
    struct predicate asked = {
        .name = arena_format(program->arena, "%s?%s", demand->predicate->name,
                             demand->adornment),
        .place = demand->predicate->place,
        .columns = bound_columns(program, demand),
        .count = bound_count(demand->adornment),
        .is_checked = true,
        .is_reachable = true,
    };
    demand->asked = add_predicate(program, &asked);
}

static void add_rule(struct program *program, struct predicate *predicate,
                     struct rule *rule)
{
    rule->number = predicate->rule_count;
    rule->head->predicate = predicate;
    arena_push(program->arena, (void ***)&predicate->rules, &predicate->rule_count,
               rule);
}

/* ---- guards, and what is asked ---- */

/* The arguments of an atom where the adornment has a b. Where the head computes one, it
 * is not known yet what it will be. */
static struct term **bound_terms(const struct copying *copying, const struct atom *atom,
                                 const char *adornment, bool is_head)
{
    struct term **terms = arena_take(copying->program->arena,
                                     (bound_count(adornment) + 1) * sizeof *terms);
    size_t count = 0;
    for (size_t i = 0; i < atom->count; i++) {
        if (adornment[i] != 'b')
            continue;
        struct term *term = copying_term(copying, atom->args[i]);
        if (is_head && term->kind != TERM_VARIABLE && term->kind != TERM_CONSTANT)
            *term = (struct term){.kind = TERM_ANY, .place = term->place};
        terms[count++] = term;
    }
    return terms;
}

/* A copying that leaves the variables what they are. */
static struct copying copying_none(struct program *program, struct rule *rule)
{
    struct copying copying = copying_of(program, rule, rule);
    for (size_t i = 0; i < rule->variable_count; i++) {
        struct term *term = arena_take(program->arena, sizeof *term);
        *term = (struct term){
            .kind = TERM_VARIABLE,
            .name = rule->variables[i]->name,
            .type = rule->variables[i]->type,
            .variable = rule->variables[i],
        };
        copying.terms[rule->variables[i]->number] = term;
    }
    return copying;
}

static struct literal *guard_literal(struct program *program, const struct rule *rule,
                                     struct predicate *predicate, struct term **terms)
{
    struct literal *literal = arena_take(program->arena, sizeof *literal);
    *literal = (struct literal){
        .kind = LITERAL_ATOM,
        .place = rule->head->place,
        .atom = copying_atom(program, predicate, terms, &rule->head->place),
    };
    literal->atom->is_guard = true;
    return literal;
}

static struct literal *guard_of(struct program *program, struct rule *rule,
                                const struct demand *demand)
{
    struct copying copying = copying_none(program, rule);
    struct term **terms = bound_terms(&copying, rule->head, demand->adornment, true);
    return guard_literal(program, rule, demand->asked, terms);
}

/* What stands before an atom that is asked for, as far as it has to do with it. */
struct prefix {
    const struct way *way;
    const struct literal *guard; /* NULL: the rule has none */
    size_t place;                /* of the atom that is asked for */
    bool *is_needed;             /* variables */
    bool *is_chosen;             /* literals */
    bool is_guarded;             /* the guard is chosen */
};

static bool choose_more(struct prefix *prefix)
{
    bool is_more = false;
    const struct body *body = &prefix->way->rule->body;
    if (prefix->guard && !prefix->is_guarded &&
        way_has_any(prefix->guard, prefix->is_needed)) {
        prefix->is_guarded = is_more = true;
        way_mark(prefix->guard, prefix->is_needed);
    }
    for (size_t i = 0; i < body->count; i++) {
        if (i == prefix->place || !prefix->way->is_passed[i] || prefix->is_chosen[i] ||
            !way_has_any(body->literals[i], prefix->is_needed))
            continue;
        prefix->is_chosen[i] = is_more = true;
        way_mark(body->literals[i], prefix->is_needed);
    }
    return is_more;
}

static struct prefix prefix_of(struct program *program, const struct way *way,
                               size_t place, const char *adornment,
                               const struct literal *guard)
{
    const struct rule *rule = way->rule;
    struct prefix prefix = {
        .way = way,
        .guard = guard,
        .place = place,
        .is_needed = arena_take(program->arena, rule->variable_count + 1),
        .is_chosen = arena_take(program->arena, rule->body.count + 1),
    };
    const struct atom *atom = rule->body.literals[place]->atom;
    for (size_t i = 0; i < atom->count; i++)
        if (adornment[i] == 'b')
            way_mark_term(atom->args[i], prefix.is_needed);
    while (choose_more(&prefix))
        ;
    return prefix;
}

static void copy_chosen(const struct copying *copying, const struct prefix *prefix,
                        bool constants)
{
    const struct body *body = &prefix->way->rule->body;
    for (size_t i = 0; i < body->count; i++)
        if (prefix->is_chosen[i] && way_is_constant(body->literals[i]) == constants)
            body_push(copying->program, &copying->rule->body,
                      copying_literal(copying, body->literals[i]));
}

static bool is_same_term(const struct term *one, const struct term *other)
{
    return one->kind == TERM_VARIABLE && other->kind == TERM_VARIABLE &&
           one->variable == other->variable;
}

/* It says that what is asked for is asked for. */
static bool says_nothing(const struct rule *rule)
{
    if (rule->body.count != 1 || rule->body.literals[0]->kind != LITERAL_ATOM)
        return false;
    const struct atom *body = rule->body.literals[0]->atom;
    bool is_same = body->predicate == rule->head->predicate;
    for (size_t i = 0; is_same && i < body->count; i++)
        is_same = is_same_term(body->args[i], rule->head->args[i]);
    return is_same;
}

/* The literal at place asks for the demand. */
static void add_asked(struct program *program, const struct way *way, size_t place,
                      struct demand *demand, const struct literal *guard)
{
    const struct rule *rule = way->rule;
    struct prefix prefix = prefix_of(program, way, place, demand->adornment, guard);
    struct rule *asking = arena_take(program->arena, sizeof *asking);
    *asking = (struct rule){
        .place = rule->body.literals[place]->place,
        .name = rule->name,
        .text = rule->text,
        .origin = rule->origin ? rule->origin : rule,
    };
    struct copying copying = copying_of(program, asking, rule);
    if (prefix.is_guarded)
        body_push(program, &asking->body, copying_literal(&copying, guard));
    copy_chosen(&copying, &prefix, true);
    copy_chosen(&copying, &prefix, false);
    const struct atom *atom = rule->body.literals[place]->atom;
    asking->head = copying_atom(program, demand->asked,
                                bound_terms(&copying, atom, demand->adornment, false),
                                &atom->place);
    if (!says_nothing(asking))
        add_rule(program, demand->asked, asking);
}

/* ---- rules ---- */

/* skipped: a literal that is as it should be; SIZE_MAX: none is. */
static void bind_rule(struct demands *demands, struct rule *rule, const char *adornment,
                      const struct literal *guard, size_t skipped)
{
    struct way way = way_begin(demands, rule, adornment);
    for (size_t i = 0; i < rule->body.count; i++) {
        struct demand *demand = i == skipped ? NULL : way_meet(demands, &way, i);
        if (demand) {
            add_asked(demands->program, &way, i, demand, guard);
            rule->body.literals[i]->atom->predicate = demand->made;
        }
        way_pass(&way, i);
    }
}

static void put_first(struct program *program, struct body *body,
                      struct literal *literal)
{
    struct body longer = {0};
    body_push(program, &longer, literal);
    for (size_t i = 0; i < body->count; i++)
        body_push(program, &longer, body->literals[i]);
    *body = longer;
}

static void bind_demand(struct demands *demands, struct demand *demand)
{
    struct program *program = demands->program;
    for (size_t i = 0; i < demand->predicate->rule_count; i++) {
        struct rule *rule = copying_rule(program, demand->predicate->rules[i]);
        struct literal *guard = guard_of(program, rule, demand);
        bind_rule(demands, rule, demand->adornment, guard, SIZE_MAX);
        if (demand->predicate->is_recursive)
            put_first(program, &rule->body, guard);
        add_rule(program, demand->made, rule);
    }
}

/* ---- turned rules ---- */

/* Variables for what was asked first, and the bound terms behind them. */
static struct term **pass_terms(const struct copying *copying,
                                const struct demand *demand, struct term **bound)
{
    size_t count = demand->asked->count;
    struct term **terms =
        arena_take(copying->program->arena, (2 * count + 1) * sizeof *terms);
    for (size_t i = 0; i < count; i++) {
        terms[i] = copying_variable(copying, bound[i], demand->asked->columns[i].type);
        terms[count + i] = bound[i];
    }
    return terms;
}

static struct term **copy_terms(struct program *program, struct term **terms,
                                size_t count)
{
    struct term **copies = arena_take(program->arena, (count + 1) * sizeof *copies);
    for (size_t i = 0; i < count; i++) {
        copies[i] = arena_take(program->arena, sizeof **copies);
        *copies[i] = *terms[i];
    }
    return copies;
}

/* What is asked for is passed on to itself. */
static void pass_first(struct program *program, const struct demand *demand)
{
    struct rule *rule = arena_take(program->arena, sizeof *rule);
    const struct rule *origin = demand->predicate->rules[0];
    *rule = (struct rule){
        .place = origin->place,
        .name = origin->name,
        .text = origin->text,
        .origin = origin,
    };
    struct copying copying = copying_of(program, rule, rule);
    size_t count = demand->asked->count;
    struct term **terms = arena_take(program->arena, (2 * count + 1) * sizeof *terms);
    for (size_t i = 0; i < count; i++) {
        const struct column_declaration *column = &demand->asked->columns[i];
        const struct term like = {
            .kind = TERM_VARIABLE, .name = column->name, .place = origin->place};
        terms[i] = copying_variable(&copying, &like, column->type);
    }
    struct term **asked = copy_terms(program, terms, count);
    memcpy(terms + count, copy_terms(program, terms, count), count * sizeof *terms);
    rule->head = copying_atom(program, demand->passed, terms, &rule->place);
    body_push(program, &rule->body, guard_literal(program, rule, demand->asked, asked));
    add_rule(program, demand->passed, rule);
}

/* In place of the head's bound arguments, what was asked first. */
static void answer_first(struct program *program, struct rule *rule,
                         const struct demand *demand, struct term **first)
{
    size_t count = 0;
    for (size_t i = 0; i < rule->head->count; i++)
        if (demand->adornment[i] == 'b')
            rule->head->args[i] = first[count++];
    add_rule(program, demand->made, rule);
}

/* What the atom at place asks for is passed on. */
static void pass_on(struct program *program, struct rule *rule, size_t place,
                    const struct demand *demand, struct term **first)
{
    const struct atom *own = rule->body.literals[place]->atom;
    struct copying copying = copying_none(program, rule);
    struct term **next = bound_terms(&copying, own, demand->adornment, false);
    size_t count = demand->asked->count;
    struct term **terms = arena_take(program->arena, (2 * count + 1) * sizeof *terms);
    memcpy(terms, first, count * sizeof *terms);
    memcpy(terms + count, next, count * sizeof *terms);
    rule->head = copying_atom(program, demand->passed, terms, &rule->head->place);
    struct body rest = {0};
    for (size_t i = 0; i < rule->body.count; i++)
        if (i != place)
            body_push(program, &rest, rule->body.literals[i]);
    rule->body = rest;
    add_rule(program, demand->passed, rule);
}

static void turn_demand(struct demands *demands, struct demand *demand)
{
    struct program *program = demands->program;
    pass_first(program, demand);
    for (size_t i = 0; i < demand->predicate->rule_count; i++) {
        struct rule *rule = copying_rule(program, demand->predicate->rules[i]);
        size_t place = turn_place(demand, rule);
        struct copying copying = copying_none(program, rule);
        struct term **bound =
            bound_terms(&copying, rule->head, demand->adornment, true);
        struct term **terms = pass_terms(&copying, demand, bound);
        struct term **first = copy_terms(program, terms, demand->asked->count);
        struct literal *guard = guard_literal(program, rule, demand->passed, terms);
        bind_rule(demands, rule, demand->adornment, guard, place);
        if (place == SIZE_MAX)
            answer_first(program, rule, demand, first);
        else
            pass_on(program, rule, place, demand, first);
        put_first(program, &rule->body, guard);
    }
}

void rewrite_bind(struct program *program, bool may_turn)
{
    struct demands demands = demands_of(program);
    if (demands.count == 0)
        return;
    size_t count = program->predicate_count;
    for (size_t i = 0; i < demands.count; i++)
        make_predicates(program, demands.items[i]);
    for (size_t i = 0; may_turn && i < demands.count; i++)
        if (turn_is_possible(&demands, demands.items[i]))
            make_passed(program, demands.items[i]);
    for (size_t i = 0; i < demands.count; i++)
        (demands.items[i]->passed ? turn_demand : bind_demand)(&demands,
                                                               demands.items[i]);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; demands_keep(&demands, program->predicates[i]) &&
                           j < program->predicates[i]->rule_count;
             j++)
            bind_rule(&demands, program->predicates[i]->rules[j], NULL, NULL, SIZE_MAX);

    int rc = check_strata(program, NULL);
    assert(rc == 0); /* what is negated does not depend on what was asked */
    (void)rc;
}
