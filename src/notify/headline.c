// SPDX-License-Identifier: GPL-3.0-or-later
/* headline - the word for how it is comes first: a phone shows no more than that. */
#include "notify/headline.h"

#include <ctype.h>
#include <string.h>

#include "notify/readable.h"

static void put_upper(struct strbuf *buf, const char *word)
{
    for (; *word; word++)
        strbuf_putc(buf, (char)toupper((unsigned char)*word));
}

static void put_line(struct strbuf *buf, const char *text)
{
    readable_line(buf, text, strlen(text), MESSAGE_NAME_MAX);
}

static void put_name(struct strbuf *buf, const char *name)
{
    strbuf_putc(buf, ' ');
    put_line(buf, name);
}

/* The word of the message, which says more than the state; the severity where it has
 * none. */
static void put_word(struct strbuf *buf, const struct notice *notice)
{
    const struct message *message = notice->message;
    const char *name = notice_is_said(notice) ? message_err_name(message->err) : NULL;
    AUTO(strbuf) struct strbuf severity = {0};
    put_line(&severity, notice->severity);
    if (notice->kind == TELLING_OVER)
        strbuf_puts(buf, notice_is_state(notice) ? "OK" : "OVER");
    else
        put_upper(buf, name ? name : strbuf_text(&severity));
}

static void put_detail(struct strbuf *buf, const struct notice *notice)
{
    const struct message *message = notice->message;
    if (notice->kind == TELLING_OVER && !notice_is_state(notice)) {
        strbuf_puts(buf, " (");
        put_line(buf, notice->severity);
        strbuf_putc(buf, ')');
    }
    if (!notice_is_said(notice) || message->err != ERR_FAIL)
        return;
    if (message->signal > 0)
        strbuf_printf(buf, " (signal %d)", message->signal);
    else if (message->status > 0)
        strbuf_printf(buf, " (%d)", message->status);
}

/* "7 things: 5 fail, 2 over": items of one word stand beside each other. */
static void put_sum(struct strbuf *buf, const struct notice *notice)
{
    if (notice->item_count == 0) {
        strbuf_puts(buf, "the flood is over: ");
        put_line(buf, notice->severity);
        return;
    }
    strbuf_printf(buf, "%zu thing%s", notice->item_count,
                  notice->item_count == 1 ? "" : "s");
    size_t over = 0, fail = 0;
    for (size_t i = 0; i < notice->item_count; i++) {
        bool is_over = strcmp(notice->items[i].what, "over") == 0;
        over += is_over;
        fail += !is_over && strcmp(notice->items[i].severity, "fail") == 0;
    }
    size_t other = notice->item_count - over - fail;
    const struct {
        size_t count;
        const char *word;
    } parts[] = {{fail, "fail"}, {other, "other"}, {over, "over"}};
    const char *before = ": ";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count == 0)
            continue;
        strbuf_printf(buf, "%s%zu %s", before, parts[i].count, parts[i].word);
        before = ", ";
    }
}

static void put_note(struct strbuf *buf, const struct notice *notice)
{
    const struct message *message = notice->message;
    if (message && message->subject)
        put_line(buf, message->subject);
    else
        strbuf_puts(buf, "a note that is no longer kept");
}

void headline_put(struct strbuf *buf, const struct notice *notice)
{
    switch (notice->kind) {
    case TELLING_NOTE:
        put_note(buf, notice);
        return;
    case TELLING_SUM:
        put_sum(buf, notice);
        return;
    case TELLING_DIGEST:
        put_line(buf, notice->subject);
        return;
    default:
        break;
    }
    if (notice->kind == TELLING_STILL)
        strbuf_puts(buf, "STILL ");
    put_word(buf, notice);
    put_name(buf, notice_host(notice));
    put_name(buf, notice->tag);
    put_detail(buf, notice);
}
