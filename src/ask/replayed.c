// SPDX-License-Identifier: GPL-3.0-or-later
/* replayed - each telling is a row with one side; two rows that say the same become one
 * with both. */
#include "ask/replayed.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/units.h"
#include "look/alert.h"
#include "look/table.h"

#define AT_ONCE 1000  /* ms: what is told within them is told at once */
#define NEARLY  60000 /* ms: two times that need not be told apart */

struct replayed_row {
    int64_t time; /* the first of the two */
    enum telling_kind what;
    char *host, *tag, *severity;
    int64_t told[REPLAYED_SIDES]; /* 0: it is not */
    char *by[REPLAYED_SIDES];     /* the notifiers: "log, mailto" */
};

static void row_clear(struct replayed_row *row)
{
    free(row->host);
    free(row->tag);
    free(row->severity);
    for (size_t i = 0; i < REPLAYED_SIDES; i++)
        free(row->by[i]);
    *row = (struct replayed_row){0};
}

void replayed_clear(struct replayed *replayed)
{
    for (size_t i = 0; i < replayed->count; i++)
        row_clear(&replayed->items[i]);
    free(replayed->items);
    *replayed = (struct replayed){0};
}

/* ---- adding ---- */

static char *read_severity(const char *body)
{
    json_auto_t *json = json_loads(body, 0, NULL);
    const char *severity = json_string_value(json_object_get(json, "severity"));
    return text_copy(severity ? severity : "");
}

