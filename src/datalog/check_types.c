// SPDX-License-Identifier: GPL-3.0-or-later
/* check_types - what each term is. Every place where a type is known tells it to what
 * stands there; round after round, until nobody learns anything new. Rounds go from
 * what others are made of to what is made of it, and back again. Then what can be read
 * in several ways is read in the first, and what nobody knows is a text. */
#include "datalog/check_parts.h"

#include <errno.h>
#include <string.h>

#include "base/strbuf.h"
#include "datalog/functors.h"
#include "datalog/operators.h"

struct typing {
    struct check *check;
    const struct rule *rule; /* at hand */
    bool is_guess;
    bool has_learned; /* in this round */
};

enum type check_type_of(const struct term *term)
{
    return term->kind == TERM_VARIABLE ? term->variable->type : term->type;
}

/* False: it is something else already. */
static bool learn(struct typing *typing, enum type *type, enum type expected)
{
    if (expected == TYPE_NONE || *type == expected)
        return true;
    enum type both = *type == TYPE_NONE ? expected : check_meet(*type, expected);
    if (both == TYPE_NONE)
        return false;
    if (*type != both)
        typing->has_learned = true;
    *type = both;
    return true;
}

static bool expect(struct typing *typing, struct term *term, enum type expected)
{
    return learn(typing,
                 term->kind == TERM_VARIABLE ? &term->variable->type : &term->type,
                 expected);
}

/* ---- what is said where they do not meet ---- */

struct search {
    const struct term *term;
    const struct atom *found;
    size_t column;
};

/* The first column that a variable stands in and has its type of. */
static int find_reason(void *context, struct atom *atom, enum walk_way way UNUSED)
{
    struct search *search = context;
    for (size_t i = 0; i < atom->count; i++) {
        const struct term *argument = atom->args[i];
        if (argument == search->term)
            return -1;
        if (argument->kind == TERM_VARIABLE &&
            argument->variable == search->term->variable &&
            atom->predicate->columns[i].type == search->term->variable->type) {
            search->found = atom;
            search->column = i;
            return 1;
        }
    }
    return 0;
}

/* 'r is a size (column "ram" of ram)' */
static const char *describe(struct typing *typing, const struct term *term)
{
    AUTO(strbuf) struct strbuf text = {0};
    if (term->kind == TERM_CONSTANT && term->name)
        strbuf_puts(&text, term->name); /* a parameter, for which it stands */
    else
        term_format(term, NULL, &text);
    strbuf_printf(&text, " is a %s", type_name(check_type_of(term)));
    struct search search = {.term = term};
    const struct walk walk = {.context = &search, .atom = find_reason};
    if (term->kind == TERM_VARIABLE &&
        walk_body(&walk, (struct body *)&typing->rule->body) > 0)
        strbuf_printf(&text, " (column \"%s\" of %s)",
                      search.found->predicate->columns[search.column].name,
                      search.found->predicate->name);
    return arena_text(typing->check->program->arena, strbuf_text(&text));
}

static const struct hint {
    enum type have, want;
    const char *text;
} hints[] = {
    {TYPE_NUMBER, TYPE_DURATION, "; a duration has a unit, as 30s, 2h or 7d"},
    {TYPE_FLOAT, TYPE_DURATION, "; a duration has a unit, as 30s, 2h or 7d"},
    {TYPE_NUMBER, TYPE_TIME, "; a time is written 2026-11-01T10:00, or ago(2h)"},
    {TYPE_TEXT, TYPE_TIME, "; a time is written 2026-11-01T10:00, without quotes"},
    {TYPE_TEXT, TYPE_DURATION, "; a duration is written 30d, without quotes"},
    {TYPE_TEXT, TYPE_SIZE, "; a size is written 4G, without quotes"},
    {TYPE_DURATION, TYPE_TIME, "; the time that long ago is ago(30d)"},
    {TYPE_NUMBER, TYPE_TEXT, "; a text is in quotes"},
    {TYPE_NUMBER, TYPE_VERSION, "; a version is in quotes"},
    {TYPE_FLOAT, TYPE_VERSION, "; a version is in quotes"},
    {TYPE_FLOAT, TYPE_SIZE, "; a size is a whole number, as 4G or 512M"},
};

/* Where a constant was written, how it should be. */
static const char *hint_for(const struct term *term, enum type want)
{
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (term->kind == TERM_CONSTANT && hints[i].have == term->type &&
            hints[i].want == want)
            return hints[i].text;
    }
    return "";
}

static int refuse_argument(struct typing *typing, const struct atom *atom, size_t i)
{
    const struct column_declaration *column = &atom->predicate->columns[i];
    return complain(typing->check->complaint, &atom->args[i]->place, -EINVAL,
                    "%s, and column \"%s\" of %s a %s%s",
                    describe(typing, atom->args[i]), column->name,
                    atom->predicate->name, type_name(column->type),
                    hint_for(atom->args[i], column->type));
}

