// SPDX-License-Identifier: GPL-3.0-or-later
/* options - the forms in which they can be typed, and what is refused. */
#include "command/options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct call {
    const char *conf;
    bool is_quiet;
    int64_t time, size, count, number;
};

#define AT(member) offsetof(struct call, member)

static const struct option_row rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "a file"},
    {'q', "quiet", NULL, OPTION_FLAG, AT(is_quiet), "a flag"},
    {0, "time", "DURATION", OPTION_DURATION, AT(time), "a time"},
    {0, "size", "SIZE", OPTION_SIZE, AT(size), "a size"},
    {0, "count", "N", OPTION_COUNT, AT(count), "a count"},
    {0, "number", "N", OPTION_NUMBER, AT(number), "a large one"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int parse(const char *const *words, struct call *ret, int *ret_next,
                 struct error *err)
{
    int count = 0;
    while (words[count])
        count++;
    *ret = (struct call){0};
    return options_parse(rows, count, (char **)words, ret, ret_next, err);
}

#define WORDS(...) ((const char *const[]){"sheepdog", __VA_ARGS__, NULL})

static void all_forms_say_the_same(void **state UNUSED)
{
    const char *const *forms[] = {WORDS("-c", "x"), WORDS("-cx"), WORDS("--conf", "x"),
                                  WORDS("--conf=x")};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct call call;
        int next;
        assert_int_equal(parse(forms[i], &call, &next, NULL), 0);
        assert_string_equal(call.conf, "x");
    }
}

static void values_have_their_units(void **state UNUSED)
{
    const char *const *words =
        WORDS("--time", "1h30m", "--size=64K", "--count", "7", "-q");
    struct call call;
    int next;
    assert_int_equal(parse(words, &call, &next, NULL), 0);
    assert_int_equal(call.time, 5400000);
    assert_int_equal(call.size, 65536);
    assert_int_equal(call.count, 7);
    assert_true(call.is_quiet);
    assert_int_equal(next, 7);
}

static void they_end_at_the_first_plain_word(void **state UNUSED)
{
    struct call call;
    int next;
    assert_int_equal(parse(WORDS("-q", "ls", "-c", "x"), &call, &next, NULL), 0);
    assert_int_equal(next, 2);
    assert_null(call.conf);
    assert_int_equal(parse(WORDS("-"), &call, &next, NULL), 0);
    assert_int_equal(next, 1);
}

static void they_end_behind_two_dashes(void **state UNUSED)
{
    struct call call;
    int next;
    assert_int_equal(parse(WORDS("--", "-q"), &call, &next, NULL), 0);
    assert_int_equal(next, 2);
    assert_false(call.is_quiet);
}

static void an_empty_value_is_a_value(void **state UNUSED)
{
    struct call call;
    int next;
    assert_int_equal(parse(WORDS("--conf="), &call, &next, NULL), 0);
    assert_string_equal(call.conf, "");
    assert_int_equal(parse(WORDS("-c", ""), &call, &next, NULL), 0);
    assert_string_equal(call.conf, "");
}

static void a_number_may_be_larger_than_a_count(void **state UNUSED)
{
    struct call call;
    int next;
    assert_int_equal(parse(WORDS("--number", "1000000000000"), &call, &next, NULL), 0);
    assert_int_equal(call.number, 1000000000000);
}

static void refuses_with_words(void **state UNUSED)
{
    struct {
        const char *const *words;
        const char *why;
    } calls[] = {
        {WORDS("--tmie", "3"), "no option is called --tmie; did you mean --time?"},
        {WORDS("-x"), "no option is called -x"},
        {WORDS("-c"), "-c: its value is missing: FILE"},
        {WORDS("--quiet=yes"), "--quiet takes no value"},
        {WORDS("--time", "soon"), "--time: \"soon\" is no duration"},
        {WORDS("--size=big"), "--size: \"big\" is no size"},
        {WORDS("--count", "-1"), "--count: \"-1\" is no count"},
        {WORDS("--count", "1001"), "--count: \"1001\" is no count"},
        {WORDS("--count", ""), "--count: \"\" is no count"},
        {WORDS("--number", "1000000000001"), "--number: \"1000000000001\" is no"},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct call call;
        struct error err;
        int next;
        assert_int_equal(parse(calls[i].words, &call, &next, &err), -EINVAL);
        assert_memory_equal(err.text, calls[i].why, strlen(calls[i].why));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_forms_say_the_same),
        cmocka_unit_test(values_have_their_units),
        cmocka_unit_test(they_end_at_the_first_plain_word),
        cmocka_unit_test(they_end_behind_two_dashes),
        cmocka_unit_test(an_empty_value_is_a_value),
        cmocka_unit_test(a_number_may_be_larger_than_a_count),
        cmocka_unit_test(refuses_with_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
