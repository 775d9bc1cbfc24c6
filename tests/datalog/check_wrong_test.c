// SPDX-License-Identifier: GPL-3.0-or-later
/* check, of what is wrong - a program each, and what is said of it, with its place. */
#include "datalog/check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "datalog/parse.h"
#include "herd.h"

struct fault {
    const char *text, *complaint;
};

static const struct fault questions[] = {
    {"packge(h, \"nginx\", v)",
     "1:1: no relation is called \"packge\"; did you mean package?"},
    {"ram(h, r), zebra(h)", "1:12: no relation is called \"zebra\""},
    {"p(x) :- ram(x, _). pp(x)", "1:20: no relation is called \"pp\"; did you mean p?"},
    {"p(1, 2). p(x)", "1:10: p has 2 columns; here is 1"},
    {"ram(h)", "1:1: ram has 2 columns: host, ram; here is 1"},
    {"interruption(h, t)",
     "1:1: interruption has 4 columns: host, tag, from, to; here are 2"},
    {"p(x) :- ram(x, _). p(x, y)", "1:20: p has 1 column: x; here are 2"},
    {"p(x) :- ram(x, _). p(x, y) :- ram(x, y). p(x)",
     "1:20: p has 1 column: x; here are 2"},
    {"ram{hots: h}", "1:5: ram has no column called \"hots\"; did you mean host?"},
    {"package{host: h, version: v, host: k}", "1:30: column \"host\" is given twice"},
    {"ram{ram: r, size: s}", "1:13: ram has no column called \"size\""},
    {"reading(h, n, t, v) at ago(1d)",
     "1:24: reading has no \"at\": its rows are not true for a time"},
    {"p(x) :- ram(x, _). p(x) at ago(1d)",
     "1:28: \"at\" asks what was stored, and p is made by rules: write it in them"},
    {"ram(h, r) at 3", "1:14: 3 is a number, and \"at\" takes a time; a time is "
                       "written 2026-11-01T10:00, or ago(2h)"},
    {"ram(h, r) at 1d", "1:14: 1d is a duration, and \"at\" takes a time; the time "
                        "that long ago is ago(30d)"},
    {"ram(h, r) at t", "1:14: nothing binds t"},
    {"ram(h, r) at \"yesterday\"",
     "1:14: \"yesterday\" is a text, and \"at\" takes a time; a time is written "
     "2026-11-01T10:00, without quotes"},
    {"ram(h, \"4G\")", "1:8: \"4G\" is a text, and column \"ram\" of ram a size; a "
                       "size is written 4G, without quotes"},
    {"ram(h, 5.5)", "1:8: 5.5 is a float, and column \"ram\" of ram a size; a size is "
                    "a whole number, as 4G or 512M"},
    {"ram(h, r), r > 30d",
     "1:12: r is a size (column \"ram\" of ram), and 30d is a duration"},
    {"ram(h, r), r < \"x\"", "1:12: r is a size (column \"ram\" of ram), and \"x\" is "
                             "a text; a size is written 4G, without quotes"},
    {"ram(h, r), h < 3", "1:12: h is a text (column \"host\" of ram), and 3 is a "
                         "number; a text is in quotes"},
    {"interruption(h, t, f, o), o - f > 5",
     "1:27: o - f is a duration, and 5 is a number; a duration has a unit, as 30s, 2h "
     "or 7d"},
    {"interruption(h, t, f, o), f + o > 5m",
     "1:27: \"+\" does not take a time and a time"},
    {"interruption(h, t, f, o), f > 3",
     "1:27: f is a time (column \"from\" of interruption), and 3 is a number; a time "
     "is written 2026-11-01T10:00, or ago(2h)"},
    {"interruption(h, t, f, o), f > 30d",
     "1:27: f is a time (column \"from\" of interruption), and 30d is a duration; the "
     "time that long ago is ago(30d)"},
    {"interruption(h, t, f, o), f > \"2026-11-01\"",
     "1:27: f is a time (column \"from\" of interruption), and \"2026-11-01\" is a "
     "text; a time is written 2026-11-01T10:00, without quotes"},
    {"interruption(h, t, f, o), x = (o - f) / 2G",
     "1:31: \"/\" does not take a duration and a size"},
    {"interruption(h, t, f, o), x = o * 2",
     "1:31: \"*\" does not take a time and a number"},
    {"package(h, n, v), v < 1.22",
     "1:19: v is a version (column \"version\" of package), and 1.22 is a float; a "
     "version is in quotes"},
    {"package(h, n, v), v = 3", "1:19: v is a version (column \"version\" of package), "
                                "and 3 is a number; a version is in quotes"},
    {"p(\"a\"). p(3). p(x)",
     "1:11: 3 is a number, and column \"1\" of p a text; a text is in quotes"},
    {"p(x) :- ram(_, x). p(x) :- ram(x, _). p(x)",
     "1:22: x is a text (column \"host\" of ram), and column \"x\" of p a size"},
    {"ram(h, r), strlen(r) > 3",
     "1:19: r is a size (column \"ram\" of ram), and strlen takes a text"},
    {"ram(h, r), x = cat(h, 3)",
     "1:23: 3 is a number, and cat takes a text; a text is in quotes"},
    {"ram(h, r), x = substr(h, \"1\", 2)",
     "1:26: \"1\" is a text, and substr takes a number"},
    {"ram(h, r), max(h, r) = h", "1:12: \"max\" does not take a text and a size"},
    {"ram(h, r), match(\"a.*\", r)",
     "1:25: r is a size (column \"ram\" of ram), and match takes a text"},
    {"ram(h, r), contains(r, h)",
     "1:21: r is a size (column \"ram\" of ram), and contains takes a text"},
    {"ram(h, r), x = -h", "1:16: \"-\" does not take a text"},
    {"ram(h, r), x = h + \"b\"", "1:16: \"+\" does not take a text and a text"},
    {"ram(h, r), x = ago(3)", "1:20: 3 is a number, and ago takes a duration; a "
                              "duration has a unit, as 30s, 2h or 7d"},
    {"x = now() + now()", "1:5: \"+\" does not take a time and a time"},
    {"ram(h, _), c = sum h2 : { ram(h2, _) }",
     "1:20: h2 is a text (column \"host\" of ram), of which there is no sum"},
    {"ram(h, _), c = mean h2 : { ram(h2, _) }",
     "1:21: h2 is a text (column \"host\" of ram), of which there is no mean"},
    {"c = sum t : { interruption(_, _, t, _) }",
     "1:9: t is a time (column \"from\" of interruption), of which there is no sum"},
    {".decl p(x: number) p(1.5). p(x)",
     "1:22: 1.5 is a float, and column \"x\" of p a number"},
    {".decl p(x: duration) p(x) :- ram(_, x). p(x)",
     "1:24: x is a size (column \"ram\" of ram), and column \"x\" of p a duration"},
    {".decl p(x: duration) p(x + 1) :- ram(_, x). p(x)",
     "1:24: x + 1 is a size, and column \"x\" of p a duration"},
    {".decl p(x: time) host(_, t), host(_, t - t)",
     "1:38: t - t is a duration, and column \"first_seen\" of host a time"},
    {".decl f(b: flag) f(3). f(x)", "1:20: a flag is 0 or 1"},
    {".decl p(x: txt) p(\"a\"). p(x)",
     "1:12: no type is called \"txt\"; did you mean text?"},
    {".type a <: b .type b <: a .decl p(x: a) p(x)",
     "1:20: type \"b\" is made of itself"},
    {".type sheep <: numbr .decl p(x: sheep) p(x)",
     "1:16: no type is called \"numbr\"; did you mean number?"},
    {"p(nginx). p(x)", "1:3: nothing binds nginx; a text is in quotes, \"nginx\""},
    {"p(x) :- ram(_, _). p(x)", "1:3: nothing binds x"},
    {"p(x) :- ram(y, _), x < 3. p(x)",
     "1:20: nothing binds x; a text is in quotes, \"x\""},
    {"ram(h, r), x = y + 1", "1:16: nothing binds y: \"=\" gives a value to a variable "
                             "that stands alone on one side"},
    {"ram(h, r), r = y + 1", "1:16: nothing binds y: \"=\" gives a value to a variable "
                             "that stands alone on one side"},
    {"x = y", "1:1: nothing binds x; a text is in quotes, \"x\""},
    {"ram(h, _), h != nginx",
     "1:17: nothing binds nginx; a text is in quotes, \"nginx\""},
    {"ram(h, _), !package(h, \"nginx\", v)",
     "1:33: nothing binds v: in a negation, what may be anything is written _"},
    {"ram(h, _), !ram(h, x + 1)", "1:20: nothing binds x"},
    {"ram(h, x + 1)", "1:8: nothing binds x"},
    {"ram(h, r), match(p, h)", "1:18: nothing binds p"},
    {"c = count : { ram(h, _) }, h != \"a\"",
     "1:19: nothing binds h: it is used outside of this aggregate too, and must be "
     "bound there"},
    {"p(x, c) :- c = count : { ram(x, _) }. p(x, c)",
     "1:30: nothing binds x: it is used outside of this aggregate too, and must be "
     "bound there"},
    {"ram(h, _), c = sum x : { ram(h, y) }", "1:20: nothing binds x"},
    {"ram(h, _), c = count : { ram(h, r), r > x }",
     "1:41: nothing binds x; a text is in quotes, \"x\""},
    {"ram(h, _), c = count : { ram(h, r), !package(h, n, _), r > 1 }",
     "1:49: nothing binds n: in a negation, what may be anything is written _"},
    {"ram(h, _), c = sum x : { ram(h, x) ; package(h, _, _) }",
     "1:20: nothing binds x"},
    {"x = count : { ram(_, x) }", "1:22: nothing binds x: it is used outside of "
                                  "this aggregate too, and must be bound there"},
    {"p(_) :- ram(_, _). p(x)",
     "1:3: _ has no value that could be used here: give it a name"},
    {"ram(h, r), r < _",
     "1:16: _ has no value that could be used here: give it a name"},
    {"ram(h, _ + 1)", "1:8: _ has no value that could be used here: give it a name"},
    {"ram(h, _), c = sum _ : { ram(h, _) }",
     "1:20: _ has no value that could be used here: give it a name"},
    {"ram(h, r) at _", "1:14: _ has no value that could be used here: give it a name"},
    {"ram(\"a\", \"b\") :- host(_, _). ram(x, y)",
     "1:1: ram is stored already, and nothing can be added to it by rules: choose "
     "another name"},
    {"host(\"a\", 2026-11-01). host(x, y)",
     "1:1: host is stored already, and nothing can be added to it by rules: choose "
     "another name"},
    {".decl host(a: text) host(x)", "1:7: host is stored already, and nothing can be "
                                    "added to it by rules: choose another name"},
    {"p(x) :- ram(x, _), !p(x). p(x)",
     "1:21: negation within a cycle: p -> !p (question:1)"},
    {"a(x) :- b(x). b(x) :- c(x). c(x) :- ram(x, _), !a(x). a(x)",
     "1:49: negation within a cycle: c -> !a (question:1) -> b (question:1) -> c "
     "(question:1)"},
    {"p(c) :- ram(_, c), c = count : { p(_) }. p(x)",
     "1:34: aggregation within a cycle: p -> {p} (question:1)"},
    {"a(c) :- c = count : { b(_) }. b(x) :- a(x). b(x)",
     "1:23: aggregation within a cycle: a -> {b} (question:1) -> a (question:1)"},
    {"p(x) :- ram(x, _), 1 = count : { ram(x, _), !p(x) }. p(x)",
     "1:46: negation within a cycle: p -> !p (question:1)"},
    {"x = 1 / 0", "1:5: division by zero"},
    {"x = 5 % (2 - 2)", "1:5: division by zero"},
    {"x = 4G / (1.5 - 1.5)", "1:5: division by zero"},
    {"x = 9223372036854775807 + 1", "1:5: the result has more than 64 bits"},
    {"x = 2 ^ 64", "1:5: the result has more than 64 bits"},
    {"x = 2 ^ -1", "1:5: a negative exponent, of whole numbers"},
    {"x = -(0 - 9223372036854775807 - 1)", "1:5: the result has more than 64 bits"},
    {"x = to_number(\"ab\")", "1:5: the text is not a number"},
    {"x = to_float(\"1,5\")", "1:5: the text is not a number"},
    {"ram(h, r), r > 1d / 0",
     "1:12: r is a size (column \"ram\" of ram), and 1d / 0 is a duration"},
    {".input ram", "1:8: ram is stored, and has neither input nor output"},
    {".output zebra", "1:9: no relation is called \"zebra\""},
    {"p(\"a\"). .input p", "1:16: the input of p needs a .decl with its columns"},
};

