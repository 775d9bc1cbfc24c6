// SPDX-License-Identifier: GPL-3.0-or-later
/* compile - a rule as one SELECT: what it is asked for, around what its body is. */
#include "datalog/catalogue.h"
#include "datalog/compile_parts.h"

static struct term *new_variable_term(struct arena *arena, struct variable *variable)
{
    struct term *term = arena_take(arena, sizeof *term);
    *term = (struct term){.kind = TERM_VARIABLE,
                          .name = variable->name,
                          .type = variable->type,
                          .variable = variable};
    return term;
}

/* What the SELECT is asked for. */
static struct term **find_results(const struct compiler *compiler, size_t *ret_count)
{
    const struct rule *rule = compiler->rule;
    struct term **terms = NULL;
    if (compiler->settings->result == COMPILE_HEAD) {
        *ret_count = rule->head->count;
        return rule->head->args;
    }
    bool has_variables = compiler->settings->result == COMPILE_VARIABLES;
    for (size_t i = 0; has_variables && i < rule->variable_count; i++)
        if (!rule->variables[i]->local)
            arena_push(compiler->arena, (void ***)&terms, ret_count,
                       new_variable_term(compiler->arena, rule->variables[i]));
    return terms;
}

static void put_result(struct select *select, const struct term *term, const char *name,
                       struct strbuf *columns)
{
    struct compiler *compiler = select->compiler;
    AUTO(strbuf) struct strbuf sql = {0};
    bool is_unbound = compiler->settings->result == COMPILE_VARIABLES &&
                      !compiler_binding(compiler, term)->sql;
    if (is_unbound)
        strbuf_puts(&sql, "NULL");
    else
        term_put(compiler, term, &sql);
    strbuf_printf(columns, "%s%s AS %s", columns->size > 0 ? ", " : "",
                  strbuf_text(&sql), name);
    select_add_presence(select, term, strbuf_text(&sql), 0);
}

static void put_columns(struct select *select, struct term *const *terms, size_t count,
                        struct strbuf *columns)
{
    bool is_head = select->compiler->settings->result == COMPILE_HEAD;
    for (size_t i = 0; i < count; i++) {
        char name[32];
        size_t number = is_head ? i + 1 : terms[i]->variable->number;
        snprintf(name, sizeof name, "%c%zu", is_head ? 'c' : 'v', number);
        put_result(select, terms[i], name, columns);
    }
    for (size_t i = 0; i < select->extra_count; i++)
        strbuf_printf(columns, "%s%s AS %s", columns->size > 0 ? ", " : "",
                      select->extras[i]->sql, select->extras[i]->name);
    if (columns->size == 0)
        strbuf_puts(columns, is_head ? "1 AS c1" : "1");
}

static bool needs_distinct(const struct select *select, struct term *const *terms,
                           size_t count)
{
    const struct compiler *compiler = select->compiler;
    const struct compile_settings *settings = compiler->settings;
    if (settings->may_repeat || settings->result == COMPILE_NOTHING)
        return false;
    size_t variables = compiler->rule->variable_count;
    bool *is_known = arena_take(compiler->arena, variables * sizeof *is_known);
    for (size_t i = 0; settings->known && i < variables; i++)
        is_known[i] = settings->known[i].type != TYPE_NONE;
    for (size_t i = 0; i < count; i++)
        if (term_is_variable(terms[i]))
            is_known[terms[i]->variable->number] = true;
    return select->groups ? !groups_are_distinct(select->groups, is_known)
                          : !body_is_distinct(&compiler->rule->body, is_known);
}

/* SQLite joins each part of a UNION ALL by itself, by the indexes that it has; but not
 * below a DISTINCT, where all its rows would be gone through instead. A LIMIT keeps the
 * two apart. */
static bool has_union(const struct body *body)
{
    for (size_t i = 0; i < body->count; i++) {
        const struct literal *literal = body->literals[i];
        if (literal->kind == LITERAL_ATOM && literal->atom->predicate->stored &&
            literal->atom->predicate->stored->is_union)
            return true;
    }
    return false;
}

static void put_rule(struct compiler *compiler, struct strbuf *sql)
{
    const struct compile_settings *settings = compiler->settings;
    size_t count = 0;
    struct term **terms = find_results(compiler, &count);
    AUTO(select) struct select select = {0};
    AUTO(strbuf) struct strbuf columns = {0};
    select_open(&select, compiler, &compiler->rule->body,
                &(struct select_wishes){
                    .results = terms,
                    .count = count,
                    .newest = settings->newest,
                    .has_origins = settings->result == COMPILE_VARIABLES,
                    .has_number = settings->has_number,
                });
    put_columns(&select, terms, count, &columns);
    bool is_distinct = needs_distinct(&select, terms, count);
    bool is_apart = is_distinct && has_union(&compiler->rule->body);
    strbuf_printf(sql, "%sSELECT %s%s", is_apart ? "SELECT DISTINCT * FROM (" : "",
                  is_distinct && !is_apart ? "DISTINCT " : "", strbuf_text(&columns));
    select_put(&select, sql);
    if (is_apart)
        strbuf_puts(sql, " LIMIT -1)");
    if (settings->limit > 0)
        strbuf_printf(sql, " LIMIT %zu", settings->limit);
}

static void bind_known(struct compiler *compiler)
{
    const struct value *known = compiler->settings->known;
    for (size_t i = 0; known && i < compiler->rule->variable_count; i++) {
        if (known[i].type == TYPE_NONE)
            continue;
        AUTO(strbuf) struct strbuf sql = {0};
        value_put_sql(&known[i], &sql);
        compiler->bindings[i].sql = arena_text(compiler->arena, strbuf_text(&sql));
    }
}

int compile_rule(struct program *program, const struct rule *rule,
                 const struct compile_settings *settings, struct sites *sites,
                 struct strbuf *sql, struct complaint *complaint)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(strbuf) struct strbuf text = {0};
    struct compiler compiler = {
        .program = program,
        .rule = rule,
        .settings = settings,
        .sites = sites,
        .complaint = complaint,
        .arena = arena,
        .bindings = arena_take(arena, rule->variable_count * sizeof(struct binding)),
    };
    bind_known(&compiler);
    put_rule(&compiler, &text);
    if (compiler.rc == 0)
        strbuf_puts(sql, strbuf_text(&text));
    return compiler.rc;
}
