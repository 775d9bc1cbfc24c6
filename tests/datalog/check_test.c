// SPDX-License-Identifier: GPL-3.0-or-later
/* check - what a program that is right means. */
#include "datalog/check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "datalog/parse.h"
#include "herd.h"

static struct program *parsed(const char *name, const char *text, enum parse_mode mode)
{
    struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    if (parse_text(program, name, text, strlen(text), mode, &complaint) < 0)
        fail_msg("%s: %s", text, complaint.what);
    return program;
}

static void pass(struct program *program, const struct check_settings *settings)
{
    AUTO(complaint) struct complaint complaint = {0};
    if (check_program(program, settings, &complaint) < 0)
        fail_msg("%s: %s", program->sources[0]->text, complaint.what);
}

static struct program *checked(const char *text)
{
    struct program *program = parsed("question", text, PARSE_ASKED);
    pass(program, &herd_settings);
    return program;
}

/* 'h: text, r: size' */
static void put_columns(const struct predicate *predicate, struct strbuf *text)
{
    for (size_t i = 0; i < predicate->count; i++)
        strbuf_printf(text, "%s%s: %s", i ? ", " : "", predicate->columns[i].name,
                      type_name(predicate->columns[i].type));
}

static void put_body(const struct rule *rule, struct strbuf *text)
{
    for (size_t i = 0; i < rule->body.count; i++) {
        strbuf_puts(text, i ? ", " : "");
        literal_format(rule->body.literals[i], NULL, text);
    }
}

/* What its columns are, of the relation of that name in the program. */
static void expect_columns(const char *text, const char *name, const char *columns)
{
    AUTO(program) struct program *program = checked(text);
    AUTO(strbuf) struct strbuf found = {0};
    put_columns(predicate_find(program, name), &found);
    if (strcmp(strbuf_text(&found), columns) != 0)
        fail_msg("%s:\n%s\nand not\n%s", text, strbuf_text(&found), columns);
}

/* The question's body, in the order in which it is met. */
static void expect_body(const char *text, const char *body)
{
    AUTO(program) struct program *program = checked(text);
    AUTO(strbuf) struct strbuf found = {0};
    put_body(program->question->rules[0], &found);
    if (strcmp(strbuf_text(&found), body) != 0)
        fail_msg("%s:\n%s\nand not\n%s", text, strbuf_text(&found), body);
}

/* ---- types ---- */

static void types_come_from_the_catalogue(void **state UNUSED)
{
    expect_columns("package(h, n, v), ram(h, r), interruption(h, t, from, _)", "?",
                   "h: text, n: text, v: version, r: size, t: text, from: time");
    expect_columns("p(r, h) :- ram(h, r). q(x) :- p(x, _). q(s)", "q", "x: size");
}

static void a_relation_has_the_names_of_its_first_head(void **state UNUSED)
{
    expect_columns("p(h, h, 3, r + 1) :- ram(h, r). p(a, b, c, d)", "p",
                   "h: text, 2: text, 3: number, 4: size");
    expect_columns(".decl p(host: symbol, n: unsigned, f: float) "
                   "p(h, 1, 2) :- ram(h, _). p(a, b, c)",
                   "p", "host: text, n: number, f: float");
}

static void declared_types_may_have_names(void **state UNUSED)
{
    expect_columns(".type memory <: amount .type amount = size | number "
                   ".decl p(m: memory) p(4096). p(x)",
                   "p", "m: size");
}

static void units_have_an_algebra(void **state UNUSED)
{
    expect_columns("interruption(_, _, f, t), d = t - f, half = d / 2, long = d * 1.5, "
                   "ratio = d / half, end = t + d, start = d + f, rest = d % 7s",
                   "?",
                   "f: time, t: time, d: duration, half: duration, long: duration, "
                   "ratio: float, end: time, start: time, rest: duration");
    expect_columns("ram(_, r), x = r / 2G, y = r - 512, z = 2 * r, w = r / 1.5, v = -r",
                   "?", "r: size, x: float, y: size, z: size, w: size, v: size");
    expect_columns("reading(_, _, _, v), w = v * 1.5, i = v + 1", "?",
                   "v: number, w: float, i: number");
}

