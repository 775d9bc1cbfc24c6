// SPDX-License-Identifier: GPL-3.0-or-later
/* check_order - puts the literals of a body in an order in which each variable is bound
 * when it is asked for: conditions as soon as they can be, then what computes a
 * variable, then the atom of which most is known. Where none is left that could be
 * next, a variable is bound by nothing. */
#include "datalog/check_parts.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"

struct ordering {
    struct check *check;
    struct rule *rule;
    bool *bound;              /* one a variable, by its number */
    const struct atom *binds; /* its plain arguments are taken as bound */
    struct term *unbound;     /* what was met first that is not */
    bool is_inside;           /* of an aggregate */
};

/* ---- what is bound ---- */

static bool is_bound(const struct ordering *ordering, const struct variable *variable)
{
    if (ordering->bound[variable->number])
        return true;
    const struct atom *atom = ordering->binds;
    for (size_t i = 0; atom && i < atom->count; i++) {
        if (atom->args[i]->kind == TERM_VARIABLE && atom->args[i]->variable == variable)
            return true;
    }
    return false;
}

struct search {
    const struct variable *variable;
    struct term *found;
};

static int find_variable(void *context, struct term *term)
{
    struct search *search = context;
    if (term->kind != TERM_VARIABLE || term->variable != search->variable)
        return 0;
    search->found = term;
    return 1;
}

/* Where an aggregate asks for it. */
static struct term *find_place(struct aggregate *aggregate,
                               const struct variable *variable)
{
    struct search search = {.variable = variable};
    const struct walk walk = {.context = &search, .term = find_variable};
    walk_aggregate(&walk, aggregate);
    return search.found;
}

static int find_use(void *context, struct term *term)
{
    struct ordering *ordering = context;
    if (term->kind != TERM_VARIABLE || is_bound(ordering, term->variable))
        return 0;
    ordering->unbound = term;
    ordering->is_inside = false;
    return 1;
}

/* Variables of an aggregate that are its own are its own affair. */
static int find_unbound(void *context, struct term *term)
{
    struct ordering *ordering = context;
    if (term->kind != TERM_AGGREGATE)
        return find_use(context, term);
    for (size_t i = 0; i < term->aggregate->outer_count; i++) {
        const struct variable *variable = term->aggregate->outer[i];
        if (is_bound(ordering, variable))
            continue;
        ordering->unbound = find_place(term->aggregate, variable);
        ordering->is_inside = true;
        return 1;
    }
    return 0;
}

static bool is_known(struct ordering *ordering, struct term *term)
{
    const struct walk walk = {
        .context = ordering, .term = find_unbound, .is_shallow = true};
    return walk_term(&walk, term) == 0;
}

static void bind(struct ordering *ordering, const struct term *term)
{
    if (term->kind == TERM_VARIABLE)
        ordering->bound[term->variable->number] = true;
}

/* ---- when a literal can be next ---- */

/* From the best on; of atoms those are better that have more bound arguments. */
enum rank { RANK_CONDITION, RANK_BINDER, RANK_ATOM, RANK_NOT_YET };

static bool is_equality(const struct literal *literal)
{
    return literal->kind == LITERAL_COMPARISON &&
           literal->comparison == COMPARISON_EQUAL;
}

static enum rank rank_comparison(struct ordering *ordering,
                                 const struct literal *literal)
{
    struct term *left = literal->left, *right = literal->right;
    bool is_right_known = is_known(ordering, right);
    bool is_left_known = is_known(ordering, left);
    if (is_left_known && is_right_known)
        return RANK_CONDITION;
    bool may_bind = is_equality(literal);
    if (may_bind && ((is_left_known && right->kind == TERM_VARIABLE) ||
                     (is_right_known && left->kind == TERM_VARIABLE)))
        return RANK_BINDER;
    bool may_bind_left = may_bind && left->kind == TERM_VARIABLE;
    if (may_bind_left && right->kind != TERM_VARIABLE)
        is_known(ordering, right); /* is what lacks, and not the left side */
    return RANK_NOT_YET;
}

