// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "datalog/catalogue.h"
#include "running.h"

#define EDGES                                                                          \
    "edge(\"a\", \"b\"). edge(\"b\", \"c\"). edge(\"c\", \"d\"). edge(\"x\", \"a\"). "
#define REACH_LEFT "reach(x, y) :- edge(x, y). reach(x, z) :- reach(x, y), edge(y, z). "
#define REACH_RIGHT                                                                    \
    "reach(x, y) :- edge(x, y). reach(x, z) :- edge(x, y), reach(y, z). "
#define REACH_BOTH                                                                     \
    "reach(x, y) :- edge(x, y). reach(x, z) :- reach(x, y), reach(y, z). "
#define ENDLESS "n(1). n(x + 1) :- n(x). ?- n(x)"

static void assert_rows_of(const char *text, const struct evaluation_settings *settings,
                           const char *expected)
{
    struct running running = running_open(text, "", NULL);
    running_evaluate(&running, settings);
    if (running.rc < 0)
        print_message("%s\n", running.complaint.what);
    assert_int_equal(running.rc, 0);
    assert_string_equal(strbuf_text(&running.rows), expected);
    running_close(&running);
}

/* What is kept gives the same, and once more. */
static void assert_rows_again(const char *text, const char *expected)
{
    const struct evaluation_settings settings = {.is_kept = true, .is_in_memory = true};
    struct running running = running_open(text, "", NULL);
    running_evaluate(&running, &settings);
    assert_int_equal(running.rc, 0);
    assert_string_equal(strbuf_text(&running.rows), expected);
    assert_true(evaluation_rest(running.evaluation));
    running_again(&running, 0);
    assert_int_equal(running.rc, 0);
    assert_string_equal(strbuf_text(&running.rows), expected);
    running_close(&running);
}

/* With and without magic sets, turned or not, kept or not: the answer is the same. */
static void assert_rows(const char *text, const char *expected)
{
    assert_rows_of(text, &(struct evaluation_settings){0}, expected);
    assert_rows_of(text, &(struct evaluation_settings){.is_unproved = true}, expected);
    assert_rows_of(text, &(struct evaluation_settings){.is_unbounded = true}, expected);
    assert_rows_again(text, expected);
}

