// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_plan - which relations get a table, in which order they are filled, and by
 * which statements. */
#include <stdlib.h>
#include <string.h>

#include "datalog/evaluate_parts.h"
#include "datalog/rewrite.h"
#include "datalog/walk.h"

/* ---- which ---- */

static bool is_derived(const struct predicate *predicate)
{
    return predicate->is_reachable && !predicate->stored;
}

static int compare_strata(const void *one, const void *other)
{
    const struct predicate *left = *(struct predicate *const *)one;
    const struct predicate *right = *(struct predicate *const *)other;
    return left->stratum < right->stratum ? -1 : left->stratum > right->stratum;
}

/* What is derived, and what it is made of before it. */
static struct predicate **in_order(struct program *program, size_t *ret_count)
{
    struct predicate **order =
        arena_take(program->arena, (program->predicate_count + 1) * sizeof *order);
    size_t count = 0;
    for (size_t i = 0; i < program->predicate_count; i++)
        if (is_derived(program->predicates[i]))
            order[count++] = program->predicates[i];
    qsort(order, count, sizeof *order, compare_strata);
    *ret_count = count;
    return order;
}

/* The name is made for good afterwards: it needs the predicate's place. */
void plan_give_table(struct predicate *predicate)
{
    if (!predicate->table)
        predicate->table = predicate->name;
}

static void choose_hidden(void *context UNUSED, struct atom *atom, bool is_joined)
{
    if (!is_joined && is_derived(atom->predicate))
        plan_give_table(atom->predicate);
}

static bool has_facts(const struct predicate *predicate)
{
    size_t count = 0;
    for (size_t i = 0; i < predicate->rule_count; i++)
        count += predicate->rules[i]->body.count == 0;
    return count > 1;
}

static struct predicate *heaviest(const struct rule *rule)
{
    struct predicate *found = NULL;
    size_t most = 0;
    for (size_t i = 0; i < rule->body.count; i++) {
        const struct literal *literal = rule->body.literals[i];
        size_t weight = literal->kind == LITERAL_ATOM
                            ? rewrite_weight(literal->atom->predicate)
                            : 0;
        if (weight > most) {
            found = literal->atom->predicate;
            most = weight;
        }
    }
    return found;
}

static void choose_large(struct predicate *predicate)
{
    for (size_t i = 0; i < predicate->rule_count; i++) {
        struct predicate *large = NULL;
        while (!rewrite_is_small(predicate->rules[i]) &&
               (large = heaviest(predicate->rules[i])))
            plan_give_table(large);
    }
    if (!rewrite_measure(predicate))
        plan_give_table(predicate);
}

/* No other's that rests on the same connection. */
static const char *make_name(const struct evaluation *evaluation, size_t number)
{
    const struct program *program = evaluation->program;
    const char *name = program->predicates[number]->name;
    return evaluation->is_kept ? arena_format(program->arena, "%s.%zu.%p", name, number,
                                              (const void *)evaluation)
                               : arena_format(program->arena, "%s.%zu", name, number);
}

void plan_choose(struct evaluation *evaluation)
{
    struct program *program = evaluation->program;
    size_t count;
    struct predicate **order = in_order(program, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < order[i]->rule_count; j++)
            walk_atoms(order[i]->rules[j], choose_hidden, NULL);
        if (order[i]->is_recursive || order[i]->has_input || has_facts(order[i]))
            plan_give_table(order[i]);
    }
    shared_choose(program, order, count);
    for (size_t i = 0; i < count; i++)
        choose_large(order[i]);
    for (size_t i = 0; i < program->predicate_count; i++) {
        struct predicate *predicate = program->predicates[i];
        if (predicate->table)
            predicate->table = make_name(evaluation, i);
    }
}

/* ---- stages ---- */

struct table *plan_table(const struct evaluation *evaluation,
                         const struct predicate *predicate)
{
    size_t number = predicate->table_number;
    bool is_found = number > 0 && number <= evaluation->table_count &&
                    evaluation->tables[number - 1]->predicate == predicate;
    return is_found ? evaluation->tables[number - 1] : NULL;
}

static struct stage *add_stage(struct evaluation *evaluation, bool is_recursive)
{
    struct arena *arena = evaluation->program->arena;
    struct stage *stage = arena_take(arena, sizeof *stage);
    stage->is_recursive = is_recursive;
    arena_push(arena, (void ***)&evaluation->stages, &evaluation->stage_count, stage);
    return stage;
}

