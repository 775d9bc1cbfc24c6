// SPDX-License-Identifier: GPL-3.0-or-later
/* story - a sentence, a few facts, the last lines that were printed, and what helps. */
#include <inttypes.h>
#include <string.h>

#include "notify/readable.h"
#include "notify/story_parts.h"

#define ITEMS_MAX 40 /* of a sum */
#define LINE_SIZE 300

/* ---- the sentence ---- */

static void put_failure(struct strbuf *buf, const struct message *message)
{
    if (message->signal > 0) {
        strbuf_puts(buf, "was ended by ");
        story_put_signal(buf, message->signal);
        return;
    }
    strbuf_puts(buf, "failed");
    if (message->status > 0)
        strbuf_printf(buf, " with status %d", message->status);
    if (message->status == 126)
        strbuf_puts(buf, " (the command cannot be run)");
    if (message->status == 127)
        strbuf_puts(buf, " (command not found)");
}

static void put_timeout(struct strbuf *buf, const struct message *message)
{
    strbuf_puts(buf, "timed out");
    if (message->elapsed < 0)
        return;
    strbuf_puts(buf, " after ");
    story_put_duration(buf, (int64_t)(message->elapsed * 1000));
}

static void put_wrong(struct strbuf *buf, const struct message *message)
{
    if (message->kind == MESSAGE_NOTE)
        strbuf_puts(buf,
                    message_state(message) == STATE_FAIL ? "fails" : "gives a warning");
    else if (message->err == ERR_TIMEOUT)
        put_timeout(buf, message);
    else if (message->err == ERR_CHECK)
        strbuf_puts(buf, "printed the wrong thing");
    else if (message->err == ERR_LOCKED)
        strbuf_puts(buf, "did not run: the run before it has not ended");
    else if (message->err == ERR_WARNING)
        strbuf_puts(buf, "gives a warning");
    else
        put_failure(buf, message);
}

/* What is wrong, in the words of whoever said it. */
static void put_said(struct strbuf *buf, const struct notice *notice)
{
    strbuf_putc(buf, ' ');
    if (notice->kind == TELLING_OVER) {
        strbuf_puts(buf, "is ok again after ");
        story_put_duration(buf, notice->message->time - notice->since);
    } else {
        put_wrong(buf, notice->message);
    }
    strbuf_puts(buf, ".\n");
}

/* In those of the rule. */
static void put_derived(struct strbuf *buf, const struct notice *notice)
{
    strbuf_puts(buf, ": ");
    story_put_name(buf, notice->severity);
    if (notice->kind == TELLING_OVER) {
        strbuf_puts(buf, " is over after ");
        story_put_duration(buf, notice->until - notice->since);
        strbuf_puts(buf, ".\n");
        return;
    }
    strbuf_puts(buf, *notice->text ? ": " : "");
    readable_line(buf, notice->text, strlen(notice->text), LINE_SIZE);
    strbuf_puts(buf, "\n");
}

/* A change from one kind of wrong to another is said too. */
static void put_sentence(struct strbuf *buf, const struct notice *notice)
{
    story_put_name(buf, notice->tag);
    strbuf_puts(buf, " on ");
    story_put_name(buf, notice_host(notice));
    if (notice_is_said(notice))
        put_said(buf, notice);
    else
        put_derived(buf, notice);
    if (notice->kind == TELLING_STILL)
        strbuf_puts(buf, "This was told before, and is still so.\n");
    if (notice->kind == TELLING_CHANGE && notice->before) {
        strbuf_puts(buf, "It was ");
        story_put_name(buf, notice->before);
        strbuf_puts(buf, ", and is ");
        story_put_name(buf, notice->severity);
        strbuf_puts(buf, " now.\n");
    }
}

/* ---- each kind ---- */

static void put_incident(struct strbuf *buf, const struct notice *notice, int64_t now)
{
    put_sentence(buf, notice);
    strbuf_putc(buf, '\n');
    story_put_facts(buf, notice);
    story_put_delay(buf, notice, now);
    if (notice_is_said(notice))
        story_put_words(buf, notice);
    story_put_more(buf, notice);
}

/* A note that is a mail says all itself. */
static void put_note(struct strbuf *buf, const struct notice *notice, int64_t now)
{
    const struct message *message = notice->message;
    story_put_facts(buf, notice);
    story_put_delay(buf, notice, now);
    if (message && message->text)
        story_put_text(buf, message->text);
    story_put_more(buf, notice);
}

static void put_item(struct strbuf *buf, const struct notice_item *item)
{
    AUTO(strbuf) struct strbuf line = {0};
    bool is_over = strcmp(item->what, "over") == 0;
    bool is_still = strcmp(item->what, "still") == 0;
    strbuf_printf(&line, "%s%s%s %s %s", is_still ? "still " : "",
                  is_over ? "over: " : "", item->severity,
                  *item->host ? item->host : "server", item->tag);
    if (!is_over && *item->text)
        strbuf_printf(&line, ": %s", item->text);
    readable_line(buf, line.data, line.size, LINE_SIZE);
    strbuf_putc(buf, '\n');
}

static void put_items(struct strbuf *buf, const struct notice *notice)
{
    size_t shown = notice->item_count < ITEMS_MAX ? notice->item_count : ITEMS_MAX;
    if (notice->gone) {
        strbuf_puts(buf, "This waited to be told by ");
        story_put_name(buf, notice->gone);
        strbuf_puts(buf, ", which the configuration no longer has:\n\n");
    } else {
        strbuf_puts(buf, "More happened than is told one by one:\n\n");
    }
    for (size_t i = 0; i < shown; i++)
        put_item(buf, &notice->items[i]);
    if (shown < notice->item_count)
        strbuf_printf(buf, "and %zu more\n", notice->item_count - shown);
}

static void put_sum(struct strbuf *buf, const struct notice *notice, int64_t now)
{
    if (notice->item_count > 0) {
        put_items(buf, notice);
    } else {
        strbuf_puts(buf, "No more of severity ");
        story_put_name(buf, notice->severity);
        strbuf_puts(buf, " came since ");
        story_put_time(buf, notice->since);
        strbuf_puts(buf, ".\nWhat comes now is told one by one again.\n");
    }
    strbuf_putc(buf, '\n');
    story_put_delay(buf, notice, now);
    strbuf_puts(buf, "What is wrong now: sheepdog alerts\n");
}

static void put_digest(struct strbuf *buf, const struct notice *notice, int64_t now)
{
    readable_text(buf, notice->text, strlen(notice->text));
    story_put_delay(buf, notice, now);
}

void story_put(struct strbuf *buf, const struct notice *notice, int64_t now)
{
    static void (*const put[TELLING_KINDS])(
        struct strbuf * buf, const struct notice *notice, int64_t now) = {
        [TELLING_NEW] = put_incident,  [TELLING_CHANGE] = put_incident,
        [TELLING_OVER] = put_incident, [TELLING_STILL] = put_incident,
        [TELLING_NOTE] = put_note,     [TELLING_SUM] = put_sum,
        [TELLING_DIGEST] = put_digest,
    };
    put[notice->kind](buf, notice, now);
}