static void assert_stopped(const char *text, const struct evaluation_limits *limits,
                           int rc, const char *what)
{
    struct running running = running_open(text, "CREATE TEMP TABLE kept (a)", NULL);
    const struct evaluation_settings settings = {.limits = *limits};
    running_evaluate(&running, &settings);
    assert_int_equal(running.rc, rc);
    assert_string_equal(running.complaint.what, what);
    evaluation_free(running.evaluation);
    running.evaluation = NULL;

    /* The connection is as it was before. */
    assert_int_equal(sqlite3_exec(running.db,
                                  "CREATE TABLE written (a);"
                                  "INSERT INTO kept SELECT count(*) FROM "
                                  "sqlite_temp_master; PRAGMA temp.max_page_count",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_stmt *statement;
    sqlite3_prepare_v2(running.db, "SELECT a FROM kept", -1, &statement, NULL);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 1);
    sqlite3_finalize(statement);
    running_close(&running);
}

/* ---- answers ---- */

static void answers_from_facts(void **state UNUSED)
{
    assert_rows(EDGES "?- edge(x, y), edge(y, _), x != \"x\"", "a b\nb c\n");
    assert_rows(EDGES "?- edge(\"c\", \"d\")", "\n");
    assert_rows(EDGES "?- edge(\"d\", \"c\")", "");
}

static void follows_recursion_of_each_shape(void **state UNUSED)
{
    assert_rows(EDGES REACH_LEFT "?- reach(\"a\", z)", "b\nc\nd\n");
    assert_rows(EDGES REACH_RIGHT "?- reach(\"a\", z)", "b\nc\nd\n");
    assert_rows(EDGES REACH_BOTH "?- reach(\"a\", z)", "b\nc\nd\n");
    assert_rows(EDGES REACH_LEFT "?- reach(x, \"d\")", "a\nb\nc\nx\n");
    assert_rows(EDGES REACH_RIGHT "?- reach(x, \"d\")", "a\nb\nc\nx\n");
    assert_rows(EDGES REACH_BOTH "?- reach(x, \"d\")", "a\nb\nc\nx\n");
    assert_rows(EDGES REACH_BOTH "?- reach(x, y), x = \"b\"", "b c\nb d\n");
}

static void ends_in_cycles(void **state UNUSED)
{
    assert_rows("edge(1, 2). edge(2, 3). edge(3, 1). " REACH_BOTH "?- reach(2, x)",
                "1\n2\n3\n");
}

static void follows_mutual_recursion(void **state UNUSED)
{
    const char *rules = EDGES "odd(x, y) :- edge(x, y). "
                              "odd(x, z) :- edge(x, y), even(y, z). "
                              "even(x, z) :- edge(x, y), odd(y, z). ";
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%s?- even(\"x\", z)", rules);
    assert_rows(strbuf_text(&text), "b\nd\n");
    strbuf_shorten(&text, 0);
    strbuf_printf(&text, "%s?- odd(x, \"d\"), even(x, y)", rules);
    assert_rows(strbuf_text(&text), "a c\n");
}

/* Rows are counted as they come, also within one SELECT; so are bytes. */
static void a_set_is_stopped_while_it_is_filled(void **state UNUSED)
{
    static const char *const text =
        "n(1). n(x + 1) :- n(x), x < 3000. "
        "pair(x, y) :- n(x), n(y). pair(y, x) :- pair(x, y), x < y. ?- pair(x, y)";
    assert_stopped(text, &(struct evaluation_limits){.rows = 5000}, -E2BIG,
                   "stopped: there are more than 5000 rows");
    assert_stopped(text, &(struct evaluation_limits){.bytes = 1 << 20}, -ENOSPC,
                   "stopped: its tables are larger than 1 MiB");
}

/* What is asked for has one end of it in common: that is no way to look it up. */
static void a_long_chain_is_followed_step_by_step(void **state UNUSED)
{
    static const char *const rules[] = {REACH_LEFT, REACH_RIGHT};
    const struct evaluation_settings settings = {.limits.work = 5000};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        AUTO(strbuf) struct strbuf text = {0};
        strbuf_printf(&text,
                      "edge(0, 1). edge(y, y + 1) :- edge(x, y), y < 10000. "
                      "%s?- reach(0, 10000)",
                      rules[i]);
        assert_rows_of(strbuf_text(&text), &settings, "\n");
    }
}

static void negates_and_counts_what_is_recursive(void **state UNUSED)
{
    assert_rows(EDGES REACH_RIGHT "node(x) :- edge(x, _). node(x) :- edge(_, x). "
                                  "apart(x, y) :- node(x), node(y), !reach(x, y). "
                                  "?- apart(\"c\", y), y < \"d\"",
                "a\nb\nc\n");
    assert_rows(EDGES REACH_RIGHT
                "far(x, n) :- edge(x, _), n = count : { reach(x, _) }. ?- far(x, n)",
                "a 3\nb 2\nc 1\nx 4\n");
}

/* The guard of one relation hangs on another that is negated elsewhere. */
static void binds_across_strata(void **state UNUSED)
{
    assert_rows(EDGES REACH_RIGHT
                "leaf(x) :- edge(_, x), !edge(x, _). "
                "end(x, y) :- reach(x, y), leaf(y). "
                "inner(x, y) :- reach(x, y), !end(x, y). "
                "path(x, y) :- inner(x, y). path(x, z) :- path(x, y), inner(y, z). "
                "?- path(\"x\", y), reach(y, \"d\")",
                "a\nb\nc\n");
}

static void binds_two_patterns_of_one_relation(void **state UNUSED)
{
    assert_rows(EDGES REACH_RIGHT "?- reach(\"a\", x), reach(y, \"b\")",
                "b a\nb x\nc a\nc x\nd a\nd x\n");
}

