// SPDX-License-Identifier: GPL-3.0-or-later
/* What is derived, and how many rows of it, where a question needs less than all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "running.h"

#define EDGES                                                                          \
    "edge(\"a\", \"b\"). edge(\"b\", \"c\"). edge(\"c\", \"d\"). edge(\"x\", \"a\"). " \
    "red(\"b\"). red(\"c\"). "
#define NODES       "node(x) :- edge(x, _). node(x) :- edge(_, x). "
#define REACH       "reach(x, y) :- edge(x, y). "
#define REACH_LEFT  REACH "reach(x, z) :- reach(x, y), edge(y, z). "
#define REACH_RIGHT REACH "reach(x, z) :- edge(x, y), reach(y, z). "
#define REACH_BOTH  REACH "reach(x, z) :- reach(x, y), reach(y, z). "
#define REACH_MIXED REACH_LEFT "reach(x, z) :- edge(x, y), reach(y, z). "

static const struct evaluation_settings unproved = {.is_unproved = true};

static void assert_rows_of(const char *text, const struct evaluation_settings *settings,
                           const char *expected)
{
    struct running running = running_open(text, "", NULL);
    running_evaluate(&running, settings);
    if (running.rc < 0)
        print_message("%s: %s\n", text, running.complaint.what);
    assert_int_equal(running.rc, 0);
    assert_string_equal(strbuf_text(&running.rows), expected);
    running_close(&running);
}

/* However it is derived, the answer is the same. */
static void assert_rows(const char *text, const char *expected)
{
    assert_rows_of(text, &unproved, expected);
    assert_rows_of(text, &(struct evaluation_settings){0}, expected);
    assert_rows_of(text, &(struct evaluation_settings){.is_unbounded = true}, expected);
}

/* The number of columns of what is derived of a relation, where a question is asked and
 * no proof; 0: it is not made of it by rewriting. */
static size_t width_of(const char *text, const char *name)
{
    struct running running = running_open(text, "", NULL);
    running_evaluate(&running, &unproved);
    assert_int_equal(running.rc, 0);
    size_t width = 0;
    for (size_t i = 0; i < running.program->predicate_count; i++) {
        const struct predicate *predicate = running.program->predicates[i];
        if (predicate->is_reachable && predicate->origin &&
            strcmp(predicate->name, name) == 0)
            width = predicate->count;
    }
    running_close(&running);
    return width;
}

static bool has_relation(const char *text, const char *name)
{
    struct running running = running_open(text, "", NULL);
    running_evaluate(&running, &unproved);
    assert_int_equal(running.rc, 0);
    bool has = false;
    for (size_t i = 0; !has && i < running.program->predicate_count; i++)
        has = running.program->predicates[i]->is_reachable &&
              strcmp(running.program->predicates[i]->name, name) == 0;
    running_close(&running);
    return has;
}

/* ---- columns that nobody needs ---- */

static void drops_what_nobody_looks_at(void **state UNUSED)
{
    static const char *const linear[] = {EDGES REACH_LEFT "?- reach(_, z)",
                                         EDGES REACH_RIGHT "?- reach(_, z)",
                                         EDGES REACH_MIXED "?- reach(_, z)"};
    for (size_t i = 0; i < sizeof linear / sizeof *linear; i++)
        assert_rows(linear[i], "a\nb\nc\nd\n");
    assert_int_equal(width_of(linear[0], "reach"), 1);
    assert_int_equal(width_of(linear[1], "reach"), 0);
    assert_rows(EDGES REACH_BOTH "?- reach(_, z)", "a\nb\nc\nd\n");
}

static void drops_what_only_a_filter_binds(void **state UNUSED)
{
    static const char *const rules[] = {REACH_LEFT, REACH_RIGHT, REACH_MIXED,
                                        REACH_BOTH};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        AUTO(strbuf) struct strbuf text = {0};
        strbuf_printf(&text, "%s%safter(z) :- red(x), reach(x, z). ?- after(z)", EDGES,
                      rules[i]);
        assert_rows(strbuf_text(&text), "c\nd\n");
        assert_int_equal(width_of(strbuf_text(&text), "reach"), i == 3 ? 0 : 1);
        strbuf_shorten(&text, 0);
        strbuf_printf(&text,
                      "%s%sbefore(x) :- reach(x, z), red(z), z != \"c\". "
                      "?- before(x)",
                      EDGES, rules[i]);
        assert_rows(strbuf_text(&text), "a\nx\n");
        assert_int_equal(width_of(strbuf_text(&text), "reach"), i == 3 ? 0 : 1);
    }
}

