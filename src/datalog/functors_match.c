// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_match - dl_match: all of a text by an extended regular expression of POSIX.
 * The last patterns of a connection stay compiled. Patterns whose compiling or matching
 * takes memory or time beyond measure are refused: they cannot be interrupted. */
#include "datalog/functors.h"

#include <ctype.h>
#include <regex.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "datalog/functors_parts.h"

#define CACHED      16
#define PATTERN_MAX 1000 /* bytes */
#define REPEAT_MAX  2000 /* all bounds {…} of a pattern, multiplied */
#define WHAT_SIZE   200

struct pattern {
    char *text; /* NULL: this place is free */
    regex_t regex;
};

struct patterns {
    struct pattern items[CACHED];
    size_t next; /* where the next one goes */
};

static void forget(struct pattern *pattern)
{
    if (!pattern->text)
        return;
    regfree(&pattern->regex);
    free(pattern->text);
    *pattern = (struct pattern){0};
}

static void free_patterns(void *memory)
{
    struct patterns *patterns = memory;
    for (size_t i = 0; i < CACHED; i++)
        forget(&patterns->items[i]);
    free(patterns);
}

/* ---- what is refused ---- */

/* The larger number of {…}; at least 1. */
static unsigned long read_bound(const char *brace)
{
    unsigned long most = 1;
    for (const char *at = brace + 1; *at && *at != '}'; at++) {
        char *end;
        unsigned long number = isdigit((unsigned char)*at) ? strtoul(at, &end, 10) : 0;
        most = number > most ? number : most;
        if (number > 0)
            at = end - 1;
    }
    return most;
}

static const char *skip_set(const char *bracket)
{
    const char *at = bracket + 1;
    at += *at == '^';
    at += *at == ']';
    const char *end = strchr(at, ']');
    return end ? end : bracket;
}

static const char *find_fault(const char *pattern)
{
    unsigned long repeat = 1;
    if (strlen(pattern) > PATTERN_MAX)
        return "it is too long";
    for (const char *at = pattern; *at; at++) {
        if (*at == '\\' && isdigit((unsigned char)at[1]))
            return "it refers back to a group";
        if (*at == '{')
            repeat *= read_bound(at);
        if (repeat > REPEAT_MAX)
            return "it repeats too often";
        if (*at == '[')
            at = skip_set(at);
        else if (*at == '\\' && at[1])
            at++;
    }
    return NULL;
}

/* ---- compiling ---- */

static bool compile_alone(const char *text, char *what)
{
    regex_t regex;
    int rc = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
    if (rc == 0)
        regfree(&regex);
    else
        regerror(rc, NULL, what, WHAT_SIZE);
    return rc == 0;
}

/* By itself first: within parentheses "a)(b" would be right. */
static bool compile(const char *text, struct pattern *ret, char *what)
{
    const char *fault = find_fault(text);
    if (fault)
        snprintf(what, WHAT_SIZE, "%s", fault);
    if (fault || !compile_alone(text, what))
        return false;
    AUTO(str) char *whole = text_format("^(%s)$", text);
    int rc = regcomp(&ret->regex, whole, REG_EXTENDED | REG_NOSUB);
    if (rc != 0) {
        regerror(rc, NULL, what, WHAT_SIZE);
        return false;
    }
    ret->text = text_copy(text);
    return true;
}

static const struct pattern *find_pattern(struct patterns *patterns, const char *text,
                                          char *what)
{
    for (size_t i = 0; i < CACHED; i++)
        if (patterns->items[i].text && strcmp(patterns->items[i].text, text) == 0)
            return &patterns->items[i];
    struct pattern pattern = {0};
    if (!compile(text, &pattern, what))
        return NULL;
    struct pattern *place = &patterns->items[patterns->next];
    patterns->next = (patterns->next + 1) % CACHED;
    forget(place);
    *place = pattern;
    return place;
}

/* dl_match(site, pattern, text, witnesses…) */
static void match(sqlite3_context *context, int count, sqlite3_value **args)
{
    const char *text = (const char *)sqlite3_value_text(args[2]);
    const char *wanted = (const char *)sqlite3_value_text(args[1]);
    if (!text || !wanted)
        return;
    char what[WHAT_SIZE];
    const struct pattern *pattern =
        find_pattern(sqlite3_user_data(context), wanted, what);
    if (pattern) {
        int rc = regexec(&pattern->regex, text, 0, NULL, 0);
        sqlite3_result_int(context, rc == 0);
        return;
    }
    AUTO(str) char *sentence = text_format("not a regular expression (%s)", what);
    functors_fail(context, sentence, sqlite3_value_int64(args[0]), count - 3, args + 3);
}

int functors_register_match(sqlite3 *db)
{
    struct patterns *patterns = memory_new(sizeof *patterns);
    return sqlite3_create_function_v2(db, "dl_match", -1, SQLITE_UTF8, patterns, match,
                                      NULL, NULL, free_patterns);
}