static const struct numbering *find_numbering(struct program *program,
                                              const struct predicate *predicate)
{
    const struct rule *const *unfolded;
    size_t count;
    if (predicate->is_recursive || predicate->has_input || predicate->rule_count != 1)
        return NULL;
    rewrite_unfold(program, predicate->rules[0], &unfolded, &count);
    return count == 1 ? compile_numbering(program, unfolded[0]) : NULL;
}

/* For each table that is made, SQLite goes through all that there are; sets are found
 * by hashing. */
#define MADE_MAX 100

static void add_table(struct evaluation *evaluation, struct predicate *predicate)
{
    struct arena *arena = evaluation->program->arena;
    struct stage *stage = evaluation->stage_count > 0
                              ? evaluation->stages[evaluation->stage_count - 1]
                              : NULL;
    bool is_same = stage && stage->is_recursive && predicate->is_recursive &&
                   stage->tables[0]->predicate->stratum == predicate->stratum;
    if (!is_same)
        stage = add_stage(evaluation, predicate->is_recursive);
    bool is_in_memory = evaluation->is_in_memory || evaluation->table_count >= MADE_MAX;
    if (!is_in_memory)
        predicate->numbering = find_numbering(evaluation->program, predicate);
    struct table *table = arena_take(arena, sizeof *table);
    *table = (struct table){.predicate = predicate, .stage = stage};
    table->is_set = is_in_memory || predicate->is_recursive || predicate->has_input ||
                    predicate->rule_count != 1 || plan_is_fact(predicate->rules[0]);
    arena_push(arena, (void ***)&stage->tables, &stage->count, table);
    arena_push(arena, (void ***)&evaluation->tables, &evaluation->table_count, table);
    predicate->table_number = evaluation->table_count;
}

/* ---- statements ---- */

/* A rule's atom of its own stage: it reads what the stage itself fills. */
static struct table *recursive_table(const struct evaluation *evaluation,
                                     const struct table *table,
                                     const struct literal *literal)
{
    const struct predicate *predicate =
        literal->kind == LITERAL_ATOM ? literal->atom->predicate : NULL;
    if (!predicate || !predicate->table || !predicate->is_recursive ||
        predicate->stratum != table->predicate->stratum)
        return NULL;
    return plan_table(evaluation, predicate);
}

static void put_insert(const struct table *table, struct strbuf *sql)
{
    strbuf_puts(sql, table->is_set ? "INSERT OR IGNORE INTO " : "INSERT INTO ");
    compile_name(table->predicate->table, sql);
    strbuf_puts(sql, " (");
    table_put_columns(table, sql);
    table_put_number(table, sql);
    strbuf_puts(sql, ") ");
}

/* One statement of a rule: all of it, or with one atom read from TABLE.new. */
static int add_rule(struct evaluation *evaluation, struct table *table,
                    const struct rule *rule, size_t newest, struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf sql = {0};
    put_insert(table, &sql);
    size_t select = sql.size;
    struct compile_settings settings = {
        .result = COMPILE_HEAD,
        .may_repeat = table->is_set,
        .has_number = table->predicate->numbering != NULL,
        .newest = newest,
        .has_numbers = evaluation->has_numbers,
    };
    int rc = compile_rule(evaluation->program, rule, &settings, &evaluation->sites,
                          &sql, complaint);
    if (rc < 0)
        return rc;
    bool is_first = newest == SIZE_MAX;
    struct statement *statement = statement_new(evaluation, strbuf_text(&sql));
    statement->select = statement->sql + select;
    statement->rule = rule;
    statement->target = table;
    statement->newest =
        is_first ? NULL
                 : recursive_table(evaluation, table, rule->body.literals[newest]);
    statements_push(evaluation, is_first ? &table->stage->fill : &table->stage->round,
                    statement);
    return 0;
}

static int add_unfolded(struct evaluation *evaluation, struct table *table,
                        const struct rule *rule, struct complaint *complaint)
{
    size_t recursive = 0;
    for (size_t i = 0; i < rule->body.count; i++)
        recursive += recursive_table(evaluation, table, rule->body.literals[i]) != NULL;
    tables_note(evaluation, rule, recursive > 0);
    if (recursive == 0)
        return add_rule(evaluation, table, rule, SIZE_MAX, complaint);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < rule->body.count; i++)
        if (recursive_table(evaluation, table, rule->body.literals[i]))
            rc = add_rule(evaluation, table, rule, i, complaint);
    return rc;
}

bool plan_is_fact(const struct rule *rule)
{
    bool is_constant = rule->body.count == 0;
    for (size_t i = 0; is_constant && i < rule->head->count; i++)
        is_constant = rule->head->args[i]->kind == TERM_CONSTANT &&
                      !rule->head->args[i]->value.is_moving;
    return is_constant;
}

