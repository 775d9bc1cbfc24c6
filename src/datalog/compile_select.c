// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_select - a body as FROM and WHERE, in stages: see compile_parts.h.
 *
 * First all atoms are placed, so that each variable that occurs in one is a column.
 * Then "=" binds the others, and what is left are conditions. */
#include "datalog/compile_parts.h"

#include <inttypes.h>

#include "datalog/catalogue.h"

void select_clear(struct select *select)
{
    strbuf_clear(&select->from);
    if (select->compiler) {
        select->compiler->depth--;
        select->compiler->has_row = select->had_row;
        select->compiler->select = select->outer;
    }
}

void select_add_condition(struct select *select, const char *sql, uint64_t tables)
{
    struct arena *arena = select->compiler->arena;
    struct condition *condition = arena_take(arena, sizeof *condition);
    *condition = (struct condition){arena_text(arena, sql), tables};
    arena_push(arena, (void ***)&select->conditions, &select->condition_count,
               condition);
}

void select_add_presence(struct select *select, const struct term *term,
                         const char *sql, uint64_t tables)
{
    AUTO(strbuf) struct strbuf presence = {0};
    strbuf_printf(&presence, "%s IS NOT NULL", sql);
    if (term_may_lack(term))
        select_add_condition(select, strbuf_text(&presence), tables);
}

void select_add_equation(struct select *select, const struct equation *equation)
{
    struct arena *arena = select->compiler->arena;
    struct equation *copy = arena_take(arena, sizeof *copy);
    *copy = *equation;
    arena_push(arena, (void ***)&select->equations, &select->equation_count, copy);
}

static void add_extra(struct select *select, const char *name, const char *sql)
{
    struct arena *arena = select->compiler->arena;
    struct extra *extra = arena_take(arena, sizeof *extra);
    *extra = (struct extra){arena_text(arena, name), arena_text(arena, sql)};
    arena_push(arena, (void ***)&select->extras, &select->extra_count, extra);
}

void select_put_conditions(const struct select *select, uint64_t within,
                           struct strbuf *sql)
{
    size_t start = sql->size;
    for (size_t i = 0; i < select->condition_count; i++) {
        if (select->conditions[i]->tables & ~within)
            continue;
        strbuf_puts(sql, sql->size > start ? " AND " : "");
        strbuf_puts(sql, select->conditions[i]->sql);
    }
}

void select_put(const struct select *select, struct strbuf *sql)
{
    if (select->tables > 0)
        strbuf_printf(sql, " FROM %s", strbuf_text(&select->from));
    strbuf_puts(sql, select->condition_count > 0 ? " WHERE " : "");
    select_put_conditions(select, UINT64_MAX, sql);
}

void select_join(struct select *select, const char *sql, const struct place *place)
{
    if (++select->tables > JOIN_MAX)
        compiler_fail(select->compiler, place,
                      "this rule joins more than 64 relations");
    strbuf_puts(&select->from, sql);
}

/* ---- atoms ---- */

static void equate(struct select *select, const struct strbuf *column, uint64_t bit,
                   const struct term *term)
{
    struct compiler *compiler = select->compiler;
    struct binding *binding = compiler_binding(compiler, term);
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_printf(&sql, "%s = %s", strbuf_text(column), binding->sql);
    select_add_condition(select, strbuf_text(&sql), bit | term_tables(compiler, term));
    binding->may_be_null = false;
}

static void place_argument(struct select *select, const struct atom *atom,
                           size_t number, uint64_t bit, bool has_all)
{
    struct compiler *compiler = select->compiler;
    const struct term *term = atom->args[number];
    AUTO(strbuf) struct strbuf column = {0};
    atom_put_column(atom, compiler->names, number, &column);
    if (term->kind == TERM_ANY) {
        if (has_all)
            add_extra(select,
                      arena_format(compiler->arena, "a%zu", select->extra_count),
                      strbuf_text(&column));
    } else if (!term_is_variable(term)) {
        select_add_equation(
            select, &(struct equation){
                        .column = arena_text(compiler->arena, strbuf_text(&column)),
                        .tables = bit,
                        .term = term,
                    });
    } else if (compiler_binding(compiler, term)->sql) {
        equate(select, &column, bit, term);
    } else {
        *compiler_binding(compiler, term) = (struct binding){
            .sql = arena_text(compiler->arena, strbuf_text(&column)),
            .depth = compiler->depth,
            .tables = bit,
            .is_column = true,
            .may_be_null = atom_may_be_null(atom, number),
        };
    }
}

