// SPDX-License-Identifier: GPL-3.0-or-later
/* dead - the messages that the server could not read or handle: it keeps their bytes,
 * and why. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/suggest.h"
#include "base/units.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/limit.h"
#include "look/look.h"
#include "look/table.h"
#include "queue/http.h"

#define LIMIT_USUAL 100
#define PAGE        500 /* of --all, in one answer */

struct dead_options {
    const char *conf;
    int64_t limit;
    bool all, json, raw;
};

#define AT(member) offsetof(struct dead_options, member)

static const struct option_row dead_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "limit", "N", OPTION_COUNT, AT(limit),
     "list: the newest N, not the newest 100"},
    {0, "all", NULL, OPTION_FLAG, AT(all), "retry, drop: every one"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "list, show: as JSON"},
    {0, "raw", NULL, OPTION_FLAG, AT(raw), "show: the bytes as they came"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const struct table_column columns[] = {
    {"N", true},    {"CAME", false},   {"FROM", false},
    {"SIZE", true}, {"REASON", false}, {NULL, false},
};

/* What each action gets: the server, the options, and its words behind the action's. */
struct dead_call {
    const struct dead_options *options;
    const struct words *numbers;
    struct http *http;
};

static int64_t number_of(const json_t *row)
{
    return (int64_t)json_integer_value(json_object_get(row, "number"));
}

/* One page, newest first, of those before that number; 0: of all. */
static int fetch_page(struct http *http, int64_t limit, int64_t before, json_t **ret,
                      struct error *err)
{
    AUTO(str) char *path = text_format("/v1/dead?limit=%" PRId64, limit);
    AUTO(str) char *next = text_format("%s&before=%" PRId64, path, before);
    return fetch_get(http, before > 0 ? next : path, ret, err);
}

/* ---- list ---- */

static void add_row(struct table *rows, const json_t *row)
{
    char time[CLOCK_TEXT_SIZE], size[UNITS_TEXT_SIZE];
    AUTO(str) char *number = text_format("%" PRId64, number_of(row));
    clock_format_local(fetched_time(row, "came"), CLOCK_SECONDS, time);
    table_add(rows, PAINT_NONE, number);
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, fetched_text(row, "source"));
    table_add(
        rows, PAINT_NONE,
        size_format((int64_t)json_integer_value(json_object_get(row, "size")), size));
    table_add(rows, PAINT_NONE, fetched_text(row, "reason"));
}

static void print_list(const json_t *list)
{
    struct screen screen = screen_find();
    if (json_array_size(list) == 0) {
        if (screen.width > 0)
            puts("no dead letters");
        return;
    }
    AUTO(table) struct table *rows = table_new(columns);
    for (size_t i = json_array_size(list); i > 0; i--)
        add_row(rows, json_array_get(list, i - 1));
    table_print(rows, &screen);
}

/* One more than is shown is asked for, to know whether there are more. */
static int list(const struct dead_call *call, struct error *err)
{
    json_auto_t *answer = NULL;
    int rc = fetch_page(call->http, call->options->limit + 1, 0, &answer, err);
    if (rc < 0)
        return rc;
    json_t *dead = json_object_get(answer, "dead");
    bool has_more = limit_cut(dead, call->options->limit);
    if (call->options->json)
        fetch_print(dead);
    else
        print_list(dead);
    if (has_more)
        limit_say(call->options->limit);
    return 0;
}

/* ---- show ---- */

/* The bytes as they came: "text", unless they are not UTF-8. */
static int read_bytes(const json_t *letter, struct strbuf *ret, struct error *err)
{
    json_t *bytes = json_object_get(letter, "bytes");
    const json_t *text = json_object_get(letter, "text");
    if (json_is_string(bytes)) {
        if (base64_decode(ret, json_string_value(bytes), json_string_length(bytes)) < 0)
            return error_set(err, -EPROTO, "the answer's bytes are not base64");
    } else if (json_is_string(text)) {
        strbuf_add(ret, json_string_value(text), json_string_length(text));
    }
    return 0;
}