static void functors_and_aggregates_have_types(void **state UNUSED)
{
    expect_columns("ram(h, _), l = strlen(cat(h, \"!\")), s = substr(h, 0, 1), "
                   "n = to_number(s), f = to_float(s), t = to_string(l)",
                   "?", "h: text, l: number, s: text, n: number, f: float, t: text");
    expect_columns("c = count : { ram(_, _) }, s = sum r : { ram(_, r) }, "
                   "m = mean x : { reading(_, _, _, x) }, "
                   "d = max t - f : { interruption(_, _, f, t) }, "
                   "v = min w : { package(_, _, w) }",
                   "?", "c: number, s: size, m: float, d: duration, v: version");
    expect_columns("package(_, _, v), package(_, _, w), m = max(v, w)", "?",
                   "v: version, w: version, m: version");
}

static void types_go_around_a_cycle(void **state UNUSED)
{
    expect_columns("a(x, y) :- b(y, x). b(x, y) :- a(y, x). "
                   "b(h, r) :- ram(r, h). a(x, y)",
                   "a", "x: text, y: size");
    expect_columns("fib(0, 1). fib(1, 1). "
                   "fib(n + 1, a + b) :- fib(n, a), fib(n - 1, b), n < 9. fib(x, y)",
                   "fib", "1: number, 2: number");
    expect_columns("p(x) :- q(x). q(x) :- p(x). p(x)", "p", "x: text");
}

static void an_order_makes_nothing_of_a_number(void **state UNUSED)
{
    expect_columns("p(3). p(x), x < 1.5, ram(_, r), x < r", "?", "x: number, r: size");
}

static void constants_are_what_is_expected(void **state UNUSED)
{
    AUTO(program)
    struct program *program = checked(".decl p(f: float, s: size, v: version, b: flag) "
                                      "p(1, 2, \"1.9\", 0). p(a, b, c, d)");
    struct term **args = predicate_find(program, "p")->rules[0]->head->args;
    assert_int_equal(args[0]->value.type, TYPE_FLOAT);
    assert_true(args[0]->value.is_real);
    assert_true(args[0]->value.real == 1.0);
    assert_int_equal(args[1]->value.type, TYPE_SIZE);
    assert_int_equal(args[2]->value.type, TYPE_VERSION);
    assert_int_equal(args[3]->value.type, TYPE_FLAG);
}

/* ---- constants ---- */

static void constants_are_computed(void **state UNUSED)
{
    expect_body("ram(_, r), r < 2 * 2G", "ram(_, r), r < 4G");
    expect_body("interruption(_, _, f, _), f > ago(1d)",
                "interruption(_, _, f, _), f > 2023-11-13T22:13:20Z");
    expect_body("x = now()", "x = 2023-11-14T22:13:20Z");
    expect_body("x = cat(\"a\", to_string(1 + 2))", "x = \"a3\"");
}

static void ago_of_a_variable_is_counted_from_now(void **state UNUSED)
{
    AUTO(program)
    struct program *program = checked("interruption(_, _, f, t), f > ago(t - f)");
    const struct term *call = program->question->rules[0]->body.literals[1]->right;
    assert_int_equal(call->functor, FUNCTOR_SUBTRACT);
    assert_int_equal(call->args[0]->value.number, HERD_NOW);
    assert_int_equal(call->type, TYPE_TIME);
}

static bool find_time(void *context, const char *token, int64_t *ret_ms)
{
    if (strcmp(token, context) != 0)
        return false;
    *ret_ms = 42;
    return true;
}

static int64_t time_in(const char *name, const char *token)
{
    struct check_settings settings = herd_settings;
    settings.find_time = find_time;
    settings.context = (char *)token;
    AUTO(program) struct program *program = parsed(name, "x = 2026-11-01", PARSE_ASKED);
    pass(program, &settings);
    return program->question->rules[0]->body.literals[0]->right->value.number;
}

static void who_asks_says_what_a_local_time_is(void **state UNUSED)
{
    assert_int_equal(time_in("question", "2026-11-01"), 42);
    assert_true(time_in("question", "2026-11-02") > HERD_NOW);
    assert_true(time_in("low.dl", "2026-11-01") > HERD_NOW);
}

/* ---- order ---- */

static void conditions_come_as_soon_as_they_can(void **state UNUSED)
{
    expect_body(
        "r < 4G, !package(h, \"nginx\", _), ram(h, r), package(h, n, _), n = x",
        "ram(h, r), r < 4G, !package(h, \"nginx\", _), package(h, n, _), n = x");
}

