// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_why_not - how far the body of each rule holds that could give an atom: its
 * literals in the order in which they are bound, as many of them as hold together. */
#include <errno.h>
#include <string.h>

#include "datalog/proof_parts.h"
#include "datalog/rewrite.h"
#include "datalog/walk.h"

struct attempt {
    const struct derivation *derivation;
    const struct value *values; /* with which the first literals hold */
    size_t reached;             /* how many those are */
    size_t missing;
};

/* ---- the first literals of a body ---- */

static void mark_variable(void *context, const struct term *term)
{
    bool *is_met = context;
    if (term->kind == TERM_VARIABLE)
        is_met[term->variable->number] = true;
}

/* Its first literals alone. What they do not bind gets some value, since a solution has
 * one for each variable. */
static struct derivation begin_of(struct search *search,
                                  const struct derivation *derivation, size_t literals,
                                  struct value *known, bool *is_met)
{
    struct rule *rule = arena_take(search->program->arena, sizeof *rule);
    *rule = *derivation->rule;
    rule->body.count = literals;
    for (size_t i = 0; i < literals; i++)
        walk_terms(rule->body.literals[i], mark_variable, is_met);
    for (size_t i = 0; i < rule->variable_count; i++) {
        is_met[i] = is_met[i] || known[i].type != TYPE_NONE;
        if (!is_met[i])
            known[i] = (struct value){.type = TYPE_NUMBER};
    }
    struct derivation begin = {.rule = rule};
    rewrite_unfold(search->program, rule, &begin.unfolded, &begin.count);
    return begin;
}

/* Whether they hold together; then *attempt has the values. 1, 0. */
static int try_first(struct search *search, const struct derivation *derivation,
                     size_t literals, const struct value *known,
                     struct attempt *attempt)
{
    struct arena *arena = search->program->arena;
    size_t count = derivation->rule->variable_count;
    struct value *given = arena_take(arena, (count + 1) * sizeof *given);
    bool *is_met = arena_take(arena, count + 1);
    memcpy(given, known, count * sizeof *given);
    const struct derivation begin =
        begin_of(search, derivation, literals, given, is_met);
    const struct value *found;
    int rc = derivation_find(search, &begin, given, 0, &found);
    if (rc <= 0)
        return rc;
    memcpy(given, found, count * sizeof *given);
    for (size_t i = 0; i < count; i++)
        if (!is_met[i])
            given[i] = (struct value){.type = TYPE_NONE};
    attempt->values = given;
    attempt->reached = literals;
    return 1;
}

static int try_rule(struct search *search, struct rule *rule,
                    const struct value *values, struct attempt *ret)
{
    const struct derivation *derivation = derivation_of(search, rule);
    const struct value *known = derivation_known(search, derivation, values);
    if (!known)
        return 0;
    size_t count = derivation->rule->body.count;
    struct attempt attempt = {.derivation = derivation, .values = known};
    int rc = 0;
    for (size_t i = count; rc == 0 && i > 1; i--)
        rc = try_first(search, derivation, i - 1, known, &attempt);
    attempt.missing = count - attempt.reached;
    *ret = attempt;
    return rc < 0 ? rc : 1;
}

/* ---- what is there instead ---- */

struct near {
    struct search *search;
    const struct predicate *predicate;
    const char *ret;
};

static struct term *other_value(struct search *search, struct rule *rule,
                                const struct term *like, enum type type)
{
    struct arena *arena = search->program->arena;
    struct variable *variable = arena_take(arena, sizeof *variable);
    *variable = (struct variable){
        .name = "other",
        .type = type,
        .number = rule->variable_count,
    };
    arena_push(arena, (void ***)&rule->variables, &rule->variable_count, variable);
    struct term *term = arena_take(arena, sizeof *term);
    *term = (struct term){
        .kind = TERM_VARIABLE,
        .place = like->place,
        .name = variable->name,
        .type = type,
        .variable = variable,
    };
    return term;
}

/* A row that has all values that are known but for one column. 1, 0. */
static int find_near(struct search *search, const struct rule *rule,
                     const struct atom *atom, const struct value *values, size_t column,
                     const char **ret)
{
    struct arena *arena = search->program->arena;
    struct rule asking = {.head = rule->head, .name = rule->name};
    struct atom near = *atom;
    near.args = arena_take(arena, (atom->count + 1) * sizeof *near.args);
    for (size_t i = 0; i < atom->count; i++) {
        bool is_open = i == column || values[i].type == TYPE_NONE;
        struct term *constant = arena_take(arena, sizeof *constant);
        *constant = *atom->args[i];
        constant->kind = TERM_CONSTANT;
        constant->value = values[i];
        near.args[i] = is_open ? other_value(search, &asking, atom->args[i],
                                             atom->predicate->columns[i].type)
                               : constant;
    }
    struct literal literal = {.kind = LITERAL_ATOM, .atom = &near};
    struct literal *literals[] = {&literal};
    asking.body = (struct body){.literals = literals, .count = 1};
    struct derivation derivation = {.rule = &asking};
    rewrite_unfold(search->program, &asking, &derivation.unfolded, &derivation.count);
    const struct value *found;
    int rc = derivation_find(search, &derivation, NULL, 0, &found);
    if (rc == 1)
        *ret =
            search_text(search, atom->predicate, search_values(search, &near, found));
    return rc;
}

