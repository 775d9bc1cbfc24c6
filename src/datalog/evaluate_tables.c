// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_tables - tables that are no sets, their indexes, and the views of what is
 * stored; or copies of it, with indexes that the store does not have, for recursion. */
#include <string.h>

#include "datalog/catalogue.h"
#include "datalog/evaluate_parts.h"
#include "datalog/walk.h"

static void add(struct evaluation *evaluation, struct statements *statements,
                struct strbuf *sql)
{
    statements_push(evaluation, statements,
                    statement_new(evaluation, strbuf_text(sql)));
    strbuf_shorten(sql, 0);
}

static void add_drop(struct evaluation *evaluation, const char *name)
{
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_puts(&sql, "DROP TABLE temp.");
    compile_name(name, &sql);
    add(evaluation, &evaluation->drops, &sql);
}

/* ---- patterns ---- */

/* Made when it is first met, whether it will be needed or not. */
static struct table *get_copy(struct evaluation *evaluation,
                              const struct predicate *predicate)
{
    for (size_t i = 0; i < evaluation->copy_count; i++)
        if (evaluation->copies[i]->predicate == predicate)
            return evaluation->copies[i];
    struct arena *arena = evaluation->program->arena;
    struct table *copy = arena_take(arena, sizeof *copy);
    copy->predicate = predicate;
    arena_push(arena, (void ***)&evaluation->copies, &evaluation->copy_count, copy);
    return copy;
}

static void note(struct evaluation *evaluation, struct table *table, const char *bound)
{
    for (size_t i = 0; table && i < table->pattern_count; i++)
        if (strcmp(table->patterns[i], bound) == 0)
            return;
    struct arena *arena = evaluation->program->arena;
    if (table)
        arena_push(arena, (void ***)&table->patterns, &table->pattern_count,
                   arena_text(arena, bound));
}

static struct table *table_of(struct evaluation *evaluation,
                              const struct predicate *predicate)
{
    return predicate->stored ? get_copy(evaluation, predicate)
                             : plan_table(evaluation, predicate);
}

static void note_once(void *context, const struct predicate *predicate,
                      const char *bound)
{
    note(context, table_of(context, predicate), bound);
}

static void note_repeated(void *context, const struct predicate *predicate,
                          const char *bound)
{
    note_once(context, predicate, bound);
    if (predicate->stored && predicate->stored->sql)
        get_copy(context, predicate)->is_needed |= !compile_has_index(predicate, bound);
}

void tables_note(struct evaluation *evaluation, const struct rule *rule,
                 bool is_repeated)
{
    compile_each_index(rule, is_repeated ? note_repeated : note_once, evaluation);
}

static size_t bound_count(const char *pattern)
{
    size_t count = 0;
    for (const char *c = pattern; *c; c++)
        count += *c == 'b';
    return count;
}

static bool is_within(const char *pattern, const char *other)
{
    for (; *pattern; pattern++, other++)
        if (*pattern == 'b' && *other != 'b')
            return false;
    return true;
}

/* The narrowest pattern that goes on from one; NULL: there is none. */
static const char **next_pattern(const struct table *table, const char *from)
{
    const char **found = NULL;
    for (size_t i = 0; i < table->pattern_count; i++) {
        const char *pattern = table->patterns[i];
        if (pattern && (!from || is_within(from, pattern)) &&
            (!found || bound_count(pattern) < bound_count(*found)))
            found = &table->patterns[i];
    }
    return found;
}

/* ---- indexes ---- */

static void put_column(const struct predicate *predicate, size_t column, bool *is_put,
                       struct strbuf *sql)
{
    if (is_put[column])
        return;
    is_put[column] = true;
    strbuf_puts(sql, sql->size > 0 ? ", " : "");
    if (predicate->stored)
        compile_name(predicate->stored->columns[column].name, sql);
    else
        strbuf_printf(sql, "c%zu", column + 1);
}

/* All columns, those first that patterns bind, from the narrowest on; it serves each
 * pattern that begins it, and those are done with. */
static void put_order(struct evaluation *evaluation, struct table *table,
                      struct strbuf *ret)
{
    size_t count = table->predicate->count;
    bool *is_put = arena_take(evaluation->program->arena, count + 1);
    AUTO(strbuf) struct strbuf order = {0};
    const char *last = NULL;
    const char **next;
    while ((next = next_pattern(table, last))) {
        last = *next;
        *next = NULL;
        for (size_t i = 0; i < count; i++)
            if (last[i] == 'b')
                put_column(table->predicate, i, is_put, &order);
    }
    for (size_t i = 0; i < count; i++)
        put_column(table->predicate, i, is_put, &order);
    strbuf_puts(ret, count > 0 ? strbuf_text(&order) : "c1");
}

