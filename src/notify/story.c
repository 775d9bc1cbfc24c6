// SPDX-License-Identifier: GPL-3.0-or-later
/* story - a sentence, a few facts, and the last lines that were printed. */
#include "notify/story.h"

#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "base/utf8.h"
#include "notify/readable.h"

#define COMMAND_SIZE  500  /* bytes of the command that are shown */
#define TAIL_LINES    20   /* of what was printed */
#define TAIL_SIZE     2000 /* bytes of it */
#define ATTEMPTS      5    /* of the retries, the last */
#define LATE          (10 * 60 * 1000)
#define ID_PART       18 /* characters: its time and 12 random bits */
#define LABEL_COLUMNS "%-10s"

/* ---- the sentence ---- */

static void put_duration(struct strbuf *buf, int64_t ms)
{
    char text[UNITS_TEXT_SIZE];
    strbuf_puts(buf, duration_format(ms > 0 ? ms : 0, text));
}

static void put_signal(struct strbuf *buf, int signal)
{
    const char *name = sigabbrev_np(signal);
    strbuf_printf(buf, "signal %d", signal);
    if (name)
        strbuf_printf(buf, " (%s)", name);
}

static void put_failure(struct strbuf *buf, const struct message *message)
{
    if (message->signal > 0) {
        strbuf_puts(buf, "was ended by ");
        put_signal(buf, message->signal);
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
    put_duration(buf, (int64_t)(message->elapsed * 1000));
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

/* A change from one kind of wrong to another is said too. */
static void put_sentence(struct strbuf *buf, const struct notification *notification)
{
    const struct message *message = notification->message;
    readable_line(buf, message->tag, strlen(message->tag), MESSAGE_NAME_MAX);
    strbuf_puts(buf, " on ");
    readable_line(buf, message->host, strlen(message->host), MESSAGE_NAME_MAX);
    strbuf_putc(buf, ' ');
    if (notification->now == STATE_OK) {
        strbuf_puts(buf, "is ok again after ");
        put_duration(buf, message->time - notification->since);
    } else {
        put_wrong(buf, message);
    }
    strbuf_puts(buf, ".\n");
    if (state_is_wrong(notification->before) && state_is_wrong(notification->now) &&
        notification->before != notification->now)
        strbuf_printf(buf, "Its state was %s, and is %s now.\n",
                      state_name(notification->before), state_name(notification->now));
}

/* ---- the facts ---- */

static void put_label(struct strbuf *buf, const char *label)
{
    strbuf_printf(buf, LABEL_COLUMNS, label);
}

static void put_time(struct strbuf *buf, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_local(time, CLOCK_ZONED, text);
    strbuf_puts(buf, text);
}

static void put_place(struct strbuf *buf, const struct message *message)
{
    put_label(buf, "where");
    readable_line(buf, message->host, strlen(message->host), MESSAGE_NAME_MAX);
    if (message->user) {
        strbuf_puts(buf, ", as ");
        readable_line(buf, message->user, strlen(message->user), MESSAGE_NAME_MAX);
    }
    strbuf_putc(buf, '\n');
}

static void put_times(struct strbuf *buf, const struct notification *notification)
{
    const struct message *message = notification->message;
    put_label(buf, "when");
    put_time(buf, message->time);
    if (message->elapsed >= 0) {
        strbuf_putc(buf, '\n');
        put_label(buf, "ran");
        put_duration(buf, (int64_t)(message->elapsed * 1000));
    }
    strbuf_putc(buf, '\n');
    put_label(buf, "wrong");
    strbuf_puts(buf, notification->now == STATE_OK ? "from " : "since ");
    put_time(buf, notification->since);
    if (notification->now == STATE_OK) {
        strbuf_puts(buf, " to ");
        put_time(buf, message->time);
    } else if (message->time > notification->since) {
        strbuf_puts(buf, ", for ");
        put_duration(buf, message->time - notification->since);
    }
    strbuf_putc(buf, '\n');
}

static void put_command(struct strbuf *buf, const struct bytes *command)
{
    if (command->size == 0)
        return;
    put_label(buf, "command");
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
    put_label(buf, "attempts");
    strbuf_printf(buf, first ? "%zu, the last: " : "%zu: ", count);
    for (size_t i = first; i < count; i++) {
        strbuf_puts(buf, i > first ? ", " : "");
        put_attempt(buf, &message->attempts[i]);
    }
    strbuf_putc(buf, '\n');
}

static void put_delay(struct strbuf *buf, const struct notification *notification,
                      int64_t now)
{
    if (now - notification->made < LATE)
        return;
    put_label(buf, "late");
    strbuf_puts(buf, "this could not be told for ");
    put_duration(buf, now - notification->made);
    strbuf_putc(buf, '\n');
}

/* ---- what it printed ---- */

/* The part behind the bytes that were left out, readable, without blank lines
 * around. */
static void read_output(struct strbuf *text, const struct output *output)
{
    size_t start =
        output->cut > 0 && output->cut_at < output->kept.size ? output->cut_at : 0;
    const char *bytes = output->kept.data + start;
    size_t size = output->kept.size - start;
    size_t torn = start > 0 ? utf8_torn_head(bytes, size) : 0;
    readable_text(text, bytes + torn, size - torn);
    size_t end = text->size;
    while (end > 0 && strchr(" \t\n", text->data[end - 1]))
        end--;
    strbuf_shorten(text, end);
    if (end > 0)
        strbuf_putc(text, '\n');
}

static void put_indented(struct strbuf *buf, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        strbuf_puts(buf, length > 0 ? "  " : "");
        strbuf_add(buf, text, length);
        strbuf_putc(buf, '\n');
        text += length + (text[length] == '\n');
    }
}

static void put_heading(struct strbuf *buf, const char *name,
                        const struct output *output, bool is_whole)
{
    char all[UNITS_TEXT_SIZE], cut[UNITS_TEXT_SIZE];
    size_format((int64_t)(output->kept.size + output->cut), all);
    size_format((int64_t)output->cut, cut);
    if (is_whole)
        strbuf_printf(buf, "\n%s:\n\n", name);
    else if (output->cut == 0)
        strbuf_printf(buf, "\nthe end of %s (%s):\n\n", name, all);
    else
        strbuf_printf(buf, "\nthe end of %s (%s, of which %s were not kept):\n\n", name,
                      all, cut);
}

/* Returns whether there was anything to show. */
static bool put_output(struct strbuf *buf, const char *name,
                       const struct output *output)
{
    if (output->kept.size == 0)
        return false;
    AUTO(strbuf) struct strbuf text = {0};
    read_output(&text, output);
    if (text.size == 0)
        return false;
    size_t start = readable_tail(&text, TAIL_LINES, TAIL_SIZE);
    put_heading(buf, name, output, start == 0 && output->cut == 0);
    put_indented(buf, text.data + start);
    return true;
}

static void put_text(struct strbuf *buf, const char *note)
{
    AUTO(strbuf) struct strbuf text = {0};
    readable_text(&text, note, strlen(note));
    if (text.size == 0)
        return;
    size_t start = readable_tail(&text, TAIL_LINES, TAIL_SIZE);
    strbuf_puts(buf, start > 0 ? "\nthe end of what it says:\n\n" : "\n");
    put_indented(buf, text.data + start);
}

/* Of a recovery nobody needs to read the output. */
static void put_words(struct strbuf *buf, const struct notification *notification)
{
    const struct message *message = notification->message;
    if (message->text)
        put_text(buf, message->text);
    if (message->kind != MESSAGE_OUTCOME || notification->now == STATE_OK)
        return;
    if (!put_output(buf, "stderr", &message->errors) &&
        !put_output(buf, "stdout", &message->out) && message->err != ERR_LOCKED)
        strbuf_puts(buf, "\nIt printed nothing.\n");
}

static void put_id(struct strbuf *buf, const struct message *message)
{
    strbuf_printf(buf, "\nAll of it: sheepdog show %.*s\n", ID_PART, message->id);
}

/* A note that is a mail says all itself. */
static void put_mail(struct strbuf *buf, const struct notification *notification,
                     int64_t now)
{
    const struct message *message = notification->message;
    put_label(buf, "where");
    readable_line(buf, message->host, strlen(message->host), MESSAGE_NAME_MAX);
    strbuf_putc(buf, '\n');
    put_label(buf, "when");
    put_time(buf, message->time);
    strbuf_putc(buf, '\n');
    put_delay(buf, notification, now);
    put_text(buf, message->text ? message->text : "");
    put_id(buf, message);
}

void story_put(struct strbuf *buf, const struct notification *notification, int64_t now)
{
    const struct message *message = notification->message;
    if (message->subject && notification->now == STATE_NONE) {
        put_mail(buf, notification, now);
        return;
    }
    put_sentence(buf, notification);
    strbuf_putc(buf, '\n');
    put_place(buf, message);
    put_times(buf, notification);
    put_command(buf, &message->command);
    put_attempts(buf, message);
    put_delay(buf, notification, now);
    put_words(buf, notification);
    put_id(buf, message);
}
