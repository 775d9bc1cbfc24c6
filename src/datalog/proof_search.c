// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_search - asks the database for values with which a body holds. */
#include "datalog/proof_parts.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "datalog/catalogue.h"

struct search search_of(struct evaluation *evaluation, struct complaint *complaint)
{
    evaluation_begin_proofs(evaluation);
    return (struct search){
        .evaluation = evaluation,
        .program = evaluation_program(evaluation),
        .complaint = complaint,
    };
}

static void keep(void *key UNUSED)
{
}

void search_clear(struct search *search)
{
    tdestroy(search->seen, keep);
    search->seen = NULL;
}

/* ---- solutions ---- */

struct solving {
    struct search *search;
    const struct derivation *derivation;
    const struct rule *rule; /* what it was unfolded into */
    const struct value *known;
    size_t left;
    solution_fn *each;
    void *context;
    bool is_ended;
};

/* As SQL gave it, as a value of this type that lasts. */
static struct value value_of(struct search *search, const struct value *raw,
                             enum type type)
{
    struct value value = *raw;
    value.is_real = raw->type == TYPE_FLOAT;
    value.type = raw->type == TYPE_NONE ? TYPE_NONE : type;
    if (raw->type == TYPE_TEXT)
        value.text = arena_text(search->program->arena, raw->text);
    return value;
}

/* The variables of aggregates are not among the columns. */
static int take_solution(const struct value *row, size_t count, void *context)
{
    struct solving *solving = context;
    const struct rule *rule = solving->derivation->rule;
    struct value *values = arena_take(solving->search->program->arena,
                                      (rule->variable_count + 1) * sizeof *values);
    size_t column = 0;
    for (size_t i = 0; i < rule->variable_count && column < count; i++)
        if (!rule->variables[i]->local)
            values[i] =
                value_of(solving->search, &row[column++], rule->variables[i]->type);
    int rc = solving->each(values, solving->context);
    solving->left--;
    solving->is_ended = rc != 0 || solving->left == 0;
    return rc < 0 ? rc : solving->is_ended;
}

static int solve_one(struct solving *solving, int64_t before)
{
    struct search *search = solving->search;
    size_t count = solving->derivation->rule->variable_count;
    struct value *known =
        memory_new((solving->rule->variable_count + 1) * sizeof *known);
    if (solving->known)
        memcpy(known, solving->known, count * sizeof *known);
    struct compile_settings settings = {
        .result = COMPILE_VARIABLES,
        .may_repeat = solving->left == 1,
        .newest = SIZE_MAX,
        .before = before,
        .known = known,
        .limit = solving->left,
    };
    AUTO(strbuf) struct strbuf sql = {0};
    int rc =
        compile_rule(search->program, solving->rule, &settings,
                     evaluation_sites(search->evaluation), &sql, search->complaint);
    free(known);
    if (rc < 0)
        return rc;
    return evaluation_select(search->evaluation, strbuf_text(&sql), take_solution,
                             solving, search->complaint);
}

int derivation_each(struct search *search, const struct derivation *derivation,
                    const struct value *known, int64_t before, size_t limit,
                    solution_fn *each, void *context)
{
    struct solving solving = {
        .search = search,
        .derivation = derivation,
        .known = known,
        .left = limit,
        .each = each,
        .context = context,
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < derivation->count && !solving.is_ended; i++) {
        solving.rule = derivation->unfolded[i];
        rc = solve_one(&solving, before);
    }
    return rc;
}

static int take_first(const struct value *values, void *context)
{
    const struct value **ret = context;
    *ret = values;
    return 1;
}

int derivation_find(struct search *search, const struct derivation *derivation,
                    const struct value *known, int64_t before, const struct value **ret)
{
    const struct value *found = NULL;
    int rc = derivation_each(search, derivation, known, before, 1, take_first, &found);
    if (rc < 0 || !found)
        return rc;
    *ret = found;
    return 1;
}

/* ---- single values ---- */

struct single {
    struct search *search;
    struct value *ret;
    bool is_found;
};

static int take_value(const struct value *values, size_t count UNUSED, void *context)
{
    struct single *single = context;
    *single->ret = value_of(single->search, &values[0], values[0].type);
    single->is_found = true;
    return 1;
}

int search_value(struct search *search, const char *sql, struct value *ret)
{
    struct single single = {.search = search, .ret = ret};
    int rc = evaluation_select(search->evaluation, sql, take_value, &single,
                               search->complaint);
    return rc < 0 ? rc : single.is_found;
}

/* ---- where a stored row is from ---- */

struct origin {
    struct search *search;
    struct proof *proof;
};

/* The last two columns are the message and its time. */
static int take_origin(const struct value *row, size_t count, void *context)
{
    struct origin *origin = context;
    const struct value *message = &row[count - 2], *time = &row[count - 1];
    if (message->type == TYPE_TEXT)
        origin->proof->message =
            arena_text(origin->search->program->arena, message->text);
    if (time->type == TYPE_NUMBER)
        origin->proof->time = time->number;
    return 1;
}

int search_origin(struct search *search, const struct rule *rule,
                  struct literal *literal, const struct value *values,
                  struct proof *proof)
{
    if (!literal->atom->predicate->stored->has_origin)
        return 0;
    struct rule alone = *rule;
    alone.body = (struct body){.literals = &literal, .count = 1};
    struct compile_settings settings = {
        .result = COMPILE_VARIABLES,
        .may_repeat = true,
        .newest = SIZE_MAX,
        .known = values,
        .limit = 1,
    };
    AUTO(strbuf) struct strbuf sql = {0};
    int rc =
        compile_rule(search->program, &alone, &settings,
                     evaluation_sites(search->evaluation), &sql, search->complaint);
    if (rc < 0)
        return rc;
    struct origin origin = {.search = search, .proof = proof};
    return evaluation_select(search->evaluation, strbuf_text(&sql), take_origin,
                             &origin, search->complaint);
}

/* ---- texts ---- */

const char *predicate_name(const struct predicate *predicate)
{
    return predicate->origin ? predicate->origin->name : predicate->name;
}

const struct rule *rule_written(const struct rule *rule)
{
    while (rule->origin)
        rule = rule->origin;
    return rule;
}

const struct value *search_values(struct search *search, const struct atom *atom,
                                  const struct value *values)
{
    struct value *ret =
        arena_take(search->program->arena, (atom->count + 1) * sizeof *ret);
    for (size_t i = 0; i < atom->count; i++) {
        const struct term *term = atom->args[i];
        if (term->kind == TERM_CONSTANT)
            ret[i] = term->value;
        else if (term->kind == TERM_VARIABLE)
            ret[i] = values[term->variable->number];
    }
    return ret;
}

const char *search_text(struct search *search, const struct predicate *predicate,
                        const struct value *values)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%s(", predicate_name(predicate));
    for (size_t i = 0; i < predicate->count; i++) {
        strbuf_puts(&text, i > 0 ? ", " : "");
        if (values[i].type == TYPE_NONE)
            strbuf_putc(&text, '_');
        else
            value_put_source(&values[i], &text);
    }
    strbuf_putc(&text, ')');
    return arena_text(search->program->arena, strbuf_text(&text));
}