static int refuse_comparison(struct typing *typing, const struct literal *literal)
{
    const struct term *left = literal->left, *right = literal->right;
    const char *hint = hint_for(left, check_type_of(right));
    return complain(typing->check->complaint, &literal->place, -EINVAL, "%s, and %s%s",
                    describe(typing, left), describe(typing, right),
                    *hint ? hint : hint_for(right, check_type_of(left)));
}

static int refuse_call(struct typing *typing, const struct term *call)
{
    AUTO(strbuf) struct strbuf types = {0};
    for (size_t i = 0; i < call->count; i++) {
        enum type type = check_type_of(call->args[i]);
        if (type != TYPE_NONE)
            strbuf_printf(&types, "%sa %s", types.size > 0 ? " and " : "",
                          type_name(type));
    }
    return complain(typing->check->complaint, &call->place, -EINVAL,
                    "\"%s\" does not take %s", functor_of(call->functor)->name,
                    strbuf_text(&types));
}

static int refuse_term(struct typing *typing, const struct term *term, const char *who,
                       enum type want)
{
    return complain(typing->check->complaint, &term->place, -EINVAL,
                    "%s, and %s takes a %s%s", describe(typing, term), who,
                    type_name(want), hint_for(term, want));
}

static int expect_of(struct typing *typing, struct term *term, const char *who,
                     enum type want)
{
    return expect(typing, term, want) ? 0 : refuse_term(typing, term, who, want);
}

static int refuse_result(struct typing *typing, const struct term *term,
                         enum type result)
{
    return complain(typing->check->complaint, &term->place, -EINVAL,
                    "this gives a %s, where a %s is expected", type_name(result),
                    type_name(term->type));
}

/* ---- terms ---- */

static int type_body(struct typing *typing, struct body *body);
static int type_term(struct typing *typing, struct term *term);

static int type_call(struct typing *typing, struct term *call)
{
    for (size_t i = 0; i < call->count; i++) {
        int rc = type_term(typing, call->args[i]);
        if (rc < 0)
            return rc;
    }
    enum type result, args[CHECK_ARGUMENTS];
    if (!check_call(call, typing->is_guess, &result, args))
        return refuse_call(typing, call);
    for (size_t i = 0; i < call->count; i++) {
        enum type want = args[i < CHECK_ARGUMENTS ? i : CHECK_ARGUMENTS - 1];
        int rc =
            expect_of(typing, call->args[i], functor_of(call->functor)->name, want);
        if (rc < 0)
            return rc;
    }
    return expect(typing, call, result) ? 0 : refuse_result(typing, call, result);
}

static int type_aggregate(struct typing *typing, struct term *term)
{
    struct aggregate *aggregate = term->aggregate;
    for (size_t i = 0; i < aggregate->count; i++) {
        int rc = type_body(typing, &aggregate->bodies[i]);
        if (rc < 0)
            return rc;
    }
    enum type target = TYPE_NONE;
    if (aggregate->target) {
        int rc = type_term(typing, aggregate->target);
        if (rc < 0)
            return rc;
        target = check_type_of(aggregate->target);
    }
    enum type result = check_aggregate(aggregate->kind, target);
    if (result == TYPE_NONE && target != TYPE_NONE)
        return complain(typing->check->complaint, &aggregate->target->place, -EINVAL,
                        "%s, of which there is no %s",
                        describe(typing, aggregate->target),
                        aggregate_rows[aggregate->kind].name);
    return expect(typing, term, result) ? 0 : refuse_result(typing, term, result);
}

static int type_term(struct typing *typing, struct term *term)
{
    if (term->kind == TERM_CONSTANT && term->type == TYPE_NONE)
        term->type = term->value.type;
    if (term->kind == TERM_CALL)
        return type_call(typing, term);
    return term->kind == TERM_AGGREGATE ? type_aggregate(typing, term) : 0;
}

/* ---- literals ---- */

/* In a column that a person declared a number, a real is a mistake of his. */
static bool is_misfit(const struct predicate *predicate, const struct term *term,
                      enum type column)
{
    return predicate->is_declared && term->kind == TERM_CONSTANT &&
           term->value.type == TYPE_FLOAT && column == TYPE_NUMBER;
}

static int type_atom(struct typing *typing, struct atom *atom)
{
    struct predicate *predicate = atom->predicate;
    for (size_t i = 0; i < atom->count; i++) {
        struct term *term = atom->args[i];
        struct column_declaration *column = &predicate->columns[i];
        int rc = type_term(typing, term);
        if (rc < 0)
            return rc;
        if (!expect(typing, term, column->type) ||
            is_misfit(predicate, term, column->type))
            return refuse_argument(typing, atom, i);
        bool is_open = !predicate->stored && !column->type_name;
        if (is_open && !learn(typing, &column->type, check_type_of(term)))
            return refuse_argument(typing, atom, i);
    }
    if (!atom->at)
        return 0;
    int rc = type_term(typing, atom->at);
    return rc < 0 ? rc : expect_of(typing, atom->at, "\"at\"", TYPE_TIME);
}

