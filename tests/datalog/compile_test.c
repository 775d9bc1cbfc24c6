// SPDX-License-Identifier: GPL-3.0-or-later
/* compile - a rule into SQL: what it answers on a small herd, and how it reads. */
#include "datalog/compile.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "datalog/check.h"
#include "datalog/functors.h"
#include "datalog/parse.h"

static const char herd[] =
    "CREATE TABLE ram (host TEXT, bytes INTEGER);"
    "INSERT INTO ram VALUES ('ant', 1024), ('bee', 4096), ('cat', NULL), ('dog', 9999);"
    "CREATE TABLE package (host TEXT, name TEXT, version TEXT);"
    "INSERT INTO package VALUES ('ant', 'nginx', '1.9'), ('ant', 'bash', '5'),"
    " ('bee', 'nginx', '1.22.1'), ('bee', 'borg', '1.2'), ('dog', 'nginx', '1.22.1');"
    "CREATE VIEW \"package at\" AS SELECT 'ant' AS host, 'nginx' AS name, '1.8' AS"
    " version, 100 AS _began, 200 AS _ended UNION ALL SELECT 'ant', 'nginx', '1.9', "
    "200,"
    " NULL;"
    "CREATE TABLE interruption (host TEXT, tag TEXT, \"from\" INTEGER, \"to\" INTEGER,"
    " _message TEXT, _time INTEGER);"
    "INSERT INTO interruption VALUES ('ant', 'a', 1000, 3000, 'm1', 7),"
    " ('ant', 'b', 2000, 2500, 'm2', 8), ('bee', 'a', 5000, 9000, 'm3', 9);";

static const struct stored_column ram_columns[] = {{"host", TYPE_TEXT, false},
                                                   {"bytes", TYPE_SIZE, true}};
static const struct stored_column package_columns[] = {
    {"host", TYPE_TEXT, false},
    {"name", TYPE_TEXT, false},
    {"version", TYPE_VERSION, false}};
static const struct stored_column interruption_columns[] = {{"host", TYPE_TEXT, false},
                                                            {"tag", TYPE_TEXT, false},
                                                            {"from", TYPE_TIME, false},
                                                            {"to", TYPE_TIME, false}};
static const char *const ram_keys[] = {"k-", NULL};
static const char *const package_keys[] = {"kk-", NULL};
static const struct stored ram = {
    .name = "ram", .columns = ram_columns, .count = 2, .keys = ram_keys};
static const struct stored package = {.name = "package",
                                      .columns = package_columns,
                                      .count = 3,
                                      .keys = package_keys,
                                      .history = "package at"};
static const struct stored interruption = {
    .name = "interruption",
    .columns = interruption_columns,
    .count = 4,
    .has_origin = true,
};
static const struct stored *const relations[] = {&interruption, &package, &ram, NULL};
static const struct catalogue catalogue = {.items = relations};

/* ---- programs ---- */

struct fixture {
    sqlite3 *db;
    struct program *program;
    struct sites sites;
    struct complaint complaint;
};

static void must(int rc, const struct complaint *complaint)
{
    if (rc == 0)
        return;
    AUTO(strbuf) struct strbuf shown = {0};
    complaint_format(complaint, &shown);
    fail_msg("%s", strbuf_text(&shown));
}

static void execute(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", message, sql);
}

static char *compiled(struct fixture *fixture, const struct rule *rule,
                      const struct compile_settings *settings)
{
    AUTO(strbuf) struct strbuf sql = {0};
    must(compile_rule(fixture->program, rule, settings, &fixture->sites, &sql,
                      &fixture->complaint),
         &fixture->complaint);
    return strbuf_take(&sql);
}

static const struct compile_settings plain = {.newest = SIZE_MAX};

/* Each relation of rules has a table, made from those before it; as many rounds as make
 * a small recursive one complete. */
static void fill(struct fixture *fixture, struct predicate *predicate)
{
    AUTO(strbuf) struct strbuf create = {0};
    strbuf_puts(&create, "CREATE TABLE ");
    compile_name(predicate->table, &create);
    for (size_t i = 0; i < (predicate->count ? predicate->count : 1); i++)
        strbuf_printf(&create, "%sc%zu", i > 0 ? ", " : " (", i + 1);
    strbuf_puts(&create, ", UNIQUE (c1");
    for (size_t i = 1; i < predicate->count; i++)
        strbuf_printf(&create, ", c%zu", i + 1);
    strbuf_puts(&create, "))");
    execute(fixture->db, strbuf_text(&create));
    for (size_t i = 0; i < predicate->rule_count * (predicate->is_recursive ? 9 : 1);
         i++) {
        const struct rule *rule = predicate->rules[i % predicate->rule_count];
        AUTO(str) char *select = compiled(fixture, rule, &plain);
        AUTO(strbuf) struct strbuf sql = {0};
        strbuf_puts(&sql, "INSERT OR IGNORE INTO ");
        compile_name(predicate->table, &sql);
        strbuf_printf(&sql, " %s", select);
        execute(fixture->db, strbuf_text(&sql));
    }
}

