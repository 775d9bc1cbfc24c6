// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_copy - copies of what is checked. An aggregate's own variables belong to its
 * copy. */
#include "datalog/rewrite_copy.h"

#include <string.h>

/* The aggregates around what is being copied, and their copies. */
struct surrounding {
    const struct aggregate *from;
    struct aggregate *copy;
    const struct surrounding *above;
};

static struct literal *copy_literal(const struct copying *copying,
                                    const struct surrounding *around,
                                    const struct literal *literal);

void body_push(struct program *program, struct body *body, struct literal *literal)
{
    arena_push(program->arena, (void ***)&body->literals, &body->count, literal);
}

struct copying copying_of(struct program *program, struct rule *rule,
                          const struct rule *from)
{
    return (struct copying){
        .program = program,
        .rule = rule,
        .from = from,
        .terms = arena_take(program->arena,
                            (from->variable_count + 1) * sizeof(struct term *)),
    };
}

static struct variable *add_variable(const struct copying *copying, const char *name,
                                     enum type type, struct aggregate *local)
{
    struct rule *rule = copying->rule;
    struct variable *variable = arena_take(copying->program->arena, sizeof *variable);
    *variable = (struct variable){
        .name = name,
        .type = type,
        .number = rule->variable_count,
        .local = local,
    };
    arena_push(copying->program->arena, (void ***)&rule->variables,
               &rule->variable_count, variable);
    return variable;
}

static struct term *variable_term(const struct copying *copying,
                                  struct variable *variable, const struct place *place)
{
    struct term *term = arena_take(copying->program->arena, sizeof *term);
    *term = (struct term){
        .kind = TERM_VARIABLE,
        .place = *place,
        .name = variable->name,
        .type = variable->type,
        .variable = variable,
    };
    return term;
}

struct term *copying_variable(const struct copying *copying, const struct term *like,
                              enum type type)
{
    const char *name = like->kind == TERM_VARIABLE ? like->name : "_";
    return variable_term(copying, add_variable(copying, name, type, NULL),
                         &like->place);
}

static struct aggregate *local_of(const struct surrounding *around,
                                  const struct aggregate *from)
{
    while (around && around->from != from)
        around = around->above;
    return around ? around->copy : NULL;
}

/* What stands for a variable; the first time that it is met it may have to be made. */
static const struct term *term_for(const struct copying *copying,
                                   const struct surrounding *around,
                                   const struct variable *variable,
                                   const struct place *place)
{
    struct term **term = &copying->terms[variable->number];
    if (!*term)
        *term = variable_term(copying,
                              add_variable(copying, variable->name, variable->type,
                                           local_of(around, variable->local)),
                              place);
    return *term;
}

static struct term *copy_term(const struct copying *copying,
                              const struct surrounding *around,
                              const struct term *term);

static void copy_body(const struct copying *copying, const struct surrounding *around,
                      const struct body *body, struct body *ret)
{
    *ret = (struct body){0};
    for (size_t i = 0; i < body->count; i++)
        body_push(copying->program, ret,
                  copy_literal(copying, around, body->literals[i]));
}

/* The variables from outside, as far as those are variables still, each once. */
static void copy_outer(const struct copying *copying, const struct aggregate *from,
                       const struct surrounding *around, struct aggregate *copy)
{
    for (size_t i = 0; i < from->outer_count; i++) {
        const struct term *term =
            term_for(copying, around, from->outer[i], &from->place);
        bool is_new = term->kind == TERM_VARIABLE;
        for (size_t j = 0; is_new && j < copy->outer_count; j++)
            is_new = copy->outer[j] != term->variable;
        if (is_new)
            arena_push(copying->program->arena, (void ***)&copy->outer,
                       &copy->outer_count, term->variable);
    }
}

/* Variables that were made before their aggregate was copied belong to it now. */
static void take_variables(const struct copying *copying,
                           const struct aggregate *aggregate, struct aggregate *copy)
{
    for (size_t i = 0; i < copying->from->variable_count; i++) {
        const struct variable *variable = copying->from->variables[i];
        const struct term *term = copying->terms[variable->number];
        if (term && variable->local == aggregate)
            term->variable->local = copy;
    }
}

