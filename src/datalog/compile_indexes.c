// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_indexes - by which columns a rule looks up the relations that it reads: those
 * that are bound when its atoms are met in their order, by each of the atoms that may
 * be read from what is newest. */
#include "datalog/compile_parts.h"

#include <string.h>

typedef void index_fn(void *context, const struct predicate *predicate,
                      const char *bound);

struct lookup {
    const struct rule *rule;
    struct arena *arena;
    index_fn *each;
    void *context;
};

static void find_in_body(const struct lookup *lookup, const struct body *body,
                         size_t newest, bool *is_bound);

static void tell(const struct lookup *lookup, const struct atom *atom,
                 const bool *is_bound)
{
    const char *pattern = atom_pattern(atom, is_bound, lookup->arena);
    bool is_present = atom->predicate->table || (atom->predicate->stored && !atom->at);
    if (is_present && strchr(pattern, 'b'))
        lookup->each(lookup->context, atom->predicate, pattern);
}

static bool *copy_flags(const struct lookup *lookup, const bool *flags)
{
    size_t size = lookup->rule->variable_count * sizeof *flags;
    bool *copy = arena_take(lookup->arena, size);
    memcpy(copy, flags, size);
    return copy;
}

static void find_in_term(const struct lookup *lookup, const struct term *term,
                         const bool *is_bound)
{
    for (size_t i = 0; i < term->count; i++)
        find_in_term(lookup, term->args[i], is_bound);
    const struct aggregate *aggregate = term->aggregate;
    bool is_joined = aggregate && aggregate_is_grouped(lookup->rule, aggregate);
    for (size_t i = 0; aggregate && !is_joined && i < aggregate->count; i++)
        find_in_body(lookup, &aggregate->bodies[i], NO_NEWEST,
                     copy_flags(lookup, is_bound));
}

static void find_in_literal(const struct lookup *lookup, const struct literal *literal,
                            const bool *is_bound)
{
    if (literal->kind == LITERAL_NEGATION)
        tell(lookup, literal->atom, is_bound);
    for (size_t i = 0; literal->atom && i < literal->atom->count; i++)
        find_in_term(lookup, literal->atom->args[i], is_bound);
    if (literal->left)
        find_in_term(lookup, literal->left, is_bound);
    if (literal->right)
        find_in_term(lookup, literal->right, is_bound);
}

static void bind_equal(const struct body *body, bool *is_bound)
{
    for (bool has_any = true; has_any;) {
        has_any = false;
        for (size_t i = 0; i < body->count; i++)
            has_any = literal_learn(body->literals[i], is_bound) || has_any;
    }
}

static void bind_all(const struct atom *atom, bool *is_bound)
{
    for (size_t i = 0; i < atom->count; i++)
        if (term_is_variable(atom->args[i]))
            is_bound[atom->args[i]->variable->number] = true;
}

/* is_bound becomes what is bound behind the body. */
static void find_in_body(const struct lookup *lookup, const struct body *body,
                         size_t newest, bool *is_bound)
{
    size_t *order = arena_take(lookup->arena, body->count * sizeof *order);
    size_t count = body_order(body, newest, copy_flags(lookup, is_bound), order);
    for (size_t i = 0; i < count; i++) {
        const struct atom *atom = body->literals[order[i]]->atom;
        bind_equal(body, is_bound);
        if (order[i] != newest)
            tell(lookup, atom, is_bound);
        bind_all(atom, is_bound);
    }
    bind_equal(body, is_bound);
    for (size_t i = 0; i < body->count; i++)
        find_in_literal(lookup, body->literals[i], is_bound);
}

static bool may_be_newest(const struct rule *rule, const struct literal *literal)
{
    const struct predicate *head = rule->head->predicate;
    return literal->kind == LITERAL_ATOM && head->is_recursive &&
           literal->atom->predicate->is_recursive &&
           literal->atom->predicate->stratum == head->stratum;
}

void compile_each_index(const struct rule *rule, index_fn *each, void *context)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct lookup lookup = {rule, arena, each, context};
    bool has_newest = false;
    for (size_t i = 0; i < rule->body.count; i++) {
        if (!may_be_newest(rule, rule->body.literals[i]))
            continue;
        has_newest = true;
        find_in_body(&lookup, &rule->body, i,
                     arena_take(arena, rule->variable_count * sizeof(bool)));
    }
    if (!has_newest)
        find_in_body(&lookup, &rule->body, NO_NEWEST,
                     arena_take(arena, rule->variable_count * sizeof(bool)));
    bool *all = arena_take(arena, rule->variable_count * sizeof *all);
    memset(all, true, rule->variable_count * sizeof *all);
    for (size_t i = 0; i < rule->head->count; i++)
        find_in_term(&lookup, rule->head->args[i], all);
}