static void add_origin(struct select *select, const struct atom *atom, size_t literal)
{
    if (!atom->predicate->stored || !atom->predicate->stored->has_origin)
        return;
    static const char *const columns[][2] = {{"m", "_message"}, {"t", "_time"}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        AUTO(strbuf) struct strbuf name = {0}, sql = {0};
        strbuf_printf(&name, "%s%zu", columns[i][0], literal);
        strbuf_printf(&sql, "t%zu.%s", select->compiler->names, columns[i][1]);
        add_extra(select, strbuf_text(&name), strbuf_text(&sql));
    }
}

/* Of two atoms that may be new, the pair is met once: with the later one new, and the
 * one before it whichever; or with the one before it new, and the later one old. */
static const char *suffix_of(const struct select *select, size_t literal, size_t newest)
{
    const struct atom *atom = select->body->literals[literal]->atom;
    bool is_old = newest != NO_NEWEST && literal > newest &&
                  atom_is_own(select->compiler->rule, atom);
    return literal == newest ? ".new" : is_old ? ".old" : "";
}

static void add_number(struct select *select, const struct atom *atom)
{
    AUTO(strbuf) struct strbuf sql = {0};
    const char *name = atom_numbering(atom)->name;
    strbuf_printf(&sql, "t%zu.%s", select->compiler->names, name);
    add_extra(select, name, strbuf_text(&sql));
}

/* By its number, where what was placed before has the same. Of tables none is found by
 * that: then SQLite had to go through all rows. */
static const struct numbering *equate_number(struct select *select,
                                             const struct atom *atom, uint64_t bit)
{
    struct compiler *compiler = select->compiler;
    const struct numbered *other = numbered_find(select, atom);
    if (!other || !other->atom->predicate->stored)
        return NULL;
    const struct variable *variable;
    for (size_t i = 0; (variable = numbered_variable(other, i)); i++)
        compiler->bindings[variable->number].may_be_null = false;
    bit |= other->depth == compiler->depth ? other->tables : 0;
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_printf(&sql, "t%zu.%s = %s", compiler->names, other->numbering->name,
                  other->sql);
    select_add_condition(select, strbuf_text(&sql), bit);
    return atom_numbering(atom);
}

static void place_atom(struct select *select, size_t literal,
                       const struct select_wishes *wishes)
{
    struct compiler *compiler = select->compiler;
    const struct atom *atom = select->body->literals[literal]->atom;
    if (select->tables == JOIN_MAX) {
        compiler_fail(compiler, &atom->place, "this rule joins more than 64 relations");
        return;
    }
    uint64_t bit = UINT64_C(1) << select->tables;
    bool is_ordered = wishes->newest != NO_NEWEST;
    if (select->tables++ > 0)
        strbuf_puts(&select->from, is_ordered ? " CROSS JOIN " : ", ");
    bool is_apart = atom_is_apart(select, select->body->literals[literal]);
    const char *suffix = suffix_of(select, literal, wishes->newest);
    if (is_apart)
        apart_put_source(select, atom, suffix, &select->from);
    else
        atom_put_source(atom, suffix, &select->from);
    strbuf_printf(&select->from, " AS t%zu", ++compiler->names);
    const struct numbering *number = equate_number(select, atom, bit);
    for (size_t i = 0; i < atom->count; i++)
        if ((!number || number->columns[i] == '-') &&
            (!is_apart || argument_is_needed(select, atom->args[i])))
            place_argument(select, atom, i, bit, wishes->has_all);
    if (atom->at)
        select_add_equation(select, &(struct equation){.tables = bit,
                                                       .atom = atom,
                                                       .term = atom->at,
                                                       .name = compiler->names});
    if (compiler->settings->before > 0 && atom_is_own(compiler->rule, atom)) {
        AUTO(strbuf) struct strbuf sql = {0};
        strbuf_printf(&sql, "t%zu.rowid < %" PRId64, compiler->names,
                      compiler->settings->before);
        select_add_condition(select, strbuf_text(&sql), bit);
    }
    numbered_add(select, atom, compiler->names);
    if (wishes->has_origins)
        add_origin(select, atom, literal);
    if (wishes->has_number)
        add_number(select, atom);
}

static void place_atoms(struct select *select, const struct select_wishes *wishes)
{
    struct compiler *compiler = select->compiler;
    struct arena *arena = compiler->arena;
    size_t variables = compiler->rule->variable_count;
    bool *is_bound = arena_take(arena, variables * sizeof *is_bound);
    for (size_t i = 0; i < variables; i++)
        is_bound[i] = compiler->bindings[i].sql != NULL;
    size_t *order = arena_take(arena, select->body->count * sizeof *order);
    size_t count = body_order(select->body, wishes->newest, is_bound, order);
    for (size_t i = 0; i < count; i++) {
        place_atom(select, order[i], wishes);
        select->is_done[order[i]] = true;
    }
}

