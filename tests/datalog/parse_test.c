// SPDX-License-Identifier: GPL-3.0-or-later
/* parse - reads Soufflé's core and what is ours besides, and says of all else where it
 * stands and what was expected. */
#include "datalog/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static struct program *parsed(const char *text, enum parse_mode mode)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct program *program = program_new();
    if (parse_text(program, "x", text, strlen(text), mode, &complaint) < 0) {
        AUTO(strbuf) struct strbuf shown = {0};
        complaint_format(&complaint, &shown);
        fail_msg("%s", strbuf_text(&shown));
    }
    assert_null(complaint.what);
    return program;
}

static void put_rule(const struct rule *rule, struct strbuf *shown)
{
    atom_format(rule->head, NULL, shown);
    for (size_t i = 0; i < rule->body.count; i++) {
        strbuf_puts(shown, i == 0 ? " :- " : ", ");
        literal_format(rule->body.literals[i], NULL, shown);
    }
    strbuf_puts(shown, ".\n");
}

static char *show(const struct program *program)
{
    struct strbuf shown = {0};
    for (size_t i = 0; i < program->predicate_count; i++)
        for (size_t j = 0; j < program->predicates[i]->rule_count; j++)
            put_rule(program->predicates[i]->rules[j], &shown);
    return strbuf_take(&shown);
}

/* The rules of a text, one a line, predicate by predicate. */
static void reads_as(const char *text, const char *expected)
{
    AUTO(program) struct program *program = parsed(text, PARSE_RULES);
    AUTO(str) char *shown = show(program);
    assert_string_equal(shown, expected);
}

static void asks_as(const char *text, const char *expected)
{
    AUTO(program) struct program *program = parsed(text, PARSE_ASKED);
    AUTO(str) char *shown = show(program);
    assert_string_equal(shown, expected);
}

/* "LINE:COLUMN: WHAT" */
static void refuses_in(enum parse_mode mode, const char *text, const char *expected)
{
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(str) char *shown = NULL;
    if (parse_text(program, "x", text, strlen(text), mode, &complaint) == 0)
        fail_msg("it reads %s", text);
    shown = text_format("%d:%d: %s", complaint.line, complaint.column, complaint.what);
    assert_string_equal(shown, expected);
}

static void refuses(const char *text, const char *expected)
{
    refuses_in(PARSE_RULES, text, expected);
}

static void reads_facts_and_rules(void **state UNUSED)
{
    reads_as("edge(1, 2). edge(2,3).\n"
             "path(x, y) :- edge(x, y).\n"
             "path(x, z) :- path(x, y), edge(y, z).",
             "edge(1, 2).\nedge(2, 3).\npath(x, y) :- edge(x, y).\n"
             "path(x, z) :- path(x, y), edge(y, z).\n");
    reads_as("", "");
    reads_as("empty().", "empty().\n");
}

static void reads_negations_comparisons_and_tests(void **state UNUSED)
{
    reads_as("a(x) :- b(x, _), !c(x), x != 1, x<=2, match(\"a.*\", x), "
             "!contains(\"b\", x), true.",
             "a(x) :- b(x, _), !c(x), x != 1, x <= 2, match(\"a.*\", x), "
             "!contains(\"b\", x), true.\n");
}

static void makes_a_rule_of_each_head_and_alternative(void **state UNUSED)
{
    reads_as("a(x), b(x) :- c(x); d(x), e(x).",
             "a(x) :- c(x).\na(x) :- d(x), e(x).\nb(x) :- c(x).\n"
             "b(x) :- d(x), e(x).\n");
    reads_as("a(x) :- (b(x); c(x)), (d(x); e(x)).",
             "a(x) :- b(x), d(x).\na(x) :- b(x), e(x).\na(x) :- c(x), d(x).\n"
             "a(x) :- c(x), e(x).\n");
    reads_as("a(x) :- d(x), !(b(x), x < 1; c(x)).",
             "a(x) :- d(x), !b(x), !c(x).\na(x) :- d(x), x >= 1, !c(x).\n");
}

