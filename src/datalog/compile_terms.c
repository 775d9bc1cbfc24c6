// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_terms - a term as an SQL expression, and what can be known of it before. */
#include "datalog/compile_parts.h"

#include <errno.h>

#include "datalog/functors.h"

#define WITNESSES_MAX 8 /* values that a failed call names */

int compiler_fail(struct compiler *compiler, const struct place *place,
                  const char *what)
{
    if (compiler->rc == 0)
        compiler->rc = complain(compiler->complaint, place, -EINVAL, "%s", what);
    return compiler->rc;
}

/* ---- variables ---- */

void term_each_variable(const struct term *term, variable_fn *each, void *context)
{
    if (term->kind == TERM_VARIABLE)
        each(term->variable, context);
    for (size_t i = 0; i < term->count; i++)
        term_each_variable(term->args[i], each, context);
    if (term->kind != TERM_AGGREGATE)
        return;
    for (size_t i = 0; i < term->aggregate->outer_count; i++) {
        each(term->aggregate->outer[i], context);
        each(term->aggregate->outer[i], context);
    }
}

void literal_each_variable(const struct literal *literal, variable_fn *each,
                           void *context)
{
    if (literal->atom) {
        for (size_t i = 0; i < literal->atom->count; i++)
            term_each_variable(literal->atom->args[i], each, context);
        if (literal->atom->at)
            term_each_variable(literal->atom->at, each, context);
    }
    if (literal->left)
        term_each_variable(literal->left, each, context);
    if (literal->right)
        term_each_variable(literal->right, each, context);
}

struct binding *compiler_binding(struct compiler *compiler, const struct term *term)
{
    return &compiler->bindings[term->variable->number];
}

struct survey {
    struct compiler *compiler;
    bool is_bound;
    uint64_t tables;
};

static void survey_variable(struct variable *variable, void *context)
{
    struct survey *survey = context;
    const struct binding *binding = &survey->compiler->bindings[variable->number];
    if (!binding->sql)
        survey->is_bound = false;
    else if (binding->depth == survey->compiler->depth)
        survey->tables |= binding->tables;
}

static struct survey survey_term(struct compiler *compiler, const struct term *term)
{
    struct survey survey = {.compiler = compiler, .is_bound = true};
    term_each_variable(term, survey_variable, &survey);
    return survey;
}

static struct survey survey_literal(struct compiler *compiler,
                                    const struct literal *literal)
{
    struct survey survey = {.compiler = compiler, .is_bound = true};
    literal_each_variable(literal, survey_variable, &survey);
    return survey;
}

bool term_is_bound(struct compiler *compiler, const struct term *term)
{
    return survey_term(compiler, term).is_bound;
}

uint64_t term_tables(struct compiler *compiler, const struct term *term)
{
    return survey_term(compiler, term).tables;
}

bool literal_is_bound(struct compiler *compiler, const struct literal *literal)
{
    return survey_literal(compiler, literal).is_bound;
}

uint64_t literal_tables(struct compiler *compiler, const struct literal *literal)
{
    return survey_literal(compiler, literal).tables;
}

/* ---- what it may do ---- */

bool term_is_variable(const struct term *term)
{
    return term->kind == TERM_VARIABLE;
}

static bool any_arg(const struct term *term, bool (*is_so)(const struct term *))
{
    for (size_t i = 0; i < term->count; i++)
        if (is_so(term->args[i]))
            return true;
    return false;
}

/* Its target, or what it ranges over; a sum may be too large besides. */
bool aggregate_may_fail(const struct aggregate *aggregate)
{
    if (aggregate->target && term_may_fail(aggregate->target))
        return true;
    for (size_t i = 0; i < aggregate->count; i++)
        for (size_t j = 0; j < aggregate->bodies[i].count; j++)
            if (literal_may_fail(aggregate->bodies[i].literals[j]))
                return true;
    return false;
}

bool term_may_fail(const struct term *term)
{
    if (term->kind == TERM_CALL && functor_of(term->functor)->may_fail)
        return true;
    if (term->kind == TERM_AGGREGATE &&
        (term->aggregate->kind == AGGREGATE_SUM || aggregate_may_fail(term->aggregate)))
        return true;
    return any_arg(term, term_may_fail);
}

static bool aggregate_is_rash(const struct aggregate *aggregate)
{
    if (aggregate->target && term_is_rash(aggregate->target))
        return true;
    for (size_t i = 0; i < aggregate->count; i++)
        for (size_t j = 0; j < aggregate->bodies[i].count; j++)
            if (literal_is_rash(aggregate->bodies[i].literals[j]))
                return true;
    return false;
}

bool term_is_rash(const struct term *term)
{
    static const bool are_mild[FUNCTORS] = {
        [FUNCTOR_ADD] = true,
        [FUNCTOR_SUBTRACT] = true,
        [FUNCTOR_MULTIPLY] = true,
        [FUNCTOR_NEGATE] = true,
    };
    if (term->kind == TERM_CALL && functor_of(term->functor)->may_fail &&
        !are_mild[term->functor])
        return true;
    if (term->kind == TERM_AGGREGATE && aggregate_is_rash(term->aggregate))
        return true;
    return any_arg(term, term_is_rash);
}

