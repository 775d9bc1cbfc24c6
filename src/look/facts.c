// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - what is true of the hosts, or was at some time, relation by relation. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/herd.h"
#include "look/limit.h"
#include "look/look.h"
#include "look/table.h"
#include "look/value.h"
#include "look/when.h"
#include "queue/http.h"

#define PAGE      5000 /* rows of one answer */
#define OURS      4    /* columns at most besides the relation's: host, since, … */
#define TITLE_MAX 64

struct facts_options {
    const char *conf, *host, *at_text;
    int64_t limit; /* -1: all */
    bool all, json;
    int64_t at; /* ms since 1970 UTC; 0: now */
};

#define AT(member) offsetof(struct facts_options, member)

static const struct option_row facts_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "host", "HOST", OPTION_TEXT, AT(host), "of this host"},
    {0, "at", "TIME", OPTION_TEXT, AT(at_text),
     "as it was then: 7d, 2026-11-01, \"2026-11-01 09:30\""},
    {0, "all", NULL, OPTION_FLAG, AT(all), "what is no longer true too"},
    {0, "limit", "N", OPTION_COUNT, AT(limit), "the first N, not all"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON array"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* ---- the relations ---- */

static const struct table_column relation_columns[] = {
    {"RELATION", false}, {"ROWS", true}, {"COLUMNS", false}, {NULL, false}};

static const char *column_text(const json_t *column, size_t index)
{
    const char *text = json_string_value(json_array_get(column, index));
    return text ? text : "";
}

static char *join_columns(const json_t *columns)
{
    AUTO(strbuf) struct strbuf names = {0};
    size_t i;
    const json_t *column;
    json_array_foreach(columns, i, column)
        strbuf_printf(&names, "%s%s", i > 0 ? ", " : "", column_text(column, 0));
    return strbuf_take(&names);
}

static void print_relations(const json_t *relations)
{
    struct screen screen = screen_find();
    if (json_array_size(relations) == 0) {
        if (screen.width > 0)
            puts("no facts are known yet");
        return;
    }
    AUTO(table) struct table *rows = table_new(relation_columns);
    size_t i;
    const json_t *relation;
    json_array_foreach(relations, i, relation)
    {
        AUTO(str) char *columns = join_columns(json_object_get(relation, "columns"));
        AUTO(str)
        char *count =
            text_format("%" JSON_INTEGER_FORMAT,
                        json_integer_value(json_object_get(relation, "rows")));
        table_add(rows, PAINT_NONE, fetched_text(relation, "name"));
        table_add(rows, PAINT_NONE, count);
        table_add(rows, PAINT_NONE, columns);
    }
    table_print(rows, &screen);
}

static int list_relations(const struct facts_options *options, struct http *http,
                          struct error *err)
{
    json_auto_t *answer = NULL;
    int rc = fetch_get(http, "/v1/facts", &answer, err);
    if (rc < 0)
        return rc;
    if (options->json)
        fetch_print(json_object_get(answer, "relations"));
    else
        print_relations(json_object_get(answer, "relations"));
    return 0;
}

/* ---- the rows of one: fetched ---- */

/* What was found: the columns, and the rows of all pages, sorted. */
struct found {
    json_t *columns, *rows;
    json_t *silent; /* see herd_silent(); NULL: not asked for */
    int64_t now;
    bool has_more;
};

static void found_clear(struct found *found)
{
    json_decref(found->columns);
    json_decref(found->rows);
    json_decref(found->silent);
}
AUTO_DEFINE_CLEAR(found)

static char *make_path(const struct facts_options *options, const char *relation,
                       int64_t after)
{
    AUTO(strbuf) struct strbuf path = {0};
    int64_t left = options->limit >= 0 ? options->limit + 1 : PAGE;
    AUTO(str) char *limit = text_format("%" PRId64, left < PAGE ? left : PAGE);
    AUTO(str) char *from = text_format("%" PRId64, after);
    strbuf_puts(&path, "/v1/facts/");
    http_add_segment(&path, relation);
    http_add_query(&path, "limit", limit);
    if (options->host)
        http_add_query(&path, "host", options->host);
    fetch_add_time(&path, "at", options->at);
    if (options->all)
        http_add_query(&path, "all", "1");
    if (after > 0)
        http_add_query(&path, "after", from);
    return strbuf_take(&path);
}

static int compare_values(const json_t *one, const json_t *other)
{
    if (json_is_number(one) && json_is_number(other)) {
        double a = json_number_value(one), b = json_number_value(other);
        return a < b ? -1 : a > b;
    }
    const char *a = json_string_value(one), *b = json_string_value(other);
    return strcmp(a ? a : "", b ? b : "");
}

/* By host, values, and the time from which it is true. */
static int compare_rows(const void *left, const void *right)
{
    const json_t *one = *(const json_t *const *)left;
    const json_t *other = *(const json_t *const *)right;
    const json_t *a = json_object_get(one, "values");
    const json_t *b = json_object_get(other, "values");
    int order = strcmp(fetched_text(one, "host"), fetched_text(other, "host"));
    for (size_t i = 0; order == 0 && i < json_array_size(a); i++)
        order = compare_values(json_array_get(a, i), json_array_get(b, i));
    return order ? order
                 : strcmp(fetched_text(one, "since"), fetched_text(other, "since"));
}

static int fetch_rows(const struct facts_options *options, struct http *http,
                      const char *relation, struct found *found, struct error *err)
{
    json_auto_t *rows = json_array();
    int64_t next = 0;
    do {
        json_auto_t *answer = NULL;
        AUTO(str) char *path = make_path(options, relation, next);
        int rc = fetch_get(http, path, &answer, err);
        if (rc < 0)
            return rc;
        json_decref(found->columns);
        found->columns = json_incref(json_object_get(answer, "columns"));
        found->now = fetched_time(answer, "now");
        json_array_extend(rows, json_object_get(answer, "rows"));
        next = json_integer_value(json_object_get(answer, "next"));
    } while (next > 0 && options->limit < 0);
    found->has_more = options->limit >= 0 && limit_cut(rows, options->limit);
    found->rows = fetched_sort(rows, compare_rows);
    return 0;
}

/* ---- and shown ---- */

/* Column names are none of host, since, until and seen: so each is a field. */
static void print_json(const struct found *found)
{
    json_auto_t *list = json_array();
    static const char *const times[] = {"since", "until", "seen"};
    size_t i, j;
    const json_t *row, *column;
    json_array_foreach(found->rows, i, row)
    {
        const json_t *values = json_object_get(row, "values");
        json_t *object = json_object();
        json_object_set(object, "host", json_object_get(row, "host"));
        json_array_foreach(found->columns, j, column)
            json_object_set(object, column_text(column, 0), json_array_get(values, j));
        for (j = 0; j < sizeof times / sizeof *times; j++)
            json_object_set(object, times[j], json_object_get(row, times[j]));
        json_array_append_new(list, object);
    }
    fetch_print(list);
}

/* The columns that a table has. */
struct layout {
    bool has_host, has_until, has_seen;
    size_t count;
    char (*titles)[TITLE_MAX]; /* of the relation's */
    struct table_column *columns;
};

static void layout_clear(struct layout *layout)
{
    free(layout->titles);
    free(layout->columns);
}
AUTO_DEFINE_CLEAR(layout)

static bool is_stale(const struct found *found, const json_t *row)
{
    return json_object_get(found->silent, fetched_text(row, "host")) != NULL;
}

static bool has_stale(const struct found *found)
{
    size_t i;
    const json_t *row;
    json_array_foreach(found->rows, i, row)
    {
        if (is_stale(found, row))
            return true;
    }
    return false;
}

static void add_column(struct layout *layout, const char *title, bool is_right)
{
    layout->columns[layout->count++] =
        (struct table_column){.title = title, .is_right = is_right};
}

static void upper(const char *name, char ret[TITLE_MAX])
{
    size_t i = 0;
    for (; name[i] && i < TITLE_MAX - 1; i++)
        ret[i] =
            name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 'a' + 'A') : name[i];
    ret[i] = '\0';
}