static bool are_arguments_known(struct ordering *ordering, const struct atom *atom,
                                bool is_negated)
{
    for (size_t i = 0; i < atom->count; i++) {
        struct term *term = atom->args[i];
        bool is_free =
            term->kind == TERM_ANY || (!is_negated && term->kind == TERM_VARIABLE);
        if (!is_free && !is_known(ordering, term))
            return false;
    }
    return true;
}

static enum rank rank_atom(struct ordering *ordering, const struct literal *literal)
{
    const struct atom *atom = literal->atom;
    bool is_negated = literal->kind == LITERAL_NEGATION;
    if (atom->at && !is_known(ordering, atom->at))
        return RANK_NOT_YET;
    ordering->binds = is_negated ? NULL : atom;
    bool is_ready = are_arguments_known(ordering, atom, is_negated);
    ordering->binds = NULL;
    if (!is_ready)
        return RANK_NOT_YET;
    return is_negated ? RANK_CONDITION : RANK_ATOM;
}

static enum rank rank_literal(struct ordering *ordering, const struct literal *literal)
{
    if (literal->atom)
        return rank_atom(ordering, literal);
    if (literal->kind == LITERAL_COMPARISON)
        return rank_comparison(ordering, literal);
    if (literal->kind == LITERAL_TRUTH)
        return RANK_CONDITION;
    return is_known(ordering, literal->left) && is_known(ordering, literal->right)
               ? RANK_CONDITION
               : RANK_NOT_YET;
}

static size_t count_bound(struct ordering *ordering, const struct literal *literal)
{
    size_t count = 0;
    for (size_t i = 0; literal->atom && i < literal->atom->count; i++) {
        struct term *term = literal->atom->args[i];
        count += term->kind != TERM_ANY && is_known(ordering, term);
    }
    return count;
}

/* ---- what is said where nothing can be next ---- */

static int find_other(void *context, struct term *term)
{
    const struct term *unbound = context;
    return term->kind == TERM_VARIABLE && term->variable == unbound->variable &&
           term != unbound;
}

/* Who writes a word once may mean a text. The head of a question repeats its body. */
static bool is_alone(const struct ordering *ordering)
{
    struct rule *rule = ordering->rule;
    const struct walk walk = {.context = ordering->unbound, .term = find_other};
    return rule->body.count > 0 ? walk_body(&walk, &rule->body) == 0
                                : walk_rule(&walk, rule) == 0;
}

static bool is_argument(const struct atom *atom, const struct term *term)
{
    for (size_t i = 0; atom && i < atom->count; i++) {
        if (atom->args[i] == term)
            return true;
    }
    return false;
}

static const char *hint_for(const struct ordering *ordering,
                            const struct literal *literal)
{
    const struct term *unbound = ordering->unbound;
    if (ordering->is_inside)
        return ": it is used outside of this aggregate too, and must be bound there";
    if (literal && is_argument(literal->atom, unbound))
        return ": in a negation, what may be anything is written _";
    if (literal && is_equality(literal) && literal->left != unbound &&
        literal->right != unbound)
        return ": \"=\" gives a value to a variable that stands alone on one side";
    bool is_word =
        literal ? literal->kind == LITERAL_COMPARISON : ordering->rule->body.count == 0;
    if (is_word && is_alone(ordering))
        return arena_format(ordering->check->program->arena,
                            "; a text is in quotes, \"%s\"", unbound->name);
    return "";
}

static int refuse_unbound(struct ordering *ordering, const struct literal *literal)
{
    const struct term *unbound = ordering->unbound;
    return complain(ordering->check->complaint, &unbound->place, -EINVAL,
                    "nothing binds %s%s", unbound->name, hint_for(ordering, literal));
}

/* The literal that is the first of those left. */
static int refuse_rest(struct ordering *ordering, const struct body *body,
                       const bool *is_placed)
{
    size_t i = 0;
    while (is_placed[i])
        i++;
    rank_literal(ordering, body->literals[i]);
    return refuse_unbound(ordering, body->literals[i]);
}

/* ---- aggregates ---- */

static int order_body(struct ordering *ordering, struct body *body);

