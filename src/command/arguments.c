// SPDX-License-Identifier: GPL-3.0-or-later
/* arguments - each word is an option of the table, the value of one, or a plain word. */
#include "command/arguments.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "command/command.h"
#include "command/when.h"

#define KNOWN_MAX 32

/* The words that have not been read yet. */
struct words {
    int count, at;
    char **items;
};

static const struct argument *find(const struct argument *table, const char *word)
{
    size_t length = strcspn(word, "=");
    for (; table->name; table++)
        if (strlen(table->name) == length && strncmp(table->name, word, length) == 0)
            return table;
    return NULL;
}

/* A letter has no near ones. */
static int fail_unknown(const struct argument *table, const char *word,
                        struct error *err)
{
    const char *known[KNOWN_MAX + 1] = {"--help"};
    for (size_t i = 0; table[i].name && i + 1 < KNOWN_MAX; i++)
        known[i + 1] = table[i].name;
    AUTO(str) char *name = memory_copy(word, strcspn(word, "="));
    char hint[80] = "";
    if (strlen(name) > 2)
        suggest_text(name, known, hint, sizeof hint);
    return error_set(err, -EINVAL, "there is no option %.60s%s", name, hint);
}

static int read_count(const char *text, int *ret, struct error *err)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < 1 || value > 10000)
        return error_set(err, -EINVAL,
                         "\"%.40s\" is no number; expected one from 1 to 10000", text);
    *ret = (int)value;
    return 0;
}

static int read_value(const struct argument *argument, const char *text, void *target,
                      struct error *err)
{
    void *to = (char *)target + argument->offset;
    int rc = 0;
    switch (argument->type) {
    case ARGUMENT_FLAG:
        *(bool *)to = true;
        break;
    case ARGUMENT_TEXT:
        *(const char **)to = text;
        break;
    case ARGUMENT_COUNT:
        rc = read_count(text, to, err);
        break;
    case ARGUMENT_TIME:
        rc = when_parse(text, clock_now(), to, err);
        break;
    }
    return rc < 0 ? error_prefix(err, rc, "%s", argument->name) : 0;
}

static int read_option(const struct arguments *arguments, struct words *words,
                       void *target, struct error *err)
{
    const char *word = words->items[words->at++];
    const struct argument *argument = find(arguments->table, word);
    if (!argument)
        return fail_unknown(arguments->table, word, err);

    const char *equals = strchr(word, '=');
    const char *value = equals ? equals + 1 : NULL;
    if (!argument->value && value)
        return error_set(err, -EINVAL, "%s takes no value", argument->name);
    if (argument->value && !value && words->at == words->count)
        return error_set(err, -EINVAL, "%s needs a value: %s", argument->name,
                         argument->value);
    if (argument->value && !value)
        value = words->items[words->at++];
    return read_value(argument, value, target, err);
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int read_plain(const struct arguments *arguments, const char *word,
                      const char **plain, struct error *err)
{
    if (!arguments->word || *plain)
        return error_set(err, -EINVAL, "found \"%.60s\", expected %s", word,
                         arguments->word ? "nothing more" : "options alone");
    *plain = word;
    return 0;
}

int arguments_read(const struct arguments *arguments, int argc, char **argv,
                   void *target, const char **ret_word, struct error *err)
{
    struct words words = {.count = argc, .at = 1, .items = argv};
    const char *plain = NULL;
    bool are_options_over = false;
    while (words.at < words.count) {
        const char *word = argv[words.at];
        bool is_plain = are_options_over || word[0] != '-';
        int rc = 0;
        if (!is_plain && is_help(word))
            return -ECANCELED;
        if (!is_plain && strcmp(word, "--") == 0)
            are_options_over = words.at++ > 0;
        else if (!is_plain)
            rc = read_option(arguments, &words, target, err);
        else
            rc = read_plain(arguments, argv[words.at++], &plain, err);
        if (rc < 0)
            return rc;
    }
    if (arguments->word && !plain)
        return error_set(err, -EINVAL, "%s is missing", arguments->word);
    *ret_word = plain;
    return 0;
}

void arguments_help(const struct arguments *arguments, FILE *to)
{
    static const struct argument help = {.name = "--help", .help = "this text"};
    fprintf(to, "usage: %s\n\n%s\n\n", arguments->usage, arguments->about);
    for (const struct argument *argument = arguments->table; argument;) {
        const char *value = argument->value ? argument->value : "";
        int width = 20 - (int)strlen(argument->name);
        fprintf(to, "  %s %-*s %s\n", argument->name, width, value, argument->help);
        if (argument == &help)
            break;
        argument = argument[1].name ? argument + 1 : &help;
    }
}

int arguments_begin(const struct arguments *arguments, int argc, char **argv,
                    void *target, const char **ret_word)
{
    struct error err;
    int rc = arguments_read(arguments, argc, argv, target, ret_word, &err);
    if (rc == 0)
        return -1;
    if (rc == -ECANCELED) {
        arguments_help(arguments, stdout);
        return EXIT_OK;
    }
    fprintf(stderr, "sheepdog: %s: %s\nusage: %s\n", argv[0], err.text,
            arguments->usage);
    return EXIT_USAGE;
}
