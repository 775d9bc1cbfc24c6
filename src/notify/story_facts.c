// SPDX-License-Identifier: GPL-3.0-or-later
/* story_facts - a line each, with a label. */
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "notify/readable.h"
#include "notify/story_parts.h"

#define COMMAND_SIZE  500 /* bytes of the command that are shown */
#define ATTEMPTS      5   /* of the retries, the last */
#define LATE          (10 * 60 * 1000)
#define LABEL_COLUMNS "%-10s"

void story_put_name(struct strbuf *buf, const char *name)
{
    readable_line(buf, name, strlen(name), MESSAGE_NAME_MAX);
}

void story_put_duration(struct strbuf *buf, int64_t ms)
{
    char text[UNITS_TEXT_SIZE];
    strbuf_puts(buf, duration_format(ms > 0 ? ms : 0, text));
}

void story_put_signal(struct strbuf *buf, int signal)
{
    const char *name = sigabbrev_np(signal);
    strbuf_printf(buf, "signal %d", signal);
    if (name)
        strbuf_printf(buf, " (%s)", name);
}

void story_put_time(struct strbuf *buf, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_local(time, CLOCK_ZONED, text);
    strbuf_puts(buf, text);
}

void story_put_label(struct strbuf *buf, const char *label)
{
    strbuf_printf(buf, LABEL_COLUMNS, label);
}

static void put_place(struct strbuf *buf, const struct notice *notice)
{
    const struct message *message = notice->message;
    story_put_label(buf, "where");
    story_put_name(buf, notice_host(notice));
    if (message && message->user) {
        strbuf_puts(buf, ", as ");
        story_put_name(buf, message->user);
    }
    strbuf_putc(buf, '\n');
}

/* Of the message; where that says something else, as what its tag said last. */
static void put_run(struct strbuf *buf, const struct notice *notice)
{
    const struct message *message = notice->message;
    bool is_said = notice_is_said(notice) || notice->kind == TELLING_NOTE;
    story_put_label(buf, is_said ? "when" : "last");
    story_put_time(buf, message->time);
    if (!is_said && message_state(message) != STATE_NONE)
        strbuf_printf(buf, ", %s", state_name(message_state(message)));
    if (message->elapsed >= 0) {
        strbuf_putc(buf, '\n');
        story_put_label(buf, "ran");
        story_put_duration(buf, (int64_t)(message->elapsed * 1000));
    }
    strbuf_putc(buf, '\n');
}

static void put_span(struct strbuf *buf, const struct notice *notice)
{
    bool is_over = notice->kind == TELLING_OVER;
    bool is_said = notice_is_said(notice);
    int64_t end = is_said ? notice->message->time : is_over ? notice->until : 0;
    story_put_label(buf, "wrong");
    strbuf_puts(buf, is_over ? "from " : "since ");
    story_put_time(buf, notice->since);
    if (is_over) {
        strbuf_puts(buf, " to ");
        story_put_time(buf, end);
    } else if (end > notice->since) {
        strbuf_puts(buf, ", for ");
        story_put_duration(buf, end - notice->since);
    }
    strbuf_putc(buf, '\n');
}

static void put_command(struct strbuf *buf, const struct bytes *command)
{
    if (command->size == 0)
        return;
    story_put_label(buf, "command");
    readable_line(buf, command->data, command->size, COMMAND_SIZE);
    strbuf_putc(buf, '\n');
}

static void put_attempt(struct strbuf *buf, const struct attempt *attempt)
{
    if (attempt->err == ERR_TIMEOUT)
        strbuf_puts(buf, "timeout");
    else if (attempt->signal > 0)
        strbuf_printf(buf, "signal %d", attempt->signal);
    else if (attempt->status >= 0)
        strbuf_printf(buf, "status %d", attempt->status);
    else
        strbuf_puts(buf, "not known");
}

static void put_attempts(struct strbuf *buf, const struct message *message)
{
    size_t count = message->attempt_count;
    if (count < 2)
        return;
    size_t first = count > ATTEMPTS ? count - ATTEMPTS : 0;
    story_put_label(buf, "attempts");
    strbuf_printf(buf, first ? "%zu, the last: " : "%zu: ", count);
    for (size_t i = first; i < count; i++) {
        strbuf_puts(buf, i > first ? ", " : "");
        put_attempt(buf, &message->attempts[i]);
    }
    strbuf_putc(buf, '\n');
}

void story_put_facts(struct strbuf *buf, const struct notice *notice)
{
    put_place(buf, notice);
    if (notice->message)
        put_run(buf, notice);
    if (notice->since > 0)
        put_span(buf, notice);
    if (!notice->message)
        return;
    put_command(buf, &notice->message->command);
    put_attempts(buf, notice->message);
}

void story_put_delay(struct strbuf *buf, const struct notice *notice, int64_t now)
{
    int64_t due = notice->kind == TELLING_SUM ? notice->until : notice->made;
    if (now - due < LATE)
        return;
    story_put_label(buf, "late");
    strbuf_puts(buf, "this could not be told for ");
    story_put_duration(buf, now - due);
    strbuf_putc(buf, '\n');
}