static void atoms_of_which_more_is_known_come_first(void **state UNUSED)
{
    expect_body("ram(h, r), package(h, \"nginx\", v)",
                "package(h, \"nginx\", v), ram(h, r)");
    expect_body("ram(h, r), package(g, n, v), host(h, _), g = h",
                "ram(h, r), g = h, package(g, n, v), host(h, _)");
}

static void an_equality_gives_values_from_either_side(void **state UNUSED)
{
    expect_body("x = y, y = z, z = 3", "z = 3, y = z, x = y");
    expect_body("r + 1 = x, ram(_, r)", "ram(_, r), r + 1 = x");
}

static void an_argument_may_be_computed_of_others(void **state UNUSED)
{
    expect_body("ram(h, r), interruption(h, cat(h, \"x\"), f, f + 1s)",
                "ram(h, r), interruption(h, cat(h, \"x\"), f, f + 1s)");
}

static void named_arguments_find_their_columns(void **state UNUSED)
{
    AUTO(program)
    struct program *program =
        checked("package{version: v, host: h}, !package{name: \"nginx\"}");
    const struct rule *rule = program->question->rules[0];
    const struct atom *negated = rule->body.literals[0]->atom;
    assert_int_equal(negated->count, 3);
    assert_int_equal(negated->args[0]->kind, TERM_ANY);
    assert_int_equal(negated->args[1]->kind, TERM_CONSTANT);
    const struct atom *atom = rule->body.literals[1]->atom;
    assert_string_equal(atom->args[0]->name, "h");
    assert_int_equal(atom->args[1]->kind, TERM_ANY);
    assert_string_equal(atom->args[2]->name, "v");
    assert_int_equal(atom->args[2]->type, TYPE_VERSION);
}

static void what_was_is_asked_at_a_time(void **state UNUSED)
{
    expect_body("package(h, \"nginx\", v) at f, interruption(h, _, f, _)",
                "interruption(h, _, f, _), package(h, \"nginx\", v) at f");
}

/* ---- variables ---- */

static void an_aggregate_sees_what_is_outside_and_has_the_rest(void **state UNUSED)
{
    AUTO(program)
    struct program *program =
        checked("host(h, _), c = count : { ram(h, r) }, s = sum r : { ram(_, r) }");
    const struct rule *rule = program->question->rules[0];
    assert_int_equal(rule->variable_count, 5);
    assert_string_equal(rule->variables[0]->name, "h");
    assert_string_equal(rule->variables[1]->name, "c");
    assert_string_equal(rule->variables[2]->name, "s");
    for (size_t i = 0; i < rule->variable_count; i++)
        assert_int_equal(rule->variables[i]->number, i);
    assert_null(rule->variables[2]->local);
    assert_string_equal(rule->variables[3]->name, "r");
    assert_string_equal(rule->variables[4]->name, "r");
    assert_non_null(rule->variables[3]->local);
    assert_ptr_not_equal(rule->variables[3]->local, rule->variables[4]->local);

    const struct aggregate *count = rule->variables[3]->local;
    assert_int_equal(count->kind, AGGREGATE_COUNT);
    assert_int_equal(count->outer_count, 1);
    assert_ptr_equal(count->outer[0], rule->variables[0]);
    assert_int_equal(rule->variables[4]->local->outer_count, 0);
}

static void what_an_inner_aggregate_asks_the_outer_one_asks_too(void **state UNUSED)
{
    AUTO(program)
    struct program *program = checked("host(h, _), c = count : { ram(g, r), "
                                      "r > max s : { ram(h, s), s < r } }");
    const struct rule *rule = program->question->rules[0];
    const struct aggregate *outer = rule->body.literals[1]->right->aggregate;
    assert_int_equal(outer->outer_count, 1);
    assert_string_equal(outer->outer[0]->name, "h");
    const struct aggregate *inner = outer->bodies[0].literals[1]->right->aggregate;
    assert_int_equal(inner->outer_count, 2);
    assert_ptr_equal(inner->outer[0], outer->outer[0]);
    assert_string_equal(inner->outer[1]->name, "r");
    assert_ptr_equal(inner->outer[1]->local, outer);
}

/* ---- strata ---- */

static size_t stratum_of(const struct program *program, const char *name)
{
    const struct predicate *predicate = predicate_find(program, name);
    assert_non_null(predicate);
    assert_true(predicate->stratum < program->stratum_count);
    return predicate->stratum;
}