static void fill_all(struct fixture *fixture)
{
    struct program *program = fixture->program;
    for (size_t stratum = 0; stratum < program->stratum_count; stratum++)
        for (size_t i = 0; i < program->predicate_count; i++) {
            struct predicate *predicate = program->predicates[i];
            if (!predicate->is_reachable || predicate->stored ||
                predicate == program->question || predicate->stratum != stratum)
                continue;
            predicate->table =
                arena_format(program->arena, "%s.%zu", predicate->name, i);
            fill(fixture, predicate);
        }
}

static void fixture_init(struct fixture *fixture, const char *text)
{
    *fixture = (struct fixture){.program = program_new()};
    assert_int_equal(sqlite3_open(":memory:", &fixture->db), SQLITE_OK);
    assert_int_equal(functors_register(fixture->db), 0);
    execute(fixture->db, herd);
    must(parse_text(fixture->program, "question", text, strlen(text), PARSE_ASKED,
                    &fixture->complaint),
         &fixture->complaint);
    const struct check_settings settings = {.catalogue = &catalogue, .now = 10000};
    must(check_program(fixture->program, &settings, &fixture->complaint),
         &fixture->complaint);
    fill_all(fixture);
}

static void fixture_clear(struct fixture *fixture)
{
    program_free(fixture->program);
    assert_int_equal(sqlite3_close(fixture->db), SQLITE_OK);
    complaint_clear(&fixture->complaint);
}
AUTO_DEFINE_CLEAR(fixture)

static const struct rule *asked(const struct fixture *fixture)
{
    return fixture->program->question->rules[0];
}

/* The rows, sorted, as "a|1 b|2"; or what the statement complains of. */
static char *run(struct fixture *fixture, const char *select)
{
    AUTO(strbuf) struct strbuf rows = {0};
    AUTO(str) char *sql = text_format("%s ORDER BY 1, 2", select);
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(fixture->db, sql, -1, &statement, NULL);
    if (rc != SQLITE_OK) {
        sqlite3_finalize(statement);
        rc = sqlite3_prepare_v2(fixture->db, select, -1, &statement, NULL);
    }
    if (rc != SQLITE_OK)
        fail_msg("%s: %s", sqlite3_errmsg(fixture->db), select);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        strbuf_puts(&rows, rows.size > 0 ? " " : "");
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            strbuf_printf(&rows, "%s%s", i > 0 ? "|" : "", text ? text : "null");
        }
    }
    if (rc != SQLITE_DONE) {
        rc = functor_explain(sqlite3_errmsg(fixture->db), &fixture->sites,
                             &fixture->complaint);
        assert_int_equal(rc, -EDOM);
        strbuf_clear(&rows);
        strbuf_puts(&rows, fixture->complaint.what);
    }
    sqlite3_finalize(statement);
    return strbuf_take(&rows);
}

static void answers(const char *text, const char *expected)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, text);
    AUTO(str) char *sql = compiled(&fixture, asked(&fixture), &plain);
    AUTO(str) char *rows = run(&fixture, sql);
    if (strcmp(rows, expected) != 0)
        fail_msg("%s\n  %s\n  gives %s\n  wanted %s", text, sql, rows, expected);
}

static void reads(const char *text, const char *expected)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, text);
    AUTO(str) char *sql = compiled(&fixture, asked(&fixture), &plain);
    assert_string_equal(sql, expected);
}

/* ---- claims ---- */

static void joins_by_shared_variables(void **state UNUSED)
{
    answers("ram(h, r), r < 4G, package(h, \"nginx\", v)",
            "ant|1024|1.9 bee|4096|1.22.1 dog|9999|1.22.1");
    answers("package(h, \"nginx\", v), package(h, \"borg\", w)", "bee|1.22.1|1.2");
    answers("p(1, 1). p(1, 2). p(x, x)", "1");
    answers("ram(h, 4096)", "bee");
    answers("p(1). q(2). p(x), q(y)", "1|2");
}