static void unfolds_alternatives_and_constants(void **state UNUSED)
{
    assert_rows(EDGES
                "near(x, y) :- edge(x, y); edge(y, x). same(x, x) :- edge(x, _). "
                "kind(\"first\", x) :- edge(x, _). kind(\"last\", x) :- edge(_, x). "
                "?- near(\"a\", y), kind(k, y), same(\"b\", \"b\")",
                "b first\nb last\nx first\n");
    assert_rows(EDGES "same(x, x) :- edge(x, _). ?- same(\"a\", \"b\")", "");
    assert_rows(EDGES "sized(x, strlen(x) + 1) :- edge(x, _). ?- sized(\"a\", n)",
                "2\n");
}

static void knows_relations_without_columns(void **state UNUSED)
{
    assert_rows("on(). both() :- on(). ?- both(), x = 1", "1\n");
    assert_rows("off() :- 1 = 2. ?- !off(), x = 1", "1\n");
}

/* Only what is passed through as it is may be turned. */
static void turns_what_it_may(void **state UNUSED)
{
    assert_rows("e(1, 2). e(2, 3). e(3, 4). f(3, 9). f(4, 8). "
                "p(x, y, n) :- f(x, y), n = 0. "
                "p(x, z, m) :- e(x, y), p(y, z, n), m = n + 1. ?- p(1, z, n)",
                "8 3\n9 2\n");
    assert_rows("e(1, 2). e(2, 3). e(3, 4). f(3, 9). f(4, 8). ok(9). "
                "p(x, y) :- f(x, y). p(x, z) :- e(x, y), p(y, z), ok(z). ?- p(1, z)",
                "9\n");
    assert_rows("e(1, 2). e(2, 3). e(3, 4). f(3, 9). f(4, 8). bad(3). "
                "p(x, y) :- f(x, y). p(x, z) :- e(x, y), !bad(y), p(y, z). "
                "?- p(1, z); p(3, z)",
                "8\n9\n");
    assert_rows("e(1, 2). e(2, 1). f(1, 5). f(2, 6). p(x, y) :- f(x, y). "
                "p(x, z) :- e(x, y), p(y, z). ?- e(x, _), x > 1, p(x, z)",
                "2 5\n2 6\n");
}

static bool has_relation(const struct program *program, const char *name)
{
    for (size_t i = 0; i < program->predicate_count; i++)
        if (strcmp(program->predicates[i]->name, name) == 0)
            return true;
    return false;
}

/* Each start with each end would be a product. */
static void passes_on_together_what_belongs_together(void **state UNUSED)
{
    const struct evaluation_settings settings = {.is_unproved = true};
    struct running running = running_open(
        EDGES REACH_LEFT "?- edge(\"x\", s), edge(e, \"d\"), reach(s, e)", "", NULL);
    running_evaluate(&running, &settings);
    assert_string_equal(strbuf_text(&running.rows), "a c\n");
    assert_true(has_relation(running.program, "reach?bf"));
    assert_false(has_relation(running.program, "reach?bb"));
    running_close(&running);
    running = running_open(EDGES REACH_LEFT
                           "pair(\"x\", \"c\"). ?- pair(\"x\", e), edge(s, e), "
                           "reach(s, e)",
                           "", NULL);
    running_evaluate(&running, &settings);
    assert_string_equal(strbuf_text(&running.rows), "c b\n");
    assert_true(has_relation(running.program, "reach?bb"));
    running_close(&running);
}

/* Each of twelve relations has two rules: unfolded they would be 4096. */
static void makes_tables_of_what_is_large(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "p0(1). p0(2). p0(3). ");
    for (int i = 1; i <= 12; i++)
        strbuf_printf(&text,
                      "p%d(x) :- p%d(x), x > 1. p%d(x) :- p%d(x), x < 3, p%d(_). ", i,
                      i - 1, i, i - 1, i - 1);
    strbuf_puts(&text, "?- p12(x)");
    assert_rows(strbuf_text(&text), "1\n2\n3\n");
}