static void keeps_what_the_head_has(void **state UNUSED)
{
    const char *text =
        EDGES REACH_LEFT "after(x, z) :- red(x), reach(x, z). ?- after(x, z)";
    assert_rows(text, "b c\nb d\nc d\n");
    assert_int_equal(width_of(text, "reach"), 0);
}

static void keeps_what_is_compared_with_the_rest(void **state UNUSED)
{
    assert_rows(EDGES REACH_LEFT "after(z) :- red(x), reach(x, z), x < z, z > \"c\". "
                                 "?- after(z)",
                "d\n");
    assert_rows(EDGES REACH_LEFT "after(z) :- red(x), reach(x, z), !edge(x, z). "
                                 "?- after(z)",
                "d\n");
    assert_rows(EDGES REACH_LEFT
                "after(z) :- red(x), reach(x, z), 2 = count : { reach(x, _) }. "
                "?- after(z)",
                "c\nd\n");
}

/* Of two that bind by themselves, only one may be forgotten: not each with each. */
static void filters_at_both_ends(void **state UNUSED)
{
    assert_rows(EDGES REACH_LEFT "meets(1) :- red(x), reach(x, z), red(z). ?- meets(n)",
                "1\n");
    assert_rows(EDGES REACH_RIGHT
                "meets(1) :- red(x), reach(x, z), red(z), z < \"c\". ?- meets(n)",
                "");
}

static void keeps_a_column_that_a_rule_looks_at(void **state UNUSED)
{
    const char *weighted = "e(1, 2, 5). e(2, 3, 7). e(3, 4, 1). "
                           "p(x, w, y) :- e(x, y, w). "
                           "p(x, w, z) :- p(x, v, y), e(y, z, w), w > v. ";
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%s?- p(1, _, z)", weighted);
    assert_rows(strbuf_text(&text), "2\n3\n");
    assert_int_equal(width_of(strbuf_text(&text), "p"), 2);
    assert_rows("e(1, 2, 5). e(2, 3, 7). e(3, 4, 1). p(x, w, y) :- e(x, y, w). "
                "p(x, w, z) :- p(x, _, y), e(y, z, w). ?- p(1, _, z)",
                "2\n3\n4\n");
}

static void says_yes_without_columns(void **state UNUSED)
{
    assert_rows(EDGES REACH_LEFT "?- reach(\"a\", \"d\")", "\n");
    assert_rows(EDGES REACH_RIGHT "?- reach(\"d\", \"a\")", "");
    assert_rows(EDGES REACH_MIXED "?- reach(_, _)", "\n");
    assert_rows(EDGES REACH_LEFT "node(1). ?- node(x), reach(_, \"d\")", "1\n");
}

static void derives_facts_and_constants_of_what_is_factored(void **state UNUSED)
{
    assert_rows("p(1, \"a\"). p(2, \"b\"). e(\"a\", \"c\"). e(\"b\", \"d\"). "
                "p(x, z) :- p(x, y), e(y, z). ?- p(1, z)",
                "a\nc\n");
    assert_rows("e(1, 2). e(2, 3). p(3, \"end\"). p(x, z) :- e(x, y), p(y, z). "
                "p(1, z) :- e(_, y), p(y, z), y > 2. ?- p(1, z)",
                "end\n");
    assert_rows("e(1, 1). e(1, 2). p(x, x) :- e(x, _). p(x, z) :- p(x, y), e(y, z). "
                "some(z) :- e(x, 2), p(x, z). ?- some(z)",
                "1\n2\n");
}

/* Rows grow with the graph, and not with its square. */
static void derives_a_row_for_each_end(void **state UNUSED)
{
    static const char *const rules[] = {REACH_LEFT, REACH_RIGHT};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        AUTO(strbuf) struct strbuf text = {0};
        for (int j = 0; j < 1000; j++)
            strbuf_printf(&text, "edge(%d, %d). red(%d). ", j, j + 1, j);
        strbuf_printf(&text,
                      "%slate(z) :- red(x), reach(x, z). apart(x) :- red(x), !late(x). "
                      "?- apart(x)",
                      rules[i]);
        const struct evaluation_settings settings = {.is_unproved = true,
                                                     .limits.rows = 6000};
        assert_rows_of(strbuf_text(&text), &settings, "0\n");
    }
}

