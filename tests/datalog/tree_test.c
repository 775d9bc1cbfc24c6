// SPDX-License-Identifier: GPL-3.0-or-later
/* tree - predicates are found by name, copies share no node, and what is written is
 * read back as the same. */
#include "datalog/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "datalog/parse.h"

static struct rule *rule_of(struct program *program, const char *text)
{
    if (parse_text(program, "x", text, strlen(text), PARSE_RULES, NULL) < 0)
        fail_msg("%s", text);
    const struct predicate *last = program->predicates[program->predicate_count - 1];
    return last->rules[last->rule_count - 1];
}

static char *show(const struct rule *rule, const struct value *values)
{
    struct strbuf shown = {0};
    atom_format(rule->head, values, &shown);
    for (size_t i = 0; i < rule->body.count; i++) {
        strbuf_puts(&shown, i == 0 ? " :- " : ", ");
        literal_format(rule->body.literals[i], values, &shown);
    }
    strbuf_puts(&shown, ".");
    return strbuf_take(&shown);
}

static void predicates_are_found_by_name(void **state UNUSED)
{
    AUTO(program) struct program *program = program_new();
    assert_null(predicate_find(program, "p0"));
    for (int i = 0; i < 5000; i++) {
        AUTO(str) char *name = text_format("p%d", i);
        struct predicate *made = predicate_get(program, name, NULL);
        assert_ptr_equal(predicate_get(program, name, NULL), made);
    }
    assert_int_equal(program->predicate_count, 5000);
    for (size_t i = 0; i < 5000; i++) {
        struct predicate *predicate = program->predicates[i];
        assert_ptr_equal(predicate_find(program, predicate->name), predicate);
    }
    assert_null(predicate_find(program, "p5000"));
    assert_null(predicate_find(program, "P1"));
    program_free(NULL);
}

static void a_copy_reads_the_same_and_shares_no_node(void **state UNUSED)
{
    AUTO(program) struct program *program = program_new();
    const struct rule *rule =
        rule_of(program,
                "a(x + 1, n) :- b{c: x, d: \"y\"} at 1d, !e(x, _), x < 2, match(\"p\", "
                "x), n = sum y * 2 : { f(y), y > 1; g(y) }, true.");
    const struct rule *copy = rule_copy(program, rule);
    AUTO(str) char *one = show(rule, NULL), *other = show(copy, NULL);
    assert_string_equal(one, other);
    assert_ptr_not_equal(copy->head, rule->head);
    assert_ptr_not_equal(copy->head->written, rule->head->written);
    assert_ptr_not_equal(copy->head->written[0].term->args[0],
                         rule->head->written[0].term->args[0]);
    for (size_t i = 0; i < rule->body.count; i++)
        assert_ptr_not_equal(copy->body.literals[i], rule->body.literals[i]);
    assert_ptr_not_equal(copy->body.literals[0]->atom->at,
                         rule->body.literals[0]->atom->at);
    const struct aggregate *aggregate = rule->body.literals[4]->right->aggregate;
    const struct aggregate *copied = copy->body.literals[4]->right->aggregate;
    assert_ptr_not_equal(copied, aggregate);
    assert_ptr_not_equal(copied->target, aggregate->target);
    assert_ptr_not_equal(copied->bodies[1].literals[0],
                         aggregate->bodies[1].literals[0]);
    assert_string_equal(copy->name, rule->name);
    assert_string_equal(copy->text, rule->text);
}

static void what_is_written_is_read_back_the_same(void **state UNUSED)
{
    static const char *const rules[] = {
        "a(-1, 2.5, \"q\\\"\", 30d, 4G, 2026-11-01T00:00:00Z).",
        "a(x) :- x = (1 + 2) * 3 - (4 - 5) ^ 2 ^ 3, !b(x).",
        "a(x) :- x = -(y + 1), y = bnot z band (w bor 1).",
        "a(x) :- b{c: x, d: _}, e(x) at ago(1d), x != cat(\"a\", to_string(2)).",
        "a(n) :- n = count : { b(x), n = min x : { c(x); d(x, x) } } + 1.",
        "a(x) :- b(x), !match(\"a.*\", x), contains(\"b\", x), false, true.",
        "a() :- min(1, 2) < max(3, x), b(x).",
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        AUTO(program) struct program *program = program_new();
        AUTO(program) struct program *again = program_new();
        AUTO(str) char *once = show(rule_of(program, rules[i]), NULL);
        AUTO(str) char *twice = show(rule_of(again, once), NULL);
        assert_string_equal(once, rules[i]);
        assert_string_equal(twice, rules[i]);
    }
}

/* What check.h finds out, here by hand: x is the variable 0, y the variable 1. */
static void bind_by_hand(struct term *term, struct variable variables[2])
{
    if (term->kind == TERM_VARIABLE)
        term->variable = &variables[*term->name - 'x'];
    for (size_t i = 0; i < term->count; i++)
        bind_by_hand(term->args[i], variables);
}

static void values_stand_in_place_of_variables(void **state UNUSED)
{
    AUTO(program) struct program *program = program_new();
    struct rule *rule = rule_of(program, "a(x, y, x + 1).");
    struct variable variables[2] = {{.name = "x", .number = 0},
                                    {.name = "y", .number = 1}};
    for (size_t i = 0; i < 3; i++)
        bind_by_hand(rule->head->written[i].term, variables);
    const struct value values[2] = {{.type = TYPE_DURATION, .number = 60000}};
    AUTO(str) char *shown = show(rule, values);
    assert_string_equal(shown, "a(1m, y, 1m + 1).");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicates_are_found_by_name),
        cmocka_unit_test(a_copy_reads_the_same_and_shares_no_node),
        cmocka_unit_test(what_is_written_is_read_back_the_same),
        cmocka_unit_test(values_stand_in_place_of_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