static void layout_find(const struct facts_options *options, const struct found *found,
                        struct layout *ret)
{
    size_t width = json_array_size(found->columns);
    ret->has_host = !options->host;
    ret->has_until = options->all;
    ret->has_seen = has_stale(found);
    ret->titles = memory_new((width + 1) * sizeof *ret->titles);
    ret->columns = memory_new((width + OURS + 1) * sizeof *ret->columns);
    if (ret->has_host)
        add_column(ret, "HOST", false);
    for (size_t i = 0; i < width; i++) {
        const json_t *column = json_array_get(found->columns, i);
        upper(column_text(column, 0), ret->titles[i]);
        add_column(ret, ret->titles[i], value_is_right(column_text(column, 1)));
    }
    add_column(ret, "SINCE", false);
    if (ret->has_until)
        add_column(ret, "UNTIL", false);
    if (ret->has_seen)
        add_column(ret, "SEEN", false);
}

static void add_time(struct table *rows, int64_t time)
{
    char text[CLOCK_TEXT_SIZE] = "-";
    if (time != 0)
        clock_format_local(time, CLOCK_MINUTES, text);
    table_add(rows, PAINT_NONE, text);
}

static void add_seen(struct table *rows, const struct found *found, const json_t *row)
{
    char ago[WHEN_TEXT_SIZE] = "";
    if (is_stale(found, row))
        when_ago(fetched_time(row, "seen"), found->now, ago);
    table_add(rows, PAINT_YELLOW, ago);
}