static void goes_ten_thousand_steps(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (int i = 0; i < 10000; i++)
        strbuf_printf(&text, "edge(%d, %d). ", i, i + 1);
    size_t size = text.size;
    const struct evaluation_settings settings = {.is_unproved = true,
                                                 .limits.rows = 10000 + 2 * 10001 + 2};
    static const char *const rules[] = {REACH_LEFT, REACH_RIGHT};
    for (int i = 0; i < 2; i++) {
        strbuf_shorten(&text, size);
        strbuf_printf(&text, "%s?- reach(0, x), x > 9998", rules[i]);
        assert_rows_of(strbuf_text(&text), &settings, "9999\n10000\n");
        strbuf_shorten(&text, size);
        strbuf_printf(&text, "%s?- reach(x, 10000), x < 2", rules[i]);
        assert_rows_of(strbuf_text(&text), &settings, "0\n1\n");
    }
}

static void counts_without_rows(void **state UNUSED)
{
    struct running running = running_open(EDGES REACH_LEFT "?- reach(x, y)", "", NULL);
    const struct evaluation_settings settings = {0};
    running_evaluate(&running, &settings);
    int64_t count = 0;
    assert_int_equal(
        evaluation_count(running.evaluation, running.program->question, &count, NULL),
        0);
    assert_int_equal(count, 10);
    running_close(&running);
}

/* ---- what is stored ---- */

static const struct stored_column disk_columns[] = {
    {.name = "host", .type = TYPE_TEXT}, {.name = "time", .type = TYPE_TIME}};
static const struct stored disk = {
    .name = "disk",
    .columns = disk_columns,
    .count = 2,
    .sql = "main.disk",
    .history = "(SELECT *, 0 AS _began, 10 AS _ended FROM main.disk)",
    .since = "time",
};
static const struct stored tape = {
    .name = "tape", .columns = disk_columns, .count = 2, .has_origin = true};
static const struct stored *const stored[] = {&disk, &tape, NULL};
static const struct catalogue catalogue = {.items = stored};
#define DISKS                                                                          \
    "CREATE TABLE disk (host, time); INSERT INTO disk VALUES ('a', 1), ('b', 2)"

static void reads_what_is_stored(void **state UNUSED)
{
    struct running running =
        running_open("?- disk(h, t), !tape(h, t)", DISKS, &catalogue);
    const struct evaluation_settings settings = {0};
    running_evaluate(&running, &settings);
    assert_string_equal(strbuf_text(&running.rows), "a 1\nb 2\n");
    running_close(&running);
}

/* The numbers say what the names do; here they differ, so that it shows which were
 * read: those, but not where recursion may read copies. */
static void joins_and_negates_by_numbers(void **state UNUSED)
{
    static const struct stored_column columns[] = {
        {.name = "host", .type = TYPE_TEXT}, {.name = "slot", .type = TYPE_NUMBER}};
    static const struct stored full = {
        .name = "full",
        .columns = columns,
        .count = 2,
        .sql = "(SELECT host, n AS _host, slot FROM main.full)",
        .numbering = {"_host", "1-"},
        .by_number = "(SELECT n AS _host, slot FROM main.full)",
    };
    static const struct stored old = {
        .name = "old",
        .columns = columns,
        .count = 2,
        .sql = "(SELECT host, n AS _host, slot FROM main.old)",
        .numbering = {"_host", "1-"},
        .by_number = "(SELECT n AS _host, slot FROM main.old)",
    };
    static const struct stored *const both[] = {&full, &old, NULL};
    static const struct catalogue numbered = {.items = both};
    static const char setup[] =
        "CREATE TABLE full (host, n, slot); CREATE TABLE old (host, n, slot);"
        "INSERT INTO full VALUES ('a', 1, 1), ('b', 2, 1), ('c', 3, 1);"
        "INSERT INTO old VALUES ('A', 1, 1), ('b', 2, 2)";
    static const char recursion[] = "n(1). n(x + 1) :- n(x), x < 3. ";
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"?- full(h, 1), !old(h, _)", "c\n"},
        {"?- full(h, t), t < 5, !old(h, t)", "b 1\nc 1\n"},
        {"?- full(h, 1), h = g, !old(g, _)", "a a\nc c\n"},
        {"?- full(h, _), old(h, t)", "a 1\nb 2\n"},
        {"?- old(h, _), full(h, t)", "A 1\nb 1\n"},
        {"?- full(_, t), old(h, t)", "1 A\n"},
        {"?- full(h, 1), n = count : { full(h, _), old(h, _) }", "a 1\nb 1\nc 0\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct running running = running_open(cases[i].text, setup, &numbered);
        running_evaluate(&running, &(struct evaluation_settings){0});
        assert_string_equal(strbuf_text(&running.rows), cases[i].rows);
        running_close(&running);
    }
    static const struct {
        const char *text, *rows;
    } copied[] = {
        {"?- full(h, t), n(t), t < 5, !old(h, _)", "a 1\nc 1\n"},
        {"?- full(h, t), n(t), old(h, _)", "b 1\n"},
    };
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        AUTO(strbuf) struct strbuf text = {0};
        strbuf_printf(&text, "%s%s", recursion, copied[i].text);
        struct running running = running_open(strbuf_text(&text), setup, &numbered);
        running_evaluate(&running, &(struct evaluation_settings){0});
        assert_string_equal(strbuf_text(&running.rows), copied[i].rows);
        running_close(&running);
    }
}

