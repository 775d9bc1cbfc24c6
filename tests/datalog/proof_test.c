// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said of why an answer holds, and why another does not. tests/lab/proofs.py
 * checks proofs of random programs. */
#include "datalog/proof.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "datalog/catalogue.h"
#include "datalog/check.h"
#include "datalog/parse.h"

static const struct stored_column ram_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "ram", .type = TYPE_SIZE},
};
static const struct stored ram = {
    .name = "ram",
    .columns = ram_columns,
    .count = 2,
    .sql = "main.ram",
    .has_origin = true,
};
static const struct stored *const all_stored[] = {&ram, NULL};
static const struct catalogue catalogue = {.items = all_stored};

static const char schema[] =
    "CREATE TABLE ram (host, ram, _message, _time);"
    "INSERT INTO ram VALUES ('penguin', 2147483648, 'm-1', 1795000000000),"
    " ('tux', 8589934592, NULL, NULL)";

/* A question that ran. */
struct asked {
    sqlite3 *db;
    struct program *program;
    struct evaluation *evaluation;
    struct complaint complaint;
};

static void read_text(struct asked *asked, const char *name, const char *text,
                      enum parse_mode mode)
{
    int rc =
        parse_text(asked->program, name, text, strlen(text), mode, &asked->complaint);
    assert_int_equal(rc, 0);
}

