// SPDX-License-Identifier: GPL-3.0-or-later
/* plea - a few lines of figures, then the last failures, a line each. */
#include "alone/plea.h"

#include <string.h>

#include "bark/room.h"
#include "bark/spool.h"
#include "base/clock.h"
#include "base/units.h"
#include "message/message.h"
#include "notify/readable.h"

#define FAILURES_MAX  10
#define LINE_SIZE     200
#define LAST_WORD_MAX 160

static void put_time(struct strbuf *buf, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_local(time, CLOCK_ZONED, text);
    strbuf_puts(buf, text);
}

static void put_content(struct strbuf *buf, const struct plea *plea)
{
    struct spool_content content = {0};
    struct error why;
    char size[UNITS_TEXT_SIZE], limit[UNITS_TEXT_SIZE];
    strbuf_puts(buf, "waiting   ");
    if (spool_measure(plea->folder, &content, &why) < 0) {
        strbuf_printf(buf, "%s\n", why.text);
        return;
    }
    weight_put_counts(buf, content.counts);
    strbuf_printf(buf, "\nspool     %s, %s of %s\n", plea->folder,
                  size_format(content.size, size), size_format(plea->limit, limit));
}

static void put_tally(struct strbuf *buf, const struct plea *plea)
{
    struct tally tally = {0};
    if (room_tally(plea->folder, &tally, NULL) < 0 || tally.since == 0)
        return;
    strbuf_puts(buf, "given up  ");
    weight_put_counts(buf, tally.counts);
    strbuf_puts(buf, ", since ");
    put_time(buf, tally.since);
    strbuf_putc(buf, '\n');
}

static void put_failure(struct strbuf *buf, const struct message *message)
{
    char time[CLOCK_TEXT_SIZE], word[LAST_WORD_MAX];
    clock_format_local(message->time, CLOCK_MINUTES, time);
    strbuf_printf(buf, "  %s  ", time);
    readable_line(buf, message->tag, strlen(message->tag), LINE_SIZE);
    message_last_word(message, word, sizeof word);
    if (word[0]) {
        strbuf_puts(buf, ": ");
        readable_line(buf, word, strlen(word), LINE_SIZE);
    }
    strbuf_putc(buf, '\n');
}

static bool is_failure(const char *name)
{
    enum weight weight = weight_of_file(name);
    return weight == WEIGHT_FAILURE || weight == WEIGHT_OTHER;
}

/* False: the file holds no failure. */
static bool try_failure(struct strbuf *buf, const struct plea *plea, const char *name)
{
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(message) struct message *message = NULL;
    struct message_defaults defaults = {.now = plea->now, .host = plea->host};
    if (spool_read(plea->folder, name, &json, NULL) < 0 ||
        message_parse(strbuf_text(&json), json.size, &defaults, &message, NULL) < 0 ||
        !state_is_wrong(message_state(message)))
        return false;
    put_failure(buf, message);
    return true;
}

static void put_failures(struct strbuf *buf, const struct plea *plea)
{
    AUTO(texts) struct texts names = {0};
    AUTO(strbuf) struct strbuf lines = {0};
    int found = 0;
    if (spool_list(plea->folder, &names, NULL) < 0)
        return;
    for (size_t i = names.count; i > 0 && found < FAILURES_MAX; i--)
        if (is_failure(names.items[i - 1]))
            found += try_failure(&lines, plea, names.items[i - 1]);
    if (found > 0)
        strbuf_printf(buf, "\nThe last failures, newest first:\n\n%s", lines.data);
}

void plea_put(struct strbuf *buf, const struct plea *plea)
{
    char length[UNITS_TEXT_SIZE];
    strbuf_printf(buf, "No message of %s was taken since ", plea->host);
    put_time(buf, plea->since);
    strbuf_printf(buf, ", for %s.\n\nlast try  ",
                  duration_format(plea->now - plea->since, length));
    readable_line(buf, plea->tried->why.text, strlen(plea->tried->why.text),
                  sizeof plea->tried->why.text);
    strbuf_putc(buf, '\n');
    put_content(buf, plea);
    put_tally(buf, plea);
    put_failures(buf, plea);
    strbuf_puts(buf, "\nThis machine mails by itself, as its server cannot. It does "
                     "so once, and once\nmore when its messages are taken again.\n");
}

void plea_put_end(struct strbuf *buf, const struct plea *plea)
{
    char length[UNITS_TEXT_SIZE];
    strbuf_printf(buf, "The messages of %s are taken again. None was since ",
                  plea->host);
    put_time(buf, plea->since);
    strbuf_printf(buf, ", for %s.\n", duration_format(plea->now - plea->since, length));
}