static void print_field(const char *name, const char *text)
{
    AUTO(strbuf) struct strbuf line = {0};
    screen_add_line(&line, text, strlen(text));
    if (line.size > 0)
        printf("  %-9s %s\n", name, strbuf_text(&line));
}

static void print_letter(const json_t *letter, const struct strbuf *bytes)
{
    char time[CLOCK_TEXT_SIZE], size[UNITS_TEXT_SIZE];
    AUTO(strbuf) struct strbuf text = {0};
    clock_format_local(fetched_time(letter, "came"), CLOCK_SECONDS, time);
    printf("dead letter %" PRId64 "\n", number_of(letter));
    print_field("reason", fetched_text(letter, "reason"));
    print_field("came", time);
    print_field("from", fetched_text(letter, "source"));
    print_field("name", fetched_text(letter, "name"));
    print_field("size", size_format((int64_t)bytes->size, size));
    screen_add_lines(&text, strbuf_text(bytes), bytes->size);
    printf("\n%s\n", strbuf_text(&text));
}

static char *make_path(const char *number, const char *rest)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/dead/");
    http_add_segment(&path, number);
    strbuf_puts(&path, rest);
    return strbuf_take(&path);
}

static int show(const struct dead_call *call, struct error *err)
{
    AUTO(str) char *path = make_path(call->numbers->items[0], "");
    AUTO(strbuf) struct strbuf bytes = {0};
    json_auto_t *letter = NULL;
    int rc = fetch_get(call->http, path, &letter, err);
    if (rc == 0)
        rc = read_bytes(letter, &bytes, err);
    if (rc < 0)
        return rc;
    if (call->options->json)
        fetch_print(letter);
    else if (call->options->raw)
        fwrite(strbuf_text(&bytes), 1, bytes.size, stdout);
    else
        print_letter(letter, &bytes);
    return 0;
}

/* ---- retry and drop ---- */

static int retry_one(struct http *http, const char *number, struct error *err)
{
    AUTO(str) char *path = make_path(number, "/retry");
    json_auto_t *answer = NULL;
    int rc = fetch_post(http, path, &answer, err);
    if (rc == 0)
        printf("%s: %s\n", number,
               json_is_true(json_object_get(answer, "stored"))
                   ? "handled, and no dead letter any more"
                   : "the store has it already; no dead letter any more");
    return rc;
}

static int drop_one(struct http *http, const char *number, struct error *err)
{
    AUTO(str) char *path = make_path(number, "");
    json_auto_t *answer = NULL;
    int rc = fetch_delete(http, path, &answer, err);
    if (rc == 0)
        printf("%s: dropped\n", number);
    return rc;
}

typedef int letter_fn(struct http *http, const char *number, struct error *err);

/* What is done to each of several letters. */
struct change {
    struct http *http;
    letter_fn *one;
    size_t count, failed; /* those that it was tried with; it failed with */
};

/* One that is refused for its own sake is said, and the others go on. */
static int change_one(struct change *change, const char *number, struct error *err)
{
    int rc = change->one(change->http, number, err);
    change->count++;
    if (rc != -ENOENT && rc != -ENOTUNIQ && rc != -EINVAL)
        return rc;
    say("dead: %s: %s", number, err->text);
    change->failed++;
    return 0;
}

/* Newest first, page by page; what stays is passed over by its number. */
static int change_all(struct change *change, struct error *err)
{
    for (int64_t before = 0;;) {
        json_auto_t *answer = NULL;
        int rc = fetch_page(change->http, PAGE, before, &answer, err);
        const json_t *dead = json_object_get(answer, "dead");
        size_t count = json_array_size(dead);
        for (size_t i = 0; rc == 0 && i < count; i++) {
            before = number_of(json_array_get(dead, i));
            AUTO(str) char *number = text_format("%" PRId64, before);
            rc = change_one(change, number, err);
        }
        if (rc < 0 || count == 0 || before <= 1)
            return rc;
    }
}

