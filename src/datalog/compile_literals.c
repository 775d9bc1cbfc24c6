// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_literals - conditions: comparisons, tests, negated atoms. */
#include "datalog/compile_parts.h"

#include <string.h>

#include "datalog/catalogue.h"

static const char *const operators[] = {
    [COMPARISON_EQUAL] = "=",   [COMPARISON_UNEQUAL] = "<>",
    [COMPARISON_LESS] = "<",    [COMPARISON_LESS_EQUAL] = "<=",
    [COMPARISON_GREATER] = ">", [COMPARISON_GREATER_EQUAL] = ">=",
};

static bool any_term(const struct literal *literal, bool (*is)(const struct term *term))
{
    const struct atom *atom = literal->atom;
    for (size_t i = 0; atom && i < atom->count; i++)
        if (is(atom->args[i]))
            return true;
    return (atom && atom->at && is(atom->at)) || (literal->left && is(literal->left)) ||
           (literal->right && is(literal->right));
}

/* A pattern that is written in the rule is wrong for all rows or for none. */
static bool may_be_no_pattern(const struct literal *literal)
{
    return literal->kind == LITERAL_TEST && literal->test == TEST_MATCH &&
           literal->left->kind != TERM_CONSTANT;
}

bool literal_may_fail(const struct literal *literal)
{
    return may_be_no_pattern(literal) || any_term(literal, term_may_fail);
}

bool literal_is_rash(const struct literal *literal)
{
    return may_be_no_pattern(literal) || any_term(literal, term_is_rash);
}

static bool is_version(const struct term *term)
{
    return term->type == TYPE_VERSION;
}

static void put_comparison(struct compiler *compiler, const struct literal *literal,
                           struct strbuf *sql)
{
    bool is_by_order = literal->comparison != COMPARISON_EQUAL &&
                       literal->comparison != COMPARISON_UNEQUAL;
    term_put(compiler, literal->left, sql);
    strbuf_printf(sql, " %s ", operators[literal->comparison]);
    term_put(compiler, literal->right, sql);
    if (is_by_order && (is_version(literal->left) || is_version(literal->right)))
        strbuf_puts(sql, " COLLATE version");
}

static void put_match(struct compiler *compiler, const struct literal *literal,
                      struct strbuf *sql)
{
    AUTO(strbuf) struct strbuf args = {0};
    term_put(compiler, literal->left, &args);
    strbuf_puts(&args, ", ");
    term_put(compiler, literal->right, &args);
    strbuf_puts(sql, literal->is_true ? "dl_match(" : "NOT dl_match(");
    site_put(compiler, literal->left, sql);
    strbuf_printf(sql, ", %s", strbuf_text(&args));
    witnesses_put(compiler, literal->left, sql);
    strbuf_putc(sql, ')');
}

static void put_glob(struct compiler *compiler, const struct literal *literal,
                     struct strbuf *sql)
{
    strbuf_puts(sql, literal->is_true ? "dl_glob(" : "NOT dl_glob(");
    term_put(compiler, literal->left, sql);
    strbuf_puts(sql, ", ");
    term_put(compiler, literal->right, sql);
    strbuf_putc(sql, ')');
}

static void put_contains(struct compiler *compiler, const struct literal *literal,
                         struct strbuf *sql)
{
    strbuf_puts(sql, "instr(");
    term_put(compiler, literal->right, sql);
    strbuf_puts(sql, ", ");
    term_put(compiler, literal->left, sql);
    strbuf_puts(sql, literal->is_true ? ") > 0" : ") = 0");
}

static void add(struct strbuf *conditions, const struct strbuf *condition)
{
    strbuf_puts(conditions, conditions->size > 0 ? " AND " : "");
    strbuf_puts(conditions, strbuf_text(condition));
}

/* What an argument that is asked of a negation gives where it may be NULL: then the
 * rule gives nothing, and not the negation everything. */
static void put_presence(struct compiler *compiler, const struct term *term,
                         struct strbuf *sql)
{
    if (!term_may_lack(term))
        return;
    term_put(compiler, term, sql);
    strbuf_puts(sql, " IS NOT NULL AND ");
}

/* ---- negations that are joined ---- */

static bool restricts(const struct literal *literal)
{
    if (literal->kind == LITERAL_NEGATION)
        return false;
    if (literal->kind != LITERAL_ATOM)
        return true;
    for (size_t i = 0; i < literal->atom->count; i++)
        if (literal->atom->args[i]->kind == TERM_CONSTANT)
            return true;
    return false;
}

/* All rows of a relation are asked of another one, which no index of its whole key
 * serves: then that is read once, and not a part of it for each row. */