static bool is_same(const struct replayed_row *a, const struct replayed_row *b)
{
    return a->what == b->what && strcmp(a->host, b->host) == 0 &&
           strcmp(a->tag, b->tag) == 0 && strcmp(a->severity, b->severity) == 0;
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(words, word); at; at = strstr(at + 1, word))
        if ((at == words || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

/* The notifiers of one moment stand side by side in an outbox. */
static bool join(struct replayed *replayed, enum replayed_side side,
                 const struct replayed_row *row)
{
    for (size_t i = replayed->count; i > 0; i--) {
        struct replayed_row *last = &replayed->items[i - 1];
        if (!last->by[side] || llabs(last->time - row->time) > AT_ONCE)
            return false;
        if (!is_same(last, row))
            continue;
        if (!has_word(last->by[side], row->by[side])) {
            bool is_first = strcmp(row->by[side], last->by[side]) < 0;
            char *both =
                text_format("%s, %s", is_first ? row->by[side] : last->by[side],
                            is_first ? last->by[side] : row->by[side]);
            free(last->by[side]);
            last->by[side] = both;
        }
        return true;
    }
    return false;
}

void replayed_add(struct replayed *replayed, enum replayed_side side,
                  const struct telling *telling)
{
    if (telling->kind == TELLING_NOTE || telling->kind == TELLING_DIGEST)
        return;
    struct replayed_row row = {.time = telling->made,
                               .what = telling->kind,
                               .host = text_copy(telling->host),
                               .tag = text_copy(telling->tag),
                               .severity = read_severity(telling->body)};
    row.told[side] = telling->made;
    row.by[side] = text_copy(telling->notifier);
    if (join(replayed, side, &row)) {
        row_clear(&row);
        return;
    }
    if ((replayed->count & (replayed->count + 1)) == 0)
        replayed->items = memory_resize(replayed->items, (replayed->count * 2 + 1) *
                                                             sizeof *replayed->items);
    replayed->items[replayed->count++] = row;
}

/* ---- matching ---- */

static int compare(const void *left, const void *right)
{
    const struct replayed_row *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    int rc = strcmp(a->host, b->host);
    return rc != 0 ? rc : strcmp(a->tag, b->tag);
}

static void sort(struct replayed *replayed)
{
    if (replayed->count > 0)
        qsort(replayed->items, replayed->count, sizeof *replayed->items, compare);
}

static bool is_alone(const struct replayed_row *row)
{
    return !row->by[REPLAYED_RULES] != !row->by[REPLAYED_THEN];
}

/* The first behind row i, and within that time, that says the same from the other side.
 */
static struct replayed_row *find_other(const struct replayed *replayed, size_t i,
                                       int64_t within)
{
    const struct replayed_row *row = &replayed->items[i];
    enum replayed_side other = row->by[REPLAYED_RULES] ? REPLAYED_THEN : REPLAYED_RULES;
    for (size_t j = i + 1;
         j < replayed->count && replayed->items[j].time - row->time <= within; j++)
        if (is_alone(&replayed->items[j]) && replayed->items[j].by[other] &&
            is_same(row, &replayed->items[j]))
            return &replayed->items[j];
    return NULL;
}

static void merge(struct replayed_row *row, struct replayed_row *other)
{
    for (size_t side = 0; side < REPLAYED_SIDES; side++)
        if (other->by[side]) {
            row->told[side] = other->told[side];
            row->by[side] = TAKE(other->by[side]);
        }
}

void replayed_match(struct replayed *replayed, int64_t within)
{
    size_t kept = 0;
    sort(replayed);
    for (size_t i = 0; i < replayed->count; i++) {
        struct replayed_row *other =
            is_alone(&replayed->items[i]) ? find_other(replayed, i, within) : NULL;
        if (other)
            merge(&replayed->items[i], other);
    }
    for (size_t i = 0; i < replayed->count; i++) {
        struct replayed_row *row = &replayed->items[i];
        if (row->by[REPLAYED_RULES] || row->by[REPLAYED_THEN])
            replayed->items[kept++] = *row;
        else
            row_clear(row);
    }
    replayed->count = kept;
}

/* ---- shown ---- */

static const struct table_column columns[] = {
    {"TIME", false}, {"WHAT", false},        {"SEVERITY", false}, {"HOST", false},
    {"TAG", false},  {"THESE RULES", false}, {"THEN", false},     {NULL, false},
};

static const char *const side_names[REPLAYED_SIDES] = {"these rules", "then"};

/* "mailto", and where it is told at another time than that of the row, when. */
static void add_side(struct table *rows, const struct replayed_row *row,
                     enum replayed_side side)
{
    char length[UNITS_TEXT_SIZE];
    int64_t late = row->told[side] - row->time;
    AUTO(str) char *words = NULL;
    if (row->by[side] && late >= NEARLY)
        words =
            text_format("%s, %s later", row->by[side], duration_format(late, length));
    else
        words = text_copy(row->by[side] ? row->by[side] : "-");
    table_add(rows, row->by[side] ? PAINT_NONE : PAINT_YELLOW, words);
}

static void add_row(struct table *rows, const struct replayed_row *row)
{
    char time[CLOCK_TEXT_SIZE];
    clock_format_local(row->time, CLOCK_MINUTES, time);
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, telling_kind_name(row->what));
    table_add(rows, *row->severity ? alert_paint(row->severity) : PAINT_NONE,
              row->severity);
    table_add(rows, PAINT_NONE, row->host);
    table_add(rows, PAINT_NONE, row->tag);
    for (size_t side = 0; side < REPLAYED_SIDES; side++)
        add_side(rows, row, (enum replayed_side)side);
}

static size_t count(const struct replayed *replayed, enum replayed_side side, int what)
{
    size_t found = 0;
    for (size_t i = 0; i < replayed->count; i++)
        found += replayed->items[i].by[side] &&
                 (what < 0 || replayed->items[i].what == (enum telling_kind)what);
    return found;
}

static size_t count_both(const struct replayed *replayed)
{
    size_t found = 0;
    for (size_t i = 0; i < replayed->count; i++)
        found += !is_alone(&replayed->items[i]);
    return found;
}

static void put_sum(const struct replayed *replayed, enum replayed_side side,
                    struct strbuf *text)
{
    strbuf_printf(text, "%s: %zu told", side_names[side], count(replayed, side, -1));
    const char *between = " (";
    for (int what = 0; what < TELLING_KINDS; what++) {
        size_t found = count(replayed, side, what);
        if (found == 0)
            continue;
        strbuf_printf(text, "%s%zu %s", between, found,
                      telling_kind_name((enum telling_kind)what));
        between = ", ";
    }
    strbuf_puts(text, between[0] == ',' ? ")\n" : "\n");
}

void replayed_format(const struct replayed *replayed, const struct screen *screen,
                     struct strbuf *text)
{
    AUTO(table) struct table *rows = table_new(columns);
    for (size_t i = 0; i < replayed->count; i++)
        add_row(rows, &replayed->items[i]);
    if (replayed->count > 0) {
        table_format(rows, screen, text);
        strbuf_putc(text, '\n');
    }
    for (size_t side = 0; side < REPLAYED_SIDES; side++)
        put_sum(replayed, (enum replayed_side)side, text);
    strbuf_printf(text, "both: %zu\n", count_both(replayed));
}

static void put_side(const struct replayed_row *row, enum replayed_side side,
                     const char *name, struct strbuf *json)
{
    char time[CLOCK_TEXT_SIZE];
    if (!row->by[side]) {
        json_field_null(json, name);
        return;
    }
    clock_format_utc(row->told[side], time);
    json_name(json, name);
    json_open(json, '{');
    json_field_text(json, "time", time);
    json_field_text(json, "by", row->by[side]);
    json_close(json, '}');
}

static void put_row(const struct replayed_row *row, struct strbuf *json)
{
    char time[CLOCK_TEXT_SIZE];
    clock_format_utc(row->time, time);
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "time", time);
    json_field_text(json, "what", telling_kind_name(row->what));
    json_field_text(json, "severity", row->severity);
    json_field_text(json, "host", row->host);
    json_field_text(json, "tag", row->tag);
    put_side(row, REPLAYED_RULES, "rules", json);
    put_side(row, REPLAYED_THEN, "then", json);
    json_close(json, '}');
}

void replayed_put_json(const struct replayed *replayed, struct strbuf *json)
{
    json_open(json, '{');
    json_name(json, "rows");
    json_open(json, '[');
    for (size_t i = 0; i < replayed->count; i++)
        put_row(&replayed->items[i], json);
    json_close(json, ']');
    json_name(json, "sums");
    json_open(json, '{');
    json_field_number(json, "rules", (int64_t)count(replayed, REPLAYED_RULES, -1));
    json_field_number(json, "then", (int64_t)count(replayed, REPLAYED_THEN, -1));
    json_field_number(json, "both", (int64_t)count_both(replayed));
    json_close(json, '}');
    json_close(json, '}');
}
