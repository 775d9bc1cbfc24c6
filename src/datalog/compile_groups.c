// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_groups - a rule whose atoms only ask for what its aggregate has groups of:
 * where there is a group they hold, so the groups are read in their place.
 *
 *     newest(p, v) :- has(_, p, _), v = max x : { has(_, p, x) }.
 *
 *     SELECT t1.k0 AS c1, t1.n AS c2
 *       FROM (SELECT k0, max(x COLLATE version) AS n FROM (…) GROUP BY k0) AS t1
 */
#include "datalog/compile_parts.h"

#include "datalog/catalogue.h"

struct asking {
    const struct rule *rule;
    const struct aggregate *aggregate;
    size_t *uses; /* of each variable, in the whole rule */
};

static void count_use(struct variable *variable, void *context)
{
    size_t *uses = context;
    uses[variable->number]++;
}

static void count_uses(struct asking *asking, struct arena *arena)
{
    const struct rule *rule = asking->rule;
    asking->uses = arena_take(arena, rule->variable_count * sizeof *asking->uses);
    for (size_t i = 0; i < rule->body.count; i++)
        literal_each_variable(rule->body.literals[i], count_use, asking->uses);
    for (size_t i = 0; i < rule->head->count; i++)
        term_each_variable(rule->head->args[i], count_use, asking->uses);
}

static bool is_outer(const struct aggregate *aggregate, const struct term *term)
{
    for (size_t i = 0; i < aggregate->outer_count; i++)
        if (term_is_variable(term) && aggregate->outer[i] == term->variable)
            return true;
    return false;
}

/* Whether a row that inner has is one that outer asks for, as far as this column is
 * concerned; is_both: and the other way round. */
static bool is_same_column(const struct asking *asking, const struct atom *outer,
                           const struct atom *inner, size_t column, bool is_both)
{
    const struct term *asked = outer->args[column], *given = inner->args[column];
    if (is_outer(asking->aggregate, given))
        return term_is_variable(asked) && asked->variable == given->variable;
    bool may_be_null = atom_may_be_null(outer, column);
    if (is_both && given->kind != TERM_ANY &&
        (!term_is_variable(given) || may_be_null || !given->variable->local))
        return false;
    if (asked->kind == TERM_ANY)
        return true;
    return term_is_variable(asked) && asking->uses[asked->variable->number] == 1 &&
           (given->kind != TERM_ANY || !may_be_null);
}

/* x, x asks for rows with the same value twice. */
static bool has_twice(const struct atom *atom)
{
    for (size_t i = 0; i < atom->count; i++)
        for (size_t j = 0; j < i; j++)
            if (term_is_variable(atom->args[i]) && term_is_variable(atom->args[j]) &&
                atom->args[i]->variable == atom->args[j]->variable)
                return true;
    return false;
}

/* Its groups are told apart by that, and not by what it stands for. */
static bool has_number(const struct aggregate *aggregate, const struct atom *atom)
{
    const struct numbering *numbering = atom_numbering(atom);
    for (size_t i = 0; numbering && i < atom->count; i++)
        if (numbering->columns[i] != '-' && !is_outer(aggregate, atom->args[i]))
            return false;
    return numbering != NULL;
}

static bool is_same_atom(const struct asking *asking, const struct atom *outer,
                         const struct atom *inner, bool is_both)
{
    if (outer->predicate != inner->predicate || outer->at || inner->at ||
        has_number(asking->aggregate, inner) || (is_both && has_twice(inner)))
        return false;
    for (size_t i = 0; i < outer->count; i++)
        if (!is_same_column(asking, outer, inner, i, is_both))
            return false;
    return true;
}

/* Whether the atom holds where there is a group. A count is asked for nothing too: then
 * there has to be a group wherever the atom holds. */