static void ask(struct asked *asked, const char *rules, const char *question,
                bool is_unbounded)
{
    *asked = (struct asked){.program = program_new()};
    assert_int_equal(sqlite3_open(":memory:", &asked->db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(asked->db, schema, NULL, NULL, NULL), SQLITE_OK);
    read_text(asked, "herd.dl", rules, PARSE_RULES);
    read_text(asked, "question", question, PARSE_ASKED);
    struct check_settings check = {.catalogue = &catalogue};
    assert_int_equal(check_program(asked->program, &check, &asked->complaint), 0);
    struct evaluation_settings settings = {.is_unbounded = is_unbounded};
    assert_int_equal(evaluation_new(asked->program, asked->db, &settings,
                                    &asked->evaluation, &asked->complaint),
                     0);
    assert_int_equal(evaluation_run(asked->evaluation, &asked->complaint), 0);
}

static void end(struct asked *asked)
{
    evaluation_free(asked->evaluation);
    program_free(asked->program);
    complaint_clear(&asked->complaint);
    sqlite3_close(asked->db);
}

struct first {
    struct arena *arena;
    size_t width;
    struct value *values;
};

static int take_first(const struct value *values, void *context)
{
    struct first *first = context;
    first->values = arena_take(first->arena, (first->width + 1) * sizeof *values);
    for (size_t i = 0; i < first->width; i++) {
        first->values[i] = values[i];
        if (values[i].text)
            first->values[i].text = arena_text(first->arena, values[i].text);
    }
    return 1;
}

/* Of the first of the answers. */
static const struct proof *prove(struct asked *asked)
{
    const struct predicate *question = asked->program->question;
    struct first first = {.arena = asked->program->arena, .width = question->count};
    assert_int_equal(evaluation_each(asked->evaluation, question, take_first, &first,
                                     &asked->complaint),
                     0);
    assert_non_null(first.values);
    const struct proof *proof = NULL;
    assert_int_equal(proof_find(asked->evaluation, question, first.values, &proof,
                                &asked->complaint),
                     0);
    return proof;
}

static void expect_proof(const char *rules, const char *question, const char *wanted)
{
    struct asked asked;
    ask(&asked, rules, question, false);
    AUTO(strbuf) struct strbuf text = {0};
    proof_format(prove(&asked), true, &text);
    assert_string_equal(strbuf_text(&text), wanted);
    end(&asked);
}

static void expect_why_not(const char *rules, const char *question, const char *wanted)
{
    struct asked asked;
    ask(&asked, rules, question, true);
    AUTO(strbuf) struct strbuf text = {0};
    assert_int_equal(proof_put_why_not(asked.evaluation, &text, &asked.complaint), 0);
    assert_string_equal(strbuf_text(&text), wanted);
    end(&asked);
}

/* ---- proofs ---- */

static void names_the_rule_the_stored_row_and_what_was_not_found(void **state UNUSED)
{
    setenv("TZ", "UTC", 1);
    tzset();
    expect_proof("spared(\"tux\").\n"
                 "low(h) :- ram(h, r), r < 4G, !spared(h).\n",
                 "low(h)",
                 "low(\"penguin\")\n"
                 "└─ herd.dl:2: low(h) :- ram(h, r), r < 4G, !spared(h).\n"
                 "   ├─ ram(\"penguin\", 2G)    message m-1, 2026-11-18 11:06\n"
                 "   ├─ 2G < 4G\n"
                 "   └─ no spared(\"penguin\")\n");
}

static void shows_a_question_of_several_parts_as_its_answer(void **state UNUSED)
{
    expect_proof("one(1).\ntwo(2).\n", "one(x), two(y), x < y",
                 "?(1, 2)\n"
                 "└─ question:1: one(x), two(y), x < y\n"
                 "   ├─ one(1)    herd.dl:1\n"
                 "   ├─ two(2)    herd.dl:2\n"
                 "   └─ 1 < 2\n");
}

static const char reaching[] = "edge(1, 2). edge(2, 3). edge(3, 1).\n"
                               "reach(x, y) :- edge(x, y).\n"
                               "reach(x, y) :- reach(x, z), edge(z, y).\n";

static void ends_within_a_cycle(void **state UNUSED)
{
    expect_proof(reaching, "reach(1, 1)",
                 "reach(1, 1)\n"
                 "└─ herd.dl:3: reach(x, y) :- reach(x, z), edge(z, y).\n"
                 "   ├─ reach(1, 3)\n"
                 "   │  └─ herd.dl:3: reach(x, y) :- reach(x, z), edge(z, y).\n"
                 "   │     ├─ reach(1, 2)\n"
                 "   │     │  └─ herd.dl:2: reach(x, y) :- edge(x, y).\n"
                 "   │     │     └─ edge(1, 2)    herd.dl:1\n"
                 "   │     └─ edge(2, 3)    herd.dl:1\n"
                 "   └─ edge(3, 1)    herd.dl:1\n");
}

static void proves_mutual_recursion_by_what_came_before(void **state UNUSED)
{
    expect_proof("next(0, 1). next(1, 2).\n"
                 "even(0).\n"
                 "even(y) :- odd(x), next(x, y).\n"
                 "odd(y) :- even(x), next(x, y).\n",
                 "even(2)",
                 "even(2)\n"
                 "└─ herd.dl:3: even(y) :- odd(x), next(x, y).\n"
                 "   ├─ odd(1)\n"
                 "   │  └─ herd.dl:4: odd(y) :- even(x), next(x, y).\n"
                 "   │     ├─ even(0)       herd.dl:2\n"
                 "   │     └─ next(0, 1)    herd.dl:1\n"
                 "   └─ next(1, 2)    herd.dl:1\n");
}

static void proves_an_atom_once(void **state UNUSED)
{
    expect_proof("one(1).\nup(x) :- one(x).\nboth(x) :- up(x), up(y), x = y.\n",
                 "both(1)",
                 "both(1)\n"
                 "└─ herd.dl:3: both(x) :- up(x), up(y), x = y.\n"
                 "   ├─ up(1)\n"
                 "   │  └─ herd.dl:2: up(x) :- one(x).\n"
                 "   │     └─ one(1)    herd.dl:1\n"
                 "   ├─ up(1)    as above\n"
                 "   └─ 1 = 1\n");
}

static void finds_what_an_underscore_was(void **state UNUSED)
{
    expect_proof("pair(1, 2).\ntwin(x, y) :- pair(x, y).\nhas(x) :- twin(x, _).\n",
                 "has(1)",
                 "has(1)\n"
                 "└─ herd.dl:3: has(x) :- twin(x, _).\n"
                 "   └─ twin(1, 2)\n"
                 "      └─ herd.dl:2: twin(x, y) :- pair(x, y).\n"
                 "         └─ pair(1, 2)    herd.dl:1\n");
}

static void shows_how_many_rows_an_aggregate_is_of_and_the_first(void **state UNUSED)
{
    struct asked asked;
    ask(&asked,
        "n(1). n(2). n(3). n(4). n(5). n(6). n(7).\nall(c) :- c = count : { n(_) }.",
        "all(c)", false);
    const struct proof *proof = prove(&asked);
    assert_int_equal(proof->count, 1);
    const struct proof *aggregate = proof->children[0];
    assert_int_equal(aggregate->kind, PROOF_AGGREGATE);
    assert_int_equal(aggregate->rows, 7);
    assert_int_equal(aggregate->values[0].number, 7);
    assert_int_equal(aggregate->count, PROOF_ROWS_MAX);
    assert_int_equal(aggregate->children[0]->children[0]->kind, PROOF_FACT);
    end(&asked);
}

static void shows_the_row_that_is_the_greatest(void **state UNUSED)
{
    expect_proof("n(3, 1). n(9, 1). n(4, 1). n(20, 2).\n"
                 "top(m) :- k = 1, m = max x : { n(x, k) }.\n",
                 "top(m)",
                 "top(9)\n"
                 "└─ herd.dl:2: top(m) :- k = 1, m = max x : { n(x, k) }.\n"
                 "   ├─ 1 = 1\n"
                 "   └─ 9 = max x : { n(x, 1) }    of 3 rows\n"
                 "      └─ x = 9\n"
                 "         └─ n(9, 1)    herd.dl:1\n");
}

static void shows_an_empty_sum(void **state UNUSED)
{
    expect_proof("n(1).\nnone(s) :- s = sum x : { n(x), x = 5 }.\n", "none(s)",
                 "none(0)\n"
                 "└─ herd.dl:2: none(s) :- s = sum x : { n(x), x = 5 }.\n"
                 "   └─ 0 = sum x : { n(x), x = 5 }    of 0 rows\n");
}

static void has_no_proof_of_what_does_not_hold(void **state UNUSED)
{
    struct asked asked;
    ask(&asked, reaching, "reach(1, x)", false);
    struct value values[] = {{.type = TYPE_NUMBER, .number = 7}};
    const struct proof *proof = NULL;
    assert_int_equal(proof_find(asked.evaluation, asked.program->question, values,
                                &proof, &asked.complaint),
                     -ENOENT);
    assert_null(proof);
    assert_string_equal(asked.complaint.what, "?(7) does not hold");
    end(&asked);
}

static int depth_of(const struct proof *proof)
{
    int deepest = 0;
    for (size_t i = 0; i < proof->count; i++) {
        int depth = depth_of(proof->children[i]);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

/* Of atoms below it that are proved by a further tree, those that none is about. */
static size_t count_unproved(const struct proof *proof, const struct proof *whole)
{
    size_t count = proof->kind == PROOF_CUT || proof->kind == PROOF_BELOW;
    for (size_t i = 0; proof->kind == PROOF_BELOW && i < whole->further_count; i++)
        if (strcmp(whole->further[i]->text, proof->text) == 0)
            return 0;
    for (size_t i = 0; i < proof->count; i++)
        count += count_unproved(proof->children[i], whole);
    return count;
}

static void proves_by_further_trees_what_is_too_deep(void **state UNUSED)
{
    struct asked asked;
    ask(&asked,
        "step(0).\n"
        "step(y) :- step(x), y = x + 1, y < 1000.\n",
        "step(999)", false);
    const struct proof *proof = prove(&asked);
    assert_in_range(depth_of(proof), PROOF_DEPTH_MAX, PROOF_DEPTH_MAX + 2);
    assert_in_range(proof->further_count, 1000 / (PROOF_DEPTH_MAX + 1),
                    1000 / (PROOF_DEPTH_MAX - 1));
    size_t unproved = count_unproved(proof, proof);
    for (size_t i = 0; i < proof->further_count; i++) {
        assert_in_range(depth_of(proof->further[i]), 1, PROOF_DEPTH_MAX + 2);
        unproved += count_unproved(proof->further[i], proof);
    }
    assert_int_equal(unproved, 0);
    AUTO(strbuf) struct strbuf text = {0}, json = {0};
    proof_format(proof, false, &text);
    assert_non_null(strstr(strbuf_text(&text), "    see below\n"));
    assert_non_null(strstr(strbuf_text(&text), "\n\nstep(900)\n"));
    proof_put_json(proof, &json);
    assert_non_null(strstr(strbuf_text(&json), "\"kind\":\"below\""));
    assert_non_null(strstr(strbuf_text(&json), "\"further\":[{\"kind\":\"rule\""));
    end(&asked);
}

static size_t count_nodes(const struct proof *proof)
{
    size_t count = 1;
    for (size_t i = 0; i < proof->count; i++)
        count += count_nodes(proof->children[i]);
    return count;
}

static void leaves_out_what_is_too_large(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf rules = {0};
    strbuf_puts(&rules, "node(i) :- leaf(i).\n"
                        "node(i) :- child(i, a, b), node(a), node(b).\n");
    for (int i = 1; i < 8192; i++)
        strbuf_printf(&rules, "child(%d, %d, %d). ", i, 2 * i, 2 * i + 1);
    for (int i = 8192; i < 16384; i++)
        strbuf_printf(&rules, "leaf(%d). ", i);
    struct asked asked;
    ask(&asked, strbuf_text(&rules), "node(1)", false);
    const struct proof *proof = prove(&asked);
    assert_in_range(count_nodes(proof), PROOF_NODES_MAX, PROOF_NODES_MAX + 100);
    AUTO(strbuf) struct strbuf text = {0};
    proof_format(proof, true, &text);
    assert_non_null(strstr(strbuf_text(&text), "not shown: the proof is too large\n"));
    end(&asked);
}

static void names_a_relation_as_it_is_written(void **state UNUSED)
{
    struct asked asked;
    ask(&asked, reaching, "edge(1, x), reach(x, 1)", false);
    const struct proof *proof = prove(&asked);
    assert_int_equal(proof->count, 2);
    assert_string_equal(proof->children[1]->relation, "reach");
    assert_null(proof->children[1]->rule->origin);
    end(&asked);
}

static void draws_no_lines_where_there_is_no_utf_8(void **state UNUSED)
{
    struct asked asked;
    ask(&asked, "one(1).\nup(x) :- one(x).\n", "up(1)", false);
    AUTO(strbuf) struct strbuf text = {0};
    proof_format(prove(&asked), false, &text);
    assert_string_equal(strbuf_text(&text), "up(1)\n"
                                            "   herd.dl:2: up(x) :- one(x).\n"
                                            "      one(1)    herd.dl:1\n");
    end(&asked);
}

static void says_all_of_it_in_json(void **state UNUSED)
{
    struct asked asked;
    ask(&asked, "low(h) :- ram(h, r), r < 4G.\n", "low(h)", false);
    AUTO(strbuf) struct strbuf json = {0};
    proof_put_json(prove(&asked), &json);
    json_t *found = json_loads(strbuf_text(&json), 0, NULL);
    json_t *wanted = json_loads(
        "{\"kind\":\"rule\",\"text\":\"low(\\\"penguin\\\")\",\"relation\":\"low\","
        "\"values\":[\"penguin\"],\"rule\":{\"name\":\"herd.dl:1\","
        "\"text\":\"low(h) :- ram(h, r), r < 4G.\"},\"children\":["
        "{\"kind\":\"stored\",\"text\":\"ram(\\\"penguin\\\", "
        "2G)\",\"relation\":\"ram\","
        "\"values\":[\"penguin\",2147483648],\"message\":\"m-1\","
        "\"time\":1795000000000},"
        "{\"kind\":\"holds\",\"text\":\"2G < 4G\"}]}",
        0, NULL);
    assert_non_null(wanted);
    assert_true(json_equal(found, wanted));
    json_decref(found);
    json_decref(wanted);
    end(&asked);
}

/* ---- why not ---- */

static const char lowness[] = "spared(\"tux\").\n"
                              "low(h) :- ram(h, r), r < 4G, !spared(h).\n";

static void says_which_condition_failed(void **state UNUSED)
{
    expect_why_not(lowness, "low(\"tux\")",
                   "low(\"tux\") does not hold\n"
                   "        there is low(\"penguin\")\n"
                   "herd.dl:2: low(h) :- ram(h, r), r < 4G, !spared(h).\n"
                   "   yes  ram(\"tux\", 8G)\n"
                   "   no   8G < 4G\n"
                   "   ?    !spared(\"tux\")\n");
}

static void says_what_is_stored_instead(void **state UNUSED)
{
    expect_why_not("big(h) :- ram(h, 16G).\n", "big(\"tux\")",
                   "big(\"tux\") does not hold\n"
                   "herd.dl:1: big(h) :- ram(h, 16G).\n"
                   "   no   ram(\"tux\", 16G)\n"
                   "        there is ram(\"tux\", 8G)\n");
}

static void tells_the_nearest_rule_first(void **state UNUSED)
{
    expect_why_not("a(1). b(2). c(3).\n"
                   "p(x) :- b(x), c(x), a(x).\n"
                   "p(x) :- a(x), x > 3.\n",
                   "p(1)",
                   "p(1) does not hold\n"
                   "herd.dl:3: p(x) :- a(x), x > 3.\n"
                   "   yes  a(1)\n"
                   "   no   1 > 3\n"
                   "herd.dl:2: p(x) :- b(x), c(x), a(x).\n"
                   "   no   b(1)\n"
                   "        there is b(2)\n"
                   "   ?    c(1)\n"
                   "   ?    a(1)\n");
}

static void says_that_it_holds(void **state UNUSED)
{
    expect_why_not(lowness, "low(h)", "low(\"penguin\") holds\n");
}

static void asks_for_one_atom(void **state UNUSED)
{
    struct asked asked;
    ask(&asked, lowness, "low(h), spared(h)", true);
    AUTO(strbuf) struct strbuf text = {0};
    assert_int_equal(proof_put_why_not(asked.evaluation, &text, &asked.complaint),
                     -EINVAL);
    assert_string_equal(asked.complaint.what,
                        "why not is asked of one atom alone, as of low(\"penguin\")");
    end(&asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_rule_the_stored_row_and_what_was_not_found),
        cmocka_unit_test(shows_a_question_of_several_parts_as_its_answer),
        cmocka_unit_test(ends_within_a_cycle),
        cmocka_unit_test(proves_mutual_recursion_by_what_came_before),
        cmocka_unit_test(proves_an_atom_once),
        cmocka_unit_test(finds_what_an_underscore_was),
        cmocka_unit_test(shows_how_many_rows_an_aggregate_is_of_and_the_first),
        cmocka_unit_test(shows_the_row_that_is_the_greatest),
        cmocka_unit_test(shows_an_empty_sum),
        cmocka_unit_test(has_no_proof_of_what_does_not_hold),
        cmocka_unit_test(proves_by_further_trees_what_is_too_deep),
        cmocka_unit_test(leaves_out_what_is_too_large),
        cmocka_unit_test(names_a_relation_as_it_is_written),
        cmocka_unit_test(draws_no_lines_where_there_is_no_utf_8),
        cmocka_unit_test(says_all_of_it_in_json),
        cmocka_unit_test(says_which_condition_failed),
        cmocka_unit_test(says_what_is_stored_instead),
        cmocka_unit_test(tells_the_nearest_rule_first),
        cmocka_unit_test(says_that_it_holds),
        cmocka_unit_test(asks_for_one_atom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
