// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "datalog/proof.h"
#include "herd.h"
#include "running.h"

#define HOUR INT64_C(3600000)
#define TABLES                                                                         \
    "CREATE TABLE host (host, first_seen); CREATE TABLE ram (host, ram);"              \
    "INSERT INTO host VALUES ('a', 1700000000000 - 7200000), ('b', 1700000000000)"

static const struct check_settings moving = {
    .catalogue = &herd, .now = HERD_NOW, .is_now_moving = true};
static const struct evaluation_settings kept = {.is_kept = true, .is_in_memory = true};

static struct running open_kept(const char *text)
{
    struct running running = running_open_so(text, TABLES, &moving);
    running_evaluate(&running, &kept);
    if (running.rc < 0)
        print_message("%s\n", running.complaint.what);
    assert_int_equal(running.rc, 0);
    return running;
}

static void assert_again(struct running *running, int64_t later, const char *expected)
{
    assert_true(evaluation_rest(running->evaluation));
    running_again(running, later);
    assert_int_equal(running->rc, 0);
    assert_string_equal(strbuf_text(&running->rows), expected);
}

static void execute(struct running *running, const char *sql)
{
    assert_int_equal(sqlite3_exec(running->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* ---- the time ---- */

static void now_is_later(void **state UNUSED)
{
    struct running running = open_kept("?- host(h, t), t > ago(1h)");
    assert_string_equal(strbuf_text(&running.rows), "b 1700000000000\n");
    assert_again(&running, HOUR - 1, "b 1700000000000\n");
    assert_again(&running, HOUR, "");
    assert_again(&running, -2 * HOUR, "a 1699992800000\nb 1700000000000\n");
    running_close(&running);
}

static void facts_and_heads_move_along(void **state UNUSED)
{
    struct running running =
        open_kept("at(now()). at(ago(1h)). at(1970-01-01T00:00:00Z). "
                  "soon(now() + 1h). ?- at(x), soon(y), x != y");
    assert_string_equal(strbuf_text(&running.rows),
                        "0 1700003600000\n1699996400000 1700003600000\n"
                        "1700000000000 1700003600000\n");
    assert_again(&running, HOUR,
                 "0 1700007200000\n1700000000000 1700007200000\n"
                 "1700003600000 1700007200000\n");
    running_close(&running);
}

/* Both are constants, and which is greater is not known before. */
static void constants_that_move_are_compared_anew(void **state UNUSED)
{
    struct running running = open_kept(
        "since(2023-11-14T22:30:00Z). before(t) :- t = now(). "
        "late(\"yes\") :- since(t), before(n), n > t. "
        "same(t) :- before(t). ?- late(x); same(2023-11-14T23:13:20Z), x = \"now\"");
    assert_string_equal(strbuf_text(&running.rows), "");
    assert_again(&running, HOUR, "now\nyes\n");
    assert_again(&running, 2 * HOUR, "yes\n");
    running_close(&running);
}

static void the_difference_of_two_stays(void **state UNUSED)
{
    struct running running = open_kept("?- x = now() - ago(1h)");
    assert_again(&running, HOUR, "3600000\n");
    running_close(&running);
}

static void what_is_reckoned_otherwise_is_of_one_moment(void **state UNUSED)
{
    static const char *const texts[] = {
        "?- x = to_string(now())",
        "?- x = strlen(cat(to_string(ago(1h)), \"!\"))",
        "?- x = max(now(), 2001-01-01)",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct running running = open_kept(texts[i]);
        assert_false(evaluation_rest(running.evaluation));
        running_close(&running);
    }
}

/* ---- rows ---- */

static void rows_are_read_anew(void **state UNUSED)
{
    struct running running = open_kept("small(h) :- ram(h, r), r < 4G. small(\"x\"). "
                                       "?- host(h, _), !small(h)");
    assert_string_equal(strbuf_text(&running.rows), "a\nb\n");
    assert_true(evaluation_rest(running.evaluation));
    execute(&running, "INSERT INTO ram VALUES ('a', 1000)");
    running_again(&running, 0);
    assert_string_equal(strbuf_text(&running.rows), "b\n");
    running_close(&running);
}

static void rows_from_outside_are_gone(void **state UNUSED)
{
    const struct value one = {.type = TYPE_TEXT, .text = "a"};
    struct running running =
        running_open_so(".decl given(host: text) .input given ?- given(h), host(h, _)",
                        TABLES, &moving);
    assert_int_equal(
        evaluation_new(running.program, running.db, &kept, &running.evaluation, NULL),
        0);
    const struct predicate *given = predicate_find(running.program, "given");
    assert_int_equal(evaluation_add(running.evaluation, given, &one, NULL), 0);
    running_run(&running);
    assert_string_equal(strbuf_text(&running.rows), "a\n");
    assert_again(&running, 0, "");
    running_close(&running);
}

static void two_of_one_connection_take_turns(void **state UNUSED)
{
    static const char *const text =
        "near(x, y) :- host(x, _), host(y, _). "
        "near(x, z) :- near(x, y), near(y, z). ?- near(x, y)";
    struct running running = open_kept(text), other = {.db = running.db};
    assert_true(evaluation_rest(running.evaluation));
    other.program = program_new();
    assert_int_equal(
        parse_text(other.program, "question", text, strlen(text), PARSE_ASKED, NULL),
        0);
    assert_int_equal(check_program(other.program, &moving, NULL), 0);
    running_evaluate(&other, &kept);
    assert_int_equal(other.rc, 0);
    assert_true(evaluation_rest(other.evaluation));
    execute(&running, "DELETE FROM host WHERE host = 'a'");
    running_again(&running, 0);
    assert_string_equal(strbuf_text(&running.rows), "b b\n");
    assert_true(evaluation_rest(running.evaluation));
    running_again(&other, 0);
    assert_string_equal(strbuf_text(&other.rows), "b b\n");
    other.db = NULL;
    running_close(&other);
    running_close(&running);
}

static void the_connection_is_free_in_between(void **state UNUSED)
{
    struct running running =
        open_kept("seen(h) :- host(h, _). seen(\"c\"). ?- seen(h)");
    assert_true(evaluation_rest(running.evaluation));
    execute(&running, "CREATE TABLE other (a); CREATE INDEX first ON host (host);"
                      "CREATE TEMP TABLE mine (a)");
    running_again(&running, 0);
    assert_int_equal(running.rc, 0);
    assert_string_equal(strbuf_text(&running.rows), "a\nb\nc\n");
    running_close(&running);
}

/* ---- proofs ---- */

static void assert_proof(struct running *running, const struct value *values,
                         const char *part)
{
    AUTO(strbuf) struct strbuf text = {0};
    const struct proof *proof;
    assert_int_equal(proof_find(running->evaluation, running->program->question, values,
                                &proof, &running->complaint),
                     0);
    proof_format(proof, false, &text);
    if (!strstr(text.data, part))
        fail_msg("no %s in %s", part, text.data);
}

static void proofs_are_of_the_moment(void **state UNUSED)
{
    const struct value b = {.type = TYPE_TEXT, .text = "b"};
    const struct value now = {.type = TYPE_TIME, .number = HERD_NOW + HOUR};
    struct running running = open_kept(
        "young(h) :- host(h, t), t >= ago(1h). old(\"a\"). at(now()). "
        "at(1970-01-01T00:00:00Z). ?- young(h), at(n), n > 2000-01-01, !old(h)");
    const struct value row[] = {b, now};
    const struct value before[] = {b, {.type = TYPE_TIME, .number = HERD_NOW}};
    assert_proof(&running, before, "2023-11-14T22:13:20");
    assert_again(&running, HOUR, "b 1700003600000\n");
    assert_proof(&running, row, "2023-11-14T23:13:20");
    assert_proof(&running, row, "2023-11-14T22:13:20");
    assert_again(&running, HOUR, "b 1700003600000\n");
    assert_proof(&running, row, "2023-11-14T23:13:20");
    assert_again(&running, 0, "b 1700000000000\n");
    running_close(&running);
}

/* ---- what cannot ---- */

static void what_failed_is_not_kept(void **state UNUSED)
{
    struct running running =
        running_open_so("?- host(_, t), x = t / 0", TABLES, &moving);
    running_evaluate(&running, &kept);
    assert_true(running.rc < 0);
    if (running.evaluation)
        assert_false(evaluation_rest(running.evaluation));
    running_close(&running);
}

static void what_was_not_to_be_kept_is_not(void **state UNUSED)
{
    struct running running = running_open_so("?- host(h, _)", TABLES, &moving);
    running_evaluate(&running, &(struct evaluation_settings){0});
    assert_false(evaluation_rest(running.evaluation));
    running_close(&running);
}

/* Each run would make it anew. */
static void what_needs_a_table_is_not_kept(void **state UNUSED)
{
    struct running running =
        running_open_so("near(x, y) :- host(x, _), host(y, _), x < y. "
                        "?- near(x, y), !near(y, x)",
                        TABLES, &moving);
    running_evaluate(&running, &(struct evaluation_settings){.is_kept = true});
    assert_string_equal(strbuf_text(&running.rows), "a b\n");
    assert_false(evaluation_rest(running.evaluation));
    running_close(&running);
}

/* Joined as it suits few rows. */
static void what_has_grown_is_planned_anew(void **state UNUSED)
{
    struct running running = open_kept(
        "seen(h) :- host(h, _). seen(\"c\"). seen(\"b\"). ?- seen(h), h < \"b\"");
    assert_true(evaluation_rest(running.evaluation));
    execute(&running, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                      "LIMIT 20000) INSERT INTO host SELECT 'h' || i, i FROM n");
    running_again(&running, 0);
    assert_string_equal(strbuf_text(&running.rows), "a\n");
    assert_false(evaluation_rest(running.evaluation));
    running_close(&running);
}

static void a_stop_while_it_rests_is_forgotten(void **state UNUSED)
{
    struct running running = open_kept("?- host(h, _)");
    evaluation_stop(running.evaluation);
    assert_again(&running, 0, "a\nb\n");
    running_close(&running);
}

static void its_limits_begin_anew(void **state UNUSED)
{
    const struct evaluation_settings settings = {.is_kept = true, .limits.rows = 3};
    struct running running = running_open_so(
        "seen(h) :- host(h, _). seen(\"c\"). seen(\"b\"). ?- seen(h)", TABLES, &moving);
    running_evaluate(&running, &settings);
    assert_int_equal(running.rc, 0);
    assert_again(&running, 0, "a\nb\nc\n");
    assert_true(evaluation_rest(running.evaluation));
    execute(&running, "INSERT INTO host VALUES ('d', 1)");
    running_again(&running, 0);
    assert_int_equal(running.rc, -E2BIG);
    running_close(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(now_is_later),
        cmocka_unit_test(facts_and_heads_move_along),
        cmocka_unit_test(constants_that_move_are_compared_anew),
        cmocka_unit_test(the_difference_of_two_stays),
        cmocka_unit_test(what_is_reckoned_otherwise_is_of_one_moment),
        cmocka_unit_test(rows_are_read_anew),
        cmocka_unit_test(rows_from_outside_are_gone),
        cmocka_unit_test(two_of_one_connection_take_turns),
        cmocka_unit_test(the_connection_is_free_in_between),
        cmocka_unit_test(proofs_are_of_the_moment),
        cmocka_unit_test(what_failed_is_not_kept),
        cmocka_unit_test(what_was_not_to_be_kept_is_not),
        cmocka_unit_test(what_needs_a_table_is_not_kept),
        cmocka_unit_test(what_has_grown_is_planned_anew),
        cmocka_unit_test(a_stop_while_it_rests_is_forgotten),
        cmocka_unit_test(its_limits_begin_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
