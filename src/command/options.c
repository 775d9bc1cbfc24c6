// SPDX-License-Identifier: GPL-3.0-or-later
/* options - a walk over argv with the table beside it. */
#include "command/options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"
#include "config/config.h"

#define ROWS_MAX   48
#define COUNT_MAX  1000
#define NUMBER_MAX 1000000000000
#define WIDTH      28 /* of the help's first column */

static int parse_count(const char *text, int64_t most, int64_t *ret, struct error *err)
{
    char *end;
    long long value = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value > most)
        return error_set(err, -EINVAL,
                         "\"%.40s\" is no count; expected a number from 0 to %lld",
                         text, (long long)most);
    *ret = value;
    return 0;
}

static int set_value(const struct option_row *row, const char *text, void *into,
                     struct error *err)
{
    void *to = (char *)into + row->offset;
    switch (row->type) {
    case OPTION_FLAG:
        *(bool *)to = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)to = text;
        return 0;
    case OPTION_TEXTS:
        texts_add(to, text);
        return 0;
    case OPTION_DURATION:
        return duration_parse(text, to, err);
    case OPTION_SIZE:
        return size_parse(text, to, err);
    case OPTION_COUNT:
        return parse_count(text, COUNT_MAX, to, err);
    case OPTION_NUMBER:
        return parse_count(text, NUMBER_MAX, to, err);
    }
    return 0;
}

static const struct option_row *find_name(const struct option_row *rows,
                                          const char *name, size_t length)
{
    for (; rows->name; rows++)
        if (strlen(rows->name) == length && strncmp(rows->name, name, length) == 0)
            return rows;
    return NULL;
}

static const struct option_row *find_letter(const struct option_row *rows, char letter)
{
    for (; rows->name; rows++)
        if (rows->letter && rows->letter == letter)
            return rows;
    return NULL;
}

static int fail_unknown(const struct option_row *rows, const char *word,
                        struct error *err)
{
    const char *names[ROWS_MAX + 1] = {0};
    char typed[64], hint[96] = "";
    for (size_t i = 0; rows[i].name && i < ROWS_MAX; i++)
        names[i] = rows[i].name;
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(word, "="), word);
    const char *name = strncmp(typed, "--", 2) == 0 ? suggest(typed + 2, names) : NULL;
    if (name)
        snprintf(hint, sizeof hint, "; did you mean --%s?", name);
    return error_set(err, -EINVAL, "no option is called %s%s", typed, hint);
}

/* One option as it was typed. */
struct word {
    const struct option_row *row; /* NULL: unknown */
    const char *value;            /* what was joined to it; NULL */
};

static struct word read_word(const struct option_row *rows, const char *text)
{
    if (text[1] != '-')
        return (struct word){.row = find_letter(rows, text[1]),
                             .value = text[2] ? text + 2 : NULL};
    const char *name = text + 2;
    size_t length = strcspn(name, "=");
    return (struct word){.row = find_name(rows, name, length),
                         .value = name[length] ? name + length + 1 : NULL};
}

int options_parse(const struct option_row *rows, int argc, char **argv, void *into,
                  int *ret_next, struct error *err)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        const char *typed = argv[i];
        if (strcmp(typed, "--") == 0) {
            i++;
            break;
        }
        struct word word = read_word(rows, typed);
        if (!word.row)
            return fail_unknown(rows, typed, err);
        int shown = typed[1] == '-' ? (int)strcspn(typed, "=") : 2;
        bool is_flag = word.row->type == OPTION_FLAG;
        if (is_flag && word.value)
            return error_set(err, -EINVAL, "%.*s takes no value", shown, typed);
        if (!is_flag && !word.value && i + 1 < argc)
            word.value = argv[++i];
        if (!is_flag && !word.value)
            return error_set(err, -EINVAL, "%s: its value is missing: %s", typed,
                             word.row->value);
        int rc = set_value(word.row, word.value, into, err);
        if (rc < 0)
            return error_prefix(err, rc, "%.*s", shown, typed);
    }
    *ret_next = i;
    return 0;
}

/* Behind argv[0] there is room for each. */
int options_parse_words(const struct option_row *rows, int argc, char **argv,
                        void *into, struct words *ret, struct error *err)
{
    struct words words = {.items = argv + 1};
    for (int at = 0; at < argc;) {
        int next;
        bool ends = false;
        int rc = options_parse(rows, argc - at, argv + at, into, &next, err);
        if (rc < 0)
            return rc;
        if (next > 1)
            ends = strcmp(argv[at + next - 1], "--") == 0;
        at += next;
        do {
            if (at < argc)
                words.items[words.count++] = argv[at];
        } while (ends && ++at < argc);
    }
    *ret = words;
    return 0;
}

void options_print(const struct option_row *rows)
{
    for (; rows->name; rows++) {
        char left[64], letter[8] = "    ";
        if (rows->letter)
            snprintf(letter, sizeof letter, "-%c, ", rows->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, rows->name,
                 rows->value ? " " : "", rows->value ? rows->value : "");
        printf("  %-*s %s\n", WIDTH, left, rows->help);
    }
}
