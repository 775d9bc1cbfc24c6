// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "store/touched.h"

struct asked {
    const char *relation; /* that is wanted; NULL: every one */
    struct strbuf text;
    int count;
};

static bool is_wanted(void *context, const char *relation)
{
    const struct asked *asked = context;
    return !asked->relation || strcmp(asked->relation, relation) == 0;
}

static void note(void *context, const char *host, const char *tag)
{
    struct asked *asked = context;
    asked->count++;
    strbuf_printf(&asked->text, "%s/%s ", host ? host : "-", tag ? tag : "-");
}

static void assert_each(const struct touched *touched, const char *relation,
                        const char *expected)
{
    struct asked asked = {.relation = relation};
    touched_each(touched, is_wanted, note, &asked);
    assert_string_equal(strbuf_text(&asked.text), expected);
    strbuf_clear(&asked.text);
}

static int count_each(const struct touched *touched)
{
    struct asked asked = {0};
    touched_each(touched, is_wanted, note, &asked);
    strbuf_clear(&asked.text);
    return asked.count;
}

static void a_new_one_is_empty(void **state UNUSED)
{
    AUTO(touched) struct touched *touched = touched_new();
    assert_true(touched_is_empty(touched));
    assert_false(touched_is_all(touched));
    assert_false(touched_has(touched, "state"));
    assert_each(touched, NULL, "");
}

static void gives_each_place_of_what_is_wanted_once(void **state UNUSED)
{
    AUTO(touched) struct touched *touched = touched_new();
    touched_add(touched, "state", "a", "x");
    touched_add(touched, "recent", "a", "x");
    touched_add(touched, "state", "a", "x");
    touched_add(touched, "recent", "b", "");
    touched_add(touched, "host", "b", NULL);
    touched_add(touched, "silence", NULL, "ignored");
    assert_each(touched, NULL, "a/x b/ b/- -/- ");
    assert_each(touched, "recent", "a/x b/ ");
    assert_each(touched, "host", "b/- ");
    assert_each(touched, "silence", "-/- ");
    assert_each(touched, "package", "");
    assert_true(touched_has(touched, "host"));
    assert_false(touched_has(touched, "package"));
}

static void a_move_merges_and_leaves_nothing(void **state UNUSED)
{
    AUTO(touched) struct touched *from = touched_new();
    AUTO(touched) struct touched *to = touched_new();
    touched_add(to, "state", "a", "x");
    touched_add(from, "recent", "a", "x");
    touched_add(from, "state", "b", "y");
    touched_move(from, to);
    assert_true(touched_is_empty(from));
    assert_each(to, "recent", "a/x ");
    assert_each(to, "state", "a/x b/y ");
    touched_add_all(from);
    touched_move(from, to);
    assert_true(touched_is_empty(from));
    assert_true(touched_is_all(to));
}

static void anything_is_anything(void **state UNUSED)
{
    AUTO(touched) struct touched *touched = touched_new();
    touched_add(touched, "state", "a", "x");
    touched_add_all(touched);
    touched_add(touched, "state", "b", "y");
    assert_false(touched_is_empty(touched));
    assert_true(touched_has(touched, "package"));
    assert_each(touched, "package", "-/- ");
}

static void more_than_it_holds_is_anything(void **state UNUSED)
{
    AUTO(touched) struct touched *touched = touched_new();
    char name[16];
    for (int i = 0; i < TOUCHED_MAX; i++) {
        snprintf(name, sizeof name, "%d", i);
        touched_add(touched, "state", "a", name);
    }
    assert_false(touched_is_all(touched));
    assert_int_equal(count_each(touched), TOUCHED_MAX);
    touched_add(touched, "recent", "a", "0");
    assert_false(touched_is_all(touched));
    touched_add(touched, "state", "b", "0");
    assert_true(touched_is_all(touched));
}

static void more_relations_than_it_holds_are_anything(void **state UNUSED)
{
    AUTO(touched) struct touched *touched = touched_new();
    char name[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "r%d", i);
        touched_add(touched, name, "a", "x");
        assert_true(touched_has(touched, name));
    }
    assert_true(touched_is_all(touched));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_one_is_empty),
        cmocka_unit_test(gives_each_place_of_what_is_wanted_once),
        cmocka_unit_test(a_move_merges_and_leaves_nothing),
        cmocka_unit_test(anything_is_anything),
        cmocka_unit_test(more_than_it_holds_is_anything),
        cmocka_unit_test(more_relations_than_it_holds_are_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