static const struct fault files[] = {
    {".decl p(x: number) p(\"a\").",
     "1:22: \"a\" is a text, and column \"x\" of p a number"},
    {".question low(v: size) := package(_, \"nginx\", v).",
     "1:18: v is a size, and column \"version\" of package a version"},
    {".question low(v: nope) := package(_, \"nginx\", v).",
     "1:18: no type is called \"nope\""},
    {"p(x) :- ram(x, _), zebra(x).", "1:20: no relation is called \"zebra\""},
    {".type a <: nope", "1:12: no type is called \"nope\""},
};

static void check_fault(const struct fault *fault, bool is_file)
{
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    struct check_settings settings = herd_settings;
    settings.everything = is_file;
    enum parse_mode mode = is_file ? PARSE_RULES : PARSE_ASKED;
    assert_int_equal(parse_text(program, "question", fault->text, strlen(fault->text),
                                mode, &complaint),
                     0);
    if (check_program(program, &settings, &complaint) != -EINVAL)
        fail_msg("%s: nothing was found wrong", fault->text);
    AUTO(str)
    char *said =
        text_format("%d:%d: %s", complaint.line, complaint.column, complaint.what);
    if (strcmp(said, fault->complaint) != 0)
        fail_msg("%s:\n%s\nand not\n%s", fault->text, said, fault->complaint);
}

static void says_what_is_wrong_with_a_question_and_where(void **state UNUSED)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        check_fault(&questions[i], false);
}

static void says_what_is_wrong_with_a_file_of_rules_and_where(void **state UNUSED)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        check_fault(&files[i], true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong_with_a_question_and_where),
        cmocka_unit_test(says_what_is_wrong_with_a_file_of_rules_and_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