/* A part of what is stored is read where it stands, however often; what is looked up
 * row by row, or said twice, is kept in a table. */
static void copies_only_what_is_looked_up(void **state UNUSED)
{
#define LATE_COUNTED                                                                   \
    "?- n = count : { late(h, t), h != \"z\" }, m = max t : { late(_, t) }"
    static const struct {
        const char *text, *rows;
        bool has_table;
    } cases[] = {
        {"late(h, t) :- disk(h, t), h > \"a\". " LATE_COUNTED, "1 2\n", false},
        {"late(h, t) :- disk(h, t), to_number(substr(\"12\", strlen(h), 1)) > "
         "1. " LATE_COUNTED,
         "2 2\n", true},
        {"late(\"x\", t) :- disk(_, t). " LATE_COUNTED, "2 2\n", true},
        {"late(h, t) :- disk(h, t). late(\"c\", 1970-01-01T00:00:01Z). " LATE_COUNTED,
         "3 1000\n", true},
        {"late(h, t) :- disk(h, t), h > \"a\". ?- disk(h, t), !late(h, t)", "a 1\n",
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct running running = running_open(cases[i].text, DISKS, &catalogue);
        running_evaluate(&running, &(struct evaluation_settings){0});
        assert_string_equal(strbuf_text(&running.rows), cases[i].rows);
        AUTO(strbuf) struct strbuf sql = {0};
        assert_int_equal(evaluation_put_sql(running.evaluation, &sql, NULL), 0);
        assert_int_equal(strstr(strbuf_text(&sql), "TEMP TABLE") ||
                             strstr(strbuf_text(&sql), "Kept in memory"),
                         cases[i].has_table);
        running_close(&running);
    }
}

static const struct stored_column link_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "on", .type = TYPE_TEXT, .may_lack = true}};
static const struct stored links = {
    .name = "link",
    .columns = link_columns,
    .count = 2,
    .sql = "(SELECT *, 'm' AS _message, 1 AS _time FROM main.link)",
    .has_origin = true,
    .since = "_time",
};
static const struct stored *const linked[] = {&links, NULL};
static const struct catalogue link_catalogue = {.items = linked};

/* Rows of the closure in which one end is given, as the link is a copy or not. */
static void assert_linked(const char *question, bool is_unproved, bool is_copied,
                          const char *expected)
{
    struct running running = running_open(question,
                                          "CREATE TABLE link (host, [on]); INSERT INTO "
                                          "link VALUES ('a', 'b'), ('b', 'c'),"
                                          " ('b', NULL), ('d', 'c')",
                                          &link_catalogue);
    const struct evaluation_settings settings = {.is_unproved = is_unproved};
    running_evaluate(&running, &settings);
    assert_string_equal(strbuf_text(&running.rows), expected);
    AUTO(strbuf) struct strbuf sql = {0};
    assert_int_equal(evaluation_put_sql(running.evaluation, &sql, NULL), 0);
    const char *copy = strstr(strbuf_text(&sql), "CREATE TEMP TABLE \"link\"");
    assert_int_equal(copy != NULL, is_copied);
    running_close(&running);
}