static int change_each(const struct dead_call *call, letter_fn *one, struct error *err)
{
    struct change change = {.http = call->http, .one = one};
    if (call->numbers->count == 1) /* what went wrong is said once */
        return one(call->http, call->numbers->items[0], err);
    int rc = call->options->all ? change_all(&change, err) : 0;
    for (size_t i = 0; rc == 0 && i < call->numbers->count; i++)
        rc = change_one(&change, call->numbers->items[i], err);
    if (rc == 0 && change.failed > 0)
        return error_set(err, -ENOTUNIQ, "%zu of %zu failed", change.failed,
                         change.count);
    return rc;
}

static int retry(const struct dead_call *call, struct error *err)
{
    return change_each(call, retry_one, err);
}

static int drop(const struct dead_call *call, struct error *err)
{
    return change_each(call, drop_one, err);
}

/* ---- the call ---- */

struct dead_action {
    const char *name;
    size_t numbers_least, numbers_most;
    bool takes_all;
    int (*run)(const struct dead_call *call, struct error *err);
};

static const struct dead_action actions[] = {
    {.name = "list", .run = list},
    {.name = "show", .numbers_least = 1, .numbers_most = 1, .run = show},
    {.name = "retry",
     .numbers_least = 1,
     .numbers_most = SIZE_MAX,
     .takes_all = true,
     .run = retry},
    {.name = "drop",
     .numbers_least = 1,
     .numbers_most = SIZE_MAX,
     .takes_all = true,
     .run = drop},
};

#define ACTION_COUNT (sizeof actions / sizeof *actions)

static int find_action(const struct words *words, const struct dead_action **ret,
                       struct error *err)
{
    const char *names[ACTION_COUNT + 1] = {0};
    char hint[80];
    const char *name = words->count > 0 ? words->items[0] : "";
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        names[i] = actions[i].name;
        if (strcmp(names[i], name) == 0) {
            *ret = &actions[i];
            return 0;
        }
    }
    return error_set(err, -EINVAL,
                     "found \"%.40s\", expected list, show, retry or "
                     "drop%s",
                     name, suggest_text(name, names, hint, sizeof hint));
}

static int check_numbers(const struct dead_action *action, const struct words *numbers,
                         const struct dead_options *options, struct error *err)
{
    if (options->all && (!action->takes_all || numbers->count > 0))
        return error_set(err, -EINVAL, "--all stands for the numbers of retry or drop");
    if (!options->all && numbers->count < action->numbers_least)
        return error_set(err, -EINVAL, "%s: which one? dead list shows their numbers",
                         action->name);
    if (numbers->count > action->numbers_most)
        return error_set(err, -EINVAL, "%s: found \"%.40s\", expected nothing more",
                         action->name, numbers->items[action->numbers_most]);
    for (size_t i = 0; i < numbers->count; i++)
        if (!numbers->items[i][0] ||
            numbers->items[i][strspn(numbers->items[i], "0123456789")])
            return error_set(err, -EINVAL, "found \"%.40s\", expected a number",
                             numbers->items[i]);
    return limit_check(options->limit, err);
}

static int run(int argc, char **argv)
{
    struct dead_options options = {.limit = LIMIT_USUAL};
    const struct dead_action *action = NULL;
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&look_dead, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    int rc = find_action(&words, &action, &err);
    struct words numbers = {.items = words.items + 1,
                            .count = words.count > 0 ? words.count - 1 : 0};
    if (rc == 0)
        rc = check_numbers(action, &numbers, &options, &err);
    if (rc < 0)
        return look_refuse(&look_dead, &err);

    AUTO(http) struct http *http = NULL;
    rc = fetch_open(options.conf, &http, &err);
    struct dead_call call = {.options = &options, .numbers = &numbers, .http = http};
    if (rc == 0)
        rc = action->run(&call, &err);
    return look_end(&look_dead, rc, &err);
}

const struct command look_dead = {
    .name = "dead",
    .arguments = "list | show N | retry N… | drop N…",
    .summary = "the messages that the server could not read or handle",
    .options = dead_rows,
    .run = run,
};