static int order_alternative(struct ordering *ordering,
                             const struct aggregate *aggregate, struct body *body)
{
    int rc = order_body(ordering, body);
    if (rc < 0 || !aggregate->target || is_known(ordering, aggregate->target))
        return rc;
    return refuse_unbound(ordering, NULL);
}

static int order_aggregate(void *context, struct term *term)
{
    struct ordering *outside = context;
    if (term->kind != TERM_AGGREGATE)
        return 0;
    struct aggregate *aggregate = term->aggregate;
    AUTO(str) char *bound = NULL;
    struct ordering inside = *outside;
    for (size_t i = 0; i < aggregate->count; i++) {
        free(bound);
        bound = memory_new(outside->rule->variable_count + 1);
        inside.bound = (bool *)bound;
        for (size_t j = 0; j < aggregate->outer_count; j++)
            inside.bound[aggregate->outer[j]->number] = true;
        int rc = order_alternative(&inside, aggregate, &aggregate->bodies[i]);
        if (rc < 0)
            return rc;
    }
    const struct walk walk = {
        .context = &inside, .term = order_aggregate, .is_shallow = true};
    return aggregate->target ? walk_term(&walk, aggregate->target) : 0;
}

/* ---- bodies ---- */

static size_t find_next(struct ordering *ordering, const struct body *body,
                        const bool *is_placed)
{
    size_t next = SIZE_MAX, next_bound = 0;
    enum rank next_rank = RANK_NOT_YET;
    for (size_t i = 0; i < body->count && next_rank != RANK_CONDITION; i++) {
        enum rank rank =
            is_placed[i] ? RANK_NOT_YET : rank_literal(ordering, body->literals[i]);
        if (rank == RANK_NOT_YET || rank > next_rank)
            continue;
        size_t bound = rank == RANK_ATOM ? count_bound(ordering, body->literals[i]) : 0;
        if (rank < next_rank || bound > next_bound) {
            next = i;
            next_rank = rank;
            next_bound = bound;
        }
    }
    return next;
}

static int place_literal(struct ordering *ordering, struct literal *literal)
{
    const struct walk walk = {
        .context = ordering, .term = order_aggregate, .is_shallow = true};
    int rc = walk_literal(&walk, literal);
    if (rc < 0)
        return rc;
    if (literal->kind == LITERAL_COMPARISON) {
        bind(ordering, literal->left);
        bind(ordering, literal->right);
    }
    for (size_t i = 0; literal->kind == LITERAL_ATOM && i < literal->atom->count; i++)
        bind(ordering, literal->atom->args[i]);
    return 0;
}

static int order_body(struct ordering *ordering, struct body *body)
{
    struct arena *arena = ordering->check->program->arena;
    if (body->count > CHECK_LITERALS_MAX)
        return complain(ordering->check->complaint, &body->literals[0]->place, -EINVAL,
                        "a body has at most %d conditions", CHECK_LITERALS_MAX);
    struct literal **ordered = arena_take(arena, body->count * sizeof *ordered);
    bool *is_placed = arena_take(arena, body->count * sizeof *is_placed);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < body->count; i++) {
        size_t next = find_next(ordering, body, is_placed);
        if (next == SIZE_MAX)
            return refuse_rest(ordering, body, is_placed);
        is_placed[next] = true;
        ordered[i] = body->literals[next];
        rc = place_literal(ordering, ordered[i]);
    }
    body->literals = ordered;
    return rc;
}

static int order_head(struct ordering *ordering, const struct atom *head)
{
    const struct walk inside = {
        .context = ordering, .term = order_aggregate, .is_shallow = true};
    for (size_t i = 0; i < head->count; i++) {
        if (!is_known(ordering, head->args[i]))
            return refuse_unbound(ordering, NULL);
        int rc = walk_term(&inside, head->args[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int order_rule(struct check *check, struct rule *rule)
{
    AUTO(str) char *bound = memory_new(rule->variable_count + 1);
    struct ordering ordering = {.check = check, .rule = rule, .bound = (bool *)bound};
    int rc = order_body(&ordering, &rule->body);
    return rc == 0 ? order_head(&ordering, rule->head) : rc;
}

int check_order(struct check *check)
{
    return check_each_rule(check, order_rule);
}