static void reads_as_one_select(void **state UNUSED)
{
    reads("ram(h, r), r < 4G, package(h, \"nginx\", v)",
          "SELECT t1.\"host\" AS c1, t2.\"bytes\" AS c2, t1.\"version\" AS c3 FROM"
          " \"package\" AS t1, \"ram\" AS t2 WHERE t2.\"host\" = t1.\"host\" AND"
          " t1.\"name\" = 'nginx' AND t2.\"bytes\" < 4294967296");
}

static void binds_no_variable_to_what_is_not_known(void **state UNUSED)
{
    answers("ram(h, r)", "ant|1024 bee|4096 dog|9999");
    answers("ram(h, _)", "ant bee cat dog");
    answers("ram(\"cat\", r)", "");
    answers("low(h) :- ram(h, r), s = r. low(h)", "ant bee dog");
    answers("n = count : { ram(_, r), r > 0 }", "3");
    answers("n = count : { ram(_, _) }", "4");
    answers("n = count : { ram(_, r) }", "3");
}

static void compares_versions_as_versions(void **state UNUSED)
{
    answers("package(h, \"nginx\", v), v < \"1.22\"", "ant|1.9");
    answers("package(h, \"nginx\", v), \"1.22\" <= v", "bee|1.22.1 dog|1.22.1");
    answers("v = max x : { package(_, \"nginx\", x) }", "1.22.1");
    answers("v = min x : { package(_, \"nginx\", x) }", "1.9");
    answers("package(\"ant\", \"nginx\", v), package(\"bee\", \"nginx\", w),"
            " m = min(v, w)",
            "1.9|1.22.1|1.9");
}

static void negates(void **state UNUSED)
{
    answers("ram(h, _), !package(h, \"nginx\", _)", "cat");
    answers("spared(\"ant\"). ram(h, _), !spared(h)", "bee cat dog");
    answers("yes() :- ram(\"ant\", _). ram(h, _), !yes()", "");
    answers("no() :- ram(\"elk\", _). ram(h, 4096), !no()", "bee");
}

/* Of all rows of a relation: what it was is read once. */
static void negates_the_past_of_all_rows_at_once(void **state UNUSED)
{
    reads("ram(h, _), !package(h, _, _) at 1970-01-01T00:00:00Z",
          "SELECT t1.\"host\" AS c1 FROM \"ram\" AS t1 LEFT JOIN (SELECT 1 AS k,"
          " t2.\"host\" AS k0 FROM \"package at\" AS t2 WHERE t2._began <= 0 AND"
          " (t2._ended IS NULL OR t2._ended > 0) LIMIT -1) AS t3 ON t3.k0 = t1.\"host\""
          " WHERE t3.k IS NULL");
    answers("ram(h, _), !package(h, _, _) at 1970-01-01T00:00:01Z", "bee cat dog");
    answers("package(h, n, v), !package(h, n, v) at 1970-01-01T00:00:01Z",
            "ant|bash|5 bee|borg|1.2 bee|nginx|1.22.1 dog|nginx|1.22.1");
    answers("ram(h, b), b > 0, !package(h, \"nginx\", _) at 1970-01-01T00:00:01Z",
            "bee|4096 dog|9999");
}

static void asks_facts_as_they_were(void **state UNUSED)
{
    answers(".decl p(t: time) p(1970-01-01T00:00:00.150Z)."
            " p(t), package(\"ant\", \"nginx\", v) at t",
            "150|1.8");
    answers("package(\"ant\", n, v) at 1970-01-01T00:00:01Z", "nginx|1.9");
    answers("package(h, n, v) at 1970-01-01T00:00:00Z", "");
    answers(".decl p(t: time) p(1970-01-01T00:00:00Z)."
            " p(t), ram(h, 1024), !package(h, \"nginx\", _) at t",
            "0|ant");
}