/* ---- below negations and aggregates ---- */

static void derives_what_is_negated_for_constants(void **state UNUSED)
{
    const char *text = EDGES NODES REACH_LEFT "?- node(x), !reach(\"b\", x)";
    assert_rows(text, "a\nb\nx\n");
    assert_int_equal(width_of(text, "reach"), 1);
    assert_rows(EDGES NODES REACH_BOTH "?- node(x), !reach(\"b\", x)", "a\nb\nx\n");
    assert_true(has_relation(EDGES NODES REACH_BOTH "?- node(x), !reach(\"b\", x)",
                             "reach?bf"));
    assert_rows(EDGES NODES REACH_RIGHT "?- node(x), !reach(_, x)", "x\n");
    assert_rows(EDGES NODES REACH_LEFT "?- node(x), x > \"c\", !reach(\"d\", \"a\")",
                "d\nx\n");
    assert_rows(EDGES NODES REACH_LEFT "?- node(x), !reach(\"a\", \"d\")", "");
    assert_rows(EDGES NODES REACH_LEFT "pair(x, y) :- reach(x, y), red(y). "
                                       "?- node(x), !pair(\"a\", x), !pair(\"x\", x)",
                "a\nd\nx\n");
}

static void binds_what_is_below_a_negation(void **state UNUSED)
{
    const char *text = EDGES NODES REACH_BOTH "near(y) :- reach(\"b\", y). "
                                              "?- node(x), !near(x)";
    assert_rows(text, "a\nb\nx\n");
    assert_true(has_relation(text, "reach?bf"));
    text = EDGES NODES REACH_BOTH "near(y) :- reach(\"b\", y). "
                                  "?- n = count : { near(_) }";
    assert_rows(text, "2\n");
    assert_true(has_relation(text, "reach?bf"));
}

/* What is asked above hangs on what is not below: each has demands of its own. */
static void asks_above_and_below_for_themselves(void **state UNUSED)
{
    assert_rows(EDGES NODES REACH_BOTH
                "far(y) :- reach(\"a\", y), reach(y, \"d\"). "
                "lone(x) :- node(x), !far(x), x < \"c\". "
                "path(x, y) :- lone(x), reach(x, y), !far(y). ?- path(x, y)",
                "a d\n");
    assert_rows(EDGES NODES REACH_LEFT
                "in(x) :- reach(\"x\", x). out(x) :- node(x), !in(x). "
                "step(x, y) :- out(x), reach(x, y), !reach(y, x). "
                "?- step(x, y), !step(y, x), reach(x, y)",
                "x a\nx b\nx c\nx d\n");
}

/* ---- large programs ---- */

/* A chain of relations, each unfolded into the next, is no deeper than a table allows;
 * and twice the same, over and over, is not doubled without end. */
static void goes_through_thousands_of_relations(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "p0(1). p0(2). ");
    for (int i = 0; i < 5000; i++)
        strbuf_printf(&text, "p%d(x) :- p%d(x). ", i + 1, i);
    strbuf_puts(&text, "?- p5000(x)");
    assert_rows_of(strbuf_text(&text), &unproved, "1\n2\n");

    strbuf_shorten(&text, 0);
    strbuf_puts(&text, "p0(1). ");
    for (int i = 0; i < 64; i++)
        strbuf_printf(&text, "p%d(x) :- p%d(x), p%d(x). ", i + 1, i, i);
    strbuf_puts(&text, "?- p64(x)");
    assert_rows_of(strbuf_text(&text), &unproved, "1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops_what_nobody_looks_at),
        cmocka_unit_test(drops_what_only_a_filter_binds),
        cmocka_unit_test(keeps_what_the_head_has),
        cmocka_unit_test(keeps_what_is_compared_with_the_rest),
        cmocka_unit_test(filters_at_both_ends),
        cmocka_unit_test(keeps_a_column_that_a_rule_looks_at),
        cmocka_unit_test(says_yes_without_columns),
        cmocka_unit_test(derives_facts_and_constants_of_what_is_factored),
        cmocka_unit_test(derives_a_row_for_each_end),
        cmocka_unit_test(derives_what_is_negated_for_constants),
        cmocka_unit_test(binds_what_is_below_a_negation),
        cmocka_unit_test(asks_above_and_below_for_themselves),
        cmocka_unit_test(goes_through_thousands_of_relations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