static bool is_asked_for(const struct asking *asking, const struct atom *atom)
{
    const struct body *body = &asking->aggregate->bodies[0];
    bool is_both = asking->aggregate->kind == AGGREGATE_COUNT;
    if (is_both && body->count > 1)
        return false;
    for (size_t i = 0; i < body->count; i++)
        if (body->literals[i]->kind == LITERAL_ATOM &&
            is_same_atom(asking, atom, body->literals[i]->atom, is_both))
            return true;
    return false;
}

/* All atoms are; and all that there are groups of is theirs. */
static bool are_asked_for(const struct asking *asking)
{
    const struct body *body = &asking->rule->body;
    for (size_t i = 0; i < asking->aggregate->outer_count; i++)
        if (!body_has_column(body, asking->aggregate->outer[i]))
            return false;
    for (size_t i = 0; i < body->count; i++)
        if (body->literals[i]->kind == LITERAL_ATOM &&
            !is_asked_for(asking, body->literals[i]->atom))
            return false;
    return true;
}

/* v = max x : { … }: the aggregate, and v; NULL: it is something else. */
static const struct term *find_aggregate(const struct literal *literal,
                                         const struct term **ret_defined)
{
    if (literal->kind != LITERAL_COMPARISON || literal->comparison != COMPARISON_EQUAL)
        return NULL;
    const struct term *sides[] = {literal->left, literal->right};
    for (size_t i = 0; i < 2; i++) {
        const struct term *other = sides[1 - i];
        if (sides[i]->kind != TERM_AGGREGATE || !term_is_variable(other) ||
            is_outer(sides[i]->aggregate, other))
            continue;
        *ret_defined = other;
        return sides[i];
    }
    return NULL;
}

const struct literal *groups_find(const struct rule *rule)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct asking asking = {.rule = rule};
    for (size_t i = 0; i < rule->body.count; i++) {
        const struct term *defined,
            *found = find_aggregate(rule->body.literals[i], &defined);
        if (!found || found->aggregate->kind == AGGREGATE_SUM ||
            !aggregate_is_grouped(rule, found->aggregate))
            continue;
        if (!asking.uses)
            count_uses(&asking, arena);
        asking.aggregate = found->aggregate;
        if (are_asked_for(&asking))
            return rule->body.literals[i];
    }
    return NULL;
}

bool compile_is_groups(const struct rule *rule)
{
    return groups_find(rule) != NULL;
}

/* ---- in place of the atoms ---- */

static void bind(struct select *select, const struct variable *variable,
                 const char *column)
{
    struct compiler *compiler = select->compiler;
    compiler->bindings[variable->number] = (struct binding){
        .sql = column,
        .depth = compiler->depth,
        .tables = 1,
        .is_column = true,
    };
}

void groups_place(struct select *select, const struct literal *literal)
{
    struct compiler *compiler = select->compiler;
    const struct term *defined, *term = find_aggregate(literal, &defined);
    const struct aggregate *aggregate = term->aggregate;
    AUTO(strbuf) struct strbuf from = {0};
    aggregate_put_groups(compiler, term, &from);
    size_t table = ++compiler->names;
    strbuf_printf(&from, " AS t%zu", table);
    select_join(select, strbuf_text(&from), &term->place);
    for (size_t i = 0; i < aggregate->outer_count; i++)
        bind(select, aggregate->outer[i],
             arena_format(compiler->arena, "t%zu.k%zu", table, i));
    bind(select, defined->variable, arena_format(compiler->arena, "t%zu.n", table));
    for (size_t i = 0; i < select->body->count; i++)
        select->is_done[i] = select->body->literals[i] == literal ||
                             select->body->literals[i]->kind == LITERAL_ATOM;
    select->groups = aggregate;
}

bool groups_are_distinct(const struct aggregate *aggregate, const bool *is_known)
{
    for (size_t i = 0; i < aggregate->outer_count; i++)
        if (!is_known[aggregate->outer[i]->number])
            return false;
    return true;
}
