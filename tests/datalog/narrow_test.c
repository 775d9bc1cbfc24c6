// SPDX-License-Identifier: GPL-3.0-or-later
/* narrow - how far rules reach, and what is derived of what is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datalog/catalogue.h"
#include "datalog/narrow.h"
#include "running.h"

static const struct stored_column state_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "tag", .type = TYPE_TEXT},
    {.name = "state", .type = TYPE_TEXT},
};
static const struct stored_column ram_columns[] = {
    {.name = "bytes", .type = TYPE_NUMBER},
    {.name = "host", .type = TYPE_TEXT},
};
static const struct stored state = {
    .name = "state", .columns = state_columns, .count = 3, .sql = "main.state"};
static const struct stored ram = {.name = "ram",
                                  .columns = ram_columns,
                                  .count = 2,
                                  .sql = "main.ram",
                                  .knows_time = true};
static const struct catalogue catalogue = {
    .items = (const struct stored *const[]){&ram, &state, NULL}};

static const char tables[] =
    "CREATE TABLE state (host, tag, state);"
    "INSERT INTO state VALUES ('a', 'x', 'fail'), ('a', 'y', 'fail'), ('b', 'x', "
    "'fail'),"
    " ('b', 'y', 'ok');"
    "CREATE TABLE ram (bytes, host); INSERT INTO ram VALUES (1, 'a'), (2, 'b');";

static void note_read(void *context, const struct predicate *stored,
                      enum narrow_reach reach)
{
    static const char *const names[] = {"none", "both", "first", "all"};
    strbuf_printf(context, "%s %s\n", stored->name, names[reach]);
}

/* "RELATION REACH\n" of the first rule of alert, and "time\n" where it knows that. */
static void reads(const char *text, const char *wanted)
{
    AUTO(strbuf) struct strbuf program = {0}, found = {0};
    strbuf_printf(&program, "%s\n?- alert(h, t).", text);
    struct running running = running_open(strbuf_text(&program), tables, &catalogue);
    assert_int_equal(running.rc, 0);
    struct narrowing *narrowing = narrow_new(running.program, "host", "tag");
    const struct predicate *alert = predicate_find(running.program, "alert");
    if (narrow_each_read(narrowing, alert->rules[0], note_read, &found))
        strbuf_puts(&found, "time\n");
    assert_string_equal(strbuf_text(&found), wanted);
    running_close(&running);
}

static void the_heads_own_row_is_read(void **context UNUSED)
{
    reads("alert(h, t) :- state(h, t, _).", "state both\n");
    reads("alert(h, \"x\") :- state(h, _, _).", "state first\n");
    reads("alert(h, t) :- state(h, t, _), !state(h, _, \"ok\").",
          "state both\nstate first\n");
}

static void others_are_read_wherever_they_stand(void **context UNUSED)
{
    reads("alert(h, t) :- state(h, t, _), state(_, t, \"ok\").",
          "state all\nstate both\n");
    reads("alert(h, t) :- state(h, t, _), 1 < count : { state(_, _, \"ok\") }.",
          "state all\nstate both\n");
    reads("alert(\"a\", t) :- state(\"a\", t, _).", "state all\n");
    reads("alert(t, h) :- state(h, t, _).", "state all\n");
}

static void relations_between_pass_it_on(void **context UNUSED)
{
    reads("bad(t, s, h) :- state(h, t, s). alert(h, t) :- bad(t, \"fail\", h).",
          "state both\n");
    reads("some(h) :- state(h, _, _). alert(h, t) :- state(h, t, _), !some(h).",
          "state both\nstate first\n");
    reads("some(h) :- state(h, _, _). alert(h, t) :- state(h, t, _), some(t).",
          "state both\nstate all\n");
}

static void recursion_is_followed_once(void **context UNUSED)
{
    reads("r(h, t) :- state(h, t, _). r(h, t) :- r(h, t), state(h, _, _). "
          "alert(h, t) :- r(h, t).",
          "state both\nstate first\n");
}

