// SPDX-License-Identifier: GPL-3.0-or-later
/* describe - a headline, the fields that are known, what was printed. */
#include "look/describe.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "look/when.h"

/* Where a field's value stands; lines that follow it stand below. */
#define FIELD_INDENT  "            "
#define OUTPUT_INDENT "  "

static void add_indented(struct strbuf *buf, const char *text, size_t size,
                         const char *indent)
{
    AUTO(strbuf) struct strbuf harmless = {0};
    screen_add_lines(&harmless, text, size);
    const char *line = strbuf_text(&harmless);
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        strbuf_add(buf, line, (size_t)(end + 1 - line));
        strbuf_puts(buf, end[1] ? indent : "");
    }
    strbuf_puts(buf, line);
    if (*line)
        strbuf_putc(buf, '\n');
}

static void put_bytes(struct strbuf *buf, const char *name, const char *text,
                      size_t size)
{
    if (size == 0)
        return;
    strbuf_printf(buf, "  %-9s ", name);
    add_indented(buf, text, size, FIELD_INDENT);
}

/* NULL, and "", are not shown. */
static void put(struct strbuf *buf, const char *name, const char *text)
{
    put_bytes(buf, name, text, text ? strlen(text) : 0);
}

static void put_headline(struct strbuf *buf, const struct fetched *fetched,
                         const struct screen *screen)
{
    const struct message *message = fetched->message;
    const char *word = message_err_name(message->err);
    screen_add_painted(screen, buf, screen_paint_of(fetched->state),
                       word ? word : message_kind_name(message->kind));
    strbuf_putc(buf, ' ');
    screen_add_line(buf, message->host, strlen(message->host));
    strbuf_putc(buf, ' ');
    screen_add_line(buf, message->tag, strlen(message->tag));
    strbuf_puts(buf, "\n");
}

static void put_times(struct strbuf *buf, const struct fetched *fetched, int64_t now)
{
    char time[CLOCK_TEXT_SIZE], length[UNITS_TEXT_SIZE], ago[WHEN_TEXT_SIZE];
    clock_format_local(fetched->time, CLOCK_SECONDS, time);
    int64_t late = fetched->came - fetched->time;
    AUTO(str)
    char *when = text_format("%s (%s)", time, when_ago(fetched->time, now, ago));
    put(buf, "when", when);
    if (late < 1000)
        return;
    clock_format_local(fetched->came, CLOCK_SECONDS, time);
    AUTO(str)
    char *came = text_format("%s (%s later)", time, duration_format(late, length));
    put(buf, "came", came);
}

/* "2", "signal 9 (Killed)", or "none" where it did not run. */
static char *format_status(int status, int signal)
{
    if (signal > 0)
        return text_format("signal %d (%s)", signal, strsignal(signal));
    return status >= 0 ? text_format("%d", status) : text_copy("none");
}

static void put_attempts(struct strbuf *buf, const struct message *message)
{
    AUTO(strbuf) struct strbuf lines = {0};
    for (size_t i = 0; i < message->attempt_count; i++) {
        const struct attempt *attempt = &message->attempts[i];
        const char *word = message_err_name(attempt->err);
        char length[UNITS_TEXT_SIZE];
        AUTO(str) char *status = format_status(attempt->status, attempt->signal);
        strbuf_printf(&lines, "%s%zu: %s, status %s, after %s", i ? "\n" : "", i + 1,
                      word ? word : "?", status,
                      duration_format((int64_t)(attempt->elapsed * 1000), length));
    }
    put(buf, "attempts", strbuf_text(&lines));
}

static void put_run(struct strbuf *buf, const struct message *message)
{
    char text[UNITS_TEXT_SIZE];
    put_bytes(buf, "command", message->command.data, message->command.size);
    if (message->kind != MESSAGE_OUTCOME)
        return;
    AUTO(str) char *status = format_status(message->status, message->signal);
    put(buf, "status", status);
    if (message->elapsed >= 0)
        put(buf, "took", duration_format((int64_t)(message->elapsed * 1000), text));
    put_attempts(buf, message);
    if (message->printed >= 0 && !message->out.kept.data)
        put(buf, "printed", size_format(message->printed, text));
    if (message->max_rss < 0)
        return;
    AUTO(str)
    char *used = text_format("%s memory, %.3f s user, %.3f s system",
                             size_format(message->max_rss, text), message->user_time,
                             message->system_time);
    put(buf, "used", used);
}

static void put_output(struct strbuf *buf, const char *name,
                       const struct output *output, const struct screen *screen)
{
    const struct bytes *kept = &output->kept;
    if (!kept->data)
        return;
    strbuf_putc(buf, '\n');
    screen_add_painted(screen, buf, PAINT_BOLD, name);
    strbuf_puts(buf, kept->size ? ":\n" : ": nothing\n");

    size_t head = output->cut > 0 ? output->cut_at : kept->size;
    if (head > 0) {
        strbuf_puts(buf, OUTPUT_INDENT);
        add_indented(buf, kept->data, head, OUTPUT_INDENT);
    }
    if (output->cut > 0)
        strbuf_printf(buf, "[… %llu bytes left out …]\n",
                      (unsigned long long)output->cut);
    if (kept->size > head) {
        strbuf_puts(buf, OUTPUT_INDENT);
        add_indented(buf, kept->data + head, kept->size - head, OUTPUT_INDENT);
    }
}

void describe(const struct fetched *fetched, int64_t now, const struct screen *screen,
              struct strbuf *buf)
{
    const struct message *message = fetched->message;
    put_headline(buf, fetched, screen);
    put_times(buf, fetched, now);
    put(buf, "zone", message->zone);
    put(buf, "user", message->user);
    put_run(buf, message);
    put(buf, "mailto", message->mailto);
    put(buf, "run", message->run);
    put(buf, "id", message->id);
    put(buf, "text", message->text);
    put_output(buf, "stdout", &message->out, screen);
    put_output(buf, "stderr", &message->errors, screen);
}