static void what_something_is_made_of_comes_before_it(void **state UNUSED)
{
    AUTO(program)
    struct program *program =
        checked("e(1, 2). r(x, y) :- e(x, y). r(x, z) :- r(x, y), r(y, z). "
                "n(x) :- e(x, _), !r(x, x). c(k) :- k = count : { n(_) }. "
                "odd(x) :- e(x, y), even(y). even(x) :- e(x, y), odd(y). even(0). "
                "c(x), odd(x)");
    assert_true(stratum_of(program, "e") < stratum_of(program, "r"));
    assert_true(stratum_of(program, "r") < stratum_of(program, "n"));
    assert_true(stratum_of(program, "n") < stratum_of(program, "c"));
    assert_true(stratum_of(program, "c") < program->question->stratum);
    assert_int_equal(stratum_of(program, "odd"), stratum_of(program, "even"));
    assert_true(predicate_find(program, "r")->is_recursive);
    assert_true(predicate_find(program, "odd")->is_recursive);
    assert_true(predicate_find(program, "even")->is_recursive);
    assert_false(predicate_find(program, "n")->is_recursive);
    assert_false(program->question->is_recursive);
    assert_int_equal(predicate_find(program, "r")->rules[1]->number, 1);
}

static void relations_may_hang_on_each_other_as_deep_as_they_like(void **state UNUSED)
{
    enum { DEPTH = 20000 };
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "p0(x) :- ram(x, _).\n");
    for (int i = 1; i <= DEPTH; i++)
        strbuf_printf(&text, "p%d(x) :- p%d(x).\n", i, i - 1);
    strbuf_printf(&text, "p%d(x)", DEPTH);
    AUTO(program) struct program *program = checked(strbuf_text(&text));
    assert_int_equal(program->question->stratum, DEPTH + 2);
    assert_int_equal(program->question->columns[0].type, TYPE_TEXT);
}

/* ---- what is looked at ---- */

static const char half[] = "good(x) :- ram(x, _). bad(x) :- zebra(x). "
                           "worse(x) :- ram(_, y). ";

static void only_what_is_asked_for_is_looked_at(void **state UNUSED)
{
    AUTO(program) struct program *program = parsed("rules", half, PARSE_RULES);
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(
        parse_text(program, "question", "good(x)", 7, PARSE_ASKED, &complaint), 0);
    pass(program, &herd_settings);
    assert_true(predicate_find(program, "good")->is_reachable);
    assert_true(predicate_find(program, "good")->is_checked);
    assert_ptr_equal(predicate_find(program, "ram")->stored, &herd_ram);
    assert_false(predicate_find(program, "bad")->is_reachable);
    assert_false(predicate_find(program, "bad")->is_checked);
    assert_null(predicate_find(program, "interruption"));
}

static void all_is_looked_at_where_that_is_wanted(void **state UNUSED)
{
    struct check_settings settings = herd_settings;
    settings.everything = true;
    AUTO(program) struct program *bad = parsed("rules", half, PARSE_RULES);
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(check_program(bad, &settings, &complaint), -EINVAL);

    AUTO(program)
    struct program *good =
        parsed("rules",
               "a(x) :- ram(x, _). b(x) :- a(x). "
               ".question low(r: size) := b(h), ram(h, s), s < 1 + r / 2.",
               PARSE_RULES);
    pass(good, &settings);
    assert_true(predicate_find(good, "b")->is_checked);
    assert_false(predicate_find(good, "b")->is_reachable);
    assert_null(good->question);
}

static void inputs_and_outputs_find_their_relations(void **state UNUSED)
{
    AUTO(program)
    struct program *program =
        parsed("alone",
               ".decl e(x: number, y: number) .input e .decl unused(x: number) "
               ".input unused r(x) :- e(x, _). .output r",
               PARSE_RULES);
    const struct check_settings alone = {.now = HERD_NOW};
    pass(program, &alone);
    assert_true(predicate_find(program, "e")->has_input);
    assert_true(predicate_find(program, "e")->is_reachable);
    assert_true(predicate_find(program, "r")->is_reachable);
    assert_true(predicate_find(program, "unused")->is_checked);
    assert_false(predicate_find(program, "unused")->is_reachable);
    assert_ptr_equal(program->directives[2].predicate, predicate_find(program, "r"));
}

/* ---- saved questions ---- */

