// SPDX-License-Identifier: GPL-3.0-or-later
/* silence - what is not to be told for a while: which hosts and tags, until when, and
 * why. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/suggest.h"
#include "base/zone.h"
#include "command/options.h"
#include "look/alert.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/table.h"
#include "look/when.h"
#include "look/wish.h"

#define ZONE_ROOM  128
#define TAGS_SHOWN 10 /* of those that are well */

struct silence_options {
    struct wish wish;
    const char *from, *calendar, *length;
    bool until_recovery;
};

#define AT(member) offsetof(struct silence_options, member)

static const struct option_row silence_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(wish.conf), "the configuration to read"},
    {0, "for", "DURATION", OPTION_DURATION, AT(wish.length), WISH_FOR_HELP},
    {0, "until", "TIME", OPTION_TEXT, AT(wish.until), WISH_UNTIL_HELP},
    {0, "reason", "TEXT", OPTION_TEXT, AT(wish.reason), WISH_REASON_HELP},
    {0, "from", "TIME", OPTION_TEXT, AT(from), "from then on, not from now"},
    {0, "calendar", "TIMES", OPTION_TEXT, AT(calendar),
     "only in windows that begin then: \"Sat 02:00\""},
    {0, "length", "DURATION", OPTION_TEXT, AT(length), "how long each of them is"},
    {0, "until-recovery", NULL, OPTION_FLAG, AT(until_recovery),
     "it also ends when nothing that it holds is wrong"},
    {0, "json", NULL, OPTION_FLAG, AT(wish.json), "what the server says, as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* ---- which ---- */

static const char *const names[] = {"host", "tag", NULL};

/* Where the next of "host:" and "tag:" begins behind a blank, or the end. */
static const char *find_next(const char *text)
{
    for (const char *at = strchr(text, ' '); at; at = strchr(at + 1, ' '))
        for (size_t i = 0; names[i]; i++)
            if (strncmp(at + 1, names[i], strlen(names[i])) == 0 &&
                at[1 + strlen(names[i])] == ':')
                return at;
    return text + strlen(text);
}

static int fail_part(const char *part, size_t length, struct error *err)
{
    char hint[80];
    size_t colon = strcspn(part, ":");
    AUTO(str) char *name = memory_copy(part, colon < length ? colon : 0);
    return error_set(err, -EINVAL,
                     "found \"%.*s\", expected 'host:PATTERN tag:PATTERN', or one of "
                     "them%s",
                     (int)(length < 60 ? length : 60), part,
                     suggest_text(name, names, hint, sizeof hint));
}

static int read_part(const char *part, size_t length, json_t *body, struct error *err)
{
    for (size_t i = 0; names[i]; i++) {
        size_t head = strlen(names[i]) + 1;
        if (length <= head || strncmp(part, names[i], head - 1) != 0 ||
            part[head - 1] != ':')
            continue;
        if (json_object_get(body, names[i]))
            return error_set(err, -EINVAL, "%s: is said twice", names[i]);
        json_object_set_new(body, names[i], json_stringn(part + head, length - head));
        return json_object_get(body, names[i])
                   ? 0
                   : error_set(err, -EINVAL, "%s: its pattern is not UTF-8", names[i]);
    }
    return fail_part(part, length, err);
}

/* Both may stand in one word, as they are shown; a pattern may have blanks. */
static int read_which(const struct words *words, json_t *body, struct error *err)
{
    if (words->count == 0)
        return error_set(err, -EINVAL, "which? 'host:PATTERN tag:PATTERN' says so");
    for (size_t i = 0; i < words->count; i++)
        for (const char *part = words->items[i]; *part;) {
            const char *end = find_next(part);
            int rc = read_part(part, (size_t)(end - part), body, err);
            if (rc < 0)
                return rc;
            part = *end ? end + 1 : end;
        }
    for (size_t i = 0; names[i]; i++)
        if (!json_object_get(body, names[i]))
            json_object_set_new(body, names[i], json_string("*"));
    return 0;
}

/* ---- when ---- */

static int put_calendar(const struct silence_options *options, json_t *body,
                        struct error *err)
{
    char zone[ZONE_ROOM];
    int64_t length;
    if (!options->calendar != !options->length)
        return error_set(err, -EINVAL, "--calendar and --length need each other");
    if (!options->calendar)
        return 0;
    int rc = duration_parse(options->length, &length, err);
    if (rc < 0)
        return error_prefix(err, rc, "--length");
    json_object_set_new(body, "calendar", json_string(options->calendar));
    json_object_set_new(body, "length", json_string(options->length));
    json_object_set_new(body, "zone", json_string(zone_own_name(zone, sizeof zone)));
    return 0;
}

static int make_body(const struct silence_options *options, const struct words *words,
                     json_t *body, struct error *err)
{
    int64_t from = clock_now();
    int rc = read_which(words, body, err);
    if (rc == 0 && options->from) {
        rc = when_parse_ahead(options->from, from, &from, err);
        rc = rc < 0 ? error_prefix(err, rc, "--from") : 0;
        wish_put_time(body, "from", from);
    }
    if (rc == 0)
        rc = wish_put(&options->wish, from, body, err);
    if (rc == 0)
        rc = put_calendar(options, body, err);
    if (options->until_recovery)
        json_object_set_new(body, "until_recovery", json_true());
    return rc;
}

/* ---- what it holds ---- */

static const struct table_column columns[] = {
    {"N", true}, {"SEVERITY", false}, {"HOST", false}, {"TAG", false}, {NULL, false},
};

static void add_row(struct table *rows, const json_t *match)
{
    const json_t *incident = json_object_get(match, "number");
    const char *severity = fetched_text(match, "severity");
    AUTO(str)
    char *number =
        incident ? text_format("%" JSON_INTEGER_FORMAT, json_integer_value(incident))
                 : text_copy("");
    table_add(rows, PAINT_NONE, number);
    table_add(rows, incident ? alert_paint(severity) : PAINT_NONE,
              incident ? severity : "-");
    table_add(rows, PAINT_NONE, fetched_text(match, "host"));
    table_add(rows, PAINT_NONE, fetched_text(match, "tag"));
}

static void print_matches(const json_t *answer)
{
    struct screen screen = screen_find();
    const json_t *alerts = json_object_get(answer, "alerts");
    const json_t *tags = json_object_get(answer, "tags");
    json_int_t more = json_integer_value(json_object_get(answer, "tag_count"));
    AUTO(table) struct table *rows = table_new(columns);
    size_t i;
    if (json_array_size(alerts) + json_array_size(tags) == 0) {
        say("nothing; are its patterns right?");
        return;
    }
    for (i = 0; i < json_array_size(alerts); i++)
        add_row(rows, json_array_get(alerts, i));
    for (i = 0; i < json_array_size(tags) && i < TAGS_SHOWN; i++)
        add_row(rows, json_array_get(tags, i));
    table_print(rows, &screen);
    if (more > (json_int_t)i)
        printf("and %" JSON_INTEGER_FORMAT " other tags without an alert\n",
               more - (json_int_t)i);
}

static void print(const json_t *answer)
{
    char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
    clock_format_local(fetched_time(answer, "from"), CLOCK_MINUTES, from);
    clock_format_local(fetched_time(answer, "until"), CLOCK_MINUTES, until);
    printf("silence %" JSON_INTEGER_FORMAT
           ", from %s until %s; of what is known now it is for:\n",
           json_integer_value(json_object_get(answer, "number")), from, until);
    fflush(stdout);
    print_matches(answer);
}

static int run(int argc, char **argv)
{
    struct silence_options options = {0};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&look_silence, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    json_auto_t *body = json_object();
    if (make_body(&options, &words, body, &err) < 0)
        return look_refuse(&look_silence, &err);
    return wish_send(&look_silence, &options.wish, "/v1/silences", body, print);
}

const struct command look_silence = {
    .name = "silence",
    .arguments = "[OPTIONS] 'host:PATTERN tag:PATTERN'",
    .summary = "do not tell what these hosts and tags do, for a while",
    .options = silence_rows,
    .run = run,
};
