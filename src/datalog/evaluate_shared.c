// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_shared - relations that several rules read, and that are cheaper computed by
 * themselves, once, than unfolded into each of them.
 *
 *     busy(h) :- host(h), n = count : { run(h, _) }, n > 9.
 *
 * What an aggregate has to be is looked at behind all joins of the rule that this was
 * unfolded into: for each of their rows anew. And one whose rows are the groups of an
 * aggregate has them all computed wherever it is joined:
 *
 *     newest(p, v) :- has(_, p, _), v = max x : { has(_, p, x) }.
 */
#include "datalog/evaluate_parts.h"
#include "datalog/walk.h"

static void count_use(void *context, const struct term *term)
{
    size_t *uses = context;
    if (term->kind == TERM_VARIABLE)
        uses[term->variable->number]++;
}

static void find_aggregate(void *context, const struct term *term)
{
    bool *has_any = context;
    *has_any |= term->kind == TERM_AGGREGATE;
}

/* v = count : { … }, and nothing else of the body is about v. */
static bool is_told_only(const struct literal *literal, const size_t *uses)
{
    const struct term *sides[] = {literal->left, literal->right};
    for (size_t i = 0; literal->comparison == COMPARISON_EQUAL && i < 2; i++)
        if (sides[i]->kind == TERM_VARIABLE && uses[sides[i]->variable->number] == 1)
            return true;
    return false;
}

/* Whether what an aggregate gives shows which rows there are. */
static bool is_restricted(struct program *program, const struct rule *rule)
{
    size_t *uses = arena_take(program->arena, rule->variable_count * sizeof *uses);
    bool has_any = false;
    for (size_t i = 0; i < rule->body.count; i++)
        walk_terms(rule->body.literals[i], count_use, uses);
    for (size_t i = 0; i < rule->body.count && !has_any; i++) {
        const struct literal *literal = rule->body.literals[i];
        if (literal->kind == LITERAL_COMPARISON && !is_told_only(literal, uses))
            walk_terms(literal, find_aggregate, &has_any);
    }
    return has_any;
}

/* A constant among the arguments asks for a part of it. */
static bool reads_all(const struct literal *literal, const struct predicate *predicate)
{
    if (literal->kind != LITERAL_ATOM || literal->atom->predicate != predicate)
        return false;
    for (size_t i = 0; i < literal->atom->count; i++)
        if (literal->atom->args[i]->kind == TERM_CONSTANT)
            return false;
    return true;
}

static size_t count_reads(const struct predicate *reader,
                          const struct predicate *predicate)
{
    size_t reads = 0;
    for (size_t i = 0; i < reader->rule_count; i++)
        for (size_t j = 0; j < reader->rules[i]->body.count; j++)
            reads += reads_all(reader->rules[i]->body.literals[j], predicate);
    return reads;
}

/* Whether it would be unfolded more than once. */
static bool is_shared(struct predicate *const *all, size_t count,
                      const struct predicate *predicate)
{
    size_t reads = 0;
    for (size_t i = 0; i < count && reads < 2; i++) {
        size_t own = count_reads(all[i], predicate);
        bool is_again = own == 1 && !all[i]->table && is_shared(all, count, all[i]);
        reads += is_again ? 2 : own;
    }
    return reads > 1;
}

static size_t count_atoms(const struct body *body)
{
    size_t count = 0;
    for (size_t i = 0; i < body->count; i++)
        count += body->literals[i]->kind == LITERAL_ATOM;
    return count;
}

/* With other atoms, in any rule. */
static bool is_joined(struct predicate *const *all, size_t count,
                      const struct predicate *predicate)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < all[i]->rule_count; j++) {
            const struct body *body = &all[i]->rules[j]->body;
            for (size_t k = 0; count_atoms(body) > 1 && k < body->count; k++)
                if (reads_all(body->literals[k], predicate))
                    return true;
        }
    return false;
}

static bool are_groups(const struct predicate *predicate)
{
    for (size_t i = 0; i < predicate->rule_count; i++)
        if (!compile_is_groups(predicate->rules[i]))
            return false;
    return predicate->rule_count > 0;
}

void shared_choose(struct program *program, struct predicate *const *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; !all[i]->table && j < all[i]->rule_count; j++)
            if (is_restricted(program, all[i]->rules[j]) &&
                is_shared(all, count, all[i]))
                plan_give_table(all[i]);
    for (size_t i = 0; i < count; i++)
        if (!all[i]->table && are_groups(all[i]) && is_joined(all, count, all[i]))
            plan_give_table(all[i]);
}