static void time_is_known_through_others(void **context UNUSED)
{
    reads("alert(h, t) :- state(h, t, _), ram(_, h).", "state both\nram first\ntime\n");
    reads("now_is(t) :- t = now(). alert(h, t) :- state(h, t, _), now_is(x), x = x.",
          "state both\ntime\n");
}

/* ---- what is derived ---- */

static int put_row(const struct value *values, void *context)
{
    strbuf_printf(context, "%s %s\n", values[0].text, values[1].text);
    return 0;
}

static void give(struct running *running, const struct predicate *given,
                 const char *first, const char *second)
{
    const struct value values[] = {{.type = TYPE_TEXT, .text = first},
                                   {.type = TYPE_TEXT, .text = second}};
    assert_int_equal(
        evaluation_add(running->evaluation, given, values, &running->complaint), 0);
}

/* Of what is given, a and x. */
static void derives(const char *text, enum narrow_reach reach, const char *wanted)
{
    AUTO(strbuf) struct strbuf program = {0}, found = {0};
    const struct evaluation_settings settings = {.limits = {0}};
    strbuf_printf(&program, "%s\n?- alert(h, t).", text);
    struct running running = running_open(strbuf_text(&program), tables, &catalogue);
    assert_int_equal(running.rc, 0);
    struct narrowing *narrowing = narrow_new(running.program, "host", "tag");
    struct predicate *alert = predicate_find(running.program, "alert");
    struct directive output = {.kind = DIRECTIVE_OUTPUT};
    output.predicate = narrow_rule(narrowing, alert->rules[0], reach);
    running.program->directives = &output;
    running.program->directive_count = 1;
    running.program->question = NULL;
    assert_int_equal(check_strata(running.program, &running.complaint), 0);
    assert_int_equal(evaluation_new(running.program, running.db, &settings,
                                    &running.evaluation, &running.complaint),
                     0);
    give(&running, narrow_given(narrowing), "a", "x");
    give(&running, narrow_given_first(narrowing), "a", NULL);
    assert_int_equal(evaluation_run(running.evaluation, &running.complaint), 0);
    assert_int_equal(evaluation_each(running.evaluation, output.predicate, put_row,
                                     &found, &running.complaint),
                     0);
    assert_string_equal(strbuf_text(&found), wanted);
    running_close(&running);
}

static void what_is_given_alone_is_derived(void **context UNUSED)
{
    static const char text[] = "alert(h, t) :- state(h, t, \"fail\").";
    derives(text, NARROW_BOTH, "a x\n");
    derives(text, NARROW_FIRST, "a x\na y\n");
    derives(text, NARROW_ALL, "a x\na y\nb x\n");
}

static void what_is_negated_is_right_of_what_is_given(void **context UNUSED)
{
    static const char text[] = "fine(h) :- state(h, _, \"ok\"). "
                               "alert(h, t) :- state(h, t, \"fail\"), !fine(h).";
    derives(text, NARROW_BOTH, "a x\n");
    derives(text, NARROW_ALL, "a x\na y\n");
}

static void what_is_counted_is_right_of_what_is_given(void **context UNUSED)
{
    static const char text[] = "bad(h, t) :- state(h, t, \"fail\"). "
                               "alert(h, t) :- bad(h, t), 2 = count : { bad(h, _) }.";
    derives(text, NARROW_BOTH, "a x\n");
    derives(text, NARROW_ALL, "a x\na y\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heads_own_row_is_read),
        cmocka_unit_test(others_are_read_wherever_they_stand),
        cmocka_unit_test(relations_between_pass_it_on),
        cmocka_unit_test(recursion_is_followed_once),
        cmocka_unit_test(time_is_known_through_others),
        cmocka_unit_test(what_is_given_alone_is_derived),
        cmocka_unit_test(what_is_negated_is_right_of_what_is_given),
        cmocka_unit_test(what_is_counted_is_right_of_what_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