static int put_near(struct search *search, const struct rule *rule,
                    const struct atom *atom, const struct value *values,
                    struct strbuf *text)
{
    const char *near = NULL;
    int rc = 0;
    for (size_t i = atom->count; rc == 0 && i > 0; i--)
        if (values[i - 1].type != TYPE_NONE)
            rc = find_near(search, rule, atom, values, i - 1, &near);
    if (near)
        strbuf_printf(text, "        there is %s\n", near);
    return rc < 0 ? rc : 0;
}

/* ---- as text ---- */

static bool is_shown(const struct derivation *derivation, const struct literal *literal)
{
    const struct body *shown = &derivation->shown;
    for (size_t i = 0; i < shown->count; i++)
        if (shown->literals[i] == literal)
            return true;
    return false;
}

static int put_attempt(struct search *search, const struct attempt *attempt,
                       struct strbuf *text)
{
    const struct rule *rule = attempt->derivation->rule;
    const struct rule *written = rule_written(rule);
    strbuf_printf(text, "%s: %s\n", written->name, written->text);
    for (size_t i = 0; i < rule->body.count; i++) {
        const struct literal *literal = rule->body.literals[i];
        if (i != attempt->reached && !is_shown(attempt->derivation, literal))
            continue;
        strbuf_puts(text, i < attempt->reached    ? "   yes  "
                          : i == attempt->reached ? "   no   "
                                                  : "   ?    ");
        literal_format(literal, attempt->values, text);
        strbuf_putc(text, '\n');
        int rc = 0;
        if (i == attempt->reached && literal->kind == LITERAL_ATOM)
            rc = put_near(search, rule, literal->atom,
                          search_values(search, literal->atom, attempt->values), text);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int compare_attempts(const void *one, const void *other)
{
    const struct attempt *left = one, *right = other;
    return left->missing < right->missing ? -1 : left->missing > right->missing;
}

static int put_attempts(struct search *search, const struct predicate *predicate,
                        const struct value *values, struct strbuf *text)
{
    struct attempt *attempts = arena_take(
        search->program->arena, (predicate->rule_count + 1) * sizeof *attempts);
    size_t count = 0;
    for (size_t i = 0; i < predicate->rule_count; i++) {
        struct rule *rule = predicate->rules[i];
        if (rule->body.count == 0 || !rule_may_give(rule, values))
            continue;
        int rc = try_rule(search, rule, values, &attempts[count]);
        if (rc < 0)
            return rc;
        count += rc == 1;
    }
    qsort(attempts, count, sizeof *attempts, compare_attempts);
    for (size_t i = 0; i < count; i++) {
        int rc = put_attempt(search, &attempts[i], text);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* ---- the question ---- */

/* The one atom that is asked; NULL: it is more than that. */
static const struct literal *asked_atom(const struct predicate *question)
{
    if (!question || question->rule_count != 1)
        return NULL;
    const struct body *body = &question->rules[0]->body;
    bool is_atom = body->count == 1 && body->literals[0]->kind == LITERAL_ATOM;
    return is_atom ? body->literals[0] : NULL;
}

int proof_put_why_not(struct evaluation *evaluation, struct strbuf *text,
                      struct complaint *complaint)
{
    AUTO(search) struct search search = search_of(evaluation, complaint);
    const struct predicate *question = search.program->question;
    const struct literal *asked = asked_atom(question);
    if (!asked)
        return complain(complaint, question ? &question->rules[0]->place : NULL,
                        -EINVAL,
                        "why not is asked of one atom alone, as of low(\"penguin\")");

    const struct derivation *derivation = derivation_of(&search, question->rules[0]);
    const struct atom *atom = derivation->rule->body.literals[0]->atom;
    const struct value *found;
    int rc = derivation_find(&search, derivation, NULL, 0, &found);
    if (rc == 1)
        strbuf_printf(
            text, "%s holds\n",
            search_text(&search, atom->predicate, search_values(&search, atom, found)));
    if (rc != 0)
        return rc < 0 ? rc : 0;

    struct value *unknown =
        arena_take(search.program->arena,
                   (derivation->rule->variable_count + 1) * sizeof *unknown);
    const struct value *values = search_values(&search, atom, unknown);
    strbuf_printf(text, "%s does not hold\n",
                  search_text(&search, atom->predicate, values));
    rc = put_near(&search, derivation->rule, atom, values, text);
    return rc < 0 ? rc : put_attempts(&search, atom->predicate, values, text);
}
