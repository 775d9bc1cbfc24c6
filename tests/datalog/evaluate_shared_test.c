// SPDX-License-Identifier: GPL-3.0-or-later
/* Which relations are computed once for several rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "running.h"

#define RUNS "run(1, 7). run(1, 8). run(2, 9). run(3, 4). run(3, 5). host(1). host(2). "
#define BUSY "busy(h, n) :- host(h), n = count : { run(h, _) }, n > 1. "

/* Whether busy has a table, for the question; its rows. */
static bool is_shared(const char *text, const char *rows)
{
    struct running running = running_open(text, "", NULL);
    running_evaluate(&running, &(struct evaluation_settings){0});
    assert_int_equal(running.rc, 0);
    assert_string_equal(strbuf_text(&running.rows), rows);
    const struct predicate *busy = predicate_find(running.program, "busy");
    bool is_table = busy && busy->table;
    running_close(&running);
    return is_table;
}

static void computes_once_what_two_ask(void **state UNUSED)
{
    assert_true(is_shared(RUNS BUSY "?- busy(g, n), busy(h, n)", "1 2 1\n"));
    assert_true(is_shared(RUNS BUSY "p(h) :- busy(h, _). p(n) :- busy(_, n). ?- p(x)",
                          "1\n2\n"));
}

static void counts_through_those_between(void **state UNUSED)
{
    assert_true(is_shared(
        RUNS BUSY "p(h) :- q(h). q(h) :- busy(h, _). ?- p(g), p(h), g <= h", "1 1\n"));
    assert_false(
        is_shared(RUNS BUSY "p(h) :- q(h). q(h) :- busy(h, _). ?- p(h)", "1\n"));
}

static void unfolds_what_one_asks(void **state UNUSED)
{
    assert_false(is_shared(RUNS BUSY "?- busy(h, n)", "1 2\n"));
    assert_false(is_shared(RUNS BUSY "?- busy(1, n), busy(2, m)", ""));
}

/* The rows are known without the aggregate: SQLite asks for those that it needs. */
static void unfolds_what_is_only_counted(void **state UNUSED)
{
    assert_false(is_shared(RUNS "busy(h, n) :- host(h), n = count : { run(h, _) }. "
                                "?- busy(1, n), busy(g, n)",
                           "2 1\n"));
    assert_false(is_shared(RUNS "busy(h, n) :- host(h), n = count : { run(h, _) }. "
                                "?- busy(g, n), busy(h, m), n < m",
                           "2 1 1 2\n"));
    assert_true(is_shared(RUNS "busy(h) :- host(h), 1 < count : { run(h, _) }. "
                               "?- busy(g), busy(h)",
                          "1 1\n"));
}

/* All groups are computed wherever it is joined; where one is given, it alone is. */
static void keeps_groups_that_are_joined(void **state UNUSED)
{
    static const char most[] =
        RUNS "busy(h, t) :- run(h, _), t = max s : { run(h, s) }. ";
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%s?- host(h), busy(h, t)", most);
    assert_true(is_shared(strbuf_text(&text), "1 8\n2 9\n"));
    strbuf_shorten(&text, 0);
    strbuf_printf(&text, "%s?- host(h), busy(1, t)", most);
    assert_false(is_shared(strbuf_text(&text), "1 8\n2 8\n"));
    strbuf_shorten(&text, 0);
    strbuf_printf(&text, "%s?- busy(h, t), t < 9", most);
    assert_false(is_shared(strbuf_text(&text), "1 8\n3 5\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_once_what_two_ask),
        cmocka_unit_test(counts_through_those_between),
        cmocka_unit_test(unfolds_what_one_asks),
        cmocka_unit_test(unfolds_what_is_only_counted),
        cmocka_unit_test(keeps_groups_that_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
