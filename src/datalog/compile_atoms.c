// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_atoms - a relation in FROM: its name, its columns, and in which order atoms
 * are joined where SQLite is not left to choose. */
#include "datalog/compile_parts.h"

#include <string.h>

#include "datalog/catalogue.h"

void compile_name(const char *name, struct strbuf *sql)
{
    strbuf_putc(sql, '"');
    for (; *name; name++)
        strbuf_puts(sql, *name == '"' ? "\"\"" : (char[]){*name, '\0'});
    strbuf_putc(sql, '"');
}

void atom_put_source(const struct atom *atom, const char *suffix, struct strbuf *sql)
{
    const struct predicate *predicate = atom->predicate;
    AUTO(strbuf) struct strbuf name = {0};
    strbuf_puts(&name, predicate->stored ? predicate->stored->name : predicate->table);
    strbuf_puts(&name, atom->at ? " at" : suffix);
    compile_name(strbuf_text(&name), sql);
}

void atom_put_column(const struct atom *atom, size_t table, size_t column,
                     struct strbuf *sql)
{
    strbuf_printf(sql, "t%zu.", table);
    if (atom->predicate->stored)
        compile_name(atom->predicate->stored->columns[column].name, sql);
    else
        strbuf_printf(sql, "c%zu", column + 1);
}

bool atom_may_be_null(const struct atom *atom, size_t column)
{
    const struct stored *stored = atom->predicate->stored;
    return stored && stored->columns[column].may_lack;
}

bool atom_is_own(const struct rule *rule, const struct atom *atom)
{
    return atom->predicate->table && atom->predicate->is_recursive &&
           atom->predicate->stratum == rule->head->predicate->stratum;
}

void atom_put_time(struct compiler *compiler, const struct atom *atom, size_t table,
                   struct strbuf *sql)
{
    AUTO(strbuf) struct strbuf time = {0};
    term_put(compiler, atom->at, &time);
    strbuf_printf(sql,
                  "t%zu._began <= %s AND (t%zu._ended IS NULL OR t%zu._ended > %s)",
                  table, strbuf_text(&time), table, table, strbuf_text(&time));
}

const struct numbering *atom_numbering(const struct atom *atom)
{
    const struct stored *stored = atom->predicate->stored;
    if (!stored || atom->at)
        return atom->predicate->numbering;
    return stored->numbering.name ? &stored->numbering : NULL;
}

bool body_has_column(const struct body *body, const struct variable *variable)
{
    for (size_t i = 0; i < body->count; i++) {
        const struct literal *literal = body->literals[i];
        for (size_t j = 0; literal->kind == LITERAL_ATOM && j < literal->atom->count;
             j++)
            if (term_is_variable(literal->atom->args[j]) &&
                literal->atom->args[j]->variable == variable)
                return true;
    }
    return false;
}

/* ---- which columns are given ---- */

const char *atom_pattern(const struct atom *atom, const bool *is_bound,
                         struct arena *arena)
{
    char *pattern = arena_take(arena, atom->count + 1);
    for (size_t i = 0; i < atom->count; i++)
        pattern[i] = term_is_known(atom->args[i], is_bound) ? 'b' : '-';
    return pattern;
}

static bool is_key_given(const char *key, const char *bound)
{
    for (size_t i = 0; key[i] && bound[i]; i++)
        if (key[i] == 'k' && bound[i] != 'b')
            return false;
    return true;
}

static bool has_key(const struct stored *stored, const char *bound)
{
    for (size_t i = 0; stored->keys && stored->keys[i]; i++)
        if (is_key_given(stored->keys[i], bound))
            return true;
    return false;
}

bool atom_has_key(const struct atom *atom, const char *bound)
{
    return has_key(atom->predicate->stored, bound);
}

bool compile_has_index(const struct predicate *predicate, const char *bound)
{
    if (!predicate->stored)
        return strchr(bound, 'b') != NULL;
    return bound[0] == 'b' || has_key(predicate->stored, bound);
}

/* ---- order ---- */

/* A column that joins is worth more than all constants; of atoms with as many bound,
 * the one with fewer others gives fewer rows. */
#define CONSTANT 1000
#define JOINED   (1000 * CONSTANT)

static size_t weigh(const struct atom *atom, const bool *is_bound)
{
    size_t weight = 0, known = 0;
    for (size_t i = 0; i < atom->count; i++)
        if (term_is_known(atom->args[i], is_bound)) {
            weight += atom->args[i]->kind == TERM_CONSTANT ? CONSTANT : JOINED;
            known++;
        }
    return known == 0 ? 0 : weight - (atom->count - known);
}

static void mark(struct variable *variable, void *context)
{
    bool *is_bound = context;
    is_bound[variable->number] = true;
}

/* Of atoms that weigh the same, what asks for rows comes behind what has them: with one
 * column of it known it may be of all that is asked, and soon more of it is known. */
static size_t find_best(const struct body *body, const size_t *atoms, size_t count,
                        const bool *is_bound)
{
    size_t best = 0, best_weight = 0;
    for (size_t i = 0; i < count; i++) {
        size_t weight = weigh(body->literals[atoms[i]]->atom, is_bound);
        bool is_even = weight > 0 && weight == best_weight;
        if (weight > best_weight ||
            (is_even && body->literals[atoms[best]]->atom->is_guard)) {
            best = i;
            best_weight = weight;
        }
    }
    return best;
}

static void order_behind(const struct body *body, size_t newest, bool *is_bound,
                         size_t *atoms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t best = find_best(body, atoms + i, count - i, is_bound);
        for (size_t j = i; i == 0 && j < count; j++)
            best = atoms[j] == newest ? j : best;
        size_t literal = atoms[i + best];
        memmove(atoms + i + 1, atoms + i, best * sizeof *atoms);
        atoms[i] = literal;
        const struct atom *atom = body->literals[literal]->atom;
        for (size_t j = 0; j < atom->count; j++)
            if (term_is_variable(atom->args[j]))
                mark(atom->args[j]->variable, is_bound);
    }
}

size_t body_order(const struct body *body, size_t newest, bool *is_bound, size_t *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < body->count; i++)
        if (body->literals[i]->kind == LITERAL_ATOM)
            ret[count++] = i;
    if (newest != NO_NEWEST)
        order_behind(body, newest, is_bound, ret, count);
    return count;
}