static void binds_operators_as_souffle_does(void **state UNUSED)
{
    reads_as("a(x) :- x = 1 + 2 * 3 ^ 2 ^ y.", "a(x) :- x = 1 + 2 * 3 ^ 2 ^ y.\n");
    reads_as("a(x) :- x = (1 + 2) * 3.", "a(x) :- x = (1 + 2) * 3.\n");
    reads_as("a(x) :- x = 1 - (2 - 3) - 4.", "a(x) :- x = 1 - (2 - 3) - 4.\n");
    reads_as("a(x) :- x = (2 ^ 3) ^ 4.", "a(x) :- x = (2 ^ 3) ^ 4.\n");
    reads_as("a(x) :- x = -2 ^ y.", "a(x) :- x = -2 ^ y.\n");
    reads_as("a(x) :- x = (-y) ^ 2.", "a(x) :- x = (-y) ^ 2.\n");
    reads_as("a(x) :- x = y band 3 bor z bshl 1 land lnot w.",
             "a(x) :- x = y band 3 bor z bshl 1 land lnot w.\n");
    reads_as("a(x) :- (x + 1) * 2 = y, (x = 1; (x) = 2).",
             "a(x) :- (x + 1) * 2 = y, x = 1.\na(x) :- (x + 1) * 2 = y, x = 2.\n");
}

static void reads_aggregates_in_every_form(void **state UNUSED)
{
    reads_as("a(n) :- n = count : { b(x), x > 1 }.",
             "a(n) :- n = count : { b(x), x > 1 }.\n");
    reads_as("a(n) :- n = count : b(_).", "a(n) :- n = count : { b(_) }.\n");
    reads_as("a(n) :- n = sum x * 2 : { b(x); c(x) }.",
             "a(n) :- n = sum x * 2 : { b(x); c(x) }.\n");
    reads_as("a(n) :- n = max x : b(x), 2 < mean(y) : { d(y) }.",
             "a(n) :- n = max x : { b(x) }, 2 < mean y : { d(y) }.\n");
    reads_as("a(n) :- n = min(x, 2), b(x).", "a(n) :- n = min(x, 2), b(x).\n");
    reads_as("a(n) :- n = sum m : { m = count : { b(x, y) }, c(x) } + 1.",
             "a(n) :- n = sum m : { m = count : { b(x, y) }, c(x) } + 1.\n");
    reads_as("a(count, max) :- b(count, max), count > max - 1.",
             "a(count, max) :- b(count, max), count > max - 1.\n");
}

static void reads_constants_of_every_type(void **state UNUSED)
{
    reads_as("a(42, 0x2a, 0b101010, 42u, -7, 0.5, 1e3, -1.5e-3).",
             "a(42, 42, 42, 42, -7, 0.5, 1000.0, -0.0015).\n");
    reads_as("a(30d, 90m, 1h30m, 250ms, 4G, 512K, 1T).",
             "a(30d, 1h30m, 1h30m, 250ms, 4G, 512K, 1T).\n");
    reads_as("a(9223372036854775807, -9223372036854775808).",
             "a(9223372036854775807, -9223372036854775808).\n");
    reads_as("a(2026-11-01T10:00Z, 2026-11-01T10:00:15.5+02:00).",
             "a(2026-11-01T10:00:00Z, 2026-11-01T08:00:15.500Z).\n");
    reads_as("a(\"q\\\"b\\\\n\\nt\\tx\\x1bü\").",
             "a(\"q\\\"b\\\\n\\nt\\tx\\x1bü\").\n");
}

static void tells_a_question_from_a_fact(void **state UNUSED)
{
    asks_as("b(x, y), z = x + y, !c(x, _), count : { d(w) } > 1",
            "?(x, y, z) :- b(x, y), z = x + y, !c(x, _), count : { d(w) } > 1.\n");
    asks_as("?- b(x).", "?(x) :- b(x).\n");
    asks_as("e(1). e(2). p(x) :- e(x). p(1).", "e(1).\ne(2).\np(x) :- e(x).\np(1).\n");
    asks_as("e(1). e(2). p(x) :- e(x). p(x).",
            "e(1).\ne(2).\np(x) :- e(x).\n?(x) :- p(x).\n");
    asks_as("e(1). e(1)", "e(1).\n?() :- e(1).\n");
    asks_as("(b(y); c(y)), d(x)", "?(y, x) :- b(y), d(x).\n?(y, x) :- c(y), d(x).\n");
}

static void says_what_was_expected(void **state UNUSED)
{
    refuses("a(x) :- b(x)",
            "1:13: found the end of the text, expected \",\", \";\" or \".\"");
    refuses("a(x :- b(x).", "1:5: found \":-\", expected \",\" or \")\"");
    refuses("a(x", "1:2: this \"(\" is not closed; expected \")\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_facts_and_rules),
        cmocka_unit_test(reads_negations_comparisons_and_tests),
        cmocka_unit_test(makes_a_rule_of_each_head_and_alternative),
        cmocka_unit_test(binds_operators_as_souffle_does),
        cmocka_unit_test(reads_aggregates_in_every_form),
        cmocka_unit_test(reads_constants_of_every_type),
        cmocka_unit_test(tells_a_question_from_a_fact),
        cmocka_unit_test(says_what_was_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
