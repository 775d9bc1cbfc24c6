// SPDX-License-Identifier: GPL-3.0-or-later
/* narrow - each relation that a rule needs is met with the columns that are about the
 * same as the rule's head, and then its rules in turn, each such pattern once. A copy
 * of it for that pattern has a guard in each rule. */
#include "datalog/narrow.h"

#include <string.h>

#include "datalog/catalogue.h"
#include "datalog/rewrite_copy.h"
#include "datalog/walk.h"

#define NO_COLUMN SIZE_MAX

/* The columns of a relation that are about the same as something else. */
struct pattern {
    size_t first, second; /* NO_COLUMN: none is; without a first there is no second */
};

/* A relation met with a pattern. */
struct meeting {
    const struct predicate *predicate;
    struct pattern pattern;
    struct predicate *made; /* its copy; NULL: none was wanted */
};

struct narrowing {
    struct program *program;
    const char *first, *second;
    struct predicate *given, *given_first;
    struct meeting **meetings;
    size_t count;
    size_t made; /* meetings whose copies have their rules */
};

/* The walk through one rule. */
struct passage {
    struct narrowing *narrowing;
    const struct variable *first, *second; /* what its head is about; NULL: nothing */
    narrow_read_fn *each;                  /* NULL: copies are wanted */
    void *context;
    bool knows_time;
};

/* ---- what is given ---- */

static struct predicate *make_given(const struct narrowing *narrowing, size_t count)
{
    struct program *program = narrowing->program;
    struct column_declaration *columns =
        arena_take(program->arena, 2 * sizeof *columns);
    columns[0] = (struct column_declaration){.name = narrowing->first};
    columns[1] = (struct column_declaration){.name = narrowing->second};
    columns[0].type = columns[1].type = TYPE_TEXT;
    return copying_predicate(program, &(struct predicate){.name = "given",
                                                          .columns = columns,
                                                          .count = count,
                                                          .is_checked = true,
                                                          .has_input = true});
}

struct narrowing *narrow_new(struct program *program, const char *first,
                             const char *second)
{
    struct narrowing *narrowing = arena_take(program->arena, sizeof *narrowing);
    *narrowing =
        (struct narrowing){.program = program, .first = first, .second = second};
    narrowing->given = make_given(narrowing, 2);
    narrowing->given_first = make_given(narrowing, 1);
    return narrowing;
}

const struct predicate *narrow_given(const struct narrowing *narrowing)
{
    return narrowing->given;
}

const struct predicate *narrow_given_first(const struct narrowing *narrowing)
{
    return narrowing->given_first;
}

/* ---- patterns ---- */

static const struct variable *variable_at(const struct atom *atom, size_t column)
{
    bool is_variable =
        column < atom->count && atom->args[column]->kind == TERM_VARIABLE;
    return is_variable ? atom->args[column]->variable : NULL;
}

static struct passage passage_of(struct narrowing *narrowing, const struct rule *rule,
                                 struct pattern pattern)
{
    struct passage passage = {.narrowing = narrowing};
    passage.first = variable_at(rule->head, pattern.first);
    passage.second = passage.first ? variable_at(rule->head, pattern.second) : NULL;
    return passage;
}

static bool is_about(const struct atom *atom, size_t column,
                     const struct variable *variable)
{
    const struct variable *found = variable ? variable_at(atom, column) : NULL;
    return found && found->number == variable->number;
}

/* What is stored is about something by its column's name, others by any column. */
static size_t find_column(const struct atom *atom, const char *name,
                          const struct variable *variable)
{
    const struct stored *stored = atom->predicate->stored;
    for (size_t i = 0; i < atom->count; i++)
        if ((!stored || strcmp(stored->columns[i].name, name) == 0) &&
            is_about(atom, i, variable))
            return i;
    return NO_COLUMN;
}

static struct pattern pattern_of(const struct passage *passage, const struct atom *atom)
{
    const struct narrowing *narrowing = passage->narrowing;
    struct pattern pattern = {find_column(atom, narrowing->first, passage->first),
                              NO_COLUMN};
    if (pattern.first != NO_COLUMN)
        pattern.second = find_column(atom, narrowing->second, passage->second);
    return pattern;
}

static enum narrow_reach reach_of(struct pattern pattern)
{
    if (pattern.first == NO_COLUMN)
        return NARROW_ALL;
    return pattern.second == NO_COLUMN ? NARROW_FIRST : NARROW_BOTH;
}

/* ---- what is met ---- */

static struct meeting *meet(struct narrowing *narrowing,
                            const struct predicate *predicate, struct pattern pattern)
{
    for (size_t i = 0; i < narrowing->count; i++) {
        struct meeting *met = narrowing->meetings[i];
        if (met->predicate == predicate && met->pattern.first == pattern.first &&
            met->pattern.second == pattern.second)
            return met;
    }
    struct arena *arena = narrowing->program->arena;
    struct meeting *meeting = arena_take(arena, sizeof *meeting);
    *meeting = (struct meeting){.predicate = predicate, .pattern = pattern};
    arena_push(arena, (void ***)&narrowing->meetings, &narrowing->count, meeting);
    return meeting;
}

