// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_aggregates - count : { … } and its like as a SELECT in parentheses, one
 * value for each row of the rule outside; or as one more relation that is joined, with
 * a row for all values of the variables from outside at once.
 *
 * What it ranges over are the rows of a join of sets, each column of which is a
 * variable, a "_" or bound: they differ as they are. Only alternatives may give the
 * same row. */
#include "datalog/compile_parts.h"

static const char *const functions[] = {
    [AGGREGATE_COUNT] = "count",  [AGGREGATE_SUM] = "dl_sum",
    [AGGREGATE_MIN] = "min",      [AGGREGATE_MAX] = "max",
    [AGGREGATE_MEAN] = "dl_mean", [AGGREGATE_MEDIAN] = "dl_median",
};

static void put_function(struct compiler *compiler, const struct term *term,
                         struct strbuf *sql)
{
    const struct aggregate *aggregate = term->aggregate;
    strbuf_printf(sql, "%s(", functions[aggregate->kind]);
    if (aggregate->kind == AGGREGATE_SUM) {
        site_put(compiler, term, sql);
        strbuf_puts(sql, ", ");
    }
    strbuf_puts(sql, aggregate->target ? "x" : "*");
    bool is_ordered =
        aggregate->kind == AGGREGATE_MIN || aggregate->kind == AGGREGATE_MAX;
    if (is_ordered && aggregate->target->type == TYPE_VERSION)
        strbuf_puts(sql, " COLLATE version");
    if (aggregate->kind == AGGREGATE_SUM)
        witnesses_put(compiler, term, sql);
    strbuf_putc(sql, ')');
}

static void forget_local(struct compiler *compiler, const struct aggregate *aggregate)
{
    for (size_t i = 0; i < compiler->rule->variable_count; i++)
        if (compiler->rule->variables[i]->local == aggregate)
            compiler->bindings[i] = (struct binding){0};
}

static void put_target(struct select *select, const struct aggregate *aggregate,
                       struct strbuf *columns)
{
    AUTO(strbuf) struct strbuf target = {0};
    term_put(select->compiler, aggregate->target, &target);
    strbuf_printf(columns, "%s AS x", strbuf_text(&target));
    select_add_presence(select, aggregate->target, strbuf_text(&target), 0);
}

/* The bindings of its variables, and each "_", in columns that the alternatives share,
 * or that are of one of them alone. */
static void put_variables(const struct select *select,
                          const struct aggregate *aggregate, size_t before,
                          size_t behind, struct strbuf *columns)
{
    const struct compiler *compiler = select->compiler;
    for (size_t i = 0; i < compiler->rule->variable_count; i++) {
        if (compiler->rule->variables[i]->local != aggregate)
            continue;
        const char *sql = compiler->bindings[i].sql;
        strbuf_printf(columns, ", %s", sql ? sql : "NULL");
    }
    for (size_t i = 0; i < before; i++)
        strbuf_puts(columns, ", NULL");
    for (size_t i = 0; i < select->extra_count; i++)
        strbuf_printf(columns, ", %s", select->extras[i]->sql);
    for (size_t i = 0; i < behind; i++)
        strbuf_puts(columns, ", NULL");
}

static size_t count_any(const struct body *body)
{
    size_t count = 0;
    for (size_t i = 0; i < body->count; i++) {
        const struct literal *literal = body->literals[i];
        for (size_t j = 0; literal->kind == LITERAL_ATOM && j < literal->atom->count;
             j++)
            count += literal->atom->args[j]->kind == TERM_ANY;
    }
    return count;
}

static size_t count_any_between(const struct aggregate *aggregate, size_t from,
                                size_t to)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++)
        count += count_any(&aggregate->bodies[i]);
    return count;
}

/* What groups of rows are told apart by, and joined with the rows outside. */
struct keys {
    const struct binding *outside; /* of the aggregate's outer variables */
    const char **inner, **outer;   /* the SQL of each key, here and outside */
    size_t count;
    bool has_number; /* in place of some variables */
};

static void add_key(struct keys *keys, const char *inner, const char *outer)
{
    keys->inner[keys->count] = inner;
    keys->outer[keys->count++] = outer;
}

static const struct numbered *find_number(const struct select *select,
                                          const struct numbered *like)
{
    for (size_t i = 0; i < select->numbered_count; i++)
        if (numbered_is_same(select->numbered[i], like))
            return select->numbered[i];
    return NULL;
}

static bool is_outer(const struct aggregate *aggregate, const struct variable *variable)
{
    for (size_t i = 0; i < aggregate->outer_count; i++)
        if (aggregate->outer[i] == variable)
            return true;
    return false;
}

/* Those from outside, none of which has a key yet. */
static bool is_new(const struct aggregate *aggregate, const struct numbered *numbered,
                   const bool *has_key)
{
    const struct variable *variable;
    for (size_t i = 0; (variable = numbered_variable(numbered, i)); i++)
        if (!is_outer(aggregate, variable) || has_key[variable->number])
            return false;
    return true;
}

