// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_literals - conditions: comparisons, tests, negated atoms. */
#include "datalog/compile_parts.h"

static const char *const operators[] = {
    [COMPARISON_EQUAL] = "=",   [COMPARISON_UNEQUAL] = "<>",
    [COMPARISON_LESS] = "<",    [COMPARISON_LESS_EQUAL] = "<=",
    [COMPARISON_GREATER] = ">", [COMPARISON_GREATER_EQUAL] = ">=",
};

static bool atom_may_fail(const struct atom *atom)
{
    for (size_t i = 0; i < atom->count; i++)
        if (term_may_fail(atom->args[i]))
            return true;
    return atom->at && term_may_fail(atom->at);
}

/* A pattern that is written in the rule is wrong for all rows or for none. */
bool literal_may_fail(const struct literal *literal)
{
    if (literal->atom && atom_may_fail(literal->atom))
        return true;
    if (literal->kind == LITERAL_TEST && literal->test == TEST_MATCH &&
        literal->left->kind != TERM_CONSTANT)
        return true;
    return (literal->left && term_may_fail(literal->left)) ||
           (literal->right && term_may_fail(literal->right));
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

static void put_negation(struct compiler *compiler, const struct literal *literal,
                         struct strbuf *sql)
{
    const struct atom *atom = literal->atom;
    AUTO(strbuf) struct strbuf where = {0};
    size_t table = ++compiler->names;
    for (size_t i = 0; i < atom->count; i++) {
        if (atom->args[i]->kind == TERM_ANY)
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
    atom_put_source(atom, false, sql);
    strbuf_printf(sql, " AS t%zu%s%s)", table, where.size > 0 ? " WHERE " : "",
                  strbuf_text(&where));
}

static void put_truth(struct compiler *compiler UNUSED, const struct literal *literal,
                      struct strbuf *sql)
{
    strbuf_puts(sql, literal->is_true ? "1" : "0");
}

static void put_test(struct compiler *compiler, const struct literal *literal,
                     struct strbuf *sql)
{
    if (literal->test == TEST_MATCH)
        put_match(compiler, literal, sql);
    else
        put_contains(compiler, literal, sql);
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
