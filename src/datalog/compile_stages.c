// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_stages - the conditions of a body, each in the first stage that may have it:
 * see compile_parts.h. */
#include "datalog/compile_parts.h"

/* ---- the first stage: joins ---- */

/* A call that may fail is computed for those rows only that satisfy what is said of its
 * own relations; the order of the joins is left open. */
static void put_guarded(struct select *select, const struct term *term,
                        struct strbuf *sql)
{
    AUTO(strbuf) struct strbuf guard = {0};
    select_put_conditions(select, term_tables(select->compiler, term), &guard);
    if (guard.size > 0)
        strbuf_printf(sql, "CASE WHEN %s THEN ", strbuf_text(&guard));
    term_put(select->compiler, term, sql);
    strbuf_puts(sql, guard.size > 0 ? " END" : "");
}

static void add_equation(struct select *select, const struct equation *equation,
                         bool may_fail)
{
    struct compiler *compiler = select->compiler;
    AUTO(strbuf) struct strbuf sql = {0};
    if (equation->atom) {
        atom_put_time(compiler, equation->atom, equation->name, &sql);
    } else {
        strbuf_printf(&sql, "%s = ", equation->column);
        if (may_fail)
            put_guarded(select, equation->term, &sql);
        else
            term_put(compiler, equation->term, &sql);
    }
    select_add_condition(select, strbuf_text(&sql),
                         equation->tables | term_tables(compiler, equation->term));
}

static void add_equations(struct select *select, bool may_fail)
{
    for (size_t i = 0; i < select->equation_count; i++)
        if (term_may_fail(select->equations[i]->term) == may_fail)
            add_equation(select, select->equations[i], may_fail);
}

static void end_joining(struct select *select)
{
    struct compiler *compiler = select->compiler;
    if (!select->is_joining)
        return;
    add_equations(select, true);
    select->is_joining = false;
    /* within an aggregate it is the rule's row that counts, outside */
    compiler->has_row = !select->outer || select->had_row;
    for (size_t i = 0; i < compiler->rule->variable_count; i++) {
        const struct binding *binding = &compiler->bindings[i];
        if (!binding->may_be_null || binding->depth != compiler->depth)
            continue;
        /* with +, for else SQLite takes an index of all that are not */
        AUTO(strbuf) struct strbuf sql = {0};
        strbuf_printf(&sql, "+%s IS NOT NULL", binding->sql);
        select_add_condition(select, strbuf_text(&sql), binding->tables);
    }
}

/* ---- the next stage ---- */

static bool is_carried(const struct compiler *compiler, const struct binding *binding)
{
    return binding->sql && binding->depth == compiler->depth && binding->tables != 0;
}

static void put_column(struct strbuf *columns, const char *sql, const char *name)
{
    strbuf_printf(columns, "%s%s AS %s", columns->size > 0 ? ", " : "", sql, name);
}

static void rebind(struct compiler *compiler, size_t variable)
{
    compiler->bindings[variable] = (struct binding){
        .sql = arena_format(compiler->arena, "t%zu.v%zu", compiler->names, variable),
        .depth = compiler->depth,
        .tables = 1,
        .is_column = true,
    };
}

/* What is carried, the extras, and the definitions that can be computed now. */
static void put_columns(struct select *select, const bool *is_defined,
                        struct strbuf *columns)
{
    struct compiler *compiler = select->compiler;
    for (size_t i = 0; i < compiler->rule->variable_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "v%zu", i);
        if (is_carried(compiler, &compiler->bindings[i]))
            put_column(columns, compiler->bindings[i].sql, name);
    }
    for (size_t i = 0; i < select->extra_count; i++)
        put_column(columns, select->extras[i]->sql, select->extras[i]->name);
    for (size_t i = 0; i < select->body->count; i++) {
        const struct term *value = NULL, *defined = NULL;
        if (is_defined[i])
            defined = select_find_defined(select, select->body->literals[i], &value);
        if (!defined)
            continue;
        AUTO(strbuf) struct strbuf sql = {0};
        term_put(compiler, value, &sql);
        strbuf_printf(columns, "%s%s AS v%zu", columns->size > 0 ? ", " : "",
                      strbuf_text(&sql), defined->variable->number);
    }
    if (columns->size == 0)
        strbuf_puts(columns, "1");
}

static void forget_atoms(struct select *select)
{
    select->conditions = NULL;
    select->condition_count = 0;
    select->numbered = NULL;
    select->numbered_count = 0;
}

static void bind_defined(struct select *select, const bool *is_defined)
{
    struct compiler *compiler = select->compiler;
    for (size_t i = 0; i < select->body->count; i++) {
        const struct term *value = NULL, *defined = NULL;
        if (is_defined[i])
            defined = select_find_defined(select, select->body->literals[i], &value);
        if (!defined)
            continue;
        select->is_done[i] = true;
        rebind(compiler, defined->variable->number);
        select_add_presence(select, value, compiler_binding(compiler, defined)->sql, 1);
    }
}