/* A number that both sides have stands for its variables. */
static void find_keys(const struct select *select, const struct aggregate *aggregate,
                      struct keys *keys)
{
    const struct compiler *compiler = select->compiler;
    size_t count = compiler->rule->variable_count;
    bool *has_key = arena_take(compiler->arena, count * sizeof *has_key);
    for (size_t i = 0; i < select->numbered_count; i++) {
        const struct numbered *inner = select->numbered[i];
        const struct numbered *outer = find_number(select->outer, inner);
        if (!outer || !is_new(aggregate, inner, has_key))
            continue;
        add_key(keys, inner->sql, outer->sql);
        keys->has_number = true;
        const struct variable *variable;
        for (size_t j = 0; (variable = numbered_variable(inner, j)); j++)
            has_key[variable->number] = true;
    }
    for (size_t i = 0; i < aggregate->outer_count; i++)
        if (!has_key[aggregate->outer[i]->number])
            add_key(keys, compiler->bindings[aggregate->outer[i]->number].sql,
                    keys->outside[i].sql);
}

static void put_keys(const struct keys *keys, struct strbuf *columns)
{
    for (size_t i = 0; i < keys->count; i++)
        strbuf_printf(columns, ", %s AS k%zu", keys->inner[i], i);
}

/* One alternative: the target as x, and with others beside it what tells rows apart.
 * keys: NULL, or those of its groups, to be found; where a number is among them, LIMIT
 * lets SQLite leave out a table of which only what that stands for is read. */
static void put_alternative(struct compiler *compiler,
                            const struct aggregate *aggregate, size_t number,
                            struct keys *keys, struct strbuf *sql)
{
    bool is_alone = aggregate->count == 1;
    AUTO(select) struct select select = {0};
    AUTO(strbuf) struct strbuf columns = {0};
    forget_local(compiler, aggregate);
    select_open(&select, compiler, &aggregate->bodies[number],
                &(struct select_wishes){
                    .results = &aggregate->target,
                    .count = aggregate->target ? 1 : 0,
                    .newest = NO_NEWEST,
                    .has_all = !is_alone,
                });
    if (aggregate->target)
        put_target(&select, aggregate, &columns);
    else
        strbuf_puts(&columns, "1");
    if (!is_alone)
        put_variables(&select, aggregate, count_any_between(aggregate, 0, number),
                      count_any_between(aggregate, number + 1, aggregate->count),
                      &columns);
    if (keys) {
        find_keys(&select, aggregate, keys);
        put_keys(keys, &columns);
    }
    strbuf_printf(sql, "SELECT %s", strbuf_text(&columns));
    select_put(&select, sql);
    strbuf_puts(sql, keys && keys->has_number ? " LIMIT -1" : "");
}

static void put_subquery(struct compiler *compiler, const struct term *term,
                         struct strbuf *sql)
{
    strbuf_puts(sql, "(SELECT ");
    put_function(compiler, term, sql);
    strbuf_puts(sql, " FROM (");
    for (size_t i = 0; i < term->aggregate->count; i++) {
        strbuf_puts(sql, i > 0 ? " UNION " : "");
        put_alternative(compiler, term->aggregate, i, NULL, sql);
    }
    strbuf_puts(sql, "))");
}

/* ---- joined ---- */

/* Whether SQLite finds the rows of each atom by an index; of tables only where they are
 * read again and again, for else all rows are sorted in less time. */
static bool is_looked_up(const struct rule *rule, const struct aggregate *aggregate)
{
    AUTO(arena) struct arena *arena = arena_new();
    bool *is_bound = arena_take(arena, rule->variable_count * sizeof *is_bound);
    for (size_t i = 0; i < aggregate->outer_count; i++)
        is_bound[aggregate->outer[i]->number] = true;
    const struct body *body = &aggregate->bodies[0];
    for (size_t i = 0; i < body->count; i++) {
        if (body->literals[i]->kind != LITERAL_ATOM)
            continue;
        const struct atom *atom = body->literals[i]->atom;
        bool is_sorted = atom->predicate->table && !rule->head->predicate->is_recursive;
        if (is_sorted ||
            !compile_has_index(atom->predicate, atom_pattern(atom, is_bound, arena)))
            return false;
        for (size_t j = 0; j < atom->count; j++)
            if (term_is_variable(atom->args[j]))
                is_bound[atom->args[j]->variable->number] = true;
    }
    return true;
}

/* What may fail is not computed for values that nobody asks for. */
bool aggregate_is_grouped(const struct rule *rule, const struct aggregate *aggregate)
{
    if (aggregate->count != 1 || aggregate->outer_count == 0 ||
        aggregate_may_fail(aggregate))
        return false;
    for (size_t i = 0; i < aggregate->outer_count; i++)
        if (!body_has_column(&aggregate->bodies[0], aggregate->outer[i]))
            return false;
    return !is_looked_up(rule, aggregate);
}