static int add_rules(struct evaluation *evaluation, struct table *table,
                     struct complaint *complaint)
{
    for (size_t i = 0; i < table->predicate->rule_count; i++) {
        const struct rule *const *unfolded;
        size_t count;
        if (plan_is_fact(table->predicate->rules[i]))
            continue;
        rewrite_unfold(evaluation->program, table->predicate->rules[i], &unfolded,
                       &count);
        table->is_set |= count > 1;
        for (size_t j = 0; j < count; j++) {
            int rc = add_unfolded(evaluation, table, unfolded[j], complaint);
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

int plan_stages(struct evaluation *evaluation, struct complaint *complaint)
{
    size_t count;
    struct predicate **order = in_order(evaluation->program, &count);
    evaluation->has_numbers = true;
    for (size_t i = 0; i < count; i++)
        evaluation->has_numbers &= !order[i]->is_recursive;
    for (size_t i = 0; i < count; i++)
        if (order[i]->table)
            add_table(evaluation, order[i]);
    for (size_t i = 0; i < evaluation->table_count; i++) {
        int rc = add_rules(evaluation, evaluation->tables[i], complaint);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* ---- what is asked ---- */

/* One SELECT makes its rows different by itself; of several, UNION does. */
static int put_union(struct evaluation *evaluation, const struct rule *const *rules,
                     size_t count, struct strbuf *sql, struct complaint *complaint)
{
    struct compile_settings settings = {
        .result = COMPILE_HEAD,
        .may_repeat = count > 1,
        .newest = SIZE_MAX,
        .has_numbers = evaluation->has_numbers,
    };
    for (size_t i = 0; i < count; i++) {
        tables_note(evaluation, rules[i], false);
        strbuf_puts(sql, i > 0 ? " UNION " : "");
        int rc = compile_rule(evaluation->program, rules[i], &settings,
                              &evaluation->sites, sql, complaint);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Appends the SELECT of its different rows; nothing where it has none. */
static int put_select(struct evaluation *evaluation, const struct predicate *predicate,
                      struct strbuf *sql, struct complaint *complaint)
{
    const struct table *table = plan_table(evaluation, predicate);
    if (table) {
        strbuf_puts(sql, "SELECT ");
        table_put_columns(table, sql);
        strbuf_puts(sql, " FROM ");
        compile_name(predicate->table, sql);
        return 0;
    }
    struct program *program = evaluation->program;
    const struct rule **all = NULL;
    size_t all_count = 0;
    for (size_t i = 0; i < predicate->rule_count; i++) {
        const struct rule *const *unfolded;
        size_t count;
        rewrite_unfold(program, predicate->rules[i], &unfolded, &count);
        for (size_t j = 0; j < count; j++)
            arena_push(program->arena, (void ***)&all, &all_count, (void *)unfolded[j]);
    }
    return put_union(evaluation, all, all_count, sql, complaint);
}

const struct root *plan_find_root(const struct evaluation *evaluation,
                                  const struct predicate *predicate)
{
    for (size_t i = 0; i < evaluation->root_count; i++)
        if (evaluation->roots[i]->predicate == predicate)
            return evaluation->roots[i];
    return NULL;
}

static struct statement *make_select(struct evaluation *evaluation, const char *sql)
{
    struct statement *statement = statement_new(evaluation, sql);
    statement->select = statement->sql;
    return statement;
}

static void add_root(struct evaluation *evaluation, const struct predicate *predicate,
                     struct strbuf *rows)
{
    struct arena *arena = evaluation->program->arena;
    struct root *root = arena_take(arena, sizeof *root);
    *root = (struct root){.predicate = predicate};
    arena_push(arena, (void ***)&evaluation->roots, &evaluation->root_count, root);
    if (rows->size == 0)
        return;
    AUTO(strbuf) struct strbuf count = {0};
    strbuf_printf(&count, "SELECT count(*) FROM (%s)", strbuf_text(rows));
    root->counted = make_select(evaluation, strbuf_text(&count));
    for (size_t i = 0; i < predicate->count; i++)
        strbuf_printf(rows, "%s%zu", i > 0 ? ", " : " ORDER BY ", i + 1);
    root->sorted = make_select(evaluation, strbuf_text(rows));
}

int plan_root(struct evaluation *evaluation, const struct predicate *predicate,
              struct complaint *complaint)
{
    if (plan_find_root(evaluation, predicate))
        return 0;
    AUTO(strbuf) struct strbuf rows = {0};
    int rc = put_select(evaluation, predicate, &rows, complaint);
    if (rc == 0)
        add_root(evaluation, predicate, &rows);
    return rc;
}