static void put_index(struct evaluation *evaluation, struct table *table, size_t number,
                      struct statements *statements)
{
    const struct predicate *predicate = table->predicate;
    const char *name = predicate->stored ? predicate->stored->name : predicate->table;
    AUTO(strbuf) struct strbuf sql = {0}, suffixed = {0};
    strbuf_printf(&suffixed, "%s.%zu", name, number);
    strbuf_puts(&sql, "CREATE INDEX temp.");
    compile_name(strbuf_text(&suffixed), &sql);
    strbuf_puts(&sql, " ON ");
    compile_name(name, &sql);
    strbuf_puts(&sql, " (");
    put_order(evaluation, table, &sql);
    strbuf_puts(&sql, ")");
    add(evaluation, statements, &sql);
}

/* ---- what is stored ---- */

/* A relation of which there are no rows has its columns nevertheless. */
static void put_nothing(const struct stored *stored, struct strbuf *sql)
{
    strbuf_puts(sql, "SELECT ");
    for (size_t i = 0; i < stored->count; i++) {
        strbuf_puts(sql, i > 0 ? ", NULL AS " : "NULL AS ");
        compile_name(stored->columns[i].name, sql);
    }
    strbuf_puts(sql, stored->has_origin ? ", NULL AS _message, NULL AS _time" : "");
    if (stored->numbering.name)
        strbuf_printf(sql, ", NULL AS %s", stored->numbering.name);
    strbuf_puts(sql, " WHERE 0");
}

static void put_columns(const struct evaluation *evaluation,
                        const struct stored *stored, struct strbuf *sql)
{
    for (size_t i = 0; i < stored->count; i++) {
        strbuf_puts(sql, i > 0 ? ", " : "");
        compile_name(stored->columns[i].name, sql);
    }
    if (stored->has_origin && !evaluation->is_unproved)
        strbuf_puts(sql, ", _message, _time");
    if (stored->numbering.name)
        strbuf_printf(sql, ", %s", stored->numbering.name);
}

/* Only those since then. */
static void put_since(const struct evaluation *evaluation, const struct stored *stored,
                      struct strbuf *sql)
{
    if (stored->sql && stored->since && evaluation->since > 0)
        strbuf_printf(sql, " WHERE %s >= %lld", stored->since,
                      (long long)evaluation->since);
}

static void put_copy(struct evaluation *evaluation, struct table *copy)
{
    const struct stored *stored = copy->predicate->stored;
    AUTO(strbuf) struct strbuf sql = {0};
    add_drop(evaluation, stored->name);
    strbuf_puts(&sql, "CREATE TEMP TABLE ");
    compile_name(stored->name, &sql);
    strbuf_puts(&sql, " AS SELECT ");
    put_columns(evaluation, stored, &sql);
    strbuf_printf(&sql, " FROM %s", stored->sql);
    put_since(evaluation, stored, &sql);
    add(evaluation, &copy->make, &sql);
    for (size_t number = 0; next_pattern(copy, NULL); number++)
        put_index(evaluation, copy, number, &copy->make);
}

/* Behind the others: it may read them. SQLite takes it apart into what reads it, as it
 * would a view of the temp database; but to make one there, and to drop it, would have
 * it read all of the schema anew. */
static void add_view(struct evaluation *evaluation, const char *name,
                     const char *select, const struct rule *rule)
{
    AUTO(strbuf) struct strbuf sql = {0}, with = {0};
    strbuf_puts(&sql, "CREATE TEMP VIEW ");
    compile_name(name, &sql);
    strbuf_printf(&sql, " AS %s", select);
    struct statement *view = statement_new(evaluation, strbuf_text(&sql));
    view->rule = rule;
    statements_push(evaluation, &evaluation->views, view);

    strbuf_puts(&with, evaluation->with);
    strbuf_puts(&with, evaluation->with[0] ? ", " : "WITH ");
    compile_name(name, &with);
    strbuf_printf(&with, " AS NOT MATERIALIZED (%s) ", select);
    evaluation->with = arena_text(evaluation->program->arena, strbuf_text(&with));
}

/* A SELECT in parentheses is one without; a name is read. */
static void put_source(const char *source, struct strbuf *sql)
{
    if (*source == '(')
        strbuf_add(sql, source + 1, strlen(source) - 2);
    else
        strbuf_printf(sql, "SELECT * FROM %s", source);
}

