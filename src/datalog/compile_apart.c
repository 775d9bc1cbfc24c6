// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_apart - an atom that nothing joins: with each of its rows all rows of the
 * others are met. So it is read for the different values that are needed of it alone.
 *
 *     sum(x + y) :- p(x, _), q(_, y).
 *
 *     SELECT … FROM (SELECT DISTINCT c1 FROM "p") AS t1,
 *         (SELECT DISTINCT c2 FROM "q") …
 */
#include "datalog/compile_parts.h"

bool argument_is_needed(const struct select *select, const struct term *term)
{
    return term->kind != TERM_ANY &&
           (!term_is_variable(term) || select->uses[term->variable->number] > 1);
}

/* Which variables of the rule are met. */
struct meeting {
    const bool *are_own, *are_others; /* by their numbers */
    bool has_own, has_other;
};

static void meet(struct variable *variable, void *context)
{
    struct meeting *meeting = context;
    meeting->has_own |= meeting->are_own[variable->number];
    meeting->has_other |= meeting->are_others[variable->number];
}

static void mark(struct variable *variable, void *context)
{
    bool *is_marked = context;
    is_marked[variable->number] = true;
}

static bool is_of_atom(const struct term *term, const struct meeting *meeting)
{
    size_t number = term_is_variable(term) ? term->variable->number : 0;
    return term_is_variable(term) &&
           (meeting->are_own[number] || meeting->are_others[number]);
}

/* x = y + 1, of which one is looked up by the other. */
static bool does_join(const struct literal *literal, struct meeting meeting)
{
    if (literal->kind != LITERAL_ATOM && (literal->kind != LITERAL_COMPARISON ||
                                          literal->comparison != COMPARISON_EQUAL ||
                                          !(is_of_atom(literal->left, &meeting) ||
                                            is_of_atom(literal->right, &meeting))))
        return false;
    literal_each_variable(literal, meet, &meeting);
    return meeting.has_own && meeting.has_other;
}

static bool is_joined(const struct select *select, const struct literal *atom)
{
    const struct body *body = select->body;
    const struct compiler *compiler = select->compiler;
    size_t variables = compiler->rule->variable_count;
    bool *are_own = arena_take(compiler->arena, variables * sizeof *are_own);
    bool *are_others = arena_take(compiler->arena, variables * sizeof *are_others);
    size_t others = 0;
    for (size_t i = 0; i < body->count; i++) {
        bool is_other =
            body->literals[i] != atom && body->literals[i]->kind == LITERAL_ATOM;
        if (is_other)
            literal_each_variable(body->literals[i], mark, are_others);
        others += is_other;
    }
    literal_each_variable(atom, mark, are_own);
    bool is = others == 0;
    for (size_t i = 0; !is && i < body->count; i++)
        is = body->literals[i] != atom &&
             does_join(body->literals[i],
                       (struct meeting){.are_own = are_own, .are_others = are_others});
    return is;
}

bool atom_is_apart(const struct select *select, const struct literal *literal)
{
    const struct atom *atom = literal->atom;
    const struct compiler *compiler = select->compiler;
    if (select->outer || compiler->settings->result == COMPILE_VARIABLES ||
        atom->predicate->stored)
        return false;
    bool has_more = false;
    for (size_t i = 0; i < atom->count; i++)
        has_more |= !argument_is_needed(select, atom->args[i]);
    return has_more && !is_joined(select, literal);
}

void apart_put_source(const struct select *select, const struct atom *atom,
                      const char *suffix, struct strbuf *sql)
{
    AUTO(strbuf) struct strbuf columns = {0};
    for (size_t i = 0; i < atom->count; i++)
        if (argument_is_needed(select, atom->args[i]))
            strbuf_printf(&columns, "%sc%zu", columns.size > 0 ? ", " : "", i + 1);
    bool has_any = columns.size > 0;
    strbuf_printf(sql, "(SELECT %s%s FROM ", has_any ? "DISTINCT " : "1",
                  strbuf_text(&columns));
    atom_put_source(atom, suffix, sql);
    strbuf_puts(sql, has_any ? ")" : " LIMIT 1)");
}
