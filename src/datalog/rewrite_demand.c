// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_demand - which relations are asked for with which arguments given.
 *
 * Worth it are those that are recursive, or lead to one. What is asked for without any
 * argument, within an aggregate or in too many ways, is kept as it is; that may undo
 * demands of others, so all begins again until nothing new is kept.
 *
 * What is negated is made as a whole, or for constants alone, and so is what is within
 * an aggregate. What each of these is made of is asked for by it alone, its root, and
 * is made for it alone: so nothing that is below a negation hangs on what is asked
 * above, and strata stay strata. */
#include "datalog/rewrite_demand.h"

#include <stdlib.h>
#include <string.h>

#include "datalog/rewrite_factor.h"
#include "datalog/rewrite_way.h"
#include "datalog/walk.h"

#define PATTERNS_MAX 8 /* of one relation */

struct judged {
    struct predicate *predicate;
    bool is_worthy;
    bool is_below; /* a negation or an aggregate */
    bool is_kept;
    bool is_asked_by_many; /* values, and not by constants alone */
    struct demand *demands[PATTERNS_MAX];
    size_t demand_count;
};

/* ---- what is known of each predicate ---- */

static int compare_addresses(const void *one, const void *other)
{
    uintptr_t left = (uintptr_t)((const struct judged *)one)->predicate;
    uintptr_t right = (uintptr_t)((const struct judged *)other)->predicate;
    return left < right ? -1 : left > right;
}

static struct judged *judged_find(const struct demands *demands,
                                  const struct predicate *predicate)
{
    struct judged key = {.predicate = (struct predicate *)predicate};
    return bsearch(&key, demands->judged, demands->judged_count, sizeof key,
                   compare_addresses);
}

static bool may_bind(const struct judged *judged)
{
    return judged && judged->is_worthy && !judged->is_kept;
}

bool demands_may_bind(const struct demands *demands, const struct predicate *predicate)
{
    return may_bind(judged_find(demands, predicate));
}

static void keep(struct demands *demands, struct judged *judged)
{
    if (judged->is_kept)
        return;
    judged->is_kept = true;
    demands->is_changed = true;
    arena_push(demands->program->arena, (void ***)&demands->kept, &demands->kept_count,
               judged->predicate);
}

struct marking {
    const struct demands *demands;
    struct predicate **marked; /* whose rules are still to be looked at */
    size_t count;
    bool with_joined;
};

static void mark_below(void *context, struct atom *atom, bool is_joined)
{
    struct marking *marking = context;
    struct judged *judged = judged_find(marking->demands, atom->predicate);
    if (!judged || judged->is_below || (is_joined && !marking->with_joined))
        return;
    judged->is_below = true;
    arena_push(marking->demands->program->arena, (void ***)&marking->marked,
               &marking->count, atom->predicate);
}

static void judge_below(struct demands *demands)
{
    struct marking marking = {.demands = demands};
    for (size_t i = 0; i < demands->judged_count; i++)
        for (size_t j = 0; j < demands->judged[i].predicate->rule_count; j++)
            walk_atoms(demands->judged[i].predicate->rules[j], mark_below, &marking);
    marking.with_joined = true;
    for (size_t i = 0; i < marking.count; i++)
        for (size_t j = 0; j < marking.marked[i]->rule_count; j++)
            walk_atoms(marking.marked[i]->rules[j], mark_below, &marking);
}

static void find_worthy(void *context, struct atom *atom, bool is_joined UNUSED)
{
    struct marking *marking = context;
    const struct judged *judged = judged_find(marking->demands, atom->predicate);
    marking->with_joined |= judged && judged->is_worthy;
}

static bool leads_to_recursion(const struct demands *demands,
                               const struct predicate *predicate)
{
    struct marking marking = {.demands = demands};
    for (size_t i = 0; i < predicate->rule_count; i++)
        walk_atoms(predicate->rules[i], find_worthy, &marking);
    return marking.with_joined;
}

static int compare_strata(const void *one, const void *other)
{
    const struct predicate *left = *(struct predicate *const *)one;
    const struct predicate *right = *(struct predicate *const *)other;
    return left->stratum < right->stratum ? -1 : left->stratum > right->stratum;
}

static void judge_worth(struct demands *demands)
{
    struct predicate **order = arena_take(demands->program->arena,
                                          (demands->judged_count + 1) * sizeof *order);
    for (size_t i = 0; i < demands->judged_count; i++)
        order[i] = demands->judged[i].predicate;
    qsort(order, demands->judged_count, sizeof *order, compare_strata);
    for (size_t i = 0; i < demands->judged_count; i++)
        judged_find(demands, order[i])->is_worthy =
            order[i]->is_recursive || leads_to_recursion(demands, order[i]);
}