#define NEEDS "needs(x, y) :- link(x, y). needs(x, z) :- needs(x, y), link(y, z). ?- "

static void copies_what_recursion_reads_without_an_index(void **state UNUSED)
{
    for (int is_unproved = 0; is_unproved < 2; is_unproved++) {
        assert_linked(NEEDS "needs(x, \"c\")", is_unproved, true, "a\nb\nd\n");
        assert_linked(NEEDS "needs(\"a\", y)", is_unproved, false, "b\nc\n");
    }
}

static void leaves_out_what_was_before(void **state UNUSED)
{
    struct running running = running_open("?- disk(h, _)", DISKS, &catalogue);
    const struct evaluation_settings settings = {.since = 2};
    running_evaluate(&running, &settings);
    assert_string_equal(strbuf_text(&running.rows), "b\n");
    running_close(&running);
}

/* Each would be done without it: what is no more than wrong has another number. */
static void assert_authorized(sqlite3 *db, const char *sql, bool is_allowed)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (rc != (is_allowed ? SQLITE_OK : SQLITE_AUTH))
        fail_msg("%s: %d, %s", sql, rc, sqlite3_errmsg(db));
}

static void writes_nothing_that_is_stored(void **state UNUSED)
{
    static const char *const refused[] = {
        "INSERT INTO main.disk VALUES ('c', 3)",
        "UPDATE main.disk SET host = 'd'",
        "DELETE FROM main.disk",
        "DROP TABLE main.disk",
        "ALTER TABLE main.disk ADD COLUMN more",
        "CREATE TABLE main.other (a)",
        "CREATE INDEX main.found ON disk (host)",
        "CREATE VIEW main.seen AS SELECT 1",
        "CREATE TEMP TRIGGER watch AFTER INSERT ON main.disk BEGIN SELECT 1; END",
        "REINDEX main.disk",
        "ATTACH ':memory:' AS other",
        "PRAGMA journal_mode",
        "PRAGMA main.user_version = 7",
        "PRAGMA main.schema_version = 7",
        "PRAGMA main.cache_size = 7",
        "DROP INDEX main.known",
    };
    struct running running = running_open("?- disk(h, _)", DISKS, &catalogue);
    sqlite3_exec(running.db, "CREATE INDEX main.known ON disk (host)", NULL, NULL,
                 NULL);
    running_evaluate(&running, &(struct evaluation_settings){0});
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_authorized(running.db, refused[i], false);
    assert_authorized(running.db, "SELECT count(*) FROM main.disk", true);
    assert_authorized(running.db, "CREATE TEMP TABLE own (a)", true);
    assert_authorized(running.db, "INSERT INTO temp.own VALUES (1)", true);
    running_close(&running);
}

static void loads_nothing(void **state UNUSED)
{
    struct running running = running_open("?- disk(h, _)", DISKS, &catalogue);
    sqlite3_enable_load_extension(running.db, 1);
    running_evaluate(&running, &(struct evaluation_settings){0});
    assert_int_not_equal(
        sqlite3_exec(running.db, "SELECT load_extension('x')", NULL, NULL, NULL),
        SQLITE_OK);
    assert_string_equal(sqlite3_errmsg(running.db),
                        "not authorized to use function: load_extension");
    running_close(&running);
}

/* ---- input ---- */