/* From here on there is one relation, the SELECT so far. */
static void wrap(struct select *select, const bool *is_defined, bool is_distinct)
{
    struct compiler *compiler = select->compiler;
    end_joining(select);
    AUTO(strbuf) struct strbuf columns = {0}, from = {0};
    put_columns(select, is_defined, &columns);
    strbuf_printf(&from, "(SELECT %s%s", is_distinct ? "DISTINCT " : "",
                  strbuf_text(&columns));
    select_put(select, &from);
    strbuf_printf(&from, " LIMIT -1) AS t%zu", ++compiler->names);
    strbuf_clear(&select->from);
    select->from = from;
    from = (struct strbuf){0};
    select->tables = 1;
    forget_atoms(select);

    for (size_t i = 0; i < compiler->rule->variable_count; i++)
        if (is_carried(compiler, &compiler->bindings[i]))
            rebind(compiler, i);
    for (size_t i = 0; i < select->extra_count; i++)
        select->extras[i]->sql = arena_format(compiler->arena, "t%zu.%s",
                                              compiler->names, select->extras[i]->name);
    bind_defined(select, is_defined);
}

/* ---- before what is looked up for each row ---- */

static void mark(struct variable *variable, void *context)
{
    bool *is_marked = context;
    is_marked[variable->number] = true;
}

/* Of what is still asked, by literals and results, each variable; false: something of
 * it may fail, and then names all of its row. */
static bool find_asked(const struct select *select, bool *ret)
{
    for (size_t i = 0; i < select->body->count; i++) {
        const struct literal *literal = select->body->literals[i];
        if (select->is_done[i])
            continue;
        literal_each_variable(literal, mark, ret);
        if (literal_may_fail(literal))
            return false;
    }
    for (size_t i = 0; i < select->result_count; i++) {
        term_each_variable(select->results[i], mark, ret);
        if (term_may_fail(select->results[i]))
            return false;
    }
    return true;
}

static bool looks_up(struct select *select, const bool *is_defined)
{
    for (size_t i = 0; i < select->body->count; i++) {
        const struct term *value = NULL;
        if (is_defined[i] &&
            select_find_defined(select, select->body->literals[i], &value) &&
            term_is_looked_up(select->compiler->rule, value))
            return true;
    }
    return false;
}

static bool may_repeat(const struct select *select, const bool *is_asked)
{
    const struct compiler *compiler = select->compiler;
    size_t count = compiler->rule->variable_count;
    bool *is_known = arena_take(compiler->arena, count * sizeof *is_known);
    for (size_t i = 0; i < count; i++)
        is_known[i] = is_asked[i] || (compiler->bindings[i].sql &&
                                      compiler->bindings[i].depth < compiler->depth);
    return !body_is_distinct(select->body, is_known);
}

/* An aggregate that is looked up is, for rows that differ in nothing that is still
 * asked, looked up once. */
static void tell_apart(struct select *select, const bool *is_defined)
{
    struct compiler *compiler = select->compiler;
    size_t count = compiler->rule->variable_count;
    bool *is_asked = arena_take(compiler->arena, count * sizeof *is_asked);
    bool *none = arena_take(compiler->arena, select->body->count);
    bool is_whole = select->outer || select->extra_count > 0 ||
                    compiler->settings->result == COMPILE_VARIABLES;
    if (is_whole || !looks_up(select, is_defined) || !find_asked(select, is_asked) ||
        !may_repeat(select, is_asked))
        return;
    end_joining(select);
    for (size_t i = 0; i < count; i++)
        if (!is_asked[i] && is_carried(compiler, &compiler->bindings[i]))
            compiler->bindings[i] = (struct binding){0};
    wrap(select, none, true);
}

/* ---- conditions ---- */

static bool is_open(const struct select *select, size_t literal)
{
    return !select->is_done[literal] &&
           literal_is_bound(select->compiler, select->body->literals[literal]);
}

static void restrict_null(struct compiler *compiler, const struct term *term)
{
    if (term && term_is_variable(term))
        compiler_binding(compiler, term)->may_be_null = false;
}

static void add_literal(struct select *select, size_t number)
{
    struct compiler *compiler = select->compiler;
    const struct literal *literal = select->body->literals[number];
    AUTO(strbuf) struct strbuf sql = {0};
    literal_put(compiler, literal, &sql);
    select_add_condition(select, strbuf_text(&sql), literal_tables(compiler, literal));
    restrict_null(compiler, literal->left);
    restrict_null(compiler, literal->right);
    select->is_done[number] = true;
}

/* x = y + 1, where x is a column of a relation that y is not of: one that is looked up
 * by it. */