static void tests_texts(void **state UNUSED)
{
    answers("package(\"ant\", n, _), match(\"b.*\", n)", "bash");
    answers("package(\"ant\", n, _), match(\"as\", n)", "");
    answers("package(\"ant\", n, _), !match(\"b.*\", n)", "nginx");
    answers("package(\"ant\", n, _), contains(\"as\", n)", "bash");
    answers("package(\"ant\", n, _), glob(\"b*\", n)", "bash");
    answers("package(\"ant\", n, _), !glob(\"b*\", n)", "nginx");
    answers("package(\"ant\", n, _), !contains(\"as\", n)", "nginx");
    answers("p(\"(\"). p(x), match(x, \"a\")",
            "not a regular expression (Unmatched ( or \\() in x, where x = \"(\"");
    answers("p(\"a)(b\"). p(x), match(x, \"ab\")",
            "not a regular expression (Unmatched ( or \\() in x, where x = \"a)(b\"");
    answers("p(\"((a{1,255}){1,255}){1,255}\"). p(x), match(x, \"ab\")",
            "not a regular expression (it repeats too often) in x, where"
            " x = \"((a{1,255}){1,255}){1,255}\"");
}

static void computes(void **state UNUSED)
{
    answers("p(7). p(x), y = x / 2 * 2 + x % 3 - 1", "7|6");
    answers("p(7). p(x), s = cat(\"n\", to_string(x))", "7|n7");
    answers("p(\"süß\"). p(x), n = strlen(x), s = substr(x, 1, 1)", "süß|3|ü");
    answers("p(7). p(x), y = max(x, 9, 3)", "7|9");
    answers("p(1). p(x), y = x + 1, z = y + y", "1|2|4");
    answers("p(1). p(x), y = x, z = y", "1|1|1");
}

static void divides_behind_what_can_only_be_too_large(void **state UNUSED)
{
#define SPREADS "p(2, 8, 4). p(2, 9, 4). "
    answers(SPREADS "p(n, x, y), n * x - y * y > 0, z = 10 / (n * x - y * y)",
            "2|9|4|5");
    answers(SPREADS "p(n, x, y), z = 10 / (n * x - y * y), n * x - y * y > 0, z > 4",
            "2|9|4|5");
    answers(SPREADS "p(n, x, y), 10 / (n * x - y * y) > 4, n * x - y * y > 0", "2|9|4");
    answers(SPREADS "p(n, x, y), d = n * x - y * y, z = 10 / d, d * d > 0, z * z > 4",
            "2|9|4|2|5");
    answers(SPREADS "p(n, x, y), n * x - y * y >= 0, z = 10 / (n * x - y * y)",
            "division by zero in 10 / (n * x - y * y), where n = 2, x = 8, y = 4");
}

static void names_the_row_of_a_call_without_a_value(void **state UNUSED)
{
    answers("p(\"a\", 3, 0). p(h, x, y), z = x / y",
            "division by zero in x / y, where x = 3, y = 0, h = \"a\"");
    answers("p(9223372036854775807). p(x), y = x + 1",
            "the result has more than 64 bits in x + 1, where x = 9223372036854775807");
    answers("p(\"x\"). p(x), n = to_number(x)",
            "the text is not a number in to_number(x), where x = \"x\"");
    answers("p(1). p(9223372036854775807). n = sum x : { p(x) }",
            "the sum is too large in sum x : { p(x) }");
}

static void computes_only_for_rows_that_satisfy_the_rest(void **state UNUSED)
{
    answers("p(8, 0). p(8, 2). p(x, y), x / y > 3, y != 0", "8|2");
    answers("p(8, 0). p(8, 2). q(2). p(x, y), x / y > 3, q(y)", "8|2");
    answers("p(8, 0). p(8, 2). q(0). p(x, y), !q(y), z = x / y", "8|2|4");
    answers("p(8, 0). p(8, 2). q(4). p(x, y), y > 0, q(x / y)", "8|2");
    answers("p(8, 0). p(8, 2). q(4). p(x, y), y > 0, q(z), z = x / y", "8|2|4");
    answers("p(8, 0). p(8, 2). q(z) :- p(x, y), y > 0, z = x / y. q(z)", "4");
    answers("p(8, 0). p(8, 2). q(\"a\"). r(x) :- q(x), x = \"b\"."
            " p(x, y), r(z), x / y > 3",
            "");
}

static void aggregates(void **state UNUSED)
{
    answers("n = count : { package(_, _, _) }", "5");
    answers("n = count : { package(_, p, _), p = \"nginx\" }", "3");
    answers("ram(h, _), n = count : { package(h, _, _) }", "ant|2 bee|2 cat|0 dog|1");
    answers("ram(h, _), n = count : { package(h, _, _) }, n > 1", "ant|2 bee|2");
    answers("ram(h, _), 1 < count : { package(h, _, _) }", "ant bee");
    answers("s = sum b : { ram(_, b) }", "15119");
    answers("m = mean b : { ram(_, b), b < 5000 }", "2560.0");
    answers("p(1, 5). p(2, 5). s = sum x : { p(_, x) }", "10");
    answers("s = sum x : { ram(\"elk\", x) }", "0");
    answers("s = max x : { ram(\"elk\", x) }", "");
    answers("p(1). q(1). p(_), !q(max x : { ram(\"elk\", x) })", "");
    answers("p(x) :- x = 1. q(max x : { ram(\"elk\", x) }) :- p(1). q(x)", "");
    answers("p(1). q(2). q(3). p(x), s = sum y * x : { q(y) }, t = sum x : { q(_) }",
            "1|5|2");
}