bool term_may_lack(const struct term *term)
{
    if (term->kind == TERM_AGGREGATE && term->aggregate->kind != AGGREGATE_COUNT &&
        term->aggregate->kind != AGGREGATE_SUM)
        return true;
    return any_arg(term, term_may_lack);
}

bool term_has_aggregate(const struct term *term)
{
    return term->kind == TERM_AGGREGATE || any_arg(term, term_has_aggregate);
}

/* ---- calls ---- */

/* Those that SQL has itself, and right. */
static const struct native {
    const char *open, *between, *close;
} natives[FUNCTORS] = {
    [FUNCTOR_MIN] = {"min(", ", ", ")"},
    [FUNCTOR_MAX] = {"max(", ", ", ")"},
    [FUNCTOR_CAT] = {"(", " || ", ")"},
    [FUNCTOR_STRLEN] = {"length(", ", ", ")"},
};

static void put_args(struct compiler *compiler, const struct term *term,
                     const char *between, struct strbuf *sql)
{
    for (size_t i = 0; i < term->count; i++) {
        strbuf_puts(sql, i > 0 ? between : "");
        term_put(compiler, term->args[i], sql);
        bool is_ordered = term->functor == FUNCTOR_MIN || term->functor == FUNCTOR_MAX;
        if (is_ordered && i == 0 && term->type == TYPE_VERSION)
            strbuf_puts(sql, " COLLATE version");
    }
}

void site_put(struct compiler *compiler, const struct term *term, struct strbuf *sql)
{
    if (compiler->is_trying) {
        strbuf_puts(sql, "-1");
        return;
    }
    struct arena *arena = compiler->program->arena;
    struct site *site = arena_take(arena, sizeof *site);
    *site = (struct site){.rule = compiler->rule, .term = term};
    strbuf_printf(sql, "%zu", compiler->sites->count);
    arena_push(arena, (void ***)&compiler->sites->items, &compiler->sites->count, site);
}

struct witnesses {
    struct compiler *compiler;
    struct site *site;
    struct variable **items;
    struct strbuf *sql;
};

static void put_witness(struct variable *variable, void *context)
{
    struct witnesses *witnesses = context;
    struct site *site = witnesses->site;
    const struct binding *binding = &witnesses->compiler->bindings[variable->number];
    if (!binding->sql || site->count == WITNESSES_MAX)
        return;
    for (size_t i = 0; i < site->count; i++)
        if (site->variables[i] == variable)
            return;
    strbuf_puts(witnesses->sql, ", ");
    strbuf_puts(witnesses->sql, binding->sql);
    arena_push(witnesses->compiler->program->arena, (void ***)&witnesses->items,
               &site->count, variable);
    site->variables = (const struct variable *const *)witnesses->items;
}

/* The variables of the newest site: the row, as far as it is known there. */
void witnesses_put(struct compiler *compiler, const struct term *term,
                   struct strbuf *sql)
{
    if (compiler->is_trying)
        return;
    struct sites *sites = compiler->sites;
    struct witnesses witnesses = {
        .compiler = compiler, .site = sites->items[sites->count - 1], .sql = sql};
    term_each_variable(term, put_witness, &witnesses);
    const struct rule *rule = compiler->rule;
    for (size_t i = 0; compiler->has_row && i < rule->variable_count; i++)
        if (compiler->bindings[i].is_column && !rule->variables[i]->local)
            put_witness(rule->variables[i], &witnesses);
}

static void put_call(struct compiler *compiler, const struct term *term,
                     struct strbuf *sql)
{
    const struct native *native = &natives[term->functor];
    const struct functor_row *row = functor_of(term->functor);
    if (native->open) {
        strbuf_puts(sql, native->open);
        put_args(compiler, term, native->between, sql);
        strbuf_puts(sql, native->close);
        return;
    }
    strbuf_printf(sql, "%s(", row->function);
    if (row->may_fail) {
        AUTO(strbuf) struct strbuf args = {0};
        put_args(compiler, term, ", ", &args);
        site_put(compiler, term, sql);
        strbuf_printf(sql, ", %s", strbuf_text(&args));
        witnesses_put(compiler, term, sql);
    } else {
        put_args(compiler, term, ", ", sql);
    }
    strbuf_putc(sql, ')');
}

void term_put(struct compiler *compiler, const struct term *term, struct strbuf *sql)
{
    if (compiler->rc < 0)
        return;
    if (sql->size > SQL_MAX) {
        compiler_fail(compiler, &term->place, "this rule makes too large an SQL text");
        return;
    }
    switch (term->kind) {
    case TERM_VARIABLE:
        if (compiler_binding(compiler, term)->sql)
            strbuf_puts(sql, compiler_binding(compiler, term)->sql);
        else
            compiler_fail(compiler, &term->place, "nothing binds this variable");
        break;
    case TERM_CONSTANT:
        value_put_sql(&term->value, sql);
        break;
    case TERM_CALL:
        put_call(compiler, term, sql);
        break;
    case TERM_AGGREGATE:
        aggregate_put(compiler, term, sql);
        break;
    case TERM_ANY:
        compiler_fail(compiler, &term->place, "_ has no value here");
        break;
    }
}
