// SPDX-License-Identifier: GPL-3.0-or-later
/* complaint - the line is looked for only once there is something to complain of. */
#include "datalog/complaint.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

#define EXCERPT_MAX 100 /* characters of a line that are shown */
#define BEFORE_MAX  40  /* of them before the place, in a line that is longer */

/* Where a place lies: its line, and within that in characters. */
struct spot {
    const char *line;
    size_t size;         /* bytes of the line, without its newline */
    size_t first, count; /* characters before the place, and of it in this line */
    int number;
};

void complaint_clear(struct complaint *complaint)
{
    free(complaint->name);
    free(complaint->what);
    free(complaint->excerpt);
    *complaint = (struct complaint){0};
}

/* Of one character: a byte that belongs to none stands for itself. */
static size_t step(const char *text, size_t size)
{
    size_t length = utf8_length(text, size);
    return length ? length : 1;
}

static size_t count_characters(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t at = 0; at < size; at += step(text + at, size - at))
        count++;
    return count;
}

static size_t bytes_of(const char *text, size_t size, size_t characters)
{
    size_t at = 0;
    for (; characters > 0 && at < size; characters--)
        at += step(text + at, size - at);
    return at;
}

static struct spot find_spot(const struct place *place)
{
    const char *text = place->source->text;
    size_t size = place->source->size;
    size_t start = place->start < size ? place->start : size;
    struct spot spot = {.line = text, .number = 1};
    for (const char *newline;
         (newline = memchr(spot.line, '\n', (size_t)(text + start - spot.line)));
         spot.number++)
        spot.line = newline + 1;

    const char *at = text + start;
    const char *end = memchr(at, '\n', size - start);
    end = end ? end : text + size;
    size_t left = (size_t)(end - at);
    spot.size = (size_t)(end - spot.line);
    spot.first = count_characters(spot.line, (size_t)(at - spot.line));
    spot.count = count_characters(at, place->size < left ? place->size : left);
    return spot;
}

/* Cuts a long line to what stands around the place. */
static void cut(struct spot *spot, bool *ret_before, bool *ret_behind)
{
    *ret_before = *ret_behind = false;
    if (count_characters(spot->line, spot->size) <= EXCERPT_MAX)
        return;
    if (spot->first > BEFORE_MAX) {
        size_t off = bytes_of(spot->line, spot->size, spot->first - BEFORE_MAX);
        spot->line += off;
        spot->size -= off;
        spot->first = BEFORE_MAX;
        *ret_before = true;
    }
    size_t shown = bytes_of(spot->line, spot->size, EXCERPT_MAX);
    *ret_behind = shown < spot->size;
    spot->size = shown;
    if (spot->count > EXCERPT_MAX - spot->first)
        spot->count = EXCERPT_MAX - spot->first;
}

static char *format_excerpt(struct spot spot)
{
    AUTO(strbuf) struct strbuf text = {0};
    bool before, behind;
    cut(&spot, &before, &behind);
    strbuf_puts(&text, before ? "…" : "");
    size_t start = text.size;
    strbuf_add(&text, spot.line, spot.size);
    utf8_tidy(text.data + start, spot.size);
    strbuf_puts(&text, behind ? "…\n" : "\n");
    for (size_t i = 0; i < spot.first + before; i++)
        strbuf_putc(&text, ' ');
    strbuf_putc(&text, '^');
    for (size_t i = 1; i < spot.count; i++)
        strbuf_putc(&text, '~');
    strbuf_putc(&text, '\n');
    return strbuf_take(&text);
}

int complain(struct complaint *ret, const struct place *place, int rc,
             const char *format, ...)
{
    if (!ret)
        return rc;
    struct complaint made = {0};
    va_list values;
    va_start(values, format);
    int length = vasprintf(&made.what, format, values);
    va_end(values);
    if (length < 0)
        made.what = text_copy(format);
    utf8_tidy(made.what, strlen(made.what));

    if (place && place->source) {
        struct spot spot = find_spot(place);
        made.name = text_copy(place->source->name);
        made.line = spot.number;
        made.column = (int)spot.first + 1;
        made.excerpt = format_excerpt(spot);
    }
    complaint_clear(ret);
    *ret = made;
    return rc;
}

char *complaint_line(const struct complaint *complaint)
{
    if (!complaint->name)
        return text_copy(complaint->what);
    return text_format("%s:%d:%d: %s", complaint->name, complaint->line,
                       complaint->column, complaint->what);
}

/* Each line of the excerpt stands two columns in. */
static void put_excerpt(const char *excerpt, struct strbuf *buf)
{
    while (*excerpt) {
        size_t length = strcspn(excerpt, "\n");
        strbuf_puts(buf, "  ");
        strbuf_add(buf, excerpt, length);
        strbuf_putc(buf, '\n');
        excerpt += length + (excerpt[length] == '\n');
    }
}

void complaint_format(const struct complaint *complaint, struct strbuf *buf)
{
    if (!complaint->what)
        return;
    if (complaint->name)
        strbuf_printf(buf, "%s:%d:%d: ", complaint->name, complaint->line,
                      complaint->column);
    strbuf_printf(buf, "%s\n", complaint->what);
    if (complaint->excerpt)
        put_excerpt(complaint->excerpt, buf);
}