static void aggregates_within_aggregates(void **state UNUSED)
{
    answers("m = max n : { ram(h, _), n = count : { package(h, _, _) } }", "2");
    answers("ram(h, _), m = sum n : { package(h, p, _),"
            " n = count : { package(_, p, _) } }",
            "ant|4 bee|4 cat|0 dog|3");
}

/* Of no row outside, so that it reads the same in each stage. */
static void an_aggregate_that_is_joined_by_names_no_row_outside(void **state UNUSED)
{
#define SUMS                                                                           \
    "p(1). p(2). e(1, 2). c(6, 7). e(x, y), s = sum i + 1 : { p(i) }, c(s + 1, z)"
    answers(SUMS, "1|2|5|7");
    answers(SUMS ", z / 2 > x", "1|2|5|7");
    answers(SUMS ", w = z * s, w > x", "1|2|5|7|35");
    answers(SUMS ", z / (y - 2) > x",
            "division by zero in z / (y - 2), where z = 7, y = 2, x = 1");
}

/* Nothing says that packages are found by name, so all are counted at once. */
static void aggregates_of_all_rows_are_joined(void **state UNUSED)
{
    reads("wanted(\"nginx\"). wanted(\"elk\"). wanted(n),"
          " c = count : { package(_, n, _) }",
          "SELECT t4.v0 AS c1, t4.v1 AS c2 FROM (SELECT t1.c1 AS v0, ifnull(t3.n, 0) AS"
          " v1 FROM \"wanted.0\" AS t1 LEFT JOIN (SELECT k0, count(*) AS n FROM"
          " (SELECT 1, t2.\"name\" AS k0 FROM \"package\" AS t2) GROUP BY k0) AS t3 ON"
          " t3.k0 = t1.c1 LIMIT -1) AS t4");
    answers("wanted(\"nginx\"). wanted(\"elk\"). wanted(n),"
            " c = count : { package(_, n, _) }",
            "elk|0 nginx|3");
    answers("wanted(\"nginx\"). wanted(\"elk\"). wanted(n),"
            " v = max w : { package(_, n, w) }",
            "nginx|1.22.1");
    answers("p(1, 0). p(2, 2). q(2). q(x), s = sum 4 / y : { p(x, y) }", "2|2");
}

/* The packages that there are, and of each what it has: that is read once. */
static void reads_groups_in_place_of_what_asks_for_them(void **state UNUSED)
{
    reads("package(_, n, _), v = max w : { package(_, n, w) }",
          "SELECT t2.k0 AS c1, t2.n AS c2 FROM (SELECT k0, max(x COLLATE version) AS n"
          " FROM (SELECT t1.\"version\" AS x, t1.\"name\" AS k0 FROM \"package\" AS t1)"
          " GROUP BY k0) AS t2");
    reads(
        "package(_, n, _), n > \"c\", c = count : { package(_, n, _) }, c > 1",
        "SELECT t2.k0 AS c1, t2.n AS c2 FROM (SELECT k0, count(*) AS n FROM (SELECT 1,"
        " t1.\"name\" AS k0 FROM \"package\" AS t1) GROUP BY k0) AS t2"
        " WHERE t2.k0 > 'c' AND t2.n > 1");
    answers("package(_, n, _), v = max w : { package(_, n, w) }",
            "bash|5 borg|1.2 nginx|1.22.1");
    answers("p(n) :- package(_, n, _), 3 = count : { package(_, n, _) }. p(n)",
            "nginx");
    answers("p(c) :- package(_, n, _), c = count : { package(_, n, _) }. p(c)", "1 3");
}