static void put_now(struct evaluation *evaluation, const struct stored *stored)
{
    AUTO(strbuf) struct strbuf sql = {0};
    if (!stored->sql)
        put_nothing(stored, &sql);
    else if (stored->since && evaluation->since > 0)
        strbuf_printf(&sql, "SELECT * FROM %s", stored->sql);
    else
        put_source(stored->sql, &sql);
    put_since(evaluation, stored, &sql);
    add_view(evaluation, stored->name, strbuf_text(&sql), NULL);
}

static void put_other(struct evaluation *evaluation, const struct stored *stored,
                      const char *suffix, const char *source)
{
    AUTO(strbuf) struct strbuf name = {0}, sql = {0};
    strbuf_printf(&name, "%s%s", stored->name, suffix);
    put_source(source, &sql);
    add_view(evaluation, strbuf_text(&name), strbuf_text(&sql), NULL);
}

/* How a stored relation is read. */
struct reading {
    const struct predicate *predicate;
    bool is_now, is_past, is_negated;
};

static void find_reading(void *context, struct atom *atom, bool is_joined)
{
    struct reading *reading = context;
    bool is_it = atom->predicate == reading->predicate;
    reading->is_now |= is_it && !atom->at;
    reading->is_past |= is_it && atom->at;
    reading->is_negated |= is_it && !is_joined;
}

static void put_stored(struct evaluation *evaluation, const struct predicate *predicate)
{
    const struct program *program = evaluation->program;
    struct reading reading = {.predicate = predicate};
    for (size_t i = 0; i < program->predicate_count; i++)
        for (size_t j = 0; j < program->predicates[i]->rule_count; j++)
            walk_atoms(program->predicates[i]->rules[j], find_reading, &reading);
    struct table *copy = get_copy(evaluation, predicate);
    if (copy->is_needed)
        put_copy(evaluation, copy);
    else if (reading.is_now)
        put_now(evaluation, predicate->stored);
    if (reading.is_past)
        put_other(evaluation, predicate->stored, " at", predicate->stored->history);
    if (reading.is_negated && evaluation->has_numbers && predicate->stored->by_number)
        put_other(evaluation, predicate->stored, " by number",
                  predicate->stored->by_number);
}

void tables_put_views(struct evaluation *evaluation)
{
    const struct program *program = evaluation->program;
    for (size_t i = 0; i < program->predicate_count; i++)
        if (program->predicates[i]->stored && program->predicates[i]->is_reachable)
            put_stored(evaluation, program->predicates[i]);
}

/* ---- tables ---- */

size_t table_width(const struct table *table)
{
    return table->predicate->count > 0 ? table->predicate->count : 1;
}

void table_put_columns(const struct table *table, struct strbuf *sql)
{
    for (size_t i = 0; i < table_width(table); i++)
        strbuf_printf(sql, "%sc%zu", i > 0 ? ", " : "", i + 1);
}

void table_put_number(const struct table *table, struct strbuf *sql)
{
    if (table->predicate->numbering)
        strbuf_printf(sql, ", %s", table->predicate->numbering->name);
}

/* A part of what is stored that is only read as a whole needs no copy. */
static bool is_view(const struct table *table)
{
    const struct statements *fill = &table->stage->fill;
    return !table->is_set && table->pattern_count == 0 && fill->count == 1 &&
           table->predicate->count > 0 && compile_is_part(fill->items[0]->rule);
}

static void describe_view(struct evaluation *evaluation, struct table *table)
{
    struct statements *fill = &table->stage->fill;
    add_view(evaluation, table->predicate->table, fill->items[0]->select,
             fill->items[0]->rule);
    *fill = (struct statements){0};
}

/* Its indexes are made when it is full, which is faster. */
static void describe(struct evaluation *evaluation, struct table *table)
{
    AUTO(strbuf) struct strbuf sql = {0};
    add_drop(evaluation, table->predicate->table);
    strbuf_puts(&sql, "CREATE TEMP TABLE ");
    compile_name(table->predicate->table, &sql);
    strbuf_puts(&sql, " (");
    table_put_columns(table, &sql);
    table_put_number(table, &sql);
    strbuf_puts(&sql, ")");
    add(evaluation, &table->make, &sql);
    size_t number = 0;
    do
        put_index(evaluation, table, number++, &table->indexes);
    while (next_pattern(table, NULL));
}

void tables_describe(struct evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->table_count; i++)
        if (is_view(evaluation->tables[i]))
            describe_view(evaluation, evaluation->tables[i]);
        else if (!evaluation->tables[i]->is_set)
            describe(evaluation, evaluation->tables[i]);
}
