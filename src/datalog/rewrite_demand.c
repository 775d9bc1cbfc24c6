// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_demand - which relations are asked for with which arguments given.
 *
 * Worth it are those that are recursive, or lead to one. What is below a negation or an
 * aggregate is made as a whole, and nothing that it is made of is bound: so no rule
 * that rewrite_bind.c makes is below a negation, and strata stay strata. What is asked
 * for without any argument, or in too many ways, is kept as it is; that may undo
 * demands of others, so all begins again until nothing new is kept. */
#include "datalog/rewrite_demand.h"

#include <stdlib.h>
#include <string.h>

#include "datalog/functors.h"
#include "datalog/walk.h"

#define PATTERNS_MAX 8 /* of one relation */

struct judged {
    struct predicate *predicate;
    bool is_worthy;
    bool is_below; /* a negation or an aggregate */
    bool is_kept;
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
    return judged && judged->is_worthy && !judged->is_below && !judged->is_kept;
}

bool demands_keep(const struct demands *demands, const struct predicate *predicate)
{
    const struct judged *judged = judged_find(demands, predicate);
    return judged && judged->is_kept && !judged->is_below;
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

static void find_worthy(void *context, struct atom *atom, bool is_joined)
{
    struct marking *marking = context;
    const struct judged *judged = judged_find(marking->demands, atom->predicate);
    marking->with_joined |= is_joined && judged && judged->is_worthy;
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
    for (size_t i = 0; i < program->predicate_count; i++) {
        struct predicate *predicate = program->predicates[i];
        if (!predicate->is_reachable || predicate->stored)
            continue;
        demands->judged[demands->judged_count++] = (struct judged){
            .predicate = predicate,
            .is_kept = predicate->has_input || predicate == program->question,
        };
    }
    qsort(demands->judged, demands->judged_count, sizeof *demands->judged,
          compare_addresses);
    for (size_t i = 0; i < program->directive_count; i++) {
        struct judged *judged = judged_find(demands, program->directives[i].predicate);
        if (judged)
            judged->is_kept = true;
    }
    judge_worth(demands);
    judge_below(demands);
}

/* ---- literals ---- */

struct term_marks {
    bool *marks;
    const bool *sought;
    bool is_found, may_fail;
};

static void meet_variable(void *context, const struct term *term)
{
    struct term_marks *found = context;
    if (term->kind == TERM_AGGREGATE)
        found->may_fail = true;
    if (term->kind == TERM_CALL) {
        const struct functor_row *row = functor_of(term->functor);
        found->may_fail |= !row || row->may_fail;
    }
    if (term->kind != TERM_VARIABLE)
        return;
    if (found->marks)
        found->marks[term->variable->number] = true;
    if (found->sought)
        found->is_found |= found->sought[term->variable->number];
}

void way_mark(const struct literal *literal, bool *marks)
{
    struct term_marks found = {.marks = marks};
    walk_terms(literal, meet_variable, &found);
}

void way_mark_term(const struct term *term, bool *marks)
{
    struct term_marks found = {.marks = marks};
    walk_whole_term(term, meet_variable, &found);
}

bool way_has_any(const struct literal *literal, const bool *marks)
{
    struct term_marks found = {.sought = marks};
    walk_terms(literal, meet_variable, &found);
    return found.is_found;
}

static void meet_unbound(void *context, const struct term *term)
{
    struct term_marks *found = context;
    found->is_found |=
        term->kind == TERM_AGGREGATE ||
        (term->kind == TERM_VARIABLE && !found->sought[term->variable->number]);
}

static bool is_known(const struct term *term, const bool *is_bound)
{
    struct term_marks found = {.sought = is_bound};
    walk_whole_term(term, meet_unbound, &found);
    return !found.is_found;
}

static bool is_atom_ready(const struct literal *literal, const bool *is_bound)
{
    const struct atom *atom = literal->atom;
    bool is_ready = !atom->at || is_known(atom->at, is_bound);
    for (size_t i = 0; is_ready && i < atom->count; i++)
        is_ready = is_known(atom->args[i], is_bound) ||
                   (literal->kind == LITERAL_ATOM && atom->args[i]->kind != TERM_CALL);
    return is_ready;
}

bool way_is_ready(const struct literal *literal, const bool *is_bound)
{
    struct term_marks found = {0};
    walk_terms(literal, meet_variable, &found);
    if (found.may_fail)
        return false;
    if (literal->atom)
        return is_atom_ready(literal, is_bound);
    if (literal->kind == LITERAL_TRUTH)
        return true;
    bool left = is_known(literal->left, is_bound);
    bool right = is_known(literal->right, is_bound);
    bool may_bind_one =
        literal->kind == LITERAL_COMPARISON && literal->comparison == COMPARISON_EQUAL;
    return (left && right) ||
           (may_bind_one && ((left && literal->right->kind == TERM_VARIABLE) ||
                             (right && literal->left->kind == TERM_VARIABLE)));
}

bool way_is_constant(const struct literal *literal)
{
    if (literal->kind != LITERAL_COMPARISON || literal->comparison != COMPARISON_EQUAL)
        return false;
    enum term_kind left = literal->left->kind, right = literal->right->kind;
    return (left == TERM_CONSTANT && right == TERM_VARIABLE) ||
           (left == TERM_VARIABLE && right == TERM_CONSTANT);
}

/* ---- ways ---- */

static size_t count_true(const bool *marks, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += marks[i];
    return count;
}

static void meet_constant(void *context, const struct term *term)
{
    *(bool *)context |= term->kind == TERM_CONSTANT;
}

/* What has to do with what is marked, is too. */
static void spread(const struct way *way, bool *marks)
{
    const struct body *body = &way->rule->body;
    size_t before, after = count_true(marks, way->rule->variable_count);
    do {
        before = after;
        for (size_t i = 0; i < body->count; i++)
            if (way->is_passed[i] && way_has_any(body->literals[i], marks))
                way_mark(body->literals[i], marks);
        after = count_true(marks, way->rule->variable_count);
    } while (after > before);
}

static void pass(struct way *way, size_t literal)
{
    const struct literal *passed = way->rule->body.literals[literal];
    if (way->is_passed[literal] || !way_is_ready(passed, way->is_bound))
        return;
    way->is_passed[literal] = true;
    way_mark(passed, way->is_bound);
    bool has_constant = false;
    walk_terms(passed, meet_constant, &has_constant);
    if (has_constant)
        way_mark(passed, way->is_narrow);
    spread(way, way->is_narrow);
}

static bool is_bindable(const struct way *way, const struct literal *literal)
{
    return literal->kind == LITERAL_ATOM &&
           may_bind(judged_find(way->demands, literal->atom->predicate));
}

/* What can be known before any of the atoms that may be bound. */
static void pass_known(struct way *way)
{
    const struct body *body = &way->rule->body;
    size_t before, after = count_true(way->is_passed, body->count);
    do {
        before = after;
        for (size_t i = 0; i < body->count; i++)
            if (!is_bindable(way, body->literals[i]) &&
                way_has_any(body->literals[i], way->is_narrow))
                pass(way, i);
        after = count_true(way->is_passed, body->count);
    } while (after > before);
}

void way_pass(struct way *way, size_t literal)
{
    pass(way, literal);
    pass_known(way);
}

struct way way_begin(const struct demands *demands, const struct rule *rule,
                     const char *adornment)
{
    struct arena *arena = demands->program->arena;
    struct way way = {
        .demands = demands,
        .rule = rule,
        .is_bound = arena_take(arena, rule->variable_count + 1),
        .is_passed = arena_take(arena, rule->body.count + 1),
        .is_narrow = arena_take(arena, rule->variable_count + 1),
        .is_asked = arena_take(arena, rule->variable_count + 1),
        .is_whole = adornment == NULL,
    };
    for (size_t i = 0; adornment && i < rule->head->count; i++)
        if (adornment[i] == 'b' && rule->head->args[i]->kind == TERM_VARIABLE) {
            way_mark_term(rule->head->args[i], way.is_bound);
            way_mark_term(rule->head->args[i], way.is_narrow);
            way_mark_term(rule->head->args[i], way.is_asked);
        }
    for (size_t i = 0; i < rule->body.count; i++)
        if (way_is_constant(rule->body.literals[i]))
            pass(&way, i);
    pass_known(&way);
    return way;
}

/* Whether a value is known that is worth passing on. */
static bool is_given(const struct way *way, const struct term *term)
{
    if (term->kind == TERM_CONSTANT)
        return true;
    struct term_marks found = {0};
    walk_whole_term(term, meet_variable, &found);
    return term->kind != TERM_ANY && !found.may_fail && is_known(term, way->is_bound) &&
           is_known(term, way->is_narrow);
}

static bool has_any(const bool *some, const bool *others, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (some[i] && others[i])
            return true;
    return false;
}

/* The variables that have to do with a term; all that were given have to do with each
 * other. */
static bool *related(const struct way *way, const struct term *term, bool *ret_is_asked)
{
    size_t count = way->rule->variable_count;
    bool *marks = arena_take(way->demands->program->arena, count + 1);
    way_mark_term(term, marks);
    spread(way, marks);
    *ret_is_asked = has_any(marks, way->is_asked, count);
    for (size_t i = 0; *ret_is_asked && i < count; i++)
        marks[i] |= way->is_asked[i];
    if (*ret_is_asked)
        spread(way, marks);
    return marks;
}

/* Values that have nothing to do with each other are not passed on together, which
 * would be each of these with each of those: but the first ones that the rule finds by
 * itself, else those that were given. NULL: there are none. */
static const bool *chosen(const struct way *way, const struct atom *atom)
{
    const bool *best = NULL;
    for (size_t i = 0; i < atom->count; i++) {
        bool is_asked;
        if (atom->args[i]->kind == TERM_CONSTANT || !is_given(way, atom->args[i]))
            continue;
        const bool *marks = related(way, atom->args[i], &is_asked);
        if (!is_asked)
            return marks;
        best = best ? best : marks;
    }
    return best;
}

/* NULL: no argument is bound. */
static const char *pattern_of(const struct demands *demands, const struct way *way,
                              const struct atom *atom)
{
    char *pattern = arena_take(demands->program->arena, atom->count + 1);
    const bool *marks = chosen(way, atom);
    bool is_any = false;
    for (size_t i = 0; i < atom->count; i++) {
        const struct term *term = atom->args[i];
        bool is_bound = is_given(way, term) &&
                        (term->kind == TERM_CONSTANT || is_known(term, marks));
        pattern[i] = is_bound ? 'b' : 'f';
        is_any |= is_bound;
    }
    return is_any ? pattern : NULL;
}

static struct demand *demand_find(struct demands *demands, struct predicate *predicate,
                                  const char *pattern)
{
    size_t patterns = 0;
    for (size_t i = 0; i < demands->count; i++) {
        if (demands->items[i]->predicate != predicate)
            continue;
        if (strcmp(demands->items[i]->adornment, pattern) == 0)
            return demands->items[i];
        patterns++;
    }
    if (patterns == PATTERNS_MAX)
        return NULL;
    struct demand *demand = arena_take(demands->program->arena, sizeof *demand);
    *demand = (struct demand){.predicate = predicate, .adornment = pattern};
    arena_push(demands->program->arena, (void ***)&demands->items, &demands->count,
               demand);
    return demand;
}

struct demand *way_meet(struct demands *demands, const struct way *way, size_t literal)
{
    const struct literal *met = way->rule->body.literals[literal];
    if (met->kind != LITERAL_ATOM || met->atom->is_guard)
        return NULL;
    struct predicate *predicate = met->atom->predicate;
    struct judged *judged = judged_find(demands, predicate);
    if (!may_bind(judged))
        return NULL;
    const struct predicate *head = way->rule->head->predicate;
    bool is_own = way->is_whole && head->is_recursive && predicate->is_recursive &&
                  head->stratum == predicate->stratum;
    const char *pattern = is_own ? NULL : pattern_of(demands, way, met->atom);
    struct demand *demand = pattern ? demand_find(demands, predicate, pattern) : NULL;
    if (!demand) {
        judged->is_kept = true;
        demands->is_changed = true;
    }
    return demand;
}

/* ---- the whole program ---- */

static void go_through(struct demands *demands, const struct predicate *predicate,
                       const char *adornment)
{
    for (size_t i = 0; i < predicate->rule_count; i++) {
        struct way way = way_begin(demands, predicate->rules[i], adornment);
        for (size_t j = 0; j < predicate->rules[i]->body.count; j++) {
            (void)way_meet(demands, &way, j);
            way_pass(&way, j);
        }
    }
}

struct demands demands_of(struct program *program)
{
    struct demands demands = {.program = program};
    judge(&demands);
    do {
        demands.is_changed = false;
        demands.items = NULL;
        demands.count = 0;
        for (size_t i = 0; i < demands.judged_count; i++)
            if (demands.judged[i].is_kept && !demands.judged[i].is_below)
                go_through(&demands, demands.judged[i].predicate, NULL);
        for (size_t i = 0; i < demands.count; i++)
            go_through(&demands, demands.items[i]->predicate,
                       demands.items[i]->adornment);
    } while (demands.is_changed);
    return demands;
}
