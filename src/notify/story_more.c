// SPDX-License-Identifier: GPL-3.0-or-later
/* story_more - what a person asks next: why, what else, what is new, what to do. */
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/readable.h"
#include "notify/story_parts.h"

#define LINES_MAX 12 /* of a list */
#define LINE_SIZE 300
#define ID_PART   18 /* characters: its time and 12 random bits */

#define SAFE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@+,=%"

static void put_more(struct strbuf *buf, size_t more)
{
    if (more > 0)
        strbuf_printf(buf, "  and %zu more\n", more);
}

static void put_line(struct strbuf *buf, const char *line)
{
    strbuf_puts(buf, "  ");
    readable_line(buf, line, strlen(line), LINE_SIZE);
    strbuf_putc(buf, '\n');
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* ---- why ---- */

static void put_why(struct strbuf *buf, const struct notice *notice)
{
    size_t shown = least(notice->why_count, LINES_MAX);
    if (shown == 0)
        return;
    strbuf_puts(buf, "\nwhy:\n\n");
    for (size_t i = 0; i < shown; i++)
        put_line(buf, notice->why[i]);
    put_more(buf, notice->why_count - shown);
}

static void put_explained(struct strbuf *buf, const struct notice *notice)
{
    size_t shown = least(notice->explains_count, LINES_MAX);
    if (shown == 0)
        return;
    strbuf_puts(buf, "\nit explains:\n\n");
    for (size_t i = 0; i < shown; i++) {
        strbuf_puts(buf, "  ");
        story_put_name(buf, notice->explains[i].tag);
        strbuf_puts(buf, " on ");
        story_put_name(buf, notice->explains[i].host);
        strbuf_putc(buf, '\n');
    }
    put_more(buf, notice->explains_count - shown);
}

/* ---- what is new ---- */

static void put_list(struct strbuf *buf, const char *heading, const struct texts *lines,
                     size_t more)
{
    if (lines->count == 0)
        return;
    strbuf_printf(buf, "\n%s:\n\n", heading);
    for (size_t i = 0; i < lines->count; i++)
        put_line(buf, lines->items[i]);
    put_more(buf, more);
}

static void put_news(struct strbuf *buf, const struct news *news)
{
    const struct message *good = news->good;
    if (!good)
        return;
    strbuf_puts(buf, "\nIt last was well ");
    story_put_time(buf, good->time);
    if (good->elapsed >= 0) {
        strbuf_puts(buf, ", and ran ");
        story_put_duration(buf, (int64_t)(good->elapsed * 1000));
    }
    strbuf_puts(buf, ".\n");
    if (news->booted > 0) {
        strbuf_puts(buf, "The machine was started since: ");
        story_put_time(buf, news->booted);
        strbuf_puts(buf, ".\n");
    }
    put_list(buf, "printed now, and not then", &news->lines, news->lines_more);
    put_list(buf, "packages since", &news->packages, news->packages_more);
}

/* ---- what can be done ---- */

/* Between single quotes of a shell, and as a pattern: what could mean something there
 * is any character. */
static void put_pattern(struct strbuf *buf, const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_length(name + i, size - i);
        length = length > 0 ? length : 1;
        bool is_safe = length == 1 && strchr(SAFE, name[i]);
        strbuf_putc(buf, is_safe ? name[i] : '?');
    }
}

static void put_commands(struct strbuf *buf, const struct notice *notice)
{
    bool is_over = notice->kind == TELLING_OVER;
    strbuf_putc(buf, '\n');
    if (notice->message)
        strbuf_printf(buf, "All of it: sheepdog show %.*s\n", ID_PART,
                      notice->message->id);
    if (notice->incident == 0 || is_over)
        return;
    strbuf_printf(buf,
                  "Why:       sheepdog why %" PRId64 "\n"
                  "I know:    sheepdog ack %" PRId64 " --for 1d --reason \"...\"\n"
                  "Quiet:     sheepdog silence 'host:",
                  notice->incident, notice->incident);
    put_pattern(buf, *notice->host ? notice->host : "");
    strbuf_puts(buf, " tag:");
    put_pattern(buf, notice->tag);
    strbuf_puts(buf, "' --for 2h --reason \"...\"\n");
}

void story_put_more(struct strbuf *buf, const struct notice *notice)
{
    put_explained(buf, notice);
    put_news(buf, &notice->news);
    put_why(buf, notice);
    put_commands(buf, notice);
}
