// SPDX-License-Identifier: GPL-3.0-or-later
/* parse - reads Soufflé's core and what is ours besides, and says of all else where it
 * stands and what was expected. */
#include "datalog/parse.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

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
    reads_as("a(2026-11-01 10:00Z, 2026-11-01 10:00:15.5+02:00).",
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

static void reads_what_is_asked_once_and_last(void **state UNUSED)
{
    refuses_in(PARSE_ASKED, "?- a(x). b(x) :- a(x).",
               "1:10: what is asked comes last; nothing stands behind it");
    refuses_in(PARSE_ASKED, "x < 1. a(x)",
               "1:1: a comparison cannot be concluded; a rule or a fact begins with "
               "atoms, such as low(host)");
    refuses("?- a(x).", "1:1: nothing is asked in a file of rules; name what is asked: "
                        ".question name() := …");

    AUTO(program) struct program *program = parsed("a(x)", PARSE_ASKED);
    AUTO(complaint) struct complaint complaint = {0};
    assert_string_equal(program->question->name, "?");
    assert_int_equal(program->question->count, 1);
    assert_string_equal(program->question->columns[0].name, "x");
    assert_int_equal(parse_text(program, "y", "b(x)", 4, PARSE_ASKED, &complaint),
                     -EINVAL);
    assert_string_equal(complaint.what, "something is asked already");
}

static void an_earlier_text_tells_a_fact_from_a_question(void **state UNUSED)
{
    AUTO(program) struct program *program = parsed(".decl low(h: text)\n", PARSE_RULES);
    assert_int_equal(parse_text(program, "y", "low(\"p\").", 9, PARSE_ASKED, NULL), 0);
    assert_null(program->question);
    assert_int_equal(predicate_find(program, "low")->rule_count, 1);
    assert_int_equal(parse_text(program, "z", "low(\"q\")", 8, PARSE_ASKED, NULL), 0);
    assert_non_null(program->question);
    assert_int_equal(program->source_count, 3);
}

static void a_question_lists_variables_as_they_first_appear(void **state UNUSED)
{
    asks_as("(b(y), x = 2; c(x, y)), !d(z, _)",
            "?(y, x) :- b(y), x = 2, !d(z, _).\n?(y, x) :- c(x, y), !d(z, _).\n");
    asks_as("a{h: h, v: v} at t, match(\"x\", h)",
            "?(h, v, t) :- a{h: h, v: v} at t, match(\"x\", h).\n");
    asks_as("n = count : { a(x) }", "?(n) :- n = count : { a(x) }.\n");
}

static void declares_relations_with_and_without_types(void **state UNUSED)
{
    AUTO(program)
    struct program *program =
        parsed("// Few bytes of memory.\n// And old.\n.decl low(host: text, age)\n"
               ".decl a, b() inline brie\n/* Not of c. */\n\nc(1). // nor this\n"
               "/** What is\n *  high. */\nhigh(x) :- c(x).\n",
               PARSE_RULES);
    const struct predicate *low = predicate_find(program, "low");
    assert_true(low->is_declared);
    assert_string_equal(low->help, "Few bytes of memory. And old.");
    assert_int_equal(low->count, 2);
    assert_string_equal(low->columns[0].type_name, "text");
    assert_string_equal(low->columns[1].name, "age");
    assert_null(low->columns[1].type_name);
    assert_true(predicate_find(program, "b")->is_declared);
    assert_null(predicate_find(program, "c")->help);
    assert_false(predicate_find(program, "c")->is_declared);
    assert_string_equal(predicate_find(program, "high")->help, "What is high.");
}

static void reads_types_and_files(void **state UNUSED)
{
    AUTO(program)
    struct program *program = parsed(
        ".type A <: symbol\n.type B = A | C\n.number_type D\n.type E\n"
        ".input a, b(IO=file, filename=\"x.facts\", delimiter=\",\", headers=true)\n"
        ".output c\n.printsize d\n.decl e(x: B) output\n"
        ".pragma \"legacy\"\na(x) :- c(x), d(x). .plan 0:(2, 1), 1:(1, 2)\n",
        PARSE_RULES);
    assert_int_equal(program->type_count, 4);
    assert_string_equal(program->types[1].base_name, "A");
    assert_string_equal(program->types[2].base_name, "number");
    assert_string_equal(program->types[3].base_name, "symbol");
    assert_int_equal(program->directive_count, 5);
    const struct directive *input = &program->directives[1], *output = input + 1;
    assert_string_equal(input->name, "b");
    assert_string_equal(input->filename, "x.facts");
    assert_string_equal(input->delimiter, ",");
    assert_true(input->has_headers && !input->is_stdout);
    assert_int_equal(output->kind, DIRECTIVE_OUTPUT);
    assert_null(output->filename);
    assert_string_equal(output->delimiter, "\t");
    assert_false(output->has_headers || output->is_stdout);
    assert_int_equal(program->directives[3].kind, DIRECTIVE_PRINTSIZE);
    assert_string_equal(program->directives[4].name, "e");
}

static void reads_questions_with_names(void **state UNUSED)
{
    AUTO(program)
    struct program *program =
        parsed("// Hosts with it.\n.question has(version: text, name) := "
               "package(h, name, version); old(h).\n.question all := a(x).",
               PARSE_RULES);
    const struct saved_question *has = &program->questions[0];
    assert_int_equal(program->question_count, 2);
    assert_string_equal(has->name, "has");
    assert_string_equal(has->help, "Hosts with it.");
    assert_int_equal(has->parameter_count, 2);
    assert_string_equal(has->parameters[0].type_name, "text");
    assert_int_equal(has->rule_count, 2);
    AUTO(strbuf) struct strbuf shown = {0};
    put_rule(has->rules[0], &shown);
    put_rule(has->rules[1], &shown);
    assert_string_equal(shown.data,
                        "?(h) :- package(h, name, version).\n?(h) :- old(h).\n");
    assert_int_equal(program->questions[1].parameter_count, 0);
    assert_null(program->question);
}

static void a_rule_knows_its_line_and_its_text(void **state UNUSED)
{
    AUTO(program)
    struct program *program = parsed(
        "a(1).\n\n  b(x),  c(x) :- // why\n\ta(x) ; /* or */\n  d(\"// x\"). e(2).",
        PARSE_RULES);
    const struct rule *rule = predicate_find(program, "c")->rules[1];
    assert_string_equal(rule->name, "x:3");
    assert_string_equal(rule->text, "b(x), c(x) :- a(x) ; d(\"// x\").");
    assert_string_equal(predicate_find(program, "e")->rules[0]->name, "x:5");
    assert_string_equal(predicate_find(program, "e")->rules[0]->text, "e(2).");
    assert_int_equal(rule->place.start, 9);
}

static void a_time_without_a_zone_is_of_this_one(void **state UNUSED)
{
    setenv("TZ", "America/Chicago", 1);
    tzset();
    AUTO(program)
    struct program *program =
        parsed("a(2026-11-01, 2026-11-22T10:00, 2026-11-22T10:00Z, 2026 - 11 - 01).",
               PARSE_RULES);
    const struct argument *args = program->predicates[0]->rules[0]->head->written;
    assert_true(args[0].term->is_local_time);
    assert_int_equal(args[0].term->value.number, 1793509200000);
    assert_int_equal(args[1].term->value.number, 1795363200000);
    assert_int_equal(args[2].term->value.number, 1795341600000);
    assert_false(args[2].term->is_local_time);
    assert_int_equal(args[3].term->kind, TERM_CALL);
    setenv("TZ", "UTC", 1);
    tzset();
}

static void refuses_what_means_nothing(void **state UNUSED)
{
    static const struct {
        const char *text, *what;
    } rows[] = {
        {"a(x) :- b(x)",
         "1:13: found the end of the text, expected \",\", \";\" or \".\""},
        {"a(x :- b(x).", "1:5: found \":-\", expected \",\" or \")\""},
        {"a(x,).", "1:5: found \")\", expected a term behind the comma"},
        {"a(x) :- b(x) c(x).", "1:14: found \"c\", expected \",\", \";\" or \".\""},
        {"a(x) :- b(x), .",
         "1:15: found \".\", expected an atom such as low(host), or a comparison"},
        {"a(x) :- foo.", "1:9: \"foo\" alone says nothing; expected an atom such as "
                         "foo(…), or a comparison"},
        {"a(x) :- 5.", "1:10: found \".\", expected a comparison: = != < <= > >="},
        {"a(x), !b(x) :- c(x).",
         "1:8: a negation cannot be concluded; a rule or a fact "
         "begins with atoms, such as low(host)"},
        {"a(x); b(x) :- c(x).",
         "1:7: heads are joined by \",\": alternatives cannot be concluded"},
        {"a(x) at 1d :- b(x).",
         "1:9: what is concluded holds now; \"at\" stands in bodies"},
        {"a(x: 1).", "1:4: arguments with names stand in braces: a{name: \"x\"}"},
        {"a(x) :- x = strlen(x, y).", "1:13: strlen takes 1 argument, not 2"},
        {"a(x) :- x = strlenn(x).",
         "1:13: no functor is called strlenn; did you mean strlen?"},
        {"a(x) :- strlenn(x) = 2.",
         "1:9: no functor is called strlenn; did you mean strlen?"},
        {"a(x) :- contains(x).",
         "1:9: contains takes 2 arguments, the part and the text, not 1"},
        {"a(x) :- count x : { b(x) } > 1.",
         "1:15: found \"x\", expected \":\" behind count"},
        {".decl strlen(x)",
         "1:7: strlen means something else already; a relation needs another name"},
        {".decl a(x)\n.decl a(x)", "2:7: a is declared already, in x"},
        {".decl a(x, x)", "1:12: there are two columns called x"},
        {"._ a", "1:2: found \"_\", expected a directive"},
        {".inptu a", "1:1: there is no directive .inptu; did you mean input?"},
        {".input a(IO=stdin)", "1:10: there is no IO=stdin here, only IO=file, and of "
                               "what is written IO=stdout"},
        {".input a(IO=stdout)", "1:10: there is no IO=stdout here, only IO=file, and "
                                "of what is written IO=stdout"},
        {".output a(delimiter=\"\")",
         "1:11: there is no delimiter= here, only at least one character"},
        {".output a(headers=1)",
         "1:11: there is no headers=1 here, only headers=true and headers=false"},
        {".output a(header=true)",
         "1:11: there is no parameter header, only IO, filename, delimiter and "
         "headers; did you mean headers?"},
        {".output a(headers)", "1:18: found \")\", expected \"=\""},
        {".type text <: number", "1:7: text is a type already"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refuses(rows[i].text, rows[i].what);
}

static void names_what_was_opened_and_not_closed(void **state UNUSED)
{
    refuses("a(\n\nx", "1:2: this \"(\" is not closed; expected \")\"");
    refuses("a(n) :- n = count : {\nb(x)",
            "1:21: this \"{\" is not closed; expected \"}\"");
    refuses("\n /* a\n", "2:2: this comment has no end; expected \"*/\"");
    refuses("a(\"x).\n", "1:3: this text is not closed on its line; expected \"; a new "
                         "line in a text is written \\n");
}

static void refuses_tokens_that_are_none(void **state UNUSED)
{
    static const struct {
        const char *text, *what;
    } rows[] = {
        {"a(1.22.1).",
         "1:3: 1.22.1 is no number, duration or size; a version stands in "
         "quotes, as texts do"},
        {"a(12x).", "1:3: 12x is no number, duration or size; expected one such as 42, "
                    "0x2a, 0.5, 1h30m or 4G"},
        {"a(0xg).", "1:3: 0xg is no number, duration or size; expected one such as 42, "
                    "0x2a, 0.5, 1h30m or 4G"},
        {"a(2026-02-30).",
         "1:3: 2026-02-30 is no time; expected one such as 2026-11-01, "
         "2026-11-01T10:00, 2026-11-01T10:00:15Z or "
         "2026-11-01T10:00+02:00"},
        {"a(2026-11-01 25:00).",
         "1:3: 2026-11-01 25:00 is no time; expected one such as 2026-11-01, "
         "2026-11-01T10:00, 2026-11-01T10:00:15Z or "
         "2026-11-01T10:00+02:00"},
        {"a(2026-11-01 10).", "1:14: found \"10\", expected \",\" or \")\""},
        {"a(18446744073709551616).",
         "1:3: 18446744073709551616 is too large; numbers have 64 bits, the sign "
         "among them"},
        {"a(9223372036854775808).",
         "1:3: this is too large; numbers go from -2^63 to 2^63 - 1"},
        {"a(1e999).",
         "1:3: 1e999 is too large; numbers have 64 bits, the sign among them"},
        {"a(\"\\q\").",
         "1:4: this backslash means nothing; expected one of \" \\ a b f n "
         "r t v behind it, or x with two digits from 01 to 7f"},
        {"a(\"\xff\").", "1:4: this byte is not of UTF-8, as texts are"},
        {"a('x').", "1:3: there is no ' here; write \""},
        {"a(x) :- x == 1.", "1:11: there is no == here; write \"=\""},
        {"a(é).", "1:3: found \"é\", which means nothing here; names are of letters "
                  "without accents, digits and \"_\", texts stand in double quotes"},
        {"#define x", "1:1: there is no preprocessor here: no #include, no #define"},
        {"a(?).", "1:3: a name has letters or digits behind its \"?\""},
        {"\x01", "1:1: found the byte 0x01, expected text in UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refuses(rows[i].text, rows[i].what);
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(program) struct program *program = program_new();
    assert_int_equal(parse_text(program, "x", "a(\0).", 5, PARSE_RULES, &complaint),
                     -EINVAL);
    assert_string_equal(complaint.what, "a text has no byte 0");
}

static void says_what_souffle_has_and_this_language_does_not(void **state UNUSED)
{
    static const char *const texts[] = {
        "a([x, y]).",
        "a($).",
        "a($B(1)).",
        "a(@f(x)).",
        "a(x) <= a(y) :- b(x, y).",
        ".type t = [x: number]",
        ".type t = A { x: number }",
        ".comp A { }",
        ".init a = B",
        ".functor f(x: number): number",
        ".decl a(x) eqrel",
        "a(ord(x)).",
        ".decl a(x) choice-domain x",
        "#include \"x\"",
        "a(x lxor y).",
        ".limitsize a(n=1)",
        ".include \"x\"",
        "a(autoinc()).",
        "a.b(x).",
        ".lattice a",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        AUTO(program) struct program *program = program_new();
        AUTO(complaint) struct complaint complaint = {0};
        int rc = parse_text(program, "x", texts[i], strlen(texts[i]), PARSE_RULES,
                            &complaint);
        if (rc == 0)
            fail_msg("it reads %s", texts[i]);
        bool is_named = strstr(complaint.what, "here") ||
                        strstr(complaint.what, "not in this language");
        if (!is_named)
            fail_msg("%s: %s", texts[i], complaint.what);
    }
}

/* a(x) :- x = OPEN OPEN … 1 … CLOSE CLOSE. */
static int nest(const char *open, const char *close, size_t depth)
{
    AUTO(program) struct program *program = program_new();
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "a(x) :- x = ");
    for (size_t i = 0; i < depth; i++)
        strbuf_puts(&text, open);
    strbuf_puts(&text, "1");
    for (size_t i = 0; i < depth; i++)
        strbuf_puts(&text, close);
    strbuf_puts(&text, ".");
    return parse_text(program, "x", text.data, text.size, PARSE_RULES, NULL);
}

static void reads_no_deeper_than_it_may(void **state UNUSED)
{
    static const struct {
        const char *open, *close;
    } shapes[] = {
        {"(", ")"},
        {"cat(\"\", ", ")"},
        {"-", ""},
        {"1 + ", ""},
        {"", " + 1"},
        {"2 ^ ", ""},
        {"sum x : { x = ", " }"},
        {"min(", ", 2)"},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        assert_int_equal(nest(shapes[i].open, shapes[i].close, 20), 0);
        assert_int_equal(nest(shapes[i].open, shapes[i].close, 200000), -EINVAL);
    }
    AUTO(strbuf) struct strbuf body = {0};
    strbuf_puts(&body, "a(x) :- ");
    for (size_t i = 0; i < 200000; i++)
        strbuf_puts(&body, i % 2 ? "(" : "!");
    AUTO(program) struct program *program = program_new();
    assert_int_equal(parse_text(program, "x", body.data, body.size, PARSE_RULES, NULL),
                     -EINVAL);
}

static void makes_no_more_rules_than_it_may(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(program) struct program *program = program_new();
    strbuf_puts(&text, "a(x) :- b(x)");
    for (int i = 0; i < 30; i++)
        strbuf_puts(&text, ", (c(x); d(x))");
    strbuf_puts(&text, ".");
    int rc = parse_text(program, "x", text.data, text.size, PARSE_RULES, &complaint);
    assert_int_equal(rc, -EINVAL);
    assert_non_null(strstr(complaint.what, "more than 1000 rules"));
}

static void copies_no_more_than_it_may(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(program) struct program *program = program_new();
    strbuf_puts(&text, "a(x) :- (b(x)");
    for (int i = 0; i < 900; i++)
        strbuf_puts(&text, "; c(x)");
    strbuf_puts(&text, "), d(1");
    for (int i = 0; i < 2000; i++)
        strbuf_puts(&text, ", 1");
    strbuf_puts(&text, ").");
    int rc = parse_text(program, "x", text.data, text.size, PARSE_RULES, &complaint);
    assert_int_equal(rc, -EINVAL);
    assert_non_null(strstr(complaint.what, "too many rules"));
}

static void a_prompt_knows_when_all_is_said(void **state UNUSED)
{
    static const char *const complete[] = {
        "",       "a(x)",       "a(x).",   "a(x) :- b(x).", "a(x) )",    "a(\"x\ny",
        "x = 'y", "a(x) at 1d", "?- a(x)", "a(\"(\")",      "a(x) // (", "at",
    };
    static const char *const begun[] = {
        "a(",     "a(x,",    "a(x),",     "a(x) :-", "a(x) :- b(x);",    "a{x: 1",
        "a(\"x",  "/* x",    "a(x), x >", "x = y +", "n = count : {",    "a(x) at",
        "x band", "a(x), !", "?-",        "a(\n",    ".question q() :=",
    };
    for (size_t i = 0; i < sizeof complete / sizeof *complete; i++)
        if (!parse_is_complete(complete[i]))
            fail_msg("not complete: %s", complete[i]);
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++)
        if (parse_is_complete(begun[i]))
            fail_msg("complete: %s", begun[i]);
}

static void note_token(void *context, const char *token, size_t size)
{
    struct strbuf *found = context;
    strbuf_add(found, token, size);
    strbuf_puts(found, " ");
}

static void tells_the_times_without_a_zone(void **state UNUSED)
{
    static const char text[] =
        "a(2026-11-01, \"2026-01-01\") at 2026-11-02T10:00, /* 2026-01-02 */ x > "
        "2026-11-03T10:00Z, y = 2026-11-04 10:00:15, 1x, 2026-11-05";
    AUTO(strbuf) struct strbuf found = {0};
    parse_each_local_time(text, strlen(text), note_token, &found);
    assert_string_equal(strbuf_text(&found),
                        "2026-11-01 2026-11-02T10:00 2026-11-04 10:00:15 ");
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
        cmocka_unit_test(reads_what_is_asked_once_and_last),
        cmocka_unit_test(an_earlier_text_tells_a_fact_from_a_question),
        cmocka_unit_test(a_question_lists_variables_as_they_first_appear),
        cmocka_unit_test(declares_relations_with_and_without_types),
        cmocka_unit_test(reads_types_and_files),
        cmocka_unit_test(reads_questions_with_names),
        cmocka_unit_test(a_rule_knows_its_line_and_its_text),
        cmocka_unit_test(a_time_without_a_zone_is_of_this_one),
        cmocka_unit_test(refuses_what_means_nothing),
        cmocka_unit_test(names_what_was_opened_and_not_closed),
        cmocka_unit_test(refuses_tokens_that_are_none),
        cmocka_unit_test(says_what_souffle_has_and_this_language_does_not),
        cmocka_unit_test(reads_no_deeper_than_it_may),
        cmocka_unit_test(makes_no_more_rules_than_it_may),
        cmocka_unit_test(copies_no_more_than_it_may),
        cmocka_unit_test(a_prompt_knows_when_all_is_said),
        cmocka_unit_test(tells_the_times_without_a_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