/* Of a count there may be nothing; and no group has what is not known. */
static void reads_what_says_more_than_groups(void **state UNUSED)
{
    answers("package(_, n, _), c = count : { package(_, n, v), v < \"2\" }",
            "bash|0 borg|1 nginx|3");
    answers("package(_, n, \"5\"), v = max w : { package(_, n, w) }", "bash|5");
    answers("package(h, n, _), v = max w : { package(_, n, w) }, h = \"ant\"",
            "ant|bash|5 ant|nginx|1.22.1");
    answers("p(1, 2). p(2, 2). p(_, y), c = count : { p(y, _) }", "2|1");
    answers("p(1, 2). p(2, 2). p(3, 1). p(_, y), c = count : { p(x, x), p(_, y) }",
            "1|1 2|2");
    answers("p(1, 2). p(2, 2). p(3, 1). p(x, _), c = count : { p(y, y), p(x, _) }",
            "1|1 2|1 3|1");
    answers("p(1, 2, 2). p(1, 3, 4). p(2, 3, 4). p(x, _, _),"
            " c = count : { p(x, y, y) }",
            "1|1 2|0");
    answers("ram(h, _), c = count : { ram(h, b) }", "ant|1 bee|1 cat|0 dog|1");
    answers("p(h, b) :- ram(h, b). p(h, _), p(h, c), m = min b : { p(h, b) }",
            "ant|1024|1024 bee|4096|4096 dog|9999|9999");
}

/* Three interruptions of two hosts. */
static void looks_an_aggregate_up_once_for_what_is_asked(void **state UNUSED)
{
    reads("interruption(h, _, _, _), n = count : { package(h, _, _) }",
          "SELECT DISTINCT t4.v0 AS c1, t4.v1 AS c2 FROM (SELECT t2.v0 AS v0, (SELECT"
          " count(*) FROM (SELECT 1 FROM \"package\" AS t3 WHERE t3.\"host\" = t2.v0))"
          " AS v1 FROM (SELECT DISTINCT t1.\"host\" AS v0 FROM \"interruption\" AS t1"
          " LIMIT -1) AS t2 LIMIT -1) AS t4");
    answers("interruption(h, _, _, _), n = count : { package(h, _, _) }",
            "ant|2 bee|2");
    answers("interruption(h, t, _, _), ram(h, _), n = count : { package(h, _, _) }",
            "ant|a|2 ant|b|2 bee|a|2");
    answers(
        "p(1, 2). p(2, 3). p(2, 4). p(x, _), n = count : { p(x, _) }, 6 / (x - 2) < n",
        "division by zero in 6 / (x - 2), where x = 2, n = 2");
}

static void counts_what_alternatives_share_once(void **state UNUSED)
{
    answers("p(1). p(2). q(2). q(3). n = count : { p(x) ; q(x) }", "3");
    answers("p(1). p(2). q(2). q(3). s = sum x : { p(x) ; q(x) }", "6");
    answers("p(1, 1). q(1). q(2). n = count : { p(x, _) ; q(x) }", "3");
}

static void leaves_out_distinct_by_keys(void **state UNUSED)
{
    reads(
        "ram(h, _), package(h, n, _)",
        "SELECT t1.\"host\" AS c1, t2.\"name\" AS c2 FROM \"ram\" AS t1, \"package\" AS"
        " t2 WHERE t2.\"host\" = t1.\"host\"");
    reads("package(h, _, _)",
          "SELECT DISTINCT t1.\"host\" AS c1 FROM \"package\" AS t1");
    reads("p(\"nginx\"). p(n), package(h, n, _)",
          "SELECT t1.c1 AS c1, t2.\"host\" AS c2 FROM \"p.0\" AS t1, \"package\" AS t2"
          " WHERE t2.\"name\" = t1.c1");
    reads("p(1, 2). p(x, _)", "SELECT DISTINCT t1.c1 AS c1 FROM \"p.0\" AS t1");
}

static void reads_once_what_nothing_joins(void **state UNUSED)
{
    reads("p(1, 2). q(2, 3). p(x, _), q(_, y), x < y",
          "SELECT DISTINCT t1.c1 AS c1, t2.c2 AS c2 FROM (SELECT DISTINCT c1 FROM "
          "\"p.0\") AS t1,"
          " (SELECT DISTINCT c2 FROM \"q.1\") AS t2 WHERE t1.c1 < t2.c2");
    reads("p(1, 2). q(2, 3). p(x, y), q(2, _)",
          "SELECT DISTINCT t2.c1 AS c1, t2.c2 AS c2 FROM (SELECT DISTINCT c1 FROM "
          "\"q.1\") AS t1, \"p.0\" AS t2 WHERE t1.c1 = 2");
    reads("p(1, 2). q(2, 3). p(x, _), q(y, _), y = x + 1",
          "SELECT DISTINCT t1.c1 AS c1, t2.c1 AS c2 FROM \"p.0\" AS t1, \"q.1\" AS t2"
          " WHERE t2.c1 = dl_add(0, t1.c1, 1, t1.c1)");
}