static struct aggregate *copy_aggregate(const struct copying *copying,
                                        const struct surrounding *around,
                                        const struct aggregate *aggregate)
{
    struct arena *arena = copying->program->arena;
    struct aggregate *copy = arena_take(arena, sizeof *copy);
    *copy = (struct aggregate){
        .kind = aggregate->kind,
        .place = aggregate->place,
        .bodies = arena_take(arena, aggregate->count * sizeof *copy->bodies),
        .count = aggregate->count,
    };
    take_variables(copying, aggregate, copy);
    copy_outer(copying, aggregate, around, copy);
    struct surrounding inner = {.from = aggregate, .copy = copy, .above = around};
    for (size_t i = 0; i < aggregate->count; i++)
        copy_body(copying, &inner, &aggregate->bodies[i], &copy->bodies[i]);
    if (aggregate->target)
        copy->target = copy_term(copying, &inner, aggregate->target);
    return copy;
}

static struct term **copy_terms(const struct copying *copying,
                                const struct surrounding *around,
                                struct term *const *terms, size_t count)
{
    struct term **copies =
        arena_take(copying->program->arena, (count + 1) * sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_term(copying, around, terms[i]);
    return copies;
}

/* The place stays that of what was written there. */
static struct term *copy_term(const struct copying *copying,
                              const struct surrounding *around, const struct term *term)
{
    struct term *copy = arena_take(copying->program->arena, sizeof *copy);
    *copy = *term;
    if (term->kind == TERM_VARIABLE) {
        *copy = *term_for(copying, around, term->variable, &term->place);
        copy->place = term->place;
    }
    if (term->count > 0)
        copy->args = copy_terms(copying, around, term->args, term->count);
    if (term->aggregate)
        copy->aggregate = copy_aggregate(copying, around, term->aggregate);
    return copy;
}

static struct atom *copy_atom(const struct copying *copying,
                              const struct surrounding *around, const struct atom *atom)
{
    struct atom *copy = arena_take(copying->program->arena, sizeof *copy);
    *copy = *atom;
    copy->args = copy_terms(copying, around, atom->args, atom->count);
    copy->written = arena_take(copying->program->arena,
                               (atom->written_count + 1) * sizeof *copy->written);
    for (size_t i = 0; i < atom->written_count; i++) {
        copy->written[i] = atom->written[i];
        copy->written[i].term = copy_term(copying, around, atom->written[i].term);
    }
    if (atom->at)
        copy->at = copy_term(copying, around, atom->at);
    return copy;
}

static struct literal *copy_literal(const struct copying *copying,
                                    const struct surrounding *around,
                                    const struct literal *literal)
{
    struct literal *copy = arena_take(copying->program->arena, sizeof *copy);
    *copy = *literal;
    if (literal->atom)
        copy->atom = copy_atom(copying, around, literal->atom);
    if (literal->left)
        copy->left = copy_term(copying, around, literal->left);
    if (literal->right)
        copy->right = copy_term(copying, around, literal->right);
    return copy;
}

struct literal *copying_literal(const struct copying *copying,
                                const struct literal *literal)
{
    return copy_literal(copying, NULL, literal);
}

struct term *copying_term(const struct copying *copying, const struct term *term)
{
    return copy_term(copying, NULL, term);
}

struct literal *copying_equality(const struct copying *copying, struct term *left,
                                 struct term *right)
{
    struct literal *literal = arena_take(copying->program->arena, sizeof *literal);
    *literal = (struct literal){
        .kind = LITERAL_COMPARISON,
        .place = left->place,
        .comparison = COMPARISON_EQUAL,
        .left = left,
        .right = right,
    };
    return literal;
}

/* Its variables are made before its nodes, so that they keep their numbers; those of
 * aggregates get theirs when the aggregate is copied. */
struct rule *copying_rule(struct program *program, const struct rule *rule)
{
    struct rule *copy = arena_take(program->arena, sizeof *copy);
    *copy = *rule;
    copy->variables = NULL;
    copy->variable_count = 0;
    copy->body = (struct body){0};
    copy->origin = rule->origin ? rule->origin : rule;
    struct copying copying = copying_of(program, copy, rule);
    for (size_t i = 0; i < rule->variable_count; i++)
        term_for(&copying, NULL, rule->variables[i], &rule->place);
    copy_body(&copying, NULL, &rule->body, &copy->body);
    copy->head = copy_atom(&copying, NULL, rule->head);
    return copy;
}

struct predicate *copying_predicate(struct program *program,
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

struct atom *copying_atom(struct program *program, struct predicate *predicate,
                          struct term **args, const struct place *place)
{
    struct atom *atom = arena_take(program->arena, sizeof *atom);
    *atom = (struct atom){
        .place = *place,
        .name_place = *place,
        .name = predicate->name,
        .predicate = predicate,
        .args = args,
        .count = predicate->count,
    };
    return atom;
}