static void judge(struct demands *demands)
{
    struct program *program = demands->program;
    demands->judged = arena_take(program->arena, (program->predicate_count + 1) *
                                                     sizeof *demands->judged);
    for (size_t i = 0; i < program->predicate_count; i++)
        if (program->predicates[i]->is_reachable && !program->predicates[i]->stored)
            demands->judged[demands->judged_count++].predicate = program->predicates[i];
    qsort(demands->judged, demands->judged_count, sizeof *demands->judged,
          compare_addresses);
    judge_worth(demands);
    judge_below(demands);
    for (size_t i = 0; i < demands->judged_count; i++) {
        const struct predicate *predicate = demands->judged[i].predicate;
        if (predicate->has_input || predicate == program->question)
            keep(demands, &demands->judged[i]);
    }
    for (size_t i = 0; i < program->directive_count; i++) {
        struct judged *judged = judged_find(demands, program->directives[i].predicate);
        if (judged)
            keep(demands, judged);
    }
}

/* ---- demands ---- */

static bool is_same(const struct demand *one, const struct demand *other)
{
    return one->root == other->root && one->is_factored == other->is_factored &&
           one->asker == other->asker && one->head == other->head &&
           one->rule == other->rule && one->literal == other->literal &&
           strcmp(one->adornment, other->adornment) == 0;
}

/* NULL: there are too many. */
static struct demand *demand_find(struct demands *demands, struct judged *judged,
                                  const struct demand *wanted)
{
    for (size_t i = 0; i < judged->demand_count; i++)
        if (is_same(judged->demands[i], wanted))
            return judged->demands[i];
    if (judged->demand_count == PATTERNS_MAX)
        return NULL;
    struct demand *demand = arena_take(demands->program->arena, sizeof *demand);
    *demand = *wanted;
    demand->predicate = judged->predicate;
    judged->demands[judged->demand_count++] = demand;
    arena_push(demands->program->arena, (void ***)&demands->items, &demands->count,
               demand);
    return demand;
}

bool demands_is_own(const struct rule *rule, const struct literal *literal)
{
    const struct predicate *head = rule->head->predicate;
    const struct predicate *predicate =
        literal->kind == LITERAL_ATOM ? literal->atom->predicate : NULL;
    return predicate && head->is_recursive && predicate->is_recursive &&
           head->stratum == predicate->stratum;
}

static const struct predicate *root_of(const struct demands *demands,
                                       const struct way *way)
{
    if (way->asker)
        return way->asker->root;
    const struct judged *judged = judged_find(demands, way->rule->head->predicate);
    return judged->is_below ? judged->predicate : NULL;
}

/* Whether the values that a rule was asked for with are those of constants. */
static bool is_single(const struct demands *demands, const struct demand *asker)
{
    return asker && !asker->is_factored &&
           !judged_find(demands, asker->predicate)->is_asked_by_many;
}

static bool is_constant(const struct way *way, const struct term *term)
{
    bool is_found = term->kind == TERM_CONSTANT;
    const struct body *body = &way->rule->body;
    for (size_t i = 0; !is_found && i < body->count; i++) {
        const struct literal *literal = body->literals[i];
        is_found = term->kind == TERM_VARIABLE && way_is_constant(literal) &&
                   (literal->left->variable == term->variable ||
                    literal->right->variable == term->variable);
    }
    const struct atom *head = way->rule->head;
    for (size_t i = 0; !is_found && i < head->count; i++)
        is_found = is_single(way->demands, way->asker) && term->kind == TERM_VARIABLE &&
                   way->asker->adornment[i] == 'b' &&
                   head->args[i]->variable == term->variable;
    return is_found;
}

static bool are_constants(const struct way *way, const struct atom *atom,
                          const char *pattern)
{
    bool are = true;
    for (size_t i = 0; are && i < atom->count; i++)
        are = pattern[i] != 'b' || is_constant(way, atom->args[i]);
    return are;
}

static struct demand *meet_pattern(struct demands *demands, struct judged *judged,
                                   const struct way *way, size_t literal)
{
    const struct atom *atom = way->rule->body.literals[literal]->atom;
    const char *pattern = way_pattern(way, atom);
    bool is_own = demands_is_own(way->rule, way->rule->body.literals[literal]);
    if (!pattern || (is_own && !way->asker))
        return NULL;
    if (!is_own && !judged->is_asked_by_many && !are_constants(way, atom, pattern)) {
        judged->is_asked_by_many = true;
        demands->is_changed = true;
    }
    return demand_find(
        demands, judged,
        &(struct demand){.adornment = pattern, .root = root_of(demands, way)});
}

/* Where constants alone are given, little is asked for: the more, the better. */
static bool is_preferred(const struct way *way, const struct atom *atom,
                         const char *adornment)
{
    const char *pattern = way_pattern(way, atom);
    bool is_more = false;
    for (size_t i = 0; pattern && i < atom->count; i++)
        is_more |= pattern[i] == 'b' && adornment[i] != 'b';
    bool is_any = strchr(adornment, 'b') != NULL;
    return !is_more || (is_any && !are_constants(way, atom, pattern));
}