/* Of a rule that asks for its head; in proofs, and in rounds, each atom counts. */
static bool place_groups(struct select *select, const struct select_wishes *wishes)
{
    const struct compile_settings *settings = select->compiler->settings;
    bool may_be = !select->outer && settings->result == COMPILE_HEAD &&
                  !settings->known && settings->before == 0 &&
                  wishes->newest == NO_NEWEST;
    const struct literal *literal = may_be ? groups_find(select->compiler->rule) : NULL;
    if (literal)
        groups_place(select, literal);
    return literal != NULL;
}

/* ---- definitions: x = … ---- */

/* The side of "=" that nothing binds yet, where the other one is bound. */
const struct term *select_find_defined(struct select *select,
                                       const struct literal *literal,
                                       const struct term **ret_value)
{
    struct compiler *compiler = select->compiler;
    if (literal->kind != LITERAL_COMPARISON || literal->comparison != COMPARISON_EQUAL)
        return NULL;
    const struct term *sides[] = {literal->left, literal->right};
    for (size_t i = 0; i < 2; i++) {
        bool is_open =
            term_is_variable(sides[i]) && !compiler_binding(compiler, sides[i])->sql;
        if (is_open && term_is_bound(compiler, sides[1 - i])) {
            *ret_value = sides[1 - i];
            return sides[i];
        }
    }
    return NULL;
}

/* Its one use, and its definition. */
#define USES_FEW 2

/* A call that may fail reads the whole row too, to name it. */
static uint64_t tables_read(const struct select *select, const struct term *value)
{
    uint64_t tables = term_tables(select->compiler, value);
    uint64_t row =
        select->tables < 64 ? (UINT64_C(1) << select->tables) - 1 : UINT64_MAX;
    return term_may_fail(value) && select->compiler->has_row ? tables | row : tables;
}

static bool is_cheap(const struct select *select, const struct term *defined,
                     const struct term *value)
{
    if (value->kind == TERM_VARIABLE || value->kind == TERM_CONSTANT)
        return true;
    return select->uses[defined->variable->number] <= USES_FEW &&
           !term_has_aggregate(value) && (!select->is_joining || !term_may_fail(value));
}

bool select_substitute(struct select *select, bool is_forced)
{
    struct compiler *compiler = select->compiler;
    bool has_any = false;
    for (size_t i = 0; i < select->body->count; i++) {
        const struct term *value = NULL, *defined = NULL;
        if (!select->is_done[i])
            defined = select_find_defined(select, select->body->literals[i], &value);
        if (!defined || (!is_forced && !is_cheap(select, defined, value)))
            continue;
        AUTO(strbuf) struct strbuf sql = {0};
        term_put(compiler, value, &sql);
        bool is_column =
            term_is_variable(value) && compiler_binding(compiler, value)->is_column;
        *compiler_binding(compiler, defined) = (struct binding){
            .sql = arena_text(compiler->arena, strbuf_text(&sql)),
            .depth = compiler->depth,
            .tables = tables_read(select, value),
            .is_column = is_column,
        };
        select_add_presence(select, value, strbuf_text(&sql),
                            tables_read(select, value));
        select->is_done[i] = true;
        has_any = true;
    }
    return has_any;
}

static bool are_equations_bound(struct select *select)
{
    for (size_t i = 0; i < select->equation_count; i++)
        if (!term_is_bound(select->compiler, select->equations[i]->term))
            return false;
    return true;
}

static void define(struct select *select)
{
    while (select_substitute(select, false))
        ;
    while (!are_equations_bound(select) && select_substitute(select, true))
        ;
}

/* ---- all of it ---- */

static void count_use(struct variable *variable, void *context)
{
    size_t *uses = context;
    uses[variable->number]++;
}

static void count_uses(struct select *select, const struct select_wishes *wishes)
{
    for (size_t i = 0; i < select->body->count; i++)
        literal_each_variable(select->body->literals[i], count_use, select->uses);
    for (size_t i = 0; i < wishes->count; i++)
        term_each_variable(wishes->results[i], count_use, select->uses);
}

void select_open(struct select *select, struct compiler *compiler,
                 const struct body *body, const struct select_wishes *wishes)
{
    size_t variables = compiler->rule->variable_count;
    *select = (struct select){
        .compiler = compiler,
        .body = body,
        .is_done = arena_take(compiler->arena, body->count),
        .uses = arena_take(compiler->arena, variables * sizeof *select->uses),
        .results = wishes->results,
        .result_count = wishes->count,
        .is_joining = true,
        .had_row = compiler->has_row,
        .outer = compiler->select,
    };
    compiler->select = select;
    compiler->depth++;
    compiler->has_row = false;
    count_uses(select, wishes);
    if (!place_groups(select, wishes))
        place_atoms(select, wishes);
    define(select);
    select_add_literals(select);
}