static const char saved[] =
    "// Machines with that version and less memory.\n"
    ".question low(v: version, most: size, since: time, for: duration) := "
    "package(h, \"nginx\", v), ram(h, r), r < most, "
    "interruption(h, _, f, t), f > since, t - f > for.";

static int take(struct program *program, const char *name, const char *const *texts,
                size_t count, struct complaint *complaint)
{
    int rc = check_take_question(program, name, texts, count, complaint);
    return rc < 0 ? rc : check_program(program, &herd_settings, complaint);
}

static void a_saved_question_takes_values(void **state UNUSED)
{
    static const char *const texts[] = {"1.22.1", "4G", "ago(1d)", "5m"};
    AUTO(program) struct program *program = parsed("saved", saved, PARSE_RULES);
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(take(program, "low", texts, 4, &complaint), 0);
    AUTO(strbuf) struct strbuf text = {0};
    put_columns(program->question, &text);
    strbuf_puts(&text, "; ");
    put_body(program->question->rules[0], &text);
    assert_string_equal(
        strbuf_text(&text),
        "h: text, r: size, f: time, t: time; package(h, \"nginx\", \"1.22.1\"), "
        "ram(h, r), r < 4G, interruption(h, _, f, t), "
        "f > 2023-11-13T22:13:20Z, t - f > 5m");
}

static void a_saved_question_takes_a_time_with_a_blank(void **state UNUSED)
{
    static const char *const texts[] = {"1", "4G", "2026-11-01 10:00:30Z", "5m"};
    AUTO(program) struct program *program = parsed("saved", saved, PARSE_RULES);
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(take(program, "low", texts, 4, &complaint), 0);
    AUTO(strbuf) struct strbuf text = {0};
    put_body(program->question->rules[0], &text);
    assert_non_null(strstr(strbuf_text(&text), "f > 2026-11-01T10:00:30Z,"));
}

static const struct {
    const char *name, *texts[4];
    size_t count;
    int rc;
    const char *what;
} refused[] = {
    {"lo", {NULL}, 0, -ENOENT, "no saved question is called \"lo\"; did you mean low?"},
    {"low", {"1"}, 1, -EINVAL, "low takes 4 values: v, most, since, for; here is 1"},
    {"low",
     {"1", "much", "ago(1d)", "5m"},
     4,
     -EINVAL,
     "most is a size, which much is not"},
    {"low",
     {"1", "4G", "ago(1d)", "5"},
     4,
     -EINVAL,
     "for is a duration, which 5 is not; a duration has a unit, as 30d"},
    {"low",
     {"1", "4G", "1d", "5m"},
     4,
     -EINVAL,
     "since is a time, which 1d is not; a time is written 2026-11-01T10:00, "
     "or ago(30d)"},
    {"low",
     {"1", "4G). b(1", "ago(1d)", "5m"},
     4,
     -EINVAL,
     "most is a size, which 4G). b(1 is not"},
    {"low",
     {"1", "4G, 5G", "ago(1d)", "5m"},
     4,
     -EINVAL,
     "most is a size, which 4G, 5G is not"},
    {"low",
     {"1", "1 + count : { ram(_, _) }", "ago(1d)", "5m"},
     4,
     -EINVAL,
     "most is a size, which 1 + count : { ram(_, _) } is not"},
    {"low", {"1", "x", "ago(1d)", "5m"}, 4, -EINVAL, "most is a size, which x is not"},
    {"low",
     {"\"1", "4G", "ago(1d)", "5m"},
     4,
     -EINVAL,
     "v is a version, which \"1 is not"},
};

static void a_saved_question_refuses_what_is_no_value(void **state UNUSED)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        AUTO(program) struct program *program = parsed("saved", saved, PARSE_RULES);
        AUTO(complaint) struct complaint complaint = {0};
        assert_int_equal(take(program, refused[i].name, refused[i].texts,
                              refused[i].count, &complaint),
                         refused[i].rc);
        assert_string_equal(complaint.what, refused[i].what);
    }
}

static void a_value_that_does_not_fit_is_shown_as_it_was_given(void **state UNUSED)
{
    static const char *const texts[] = {"1", "4G", "ago(5)", "5m"};
    AUTO(program) struct program *program = parsed("saved", saved, PARSE_RULES);
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(take(program, "low", texts, 4, &complaint), -EINVAL);
    assert_string_equal(complaint.excerpt, "ago(5)\n    ^\n");
}