/* An order is asked of what is known; it makes of a number no size. */
static bool expect_order(struct typing *typing, struct term *term, enum type other)
{
    enum type type = check_type_of(term);
    if (type == TYPE_NONE || other == TYPE_NONE || term->kind == TERM_CONSTANT)
        return expect(typing, term, other);
    return check_meet(type, other) != TYPE_NONE;
}

static int type_comparison(struct typing *typing, struct literal *literal)
{
    struct term *left = literal->left, *right = literal->right;
    int rc = type_term(typing, left);
    if (rc == 0)
        rc = type_term(typing, right);
    if (rc < 0)
        return rc;
    bool (*both)(struct typing *, struct term *, enum type) =
        literal->comparison == COMPARISON_EQUAL ? expect : expect_order;
    return both(typing, left, check_type_of(right)) &&
                   both(typing, right, check_type_of(left))
               ? 0
               : refuse_comparison(typing, literal);
}

static int type_test(struct typing *typing, struct literal *literal)
{
    const char *who = test_rows[literal->test].name;
    struct term *const terms[] = {literal->left, literal->right};
    for (size_t i = 0; i < 2; i++) {
        int rc = type_term(typing, terms[i]);
        if (rc == 0)
            rc = expect_of(typing, terms[i], who, TYPE_TEXT);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int type_literal(struct typing *typing, struct literal *literal)
{
    if (literal->atom)
        return type_atom(typing, literal->atom);
    if (literal->kind == LITERAL_COMPARISON)
        return type_comparison(typing, literal);
    return literal->kind == LITERAL_TEST ? type_test(typing, literal) : 0;
}

static int type_body(struct typing *typing, struct body *body)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < body->count; i++)
        rc = type_literal(typing, body->literals[i]);
    return rc;
}

/* ---- rounds ---- */

static int type_rules(struct typing *typing, const struct predicate *predicate)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < predicate->rule_count; i++) {
        typing->rule = predicate->rules[i];
        rc = type_body(typing, &predicate->rules[i]->body);
        if (rc == 0)
            rc = type_atom(typing, predicate->rules[i]->head);
    }
    return rc;
}

static int type_round(struct typing *typing, bool is_upwards)
{
    const struct check *check = typing->check;
    typing->has_learned = false;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < check->count; i++)
        rc = type_rules(typing,
                        check->predicates[is_upwards ? check->count - 1 - i : i]);
    return rc;
}

static int type_until_known(struct typing *typing)
{
    bool is_upwards = true;
    do {
        int rc = type_round(typing, is_upwards);
        if (rc < 0)
            return rc;
        is_upwards = !is_upwards;
    } while (typing->has_learned);
    return 0;
}

/* ---- what comes of it ---- */

void check_adapt(struct term *term)
{
    struct value *value = &term->value;
    if (term->type == TYPE_FLOAT && !value->is_real) {
        value->is_real = true;
        value->real = (double)value->number;
    }
    value->type = term->type;
}

static void settle(enum type *type)
{
    if (*type == TYPE_NONE)
        *type = TYPE_TEXT;
}

/* 1G / 4G is 0.25, where 1 / 4 is 0: its terms are integers both. */
static void settle_ratio(struct term *term)
{
    if (term->kind != TERM_CALL || term->functor != FUNCTOR_DIVIDE ||
        term->type != TYPE_FLOAT)
        return;
    for (size_t i = 0; i < term->count; i++) {
        enum type type = check_type_of(term->args[i]);
        if (type == TYPE_SIZE || type == TYPE_DURATION)
            term->functor = FUNCTOR_RATIO;
    }
}

static int settle_term(void *context, struct term *term)
{
    const struct check *check = context;
    if (term->kind == TERM_VARIABLE) {
        settle(&term->variable->type);
        term->type = term->variable->type;
    }
    settle(&term->type);
    settle_ratio(term);
    if (term->kind != TERM_CONSTANT)
        return 0;
    check_adapt(term);
    bool is_flag = term->value.number == 0 || term->value.number == 1;
    if (term->type == TYPE_FLAG && !is_flag)
        return complain(check->complaint, &term->place, -EINVAL, "a flag is 0 or 1");
    return 0;
}

static int settle_rule(struct check *check, struct rule *rule)
{
    const struct walk walk = {.context = check, .term = settle_term};
    return walk_rule(&walk, rule);
}

int check_types(struct check *check)
{
    struct typing typing = {.check = check};
    int rc = type_until_known(&typing);
    typing.is_guess = true;
    if (rc == 0)
        rc = type_until_known(&typing);
    for (size_t i = 0; i < check->count; i++) {
        for (size_t j = 0; j < check->predicates[i]->count; j++)
            settle(&check->predicates[i]->columns[j].type);
    }
    return rc == 0 ? check_each_rule(check, settle_rule) : rc;
}