static void a_text_stays_a_literal(void **state UNUSED)
{
    answers("p(\"'; DROP TABLE ram; --\"). p(x), x = \"'; DROP TABLE ram; --\"",
            "'; DROP TABLE ram; --");
    AUTO(strbuf) struct strbuf name = {0};
    compile_name("a\"b", &name);
    assert_string_equal(strbuf_text(&name), "\"a\"\"b\"");
}

static void recurses(void **state UNUSED)
{
    answers(
        "e(1, 2). e(2, 3). e(3, 1). r(x, y) :- e(x, y). r(x, z) :- r(x, y), e(y, z)."
        " r(1, x)",
        "1 2 3");
    answers("n(0). n(x + 1) :- n(x), x < 5. n(x)", "0 1 2 3 4 5");
    answers("f(0, 0, 1). f(n + 1, b, a + b) :- f(n, a, b), n < 6. f(6, x, _)", "8");
}

static const struct rule *rule_of(const struct fixture *fixture, const char *name,
                                  size_t number)
{
    return predicate_find(fixture->program, name)->rules[number];
}

/* The SELECT of the last rule of r, read from r.new. */
static char *compiled_newest(struct fixture *fixture, const char *text)
{
    fixture_init(fixture, text);
    const struct rule *rule = rule_of(fixture, "r", 1);
    size_t newest = 0;
    while (strcmp(rule->body.literals[newest]->atom->name, "r") != 0)
        newest++;
    return compiled(fixture, rule,
                    &(struct compile_settings){.newest = newest, .may_repeat = true});
}

static void reads_the_newest_first(void **state UNUSED)
{
    AUTO(fixture) struct fixture fixture;
    AUTO(str)
    char *sql =
        compiled_newest(&fixture, "e(1, 2). r(x, y) :- e(x, y)."
                                  " r(x, w) :- e(x, y), e(z, w), r(y, z). r(x, y)");
    assert_string_equal(sql, "SELECT t2.c1 AS c1, t3.c2 AS c2 FROM \"r.1.new\" AS t1"
                             " CROSS JOIN \"e.0\" AS t2 CROSS JOIN \"e.0\" AS t3 WHERE"
                             " t2.c2 = t1.c1 AND t3.c1 = t1.c2");
}

static void joins_first_what_leaves_the_fewest_columns(void **state UNUSED)
{
    AUTO(fixture) struct fixture fixture;
    AUTO(str)
    char *sql = compiled_newest(
        &fixture, "e(1, 2). g(1, 2, 3). r(x, y) :- e(x, y)."
                  " r(a, w) :- r(x, y), g(a, z, x), e(z, w), e(y, z). r(x, y)");
    assert_non_null(strstr(sql, "FROM \"r.2.new\" AS t1 CROSS JOIN \"e.0\" AS t2"
                                " CROSS JOIN \"g.1\" AS t3 CROSS JOIN"));
}

static void reads_rows_before_another(void **state UNUSED)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, "e(1, 2). r(x, y) :- e(x, y). r(x, z) :- r(x, y), e(y, z)."
                           " r(x, y)");
    const struct value known[] = {
        {.type = TYPE_NUMBER, .number = 1}, {.type = TYPE_NONE}, {.type = TYPE_NONE}};
    AUTO(str)
    char *sql = compiled(&fixture, rule_of(&fixture, "r", 1),
                         &(struct compile_settings){
                             .result = COMPILE_VARIABLES,
                             .newest = SIZE_MAX,
                             .before = 7,
                             .known = known,
                             .limit = 1,
                         });
    assert_string_equal(sql, "SELECT 1 AS v0, t2.c2 AS v1, t1.c2 AS v2 FROM"
                             " \"r.1\" AS t1, \"e.0\" AS t2 WHERE t1.c1 = 1 AND"
                             " t1.rowid < 7 AND t2.c1 = t1.c2 LIMIT 1");
}