static bool look_up(struct select *select, size_t number)
{
    struct compiler *compiler = select->compiler;
    const struct literal *literal = select->body->literals[number];
    if (!select->is_joining || literal->kind != LITERAL_COMPARISON ||
        literal->comparison != COMPARISON_EQUAL)
        return false;
    const struct term *sides[] = {literal->left, literal->right};
    for (size_t i = 0; i < 2; i++) {
        const struct term *value = sides[1 - i];
        if (!term_is_variable(sides[i]) || term_has_aggregate(value))
            continue;
        struct binding *binding = compiler_binding(compiler, sides[i]);
        bool is_other = binding->is_column && binding->depth == compiler->depth &&
                        (binding->tables & term_tables(compiler, value)) == 0;
        if (!is_other)
            continue;
        select_add_equation(select, &(struct equation){.column = binding->sql,
                                                       .tables = binding->tables,
                                                       .term = value});
        binding->may_be_null = false;
        select->is_done[number] = true;
        return true;
    }
    return false;
}

/* A comparison that may fail waits until all else holds. Before, it already leaves out
 * the rows for which it is known not to hold, so that fewer are joined. */
static void try_early(struct select *select, const struct literal *literal)
{
    struct compiler *compiler = select->compiler;
    bool is_of_atoms = literal->kind == LITERAL_COMPARISON &&
                       !term_has_aggregate(literal->left) &&
                       !term_has_aggregate(literal->right);
    if (!is_of_atoms || select->tables < 2)
        return;
    AUTO(strbuf) struct strbuf sql = {0};
    compiler->is_trying = true;
    strbuf_puts(&sql, "ifnull(");
    literal_put(compiler, literal, &sql);
    strbuf_puts(&sql, ", 1)");
    compiler->is_trying = false;
    select_add_condition(select, strbuf_text(&sql), literal_tables(compiler, literal));
}

static void add_safe(struct select *select)
{
    for (size_t i = 0; i < select->body->count; i++)
        if (is_open(select, i) && !literal_may_fail(select->body->literals[i]))
            add_literal(select, i);
}

static void add_joins(struct select *select)
{
    for (size_t i = 0; i < select->body->count; i++)
        if (is_open(select, i) && !look_up(select, i))
            try_early(select, select->body->literals[i]);
}

static bool is_definition(struct select *select, const struct literal *literal)
{
    struct compiler *compiler = select->compiler;
    if (literal->kind != LITERAL_COMPARISON || literal->comparison != COMPARISON_EQUAL)
        return false;
    return (term_is_variable(literal->left) &&
            !compiler_binding(compiler, literal->left)->sql) ||
           (term_is_variable(literal->right) &&
            !compiler_binding(compiler, literal->right)->sql);
}

/* What is only computed for the result needs no stage of its own. */
static void define_results(struct select *select)
{
    for (size_t i = 0; i < select->body->count; i++)
        if (!select->is_done[i] && !is_definition(select, select->body->literals[i]))
            return;
    end_joining(select);
    while (select_substitute(select, false))
        ;
}

static bool find_definitions(struct select *select, bool may_be_rash, bool *ret)
{
    bool has_any = false;
    for (size_t i = 0; i < select->body->count; i++) {
        const struct term *value;
        const struct literal *literal = select->body->literals[i];
        ret[i] = !select->is_done[i] && (may_be_rash || !literal_is_rash(literal)) &&
                 select_find_defined(select, literal, &value);
        has_any = has_any || ret[i];
    }
    return has_any;
}

/* False: there is none. */
static bool add_failing(struct select *select, bool may_be_rash)
{
    bool has_any = false;
    for (size_t i = 0; i < select->body->count; i++) {
        if (!is_open(select, i) ||
            (!may_be_rash && literal_is_rash(select->body->literals[i])))
            continue;
        bool *none = arena_take(select->compiler->arena, select->body->count);
        if (!has_any && select->tables > 0)
            wrap(select, none, false);
        has_any = true;
        add_literal(select, i);
    }
    return has_any;
}

/* What may only be too large comes before what fails for other values. */
static bool add_stage(struct select *select)
{
    bool *is_defined = arena_take(select->compiler->arena, select->body->count);
    bool is_mild = find_definitions(select, false, is_defined);
    if (!is_mild && add_failing(select, false))
        return true;
    if (!is_mild && !find_definitions(select, true, is_defined))
        return false;
    tell_apart(select, is_defined);
    wrap(select, is_defined, false);
    add_safe(select);
    return true;
}

void select_add_literals(struct select *select)
{
    add_equations(select, false);
    add_safe(select);
    add_joins(select);
    define_results(select);
    while (select->compiler->rc == 0 && add_stage(select))
        ;
    add_failing(select, true);
    end_joining(select);
}