static struct demand factored(const struct factors *factors,
                              const struct predicate *root, const struct way *way,
                              size_t literal)
{
    return (struct demand){
        .adornment = factors->adornment,
        .root = root,
        .is_factored = true,
        .filter = factors->filter,
        .asker = way->asker,
        .head = way->rule->head->predicate,
        .rule = way->rule->number,
        .literal = literal,
    };
}

static struct demand *meet_factored(struct demands *demands, struct judged *judged,
                                    const struct way *way, size_t literal)
{
    struct factors factors;
    const struct atom *atom = way->rule->body.literals[literal]->atom;
    if (!demands->may_factor || !factor_find(way, literal, &factors) ||
        !is_preferred(way, atom, factors.adornment))
        return NULL;
    const struct demand wanted =
        factored(&factors, root_of(demands, way), way, literal);
    return demand_find(demands, judged, &wanted);
}

/* Constants, and nothing that a row would have to be known for. */
static struct demand *meet_hidden(struct demands *demands, struct judged *judged,
                                  const struct way *way, size_t literal)
{
    const struct atom *atom = way->rule->body.literals[literal]->atom;
    char *pattern = arena_take(demands->program->arena, atom->count + 1);
    for (size_t i = 0; i < atom->count; i++)
        pattern[i] = atom->args[i]->kind == TERM_CONSTANT ? 'b' : 'f';
    struct factors factors;
    struct demand wanted = {.adornment = pattern, .root = judged->predicate};
    if (demands->may_factor && factor_find_hidden(way, literal, &factors))
        wanted = factored(&factors, judged->predicate, way, literal);
    else if (!strchr(pattern, 'b'))
        return NULL;
    struct demand *demand = demand_find(demands, judged, &wanted);
    if (demand)
        demand->is_hidden = true;
    return demand;
}

struct demand *demands_meet(struct demands *demands, const struct way *way,
                            size_t literal)
{
    const struct literal *met = way->rule->body.literals[literal];
    if (!met->atom || met->atom->is_guard)
        return NULL;
    if (way->asker && way->asker->is_factored && demands_is_own(way->rule, met))
        return (struct demand *)way->asker;
    struct judged *judged = judged_find(demands, met->atom->predicate);
    if (!may_bind(judged))
        return NULL;
    struct demand *demand = NULL;
    if (met->kind == LITERAL_NEGATION)
        demand = meet_hidden(demands, judged, way, literal);
    else
        demand = meet_factored(demands, judged, way, literal);
    if (!demand && met->kind == LITERAL_ATOM)
        demand = meet_pattern(demands, judged, way, literal);
    if (!demand)
        keep(demands, judged);
    return demand;
}

/* ---- the whole program ---- */

struct looking {
    struct demands *demands;
    const struct rule *rule;
};

static bool is_of_body(const struct rule *rule, const struct atom *atom)
{
    for (size_t i = 0; i < rule->body.count; i++)
        if (rule->body.literals[i]->atom == atom)
            return true;
    return false;
}

/* What is within an aggregate. */
static void keep_inner(void *context, struct atom *atom, bool is_joined)
{
    const struct looking *looking = context;
    if (is_joined || is_of_body(looking->rule, atom))
        return;
    struct judged *judged = judged_find(looking->demands, atom->predicate);
    if (judged)
        keep(looking->demands, judged);
}

static void go_through(struct demands *demands, const struct predicate *predicate,
                       const struct demand *asker)
{
    for (size_t i = 0; i < predicate->rule_count; i++) {
        const struct rule *rule = predicate->rules[i];
        walk_atoms(rule, keep_inner,
                   &(struct looking){.demands = demands, .rule = rule});
        size_t asked = factor_asked(asker, rule);
        struct way way = way_begin(demands, rule, asker);
        for (size_t j = 0; j < rule->body.count; j++) {
            (void)demands_meet(demands, &way, j);
            if (j != asked)
                way_pass(&way, j);
        }
    }
}

static void begin_again(struct demands *demands)
{
    demands->is_changed = false;
    demands->items = NULL;
    demands->count = 0;
    for (size_t i = 0; i < demands->judged_count; i++)
        demands->judged[i].demand_count = 0;
}

struct demands demands_of(struct program *program, bool may_factor)
{
    struct demands demands = {.program = program, .may_factor = may_factor};
    judge(&demands);
    do {
        begin_again(&demands);
        size_t kept = 0, asked = 0;
        while (kept < demands.kept_count || asked < demands.count) {
            for (; kept < demands.kept_count; kept++)
                go_through(&demands, demands.kept[kept], NULL);
            for (; asked < demands.count; asked++)
                go_through(&demands, demands.items[asked]->predicate,
                           demands.items[asked]);
        }
    } while (demands.is_changed);
    return demands;
}