static void takes_rows_once(void **state UNUSED)
{
    struct running running = running_open(".decl e(x: number, y: symbol) .input e "
                                          "e(1, \"one\"). ?- e(x, y)",
                                          "", NULL);
    assert_int_equal(running.rc, 0);
    const struct evaluation_settings settings = {0};
    assert_int_equal(evaluation_new(running.program, running.db, &settings,
                                    &running.evaluation, NULL),
                     0);
    struct predicate *predicate = predicate_find(running.program, "e");
    const struct value rows[][2] = {
        {{.type = TYPE_NUMBER, .number = 2}, {.type = TYPE_TEXT, .text = "two"}},
        {{.type = TYPE_NUMBER, .number = 1}, {.type = TYPE_TEXT, .text = "one"}},
        {{.type = TYPE_NUMBER, .number = 2}, {.type = TYPE_TEXT, .text = "two"}},
    };
    for (int i = 0; i < 3; i++)
        assert_int_equal(evaluation_add(running.evaluation, predicate, rows[i], NULL),
                         0);
    assert_int_equal(evaluation_run(running.evaluation, NULL), 0);
    assert_int_equal(evaluation_each(running.evaluation, running.program->question,
                                     running_take_row, &running, NULL),
                     0);
    assert_string_equal(strbuf_text(&running.rows), "1 one\n2 two\n");
    running_close(&running);
}

/* ---- limits ---- */

/* Small or large, of one stage or several, ended well or not. */
static void leaves_no_tables(void **state UNUSED)
{
    static const char *const texts[] = {
        EDGES REACH_BOTH "?- reach(x, y)",
        ("even(0). even(x) :- odd(y), x = y + 1, x < 9. "
         "odd(x) :- even(y), x = y + 1, x < 9. ?- even(x), !odd(x)"),
        "n(1). n(x + 1) :- n(x), x < 20000. ?- n(20000)",
        "n(1). n(x + 1) :- n(x), 1 / (3 - x) < 9. ?- n(x)",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct running running =
            running_open(texts[i], "CREATE TEMP TABLE kept (a)", NULL);
        running_evaluate(&running, &(struct evaluation_settings){0});
        evaluation_free(TAKE(running.evaluation));
        sqlite3_stmt *statement;
        sqlite3_prepare_v2(running.db,
                           "SELECT group_concat(name) FROM temp.sqlite_schema"
                           " WHERE name <> 'sqlite_sequence'",
                           -1, &statement, NULL);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(statement, 0), "kept");
        sqlite3_finalize(statement);
        assert_true(sqlite3_get_autocommit(running.db));
        running_close(&running);
    }
}

static void stops_at_its_time(void **state UNUSED)
{
    assert_stopped(ENDLESS, &(struct evaluation_limits){.time = 50}, -ETIME,
                   "stopped: it takes longer than 50 ms");
    assert_stopped(ENDLESS, &(struct evaluation_limits){.work = 50}, -ETIME,
                   "stopped: it computes longer than 50 ms");
    assert_stopped("d(0). d(1). d(2). d(3). d(4). d(5). d(6). d(7). d(8). d(9). "
                   "?- d(a), d(b), d(c), d(e), d(f), d(g), d(h), d(i), d(j), d(k), "
                   "a + b + c + e + f + g + h + i + j + k = 91",
                   &(struct evaluation_limits){.time = 50}, -ETIME,
                   "stopped: it takes longer than 50 ms");
}

static void stops_at_its_rows(void **state UNUSED)
{
    assert_stopped(ENDLESS, &(struct evaluation_limits){.rows = 1000}, -E2BIG,
                   "stopped: there are more than 1000 rows");
}

static void stops_at_its_bytes(void **state UNUSED)
{
    assert_stopped("n(\"sheep\"). n(cat(x, y)) :- n(x), n(y). ?- n(x)",
                   &(struct evaluation_limits){.bytes = 1 << 20, .time = 60000},
                   -ENOSPC, "stopped: its tables are larger than 1 MiB");
}

static void stops_when_told(void **state UNUSED)
{
    struct running running = running_open(ENDLESS, "", NULL);
    const struct evaluation_settings settings = {0};
    assert_int_equal(evaluation_new(running.program, running.db, &settings,
                                    &running.evaluation, NULL),
                     0);
    evaluation_stop(running.evaluation);
    assert_int_equal(evaluation_run(running.evaluation, &running.complaint), -EINTR);
    running_close(&running);
}