static bool is_joined(const struct compiler *compiler, const struct atom *atom)
{
    const struct body *body = &compiler->rule->body;
    bool is_once = compiler->depth == 1 && !compiler->settings->known &&
                   !compiler->rule->head->predicate->is_recursive;
    bool is_constant = !atom->at || atom->at->kind == TERM_CONSTANT;
    if (!is_once || !is_constant || !atom->predicate->stored)
        return false;
    char *bound = arena_take(compiler->arena, atom->count + 1);
    for (size_t i = 0; i < atom->count; i++) {
        const struct term *term = atom->args[i];
        if (!term_is_variable(term) && term->kind != TERM_ANY)
            return false;
        bound[i] = term_is_variable(term) ? 'b' : '-';
    }
    for (size_t i = 0; i < body->count; i++)
        if (restricts(body->literals[i]))
            return false;
    return strchr(bound, 'b') && (atom->at || !atom_has_key(atom, bound));
}

static void put_join(struct compiler *compiler, const struct atom *atom,
                     struct strbuf *sql)
{
    AUTO(strbuf) struct strbuf join = {0}, on = {0};
    size_t inner = ++compiler->names, outer = ++compiler->names;
    strbuf_puts(&join, " LEFT JOIN (SELECT 1 AS k");
    for (size_t i = 0; i < atom->count; i++) {
        if (!term_is_variable(atom->args[i]))
            continue;
        strbuf_puts(&join, ", ");
        atom_put_column(atom, inner, i, &join);
        strbuf_printf(&join, " AS k%zu", i);
        strbuf_printf(&on, "%st%zu.k%zu = ", on.size > 0 ? " AND " : "", outer, i);
        term_put(compiler, atom->args[i], &on);
    }
    strbuf_puts(&join, " FROM ");
    atom_put_source(atom, "", &join);
    strbuf_printf(&join, " AS t%zu", inner);
    if (atom->at) {
        strbuf_puts(&join, " WHERE ");
        atom_put_time(compiler, atom, inner, &join);
    }
    strbuf_printf(&join, " LIMIT -1) AS t%zu ON %s", outer, strbuf_text(&on));
    select_join(compiler->select, strbuf_text(&join), &atom->place);
    strbuf_printf(sql, "t%zu.k IS NULL", outer);
}

static void put_lookup(struct compiler *compiler, const struct literal *literal,
                       struct strbuf *sql)
{
    const struct atom *atom = literal->atom;
    const struct stored *stored = atom->predicate->stored;
    const struct numbered *number =
        stored && stored->by_number ? numbered_find(compiler->select, atom) : NULL;
    AUTO(strbuf) struct strbuf where = {0};
    size_t table = ++compiler->names;
    if (number)
        strbuf_printf(&where, "t%zu.%s = %s", table, number->numbering->name,
                      number->sql);
    for (size_t i = 0; i < atom->count; i++) {
        bool is_numbered = number && stored->numbering.columns[i] != '-';
        if (is_numbered || atom->args[i]->kind == TERM_ANY)
            continue;
        AUTO(strbuf) struct strbuf condition = {0};
        atom_put_column(atom, table, i, &condition);
        strbuf_puts(&condition, " = ");
        term_put(compiler, atom->args[i], &condition);
        add(&where, &condition);
        put_presence(compiler, atom->args[i], sql);
    }
    if (atom->at) {
        AUTO(strbuf) struct strbuf condition = {0};
        atom_put_time(compiler, atom, table, &condition);
        add(&where, &condition);
    }
    strbuf_puts(sql, "NOT EXISTS (SELECT 1 FROM ");
    atom_put_source(atom, number ? " by number" : "", sql);
    strbuf_printf(sql, " AS t%zu%s%s)", table, where.size > 0 ? " WHERE " : "",
                  strbuf_text(&where));
}

static void put_negation(struct compiler *compiler, const struct literal *literal,
                         struct strbuf *sql)
{
    if (is_joined(compiler, literal->atom))
        put_join(compiler, literal->atom, sql);
    else
        put_lookup(compiler, literal, sql);
}

static void put_truth(struct compiler *compiler UNUSED, const struct literal *literal,
                      struct strbuf *sql)
{
    strbuf_puts(sql, literal->is_true ? "1" : "0");
}

static void put_test(struct compiler *compiler, const struct literal *literal,
                     struct strbuf *sql)
{
    static void (*const puts[])(struct compiler *, const struct literal *,
                                struct strbuf *) = {
        [TEST_MATCH] = put_match,
        [TEST_GLOB] = put_glob,
        [TEST_CONTAINS] = put_contains,
    };
    puts[literal->test](compiler, literal, sql);
}

void literal_put(struct compiler *compiler, const struct literal *literal,
                 struct strbuf *sql)
{
    static void (*const puts[])(struct compiler *, const struct literal *,
                                struct strbuf *) = {
        [LITERAL_NEGATION] = put_negation,
        [LITERAL_COMPARISON] = put_comparison,
        [LITERAL_TEST] = put_test,
        [LITERAL_TRUTH] = put_truth,
    };
    puts[literal->kind](compiler, literal, sql);
}
