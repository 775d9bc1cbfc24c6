// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_bind_turned - rules that are recursive at their end become rules of what is
 * asked for, which carry what was asked first. */
#include <stdint.h>
#include <string.h>

#include "datalog/rewrite_parts.h"
#include "datalog/rewrite_turn.h"

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

/* What its own atom asks for is passed on. */
static void pass_on(struct program *program, struct rule *rule,
                    const struct literal *own, const struct demand *demand,
                    struct term **first)
{
    struct copying copying = copying_none(program, rule);
    struct term **next = bound_terms(&copying, own->atom, demand->adornment, false);
    size_t count = demand->asked->count;
    struct term **terms = arena_take(program->arena, (2 * count + 1) * sizeof *terms);
    memcpy(terms, first, count * sizeof *terms);
    memcpy(terms + count, next, count * sizeof *terms);
    rule->head = copying_atom(program, demand->passed, terms, &rule->head->place);
    body_remove(program, &rule->body, own);
    add_rule(program, demand->passed, rule);
}

void turn_demand(struct demands *demands, const struct demand *demand)
{
    struct program *program = demands->program;
    pass_first(program, demand);
    for (size_t i = 0; i < demand->predicate->rule_count; i++) {
        struct rule *rule = copying_rule(program, demand->predicate->rules[i]);
        size_t place = turn_place(rule);
        const struct literal *own =
            place == SIZE_MAX ? NULL : rule->body.literals[place];
        struct copying copying = copying_none(program, rule);
        struct term **bound =
            bound_terms(&copying, rule->head, demand->adornment, true);
        struct term **terms = pass_terms(&copying, demand, bound);
        struct term **first = copy_terms(program, terms, demand->asked->count);
        struct literal *guard = guard_literal(program, rule, demand->passed, terms);
        bind_rule(demands, rule, demand, guard, place);
        if (!own)
            answer_first(program, rule, demand, first);
        else
            pass_on(program, rule, own, demand, first);
        body_put_first(program, &rule->body, guard);
    }
}
