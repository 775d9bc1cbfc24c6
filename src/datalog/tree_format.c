// SPDX-License-Identifier: GPL-3.0-or-later
/* tree_format - terms and literals as they are written, with the parentheses that the
 * precedences ask for and no others. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "datalog/operators.h"
#include "datalog/tree.h"

/* Parentheses where the term binds more loosely than what stands around it asks for. */
static void format_within(const struct term *term, int precedence,
                          const struct value *values, struct strbuf *buf);

static void format_body(const struct body *body, const struct value *values,
                        struct strbuf *buf)
{
    struct literal **literals = memory_new((body->count + 1) * sizeof *literals);
    for (size_t i = 0; i < body->count; i++)
        literals[i] = body->literals[i];
    literals_sort(literals, body->count);
    for (size_t i = 0; i < body->count; i++) {
        strbuf_puts(buf, i > 0 ? ", " : "");
        literal_format(literals[i], values, buf);
    }
    free(literals);
}

static void format_aggregate(const struct aggregate *aggregate,
                             const struct value *values, struct strbuf *buf)
{
    strbuf_puts(buf, aggregate_rows[aggregate->kind].name);
    if (aggregate->target) {
        strbuf_putc(buf, ' ');
        term_format(aggregate->target, values, buf);
    }
    strbuf_puts(buf, " : { ");
    for (size_t i = 0; i < aggregate->count; i++) {
        strbuf_puts(buf, i > 0 ? "; " : "");
        format_body(&aggregate->bodies[i], values, buf);
    }
    strbuf_puts(buf, " }");
}

static void format_variable(const struct term *term, const struct value *values,
                            struct strbuf *buf)
{
    const struct value *value =
        values && term->variable ? &values[term->variable->number] : NULL;
    if (value && value->type != TYPE_NONE)
        value_put_source(value, buf);
    else
        strbuf_puts(buf, term->name);
}

static void format_operator(const struct term *term, const struct operator* operator,
                            const struct value * values, struct strbuf *buf)
{
    int precedence = operator->precedence;
    if (operator->is_prefix) {
        strbuf_puts(buf, operator->sign);
        strbuf_puts(buf, strcmp(operator->sign, "-") == 0 ? "" : " ");
        format_within(term->args[0], precedence, values, buf);
        return;
    }
    format_within(term->args[0], precedence + operator->is_right, values, buf);
    strbuf_printf(buf, " %s ", operator->sign);
    format_within(term->args[1], precedence + !operator->is_right, values, buf);
}

static void format_call(const struct term *term, const struct value *values,
                        struct strbuf *buf)
{
    strbuf_printf(buf, "%s(", term->name);
    for (size_t i = 0; i < term->count; i++) {
        strbuf_puts(buf, i > 0 ? ", " : "");
        term_format(term->args[i], values, buf);
    }
    strbuf_putc(buf, ')');
}

static const struct operator* operator_of_term(const struct term *term)
{
    return term->kind == TERM_CALL ? operator_of(term->functor) : NULL;
}

void term_format(const struct term *term, const struct value *values,
                 struct strbuf *buf)
{
    const struct operator* operator= operator_of_term(term);
    if (operator)
        format_operator(term, operator, values, buf);
    else if (term->kind == TERM_CALL)
        format_call(term, values, buf);
    else if (term->kind == TERM_VARIABLE)
        format_variable(term, values, buf);
    else if (term->kind == TERM_CONSTANT)
        value_put_source(&term->value, buf);
    else if (term->kind == TERM_AGGREGATE)
        format_aggregate(term->aggregate, values, buf);
    else
        strbuf_putc(buf, '_');
}

static void format_within(const struct term *term, int precedence,
                          const struct value *values, struct strbuf *buf)
{
    const struct operator* operator= operator_of_term(term);
    bool is_loose = operator&& operator->precedence<precedence;
    strbuf_puts(buf, is_loose ? "(" : "");
    term_format(term, values, buf);
    strbuf_puts(buf, is_loose ? ")" : "");
}

static void format_written(const struct atom *atom, const struct value *values,
                           struct strbuf *buf)
{
    for (size_t i = 0; i < atom->written_count; i++) {
        strbuf_puts(buf, i > 0 ? ", " : "");
        if (atom->written[i].name)
            strbuf_printf(buf, "%s: ", atom->written[i].name);
        term_format(atom->written[i].term, values, buf);
    }
}

/* By position, once it is known which those are; a name once given is kept. */
void atom_format(const struct atom *atom, const struct value *values,
                 struct strbuf *buf)
{
    strbuf_puts(buf, atom->name);
    strbuf_putc(buf, atom->is_named ? '{' : '(');
    if (atom->is_named || !atom->args)
        format_written(atom, values, buf);
    else
        for (size_t i = 0; i < atom->count; i++) {
            strbuf_puts(buf, i > 0 ? ", " : "");
            term_format(atom->args[i], values, buf);
        }
    strbuf_putc(buf, atom->is_named ? '}' : ')');
    if (atom->at) {
        strbuf_puts(buf, " at ");
        term_format(atom->at, values, buf);
    }
}

void literal_format(const struct literal *literal, const struct value *values,
                    struct strbuf *buf)
{
    switch (literal->kind) {
    case LITERAL_NEGATION:
        strbuf_putc(buf, '!');
        atom_format(literal->atom, values, buf);
        break;
    case LITERAL_ATOM:
        atom_format(literal->atom, values, buf);
        break;
    case LITERAL_COMPARISON:
        term_format(literal->left, values, buf);
        strbuf_printf(buf, " %s ", comparison_sign(literal->comparison));
        term_format(literal->right, values, buf);
        break;
    case LITERAL_TEST:
        strbuf_printf(buf, "%s%s(", literal->is_true ? "" : "!",
                      test_rows[literal->test].name);
        term_format(literal->left, values, buf);
        strbuf_puts(buf, ", ");
        term_format(literal->right, values, buf);
        strbuf_putc(buf, ')');
        break;
    case LITERAL_TRUTH:
        strbuf_puts(buf, literal->is_true ? "true" : "false");
        break;
    }
}