static void add_row(struct table *rows, const struct found *found,
                    const struct layout *layout, const json_t *row)
{
    const json_t *values = json_object_get(row, "values");
    if (layout->has_host)
        table_add(rows, PAINT_NONE, fetched_text(row, "host"));
    for (size_t i = 0; i < json_array_size(found->columns); i++) {
        const char *type = column_text(json_array_get(found->columns, i), 1);
        AUTO(str) char *text = value_of_fact(json_array_get(values, i), type);
        table_add(rows, PAINT_NONE, text);
    }
    add_time(rows, fetched_time(row, "since"));
    if (layout->has_until)
        add_time(rows, fetched_time(row, "until"));
    if (layout->has_seen)
        add_seen(rows, found, row);
}

/* On a terminal a long text gives way to numbers and times. */
static void let_shrink(struct table *rows, const struct found *found,
                       const struct layout *layout)
{
    for (size_t i = 0; i < json_array_size(found->columns); i++) {
        const char *type = column_text(json_array_get(found->columns, i), 1);
        if (strcmp(type, "text") == 0 || strcmp(type, "version") == 0)
            table_let_shrink(rows, i + layout->has_host);
    }
}

static void print_rows(const struct facts_options *options, const struct found *found)
{
    struct screen screen = screen_find();
    if (json_array_size(found->rows) == 0) {
        if (screen.width > 0)
            puts("no facts");
        return;
    }
    AUTO(layout) struct layout layout = {0};
    layout_find(options, found, &layout);
    AUTO(table) struct table *rows = table_new(layout.columns);
    let_shrink(rows, found, &layout);
    size_t i;
    const json_t *row;
    json_array_foreach(found->rows, i, row) add_row(rows, found, &layout, row);
    table_print(rows, &screen);
}

static int find_silent(struct http *http, json_t **ret, struct error *err)
{
    json_auto_t *answer = NULL;
    int rc = fetch_get(http, "/v1/hosts", &answer, err);
    if (rc == 0)
        *ret = herd_silent(answer);
    return rc;
}

/* Of the past nothing is stale: so it was then. */
static int list_facts(const struct facts_options *options, struct http *http,
                      const char *relation, struct error *err)
{
    AUTO(found) struct found found = {0};
    int rc = fetch_rows(options, http, relation, &found, err);
    if (rc == 0 && options->at == 0 && !options->json)
        rc = find_silent(http, &found.silent, err);
    if (rc < 0)
        return rc;
    if (options->json)
        print_json(&found);
    else
        print_rows(options, &found);
    if (found.has_more)
        say("these are the first %" PRId64 "; without --limit all are shown",
            options->limit);
    return 0;
}

/* ---- the call ---- */

static int check(struct facts_options *options, const struct words *words,
                 struct error *err)
{
    bool is_asked =
        options->host || options->at_text || options->all || options->limit >= 0;
    if (words->count > 1)
        return error_set(err, -EINVAL, "found \"%.60s\", expected one relation",
                         words->items[1]);
    if (words->count == 0 && is_asked)
        return error_set(err, -EINVAL,
                         "of which relation? sheepdog facts alone lists them");
    int rc = limit_check(options->limit, err);
    if (rc < 0)
        return rc;
    if (options->at_text && options->all)
        return error_set(err, -EINVAL,
                         "--at is one time, and --all is all of them: which one?");
    return when_parse_option("--at", options->at_text, clock_now(), &options->at, err);
}

static int run(int argc, char **argv)
{
    struct facts_options options = {.limit = -1};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&look_facts, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    if (check(&options, &words, &err) < 0)
        return look_refuse(&look_facts, &err);

    AUTO(http) struct http *http = NULL;
    int rc = fetch_open(options.conf, &http, &err);
    if (rc == 0)
        rc = words.count == 0 ? list_relations(&options, http, &err)
                              : list_facts(&options, http, words.items[0], &err);
    return look_end(&look_facts, rc, &err);
}

const struct command look_facts = {
    .name = "facts",
    .arguments = "[OPTIONS] [RELATION]",
    .summary = "what is true of the hosts, or was at some time",
    .options = facts_rows,
    .run = run,
};
