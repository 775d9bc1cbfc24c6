// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_way - a way through a body: what is known at each of its literals. */
#include "datalog/rewrite_way.h"

#include "datalog/functors.h"
#include "datalog/walk.h"

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

bool way_is_known(const struct term *term, const bool *is_bound)
{
    struct term_marks found = {.sought = is_bound};
    walk_whole_term(term, meet_unbound, &found);
    return !found.is_found;
}

static bool is_atom_ready(const struct literal *literal, const bool *is_bound)
{
    const struct atom *atom = literal->atom;
    bool is_ready = !atom->at || way_is_known(atom->at, is_bound);
    for (size_t i = 0; is_ready && i < atom->count; i++)
        is_ready = way_is_known(atom->args[i], is_bound) ||
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
    bool left = way_is_known(literal->left, is_bound);
    bool right = way_is_known(literal->right, is_bound);
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
           demands_may_bind(way->demands, literal->atom->predicate);
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
                     const struct demand *asker)
{
    struct arena *arena = demands->program->arena;
    struct way way = {
        .demands = demands,
        .rule = rule,
        .asker = asker,
        .is_bound = arena_take(arena, rule->variable_count + 1),
        .is_passed = arena_take(arena, rule->body.count + 1),
        .is_narrow = arena_take(arena, rule->variable_count + 1),
        .is_asked = arena_take(arena, rule->variable_count + 1),
    };
    for (size_t i = 0; asker && i < rule->head->count; i++)
        if (asker->adornment[i] == 'b' && rule->head->args[i]->kind == TERM_VARIABLE) {
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
    return term->kind != TERM_ANY && !found.may_fail &&
           way_is_known(term, way->is_bound) && way_is_known(term, way->is_narrow);
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

const char *way_pattern(const struct way *way, const struct atom *atom)
{
    char *pattern = arena_take(way->demands->program->arena, atom->count + 1);
    const bool *marks = chosen(way, atom);
    bool is_any = false;
    for (size_t i = 0; i < atom->count; i++) {
        const struct term *term = atom->args[i];
        bool is_bound = is_given(way, term) &&
                        (term->kind == TERM_CONSTANT || way_is_known(term, marks));
        pattern[i] = is_bound ? 'b' : 'f';
        is_any |= is_bound;
    }
    return is_any ? pattern : NULL;
}