static void says_for_which_row_a_call_fails(void **state UNUSED)
{
    struct running running =
        running_open("e(4, 2). e(3, 0). ?- e(x, y), z = x / y", "", NULL);
    const struct evaluation_settings settings = {0};
    running_evaluate(&running, &settings);
    assert_int_equal(running.rc, -EDOM);
    assert_non_null(strstr(running.complaint.what, "x = 3"));
    running_close(&running);
}

/* ---- as text ---- */

static void shows_its_sql_and_plan(void **state UNUSED)
{
    struct running running =
        running_open(EDGES REACH_LEFT "?- reach(\"a\", y)", "", NULL);
    const struct evaluation_settings settings = {0};
    running_evaluate(&running, &settings);
    AUTO(strbuf) struct strbuf text = {0};
    assert_int_equal(evaluation_put_sql(running.evaluation, &text, NULL), 0);
    assert_non_null(strstr(strbuf_text(&text), "-- question:1: reach(x, z) :- "));
    assert_non_null(strstr(strbuf_text(&text), "-- 4 facts of edge\n"));
    strbuf_shorten(&text, 0);
    assert_int_equal(evaluation_put_plan(running.evaluation, &text, NULL), 0);
    assert_non_null(strstr(strbuf_text(&text), "VIRTUAL TABLE INDEX 1:c1=?\n"));
    assert_int_not_equal(*strbuf_text(&text), '\n');
    running_close(&running);
}

/* Where one end is asked for, only what hangs on it is in the table. */
static void derives_only_what_is_asked_for(void **state UNUSED)
{
    struct running running =
        running_open(EDGES REACH_LEFT "?- reach(\"c\", y)", "", NULL);
    const struct evaluation_settings settings = {.limits.rows = 4};
    running_evaluate(&running, &settings);
    assert_int_equal(running.rc, -E2BIG);
    running_close(&running);
    running = running_open(EDGES REACH_LEFT "?- reach(\"c\", y)", "", NULL);
    const struct evaluation_settings more = {.limits.rows = 4 + 1};
    running_evaluate(&running, &more);
    assert_int_equal(running.rc, 0);
    assert_string_equal(strbuf_text(&running.rows), "d\n");
    running_close(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_from_facts),
        cmocka_unit_test(follows_recursion_of_each_shape),
        cmocka_unit_test(ends_in_cycles),
        cmocka_unit_test(follows_mutual_recursion),
        cmocka_unit_test(a_set_is_stopped_while_it_is_filled),
        cmocka_unit_test(a_long_chain_is_followed_step_by_step),
        cmocka_unit_test(negates_and_counts_what_is_recursive),
        cmocka_unit_test(binds_across_strata),
        cmocka_unit_test(binds_two_patterns_of_one_relation),
        cmocka_unit_test(unfolds_alternatives_and_constants),
        cmocka_unit_test(knows_relations_without_columns),
        cmocka_unit_test(turns_what_it_may),
        cmocka_unit_test(passes_on_together_what_belongs_together),
        cmocka_unit_test(makes_tables_of_what_is_large),
        cmocka_unit_test(goes_ten_thousand_steps),
        cmocka_unit_test(counts_without_rows),
        cmocka_unit_test(reads_what_is_stored),
        cmocka_unit_test(joins_and_negates_by_numbers),
        cmocka_unit_test(copies_only_what_is_looked_up),
        cmocka_unit_test(copies_what_recursion_reads_without_an_index),
        cmocka_unit_test(leaves_out_what_was_before),
        cmocka_unit_test(writes_nothing_that_is_stored),
        cmocka_unit_test(loads_nothing),
        cmocka_unit_test(takes_rows_once),
        cmocka_unit_test(leaves_no_tables),
        cmocka_unit_test(stops_at_its_time),
        cmocka_unit_test(stops_at_its_rows),
        cmocka_unit_test(stops_at_its_bytes),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(says_for_which_row_a_call_fails),
        cmocka_unit_test(shows_its_sql_and_plan),
        cmocka_unit_test(derives_only_what_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