static void gives_variables_and_origins(void **state UNUSED)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, "interruption(h, \"a\", f, t), t - f > 1s, t - f < 3s");
    AUTO(str)
    char *sql = compiled(&fixture, asked(&fixture),
                         &(struct compile_settings){
                             .result = COMPILE_VARIABLES,
                             .newest = SIZE_MAX,
                         });
    AUTO(str) char *rows = run(&fixture, sql);
    assert_string_equal(rows, "ant|1000|3000|m1|7");
    AUTO(str)
    char *nothing = compiled(&fixture, asked(&fixture),
                             &(struct compile_settings){
                                 .result = COMPILE_NOTHING,
                                 .newest = SIZE_MAX,
                                 .limit = 1,
                             });
    AUTO(str) char *one = run(&fixture, nothing);
    assert_string_equal(one, "1");
}

static void refuses_more_relations_than_sqlite_joins(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "p(1). p(x0)");
    for (int i = 1; i < 65; i++)
        strbuf_printf(&text, ", p(x%d)", i);
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, strbuf_text(&text));
    AUTO(strbuf) struct strbuf sql = {0};
    assert_int_equal(compile_rule(fixture.program, asked(&fixture), &plain,
                                  &fixture.sites, &sql, &fixture.complaint),
                     -EINVAL);
    assert_string_equal(fixture.complaint.what,
                        "this rule joins more than 64 relations");
    assert_int_equal(sql.size, 0);
}

static void does_not_grow_beyond_measure(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "p(\"x\"). p(x0)");
    for (int i = 0; i < 40; i++)
        strbuf_printf(&text, ", x%d = cat(x%d, x%d)", i + 1, i, i);
    strbuf_puts(&text, ", p(cat(x40, x0))");
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, strbuf_text(&text));
    AUTO(strbuf) struct strbuf sql = {0};
    assert_int_equal(compile_rule(fixture.program, asked(&fixture), &plain,
                                  &fixture.sites, &sql, &fixture.complaint),
                     -EINVAL);
    assert_string_equal(fixture.complaint.what,
                        "this rule makes too large an SQL text");
}

static void note_index(void *context, const struct predicate *predicate,
                       const char *bound)
{
    strbuf_printf(context, "%s %s;", predicate->name, bound);
}

static void names_the_indexes_that_help(void **state UNUSED)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, "e(1, 2). d(1, 2). r(x, y) :- e(x, y). r(x, w) :- e(x, y),"
                           " r(y, z), e(z, w), !d(x, _), 0 = count : { d(_, w) }."
                           " r(x, y)");
    AUTO(strbuf) struct strbuf found = {0};
    compile_each_index(rule_of(&fixture, "r", 1), note_index, &found);
    assert_string_equal(strbuf_text(&found), "e -b;e b-;d b-;d -b;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_by_shared_variables),
        cmocka_unit_test(reads_as_one_select),
        cmocka_unit_test(binds_no_variable_to_what_is_not_known),
        cmocka_unit_test(compares_versions_as_versions),
        cmocka_unit_test(negates),
        cmocka_unit_test(negates_the_past_of_all_rows_at_once),
        cmocka_unit_test(asks_facts_as_they_were),
        cmocka_unit_test(tests_texts),
        cmocka_unit_test(computes),
        cmocka_unit_test(divides_behind_what_can_only_be_too_large),
        cmocka_unit_test(names_the_row_of_a_call_without_a_value),
        cmocka_unit_test(computes_only_for_rows_that_satisfy_the_rest),
        cmocka_unit_test(aggregates),
        cmocka_unit_test(aggregates_within_aggregates),
        cmocka_unit_test(an_aggregate_that_is_joined_by_names_no_row_outside),
        cmocka_unit_test(aggregates_of_all_rows_are_joined),
        cmocka_unit_test(reads_groups_in_place_of_what_asks_for_them),
        cmocka_unit_test(reads_what_says_more_than_groups),
        cmocka_unit_test(looks_an_aggregate_up_once_for_what_is_asked),
        cmocka_unit_test(counts_what_alternatives_share_once),
        cmocka_unit_test(leaves_out_distinct_by_keys),
        cmocka_unit_test(reads_once_what_nothing_joins),
        cmocka_unit_test(a_text_stays_a_literal),
        cmocka_unit_test(recurses),
        cmocka_unit_test(reads_the_newest_first),
        cmocka_unit_test(joins_first_what_leaves_the_fewest_columns),
        cmocka_unit_test(reads_rows_before_another),
        cmocka_unit_test(gives_variables_and_origins),
        cmocka_unit_test(refuses_more_relations_than_sqlite_joins),
        cmocka_unit_test(does_not_grow_beyond_measure),
        cmocka_unit_test(names_the_indexes_that_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