static void read_atom(void *context, struct atom *atom, bool is_joined UNUSED)
{
    struct passage *passage = context;
    struct pattern pattern = pattern_of(passage, atom);
    const struct stored *stored = atom->predicate->stored;
    passage->knows_time |= stored && stored->knows_time;
    if (stored)
        passage->each(passage->context, atom->predicate, reach_of(pattern));
    else
        meet(passage->narrowing, atom->predicate, pattern);
}

static bool read_rule(struct narrowing *narrowing, const struct rule *rule,
                      struct pattern pattern, narrow_read_fn *each, void *context)
{
    struct passage passage = passage_of(narrowing, rule, pattern);
    passage.each = each;
    passage.context = context;
    walk_atoms(rule, read_atom, &passage);
    return passage.knows_time || rule->knows_time;
}

bool narrow_each_read(struct narrowing *narrowing, const struct rule *rule,
                      narrow_read_fn *each, void *context)
{
    struct narrowing own = *narrowing;
    own.meetings = NULL;
    own.count = 0;
    bool knows_time = read_rule(&own, rule, (struct pattern){0, 1}, each, context);
    for (size_t i = 0; i < own.count; i++) {
        const struct meeting *met = own.meetings[i];
        for (size_t j = 0; j < met->predicate->rule_count; j++)
            knows_time |=
                read_rule(&own, met->predicate->rules[j], met->pattern, each, context);
    }
    return knows_time;
}

/* ---- copies ---- */

static struct term *variable_term(struct program *program, const struct rule *rule,
                                  const struct variable *variable)
{
    struct term *term = arena_take(program->arena, sizeof *term);
    *term = (struct term){
        .kind = TERM_VARIABLE,
        .place = rule->head->place,
        .name = variable->name,
        .type = variable->type,
        .variable = (struct variable *)variable,
    };
    return term;
}

/* Rules that are about nothing that is given stay as they are. */
static void add_guard(const struct passage *passage, struct rule *rule)
{
    struct program *program = passage->narrowing->program;
    struct predicate *given =
        passage->second ? passage->narrowing->given : passage->narrowing->given_first;
    if (!passage->first || rule->body.count == 0)
        return;
    struct term **terms = arena_take(program->arena, 2 * sizeof *terms);
    terms[0] = variable_term(program, rule, passage->first);
    if (passage->second)
        terms[1] = variable_term(program, rule, passage->second);
    struct literal *guard = arena_take(program->arena, sizeof *guard);
    *guard = (struct literal){
        .kind = LITERAL_ATOM,
        .place = rule->head->place,
        .atom = copying_atom(program, given, terms, &rule->head->place),
    };
    guard->atom->is_guard = true;
    struct body body = {0};
    body_push(program, &body, guard);
    for (size_t i = 0; i < rule->body.count; i++)
        body_push(program, &body, rule->body.literals[i]);
    rule->body = body;
}

static int replace_atom(void *context, struct atom *atom, enum walk_way way UNUSED)
{
    const struct passage *passage = context;
    struct pattern pattern = pattern_of(passage, atom);
    if (atom->predicate->stored || atom->predicate->has_input ||
        reach_of(pattern) == NARROW_ALL)
        return 0;
    struct meeting *met = meet(passage->narrowing, atom->predicate, pattern);
    if (!met->made)
        met->made = copying_predicate(passage->narrowing->program, met->predicate);
    atom->predicate = met->made;
    return 0;
}

static void add_rule(struct narrowing *narrowing, struct predicate *predicate,
                     const struct rule *rule, struct pattern pattern)
{
    struct rule *copy = copying_rule(narrowing->program, rule);
    struct passage passage = passage_of(narrowing, copy, pattern);
    const struct walk walk = {.context = &passage, .atom = replace_atom};
    walk_body(&walk, &copy->body);
    add_guard(&passage, copy);
    copy->number = predicate->rule_count;
    copy->head->predicate = predicate;
    arena_push(narrowing->program->arena, (void ***)&predicate->rules,
               &predicate->rule_count, copy);
}

struct predicate *narrow_rule(struct narrowing *narrowing, const struct rule *rule,
                              enum narrow_reach reach)
{
    struct pattern pattern = {reach == NARROW_ALL ? NO_COLUMN : 0,
                              reach == NARROW_BOTH ? 1 : NO_COLUMN};
    struct predicate *made =
        copying_predicate(narrowing->program, rule->head->predicate);
    add_rule(narrowing, made, rule, pattern);
    for (; narrowing->made < narrowing->count; narrowing->made++) {
        struct meeting *met = narrowing->meetings[narrowing->made];
        for (size_t i = 0; i < met->predicate->rule_count; i++)
            add_rule(narrowing, met->made, met->predicate->rules[i], met->pattern);
    }
    return made;
}
