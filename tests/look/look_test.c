// SPDX-License-Identifier: GPL-3.0-or-later
/* look - calls of a command that asks the server, right and wrong. */
#include "look/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "command/options.h"

struct target {
    const char *conf;
    bool json;
};

static const struct option_row rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, offsetof(struct target, conf), "the file"},
    {0, "json", NULL, OPTION_FLAG, offsetof(struct target, json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const struct command command = {
    .name = "look", .arguments = "[OPTIONS]", .summary = "looks", .options = rows};

/* words: separated by one blank each */
static int begin(const char *words, struct target *target, const char **word)
{
    static char text[200];
    char *argv[16] = {(char *)"look"};
    int argc = 1;
    snprintf(text, sizeof text, "%s", words);
    for (char *at = text; at && *at; argc++)
        argv[argc] = strsep(&at, " ");
    return look_begin(&command, argc, argv, target, word);
}

static void reads_options_alone(void **state UNUSED)
{
    struct target target = {0};
    assert_int_equal(begin("-c a.conf --json", &target, NULL), -1);
    assert_string_equal(target.conf, "a.conf");
    assert_true(target.json);
    assert_int_equal(begin("", &target, NULL), -1);
}

static void finds_the_word_before_between_and_behind_options(void **state UNUSED)
{
    static const char *const calls[] = {"abcd -c f --json", "--json abcd -cf",
                                        "--json --conf=f -- abcd"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct target target = {0};
        const char *word = NULL;
        assert_int_equal(begin(calls[i], &target, &word), -1);
        assert_string_equal(word, "abcd");
        assert_string_equal(target.conf, "f");
        assert_true(target.json);
    }
}

static void takes_what_stands_behind_two_dashes_as_it_is(void **state UNUSED)
{
    struct target target = {0};
    const char *word = NULL;
    assert_int_equal(begin("-- --json", &target, &word), -1);
    assert_string_equal(word, "--json");
    assert_false(target.json);
}

static void gathers_all_words_where_many_may_be(void **state UNUSED)
{
    char *argv[] = {(char *)"look", (char *)"a",      (char *)"--json", (char *)"b",
                    (char *)"--",   (char *)"--json", (char *)"c",      NULL};
    struct target target = {0};
    struct words words;
    assert_int_equal(look_begin_words(&command, 7, argv, &target, &words), -1);
    assert_true(target.json);
    assert_int_equal(words.count, 4);
    assert_string_equal(words.items[0], "a");
    assert_string_equal(words.items[1], "b");
    assert_string_equal(words.items[2], "--json");
    assert_string_equal(words.items[3], "c");
}

static void a_wrong_call_ends_with_2(void **state UNUSED)
{
    static const char *const wordless[] = {"--jsn", "-c", "--json=1", "word"};
    static const char *const wordy[] = {"", "--json", "one two", "one --jsn"};
    for (size_t i = 0; i < 4; i++) {
        struct target target = {0};
        const char *word = NULL;
        assert_int_equal(begin(wordless[i], &target, NULL), EXIT_USAGE);
        assert_int_equal(begin(wordy[i], &target, &word), EXIT_USAGE);
        assert_null(word);
    }
}

static void a_call_that_failed_ends_with_1(void **state UNUSED)
{
    struct error why;
    error_set(&why, -1, "nobody is there");
    assert_int_equal(look_end(&command, 0, &why), EXIT_OK);
    assert_int_equal(look_end(&command, -1, &why), EXIT_FAILED);
}

static void help_wins(void **state UNUSED)
{
    struct target target = {0};
    const char *word = NULL;
    assert_int_equal(begin("--jsn --help", &target, NULL), EXIT_OK);
    assert_int_equal(begin("-h", &target, &word), EXIT_OK);
}

static void each_is_a_command_of_sheepdog(void **state UNUSED)
{
    assert_ptr_equal(looks[0], &look_list);
    for (size_t i = 0; looks[i]; i++)
        assert_non_null(command_find(looks[i]->name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_options_alone),
        cmocka_unit_test(finds_the_word_before_between_and_behind_options),
        cmocka_unit_test(takes_what_stands_behind_two_dashes_as_it_is),
        cmocka_unit_test(gathers_all_words_where_many_may_be),
        cmocka_unit_test(a_wrong_call_ends_with_2),
        cmocka_unit_test(a_call_that_failed_ends_with_1),
        cmocka_unit_test(help_wins),
        cmocka_unit_test(each_is_a_command_of_sheepdog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