bool term_is_looked_up(const struct rule *rule, const struct term *term)
{
    for (size_t i = 0; i < term->count; i++)
        if (term_is_looked_up(rule, term->args[i]))
            return true;
    return term->kind == TERM_AGGREGATE && term->aggregate->outer_count > 0 &&
           !aggregate_is_grouped(rule, term->aggregate);
}

/* The variables from outside are of this SELECT: they differ from row to row. */
static bool has_many(const struct compiler *compiler, const struct aggregate *aggregate)
{
    for (size_t i = 0; i < aggregate->outer_count; i++) {
        const struct binding *binding =
            &compiler->bindings[aggregate->outer[i]->number];
        if (binding->depth != compiler->depth || binding->tables == 0)
            return false;
    }
    return true;
}

/* Takes the variables from outside away: they are what the groups are of. */
static void free_outer(struct compiler *compiler, const struct aggregate *aggregate,
                       struct binding *ret)
{
    for (size_t i = 0; i < aggregate->outer_count; i++) {
        ret[i] = compiler->bindings[aggregate->outer[i]->number];
        compiler->bindings[aggregate->outer[i]->number] = (struct binding){0};
    }
}

static void bind_outer(struct compiler *compiler, const struct aggregate *aggregate,
                       const struct binding *outside)
{
    for (size_t i = 0; i < aggregate->outer_count; i++)
        compiler->bindings[aggregate->outer[i]->number] = outside[i];
}

static void put_list(size_t count, struct strbuf *sql)
{
    for (size_t i = 0; i < count; i++)
        strbuf_printf(sql, "%sk%zu", i > 0 ? ", " : "", i);
}

/* SELECT …, and the keys before what it gives. */
static void put_groups(struct compiler *compiler, const struct term *term,
                       struct keys *keys, struct strbuf *sql)
{
    AUTO(strbuf) struct strbuf function = {0}, rows = {0};
    bool had_row = compiler->has_row;
    compiler->has_row = false;
    put_function(compiler, term, &function); /* while none of its variables is bound */
    put_alternative(compiler, term->aggregate, 0, keys, &rows);
    strbuf_puts(sql, "(SELECT ");
    put_list(keys->count, sql);
    strbuf_printf(sql, ", %s AS n FROM (%s) GROUP BY ", strbuf_text(&function),
                  strbuf_text(&rows));
    put_list(keys->count, sql);
    strbuf_putc(sql, ')');
    compiler->has_row = had_row;
}

/* For all values of the variables from outside. */
static struct keys put_all_groups(struct compiler *compiler, const struct term *term,
                                  struct strbuf *sql)
{
    const struct aggregate *aggregate = term->aggregate;
    struct arena *arena = compiler->arena;
    size_t count = aggregate->outer_count;
    struct binding *outside = arena_take(arena, count * sizeof *outside);
    struct keys keys = {
        .outside = outside,
        .inner = arena_take(arena, count * sizeof *keys.inner),
        .outer = arena_take(arena, count * sizeof *keys.outer),
    };
    free_outer(compiler, aggregate, outside);
    put_groups(compiler, term, &keys, sql);
    bind_outer(compiler, aggregate, outside);
    return keys;
}

void aggregate_put_groups(struct compiler *compiler, const struct term *term,
                          struct strbuf *sql)
{
    put_all_groups(compiler, term, sql);
    forget_local(compiler, term->aggregate);
}

static void join(struct compiler *compiler, const struct term *term, struct strbuf *sql)
{
    const struct aggregate *aggregate = term->aggregate;
    AUTO(strbuf) struct strbuf from = {0};
    strbuf_puts(&from, " LEFT JOIN ");
    struct keys keys = put_all_groups(compiler, term, &from);
    size_t table = ++compiler->names;
    strbuf_printf(&from, " AS t%zu ON ", table);
    for (size_t i = 0; i < keys.count; i++)
        strbuf_printf(&from, "%st%zu.k%zu = %s", i > 0 ? " AND " : "", table, i,
                      keys.outer[i]);
    select_join(compiler->select, strbuf_text(&from), &term->place);
    bool is_of_nothing =
        aggregate->kind == AGGREGATE_COUNT || aggregate->kind == AGGREGATE_SUM;
    strbuf_printf(sql, is_of_nothing ? "ifnull(t%zu.n, 0)" : "t%zu.n", table);
}

void aggregate_put(struct compiler *compiler, const struct term *term,
                   struct strbuf *sql)
{
    if (has_many(compiler, term->aggregate) &&
        aggregate_is_grouped(compiler->rule, term->aggregate))
        join(compiler, term, sql);
    else
        put_subquery(compiler, term, sql);
    forget_local(compiler, term->aggregate);
}
