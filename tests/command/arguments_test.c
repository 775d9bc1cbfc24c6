// SPDX-License-Identifier: GPL-3.0-or-later
/* arguments - words of a call, right and wrong. */
#include "command/arguments.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct target {
    const char *file;
    int limit;
    int64_t since;
    bool json;
};

static const struct argument table[] = {
    {"-c", "FILE", "the file", ARGUMENT_TEXT, offsetof(struct target, file)},
    {"--limit", "N", "so many", ARGUMENT_COUNT, offsetof(struct target, limit)},
    {"--since", "TIME", "from then", ARGUMENT_TIME, offsetof(struct target, since)},
    {"--json", NULL, "as JSON", ARGUMENT_FLAG, offsetof(struct target, json)},
    {NULL, NULL, NULL, ARGUMENT_FLAG, 0},
};
static const struct arguments wordless = {
    .usage = "list [OPTION …]", .about = "Lists.", .table = table};
static const struct arguments wordy = {
    .usage = "show ID", .about = "Shows.", .table = table, .word = "ID"};

/* words: separated by one blank each */
static int read_words(const struct arguments *arguments, const char *words,
                      struct target *target, const char **word, struct error *err)
{
    static char text[200];
    char *argv[16] = {(char *)"list"};
    int argc = 1;
    snprintf(text, sizeof text, "%s", words);
    for (char *at = text; at && *at; argc++) {
        argv[argc] = strsep(&at, " ");
    }
    return arguments_read(arguments, argc, argv, target, word, err);
}

static void reads_each_kind_of_option(void **state UNUSED)
{
    struct target target = {0};
    const char *word = "old";
    assert_int_equal(read_words(&wordless,
                                "-c a.conf --limit 20 --since=2026-11-01T00:00:00Z "
                                "--json",
                                &target, &word, NULL),
                     0);
    assert_string_equal(target.file, "a.conf");
    assert_int_equal(target.limit, 20);
    assert_int_equal(target.since, INT64_C(1793491200000));
    assert_true(target.json);
    assert_null(word);
}

static void finds_the_plain_word_anywhere(void **state UNUSED)
{
    static const char *const calls[] = {"abcd --json", "--json abcd", "--json -- abcd"};
    for (size_t i = 0; i < 3; i++) {
        struct target target = {0};
        const char *word;
        assert_int_equal(read_words(&wordy, calls[i], &target, &word, NULL), 0);
        assert_string_equal(word, "abcd");
        assert_true(target.json);
    }
}

static void takes_what_stands_behind_two_dashes_as_it_is(void **state UNUSED)
{
    struct target target = {0};
    const char *word;
    assert_int_equal(read_words(&wordy, "-- --json", &target, &word, NULL), 0);
    assert_string_equal(word, "--json");
    assert_false(target.json);
}

static void says_what_is_wrong(void **state UNUSED)
{
    static const struct {
        const struct arguments *arguments;
        const char *words, *error;
    } calls[] = {
        {&wordless, "--jsn", "there is no option --jsn; did you mean --json?"},
        {&wordless, "--limt=5", "there is no option --limt; did you mean --limit?"},
        {&wordless, "-x", "there is no option -x"},
        {&wordless, "--json=1", "--json takes no value"},
        {&wordless, "--limit", "--limit needs a value: N"},
        {&wordless, "--limit 0",
         "--limit: \"0\" is no number; expected one from 1 to 10000"},
        {&wordless, "--limit 10001",
         "--limit: \"10001\" is no number; expected one from 1 to 10000"},
        {&wordless, "--limit 5x",
         "--limit: \"5x\" is no number; expected one from 1 to 10000"},
        {&wordless, "word", "found \"word\", expected options alone"},
        {&wordy, "one two", "found \"two\", expected nothing more"},
        {&wordy, "--json", "ID is missing"},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct target target = {0};
        const char *word;
        struct error err = {0};
        assert_int_equal(
            read_words(calls[i].arguments, calls[i].words, &target, &word, &err),
            -EINVAL);
        assert_string_equal(err.text, calls[i].error);
    }
}

static void help_wins(void **state UNUSED)
{
    struct target target = {0};
    const char *word;
    assert_int_equal(read_words(&wordy, "--json --help", &target, &word, NULL),
                     -ECANCELED);
    assert_int_equal(read_words(&wordy, "-h", &target, &word, NULL), -ECANCELED);
}

static void the_help_names_every_option(void **state UNUSED)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    arguments_help(&wordless, to);
    fclose(to);
    assert_non_null(strstr(text, "usage: list [OPTION …]\n"));
    for (const struct argument *argument = table; argument->name; argument++) {
        assert_non_null(strstr(text, argument->name));
        assert_non_null(strstr(text, argument->help));
    }
    assert_non_null(strstr(text, "--help"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind_of_option),
        cmocka_unit_test(finds_the_plain_word_anywhere),
        cmocka_unit_test(takes_what_stands_behind_two_dashes_as_it_is),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(help_wins),
        cmocka_unit_test(the_help_names_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