static void a_text_is_taken_with_and_without_quotes(void **state UNUSED)
{
    static const char *const texts[] = {"say \"hi\"; drop", "\"quoted\""};
    AUTO(program)
    struct program *program = parsed(
        "saved", ".question q(a: text, b: text) := ram(a, _), ram(b, _).", PARSE_RULES);
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(take(program, "q", texts, 2, &complaint), 0);
    const struct rule *rule = program->question->rules[0];
    assert_int_equal(program->question->count, 0);
    assert_string_equal(rule->body.literals[0]->atom->args[0]->value.text, texts[0]);
    assert_string_equal(rule->body.literals[1]->atom->args[0]->value.text, "quoted");
}

/* ---- limits ---- */

static void refuses_what_is_too_large(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (int i = 0; i <= 1000; i++)
        strbuf_printf(&text, "%sram(h, r)", i ? ", " : "");
    AUTO(program)
    struct program *program = parsed("question", strbuf_text(&text), PARSE_ASKED);
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(check_program(program, &herd_settings, &complaint), -EINVAL);
    assert_string_equal(complaint.what, "a body has at most 1000 conditions");

    strbuf_shorten(&text, 0);
    for (int i = 0; i <= 500; i++)
        strbuf_printf(&text, "%sram(h%d, r%d)", i ? ", " : "p(1) :- ", i, i);
    strbuf_puts(&text, ". p(x)");
    AUTO(program)
    struct program *wide = parsed("question", strbuf_text(&text), PARSE_ASKED);
    AUTO(complaint) struct complaint other = {0};
    assert_int_equal(check_program(wide, &herd_settings, &other), -EINVAL);
    assert_string_equal(other.what, "a rule has at most 1000 variables");

    strbuf_shorten(&text, 0);
    for (int i = 0; i <= 1000; i++)
        strbuf_puts(&text, i ? ", 1" : "p(1");
    strbuf_puts(&text, "). p{}");
    AUTO(program)
    struct program *broad = parsed("question", strbuf_text(&text), PARSE_ASKED);
    AUTO(complaint) struct complaint last = {0};
    assert_int_equal(check_program(broad, &herd_settings, &last), -EINVAL);
    assert_string_equal(last.what, "a relation has at most 1000 columns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_come_from_the_catalogue),
        cmocka_unit_test(a_relation_has_the_names_of_its_first_head),
        cmocka_unit_test(declared_types_may_have_names),
        cmocka_unit_test(units_have_an_algebra),
        cmocka_unit_test(functors_and_aggregates_have_types),
        cmocka_unit_test(types_go_around_a_cycle),
        cmocka_unit_test(an_order_makes_nothing_of_a_number),
        cmocka_unit_test(constants_are_what_is_expected),
        cmocka_unit_test(constants_are_computed),
        cmocka_unit_test(ago_of_a_variable_is_counted_from_now),
        cmocka_unit_test(who_asks_says_what_a_local_time_is),
        cmocka_unit_test(conditions_come_as_soon_as_they_can),
        cmocka_unit_test(atoms_of_which_more_is_known_come_first),
        cmocka_unit_test(an_equality_gives_values_from_either_side),
        cmocka_unit_test(an_argument_may_be_computed_of_others),
        cmocka_unit_test(named_arguments_find_their_columns),
        cmocka_unit_test(what_was_is_asked_at_a_time),
        cmocka_unit_test(an_aggregate_sees_what_is_outside_and_has_the_rest),
        cmocka_unit_test(what_an_inner_aggregate_asks_the_outer_one_asks_too),
        cmocka_unit_test(what_something_is_made_of_comes_before_it),
        cmocka_unit_test(relations_may_hang_on_each_other_as_deep_as_they_like),
        cmocka_unit_test(only_what_is_asked_for_is_looked_at),
        cmocka_unit_test(all_is_looked_at_where_that_is_wanted),
        cmocka_unit_test(inputs_and_outputs_find_their_relations),
        cmocka_unit_test(a_saved_question_takes_values),
        cmocka_unit_test(a_saved_question_takes_a_time_with_a_blank),
        cmocka_unit_test(a_saved_question_refuses_what_is_no_value),
        cmocka_unit_test(a_value_that_does_not_fit_is_shown_as_it_was_given),
        cmocka_unit_test(a_text_is_taken_with_and_without_quotes),
        cmocka_unit_test(refuses_what_is_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
