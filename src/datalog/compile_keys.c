// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_keys - whether a join gives no row twice, so that DISTINCT can be left out:
 * what is asked for determines the variables it names; an atom with a key of them is
 * one row, which determines the others of its columns; and so on, until all atoms are
 * one row each, or no more follows. */
#include "datalog/compile_parts.h"

#include "datalog/catalogue.h"

static void find_unknown(struct variable *variable, void *context)
{
    const bool **is_known = context;
    if (*is_known && !(*is_known)[variable->number])
        *is_known = NULL;
}

bool term_is_known(const struct term *term, const bool *is_known)
{
    if (term->kind == TERM_ANY)
        return false;
    const bool *left = is_known;
    term_each_variable(term, find_unknown, &left);
    return left != NULL;
}

/* key NULL: all columns together. */
static bool is_one_row(const struct atom *atom, const char *key, const bool *is_known)
{
    for (size_t i = 0; i < atom->count; i++)
        if ((!key || key[i] == 'k') && !term_is_known(atom->args[i], is_known))
            return false;
    return true;
}

static bool has_one_row(const struct atom *atom, const bool *is_known)
{
    const struct stored *stored = atom->predicate->stored;
    for (size_t i = 0; stored && stored->keys && stored->keys[i]; i++)
        if (is_one_row(atom, stored->keys[i], is_known))
            return true;
    return is_one_row(atom, NULL, is_known);
}

static bool learn(const struct term *term, bool *is_known)
{
    if (!term_is_variable(term) || is_known[term->variable->number])
        return false;
    is_known[term->variable->number] = true;
    return true;
}

static bool learn_from_atom(const struct atom *atom, bool *is_known)
{
    bool has_learnt = false;
    for (size_t i = 0; has_one_row(atom, is_known) && i < atom->count; i++)
        has_learnt = learn(atom->args[i], is_known) || has_learnt;
    return has_learnt;
}

bool literal_learn(const struct literal *literal, bool *is_known)
{
    if (literal->kind != LITERAL_COMPARISON || literal->comparison != COMPARISON_EQUAL)
        return false;
    if (term_is_known(literal->left, is_known))
        return learn(literal->right, is_known);
    return term_is_known(literal->right, is_known) && learn(literal->left, is_known);
}

static bool learn_from(const struct literal *literal, bool *is_known)
{
    return literal->kind == LITERAL_ATOM ? learn_from_atom(literal->atom, is_known)
                                         : literal_learn(literal, is_known);
}

bool body_is_distinct(const struct body *body, bool *is_known)
{
    bool has_learnt = true;
    while (has_learnt) {
        has_learnt = false;
        for (size_t i = 0; i < body->count; i++)
            has_learnt = learn_from(body->literals[i], is_known) || has_learnt;
    }
    for (size_t i = 0; i < body->count; i++)
        if (body->literals[i]->kind == LITERAL_ATOM &&
            !has_one_row(body->literals[i]->atom, is_known))
            return false;
    return true;
}

static bool is_plain(const struct rule *rule)
{
    size_t atoms = 0;
    for (size_t i = 0; i < rule->body.count; i++) {
        const struct literal *literal = rule->body.literals[i];
        bool is_stored = literal->atom && literal->atom->predicate->stored;
        bool has_aggregate = (literal->left && term_has_aggregate(literal->left)) ||
                             (literal->right && term_has_aggregate(literal->right));
        if (literal->kind == LITERAL_NEGATION || (literal->atom && !is_stored) ||
            has_aggregate || literal_may_fail(literal))
            return false;
        atoms += is_stored;
    }
    for (size_t i = 0; i < rule->head->count; i++)
        if (term_has_aggregate(rule->head->args[i]) ||
            term_may_fail(rule->head->args[i]))
            return false;
    return atoms == 1;
}

bool compile_is_part(const struct rule *rule)
{
    if (!is_plain(rule))
        return false;
    AUTO(arena) struct arena *arena = arena_new();
    bool *is_known = arena_take(arena, rule->variable_count * sizeof *is_known);
    for (size_t i = 0; i < rule->head->count; i++)
        if (term_is_variable(rule->head->args[i]))
            is_known[rule->head->args[i]->variable->number] = true;
    return body_is_distinct(&rule->body, is_known);
}
