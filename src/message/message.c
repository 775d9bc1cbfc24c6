// SPDX-License-Identifier: GPL-3.0-or-later
/* message - the struct, its words, and the JSON that the wrapper writes without a
 * library. parse.c reads it back. */
#include "message/message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

static const char *const kind_names[] = {
    [MESSAGE_OUTCOME] = "outcome",
    [MESSAGE_START] = "start",
    [MESSAGE_NOTE] = "note",
};

static const char *const err_names[] = {
    [ERR_NONE] = NULL,         [ERR_SUCCESS] = "SUCCESS", [ERR_FAIL] = "FAIL",
    [ERR_WARNING] = "WARNING", [ERR_CHECK] = "CHECK",     [ERR_LOCKED] = "LOCKED",
    [ERR_TIMEOUT] = "TIMEOUT", [ERR_UNKNOWN] = "UNKNOWN",
};

struct message *message_new(void)
{
    struct message *message = memory_new(sizeof *message);
    message->status = -1;
    message->elapsed = -1;
    message->max_rss = -1;
    return message;
}

void message_free(struct message *message)
{
    if (!message)
        return;
    free(message->host);
    free(message->tag);
    free(message->user);
    free(message->zone);
    free(message->command.data);
    free(message->out.kept.data);
    free(message->errors.kept.data);
    free(message->attempts);
    free(message->text);
    free(message->mailto);
    free(message->run);
    free(message->body.data);
    free(message);
}

const char *message_kind_name(enum message_kind kind)
{
    return kind_names[kind];
}

const char *message_err_name(enum message_err err)
{
    return err_names[err];
}

enum state message_state(const struct message *message)
{
    switch (message->err) {
    case ERR_NONE:
        return STATE_NONE;
    case ERR_SUCCESS:
        return STATE_OK;
    case ERR_WARNING:
    case ERR_LOCKED:
        return STATE_WARNING;
    case ERR_FAIL:
    case ERR_CHECK:
    case ERR_TIMEOUT:
        return STATE_FAIL;
    case ERR_UNKNOWN:
        return STATE_UNKNOWN;
    }
    return STATE_NONE;
}

/* The last line with something on it; size 0 where there is none. */
static struct bytes last_line(char *data, size_t size)
{
    while (size > 0 && (unsigned char)data[size - 1] <= ' ')
        size--;
    size_t start = size;
    while (start > 0 && data[start - 1] != '\n' && data[start - 1] != '\r')
        start--;
    return (struct bytes){.data = data + start, .size = size - start};
}

static bool has_words(const struct bytes *line)
{
    for (size_t i = 0; i < line->size; i++)
        if ((unsigned char)line->data[i] >= 0x80 ||
            isalnum((unsigned char)line->data[i]))
            return true;
    return false;
}

/* The last line with words on it, rather than a ruler; else the last line. */
static struct bytes last_words(char *data, size_t size)
{
    if (!data)
        return (struct bytes){0};
    struct bytes last = last_line(data, size), line = last;
    while (line.size > 0 && !has_words(&line))
        line = last_line(data, (size_t)(line.data - data));
    return line.size > 0 ? line : last;
}

/* How many bytes of it, from its beginning, are ASCII that may be printed. */
static size_t plain_length(const char *text, size_t size)
{
    size_t length = 0;
    while (length < size && text[length] >= ' ' && text[length] < 0x7F)
        length++;
    return length;
}

/* Whether the character, UTF-8 of that length, is none that steers a terminal. */
static bool is_printable(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (length == 2 && bytes[0] == 0xC2)
        return bytes[1] >= 0xA0;
    return length > 1 || (length == 1 && bytes[0] >= ' ' && bytes[0] != 0x7F);
}

void message_last_word(const struct message *message, char ret[], size_t size)
{
    struct bytes line = {0};
    if (message->text)
        line = last_words(message->text, strlen(message->text));
    if (line.size == 0)
        line = last_words(message->errors.kept.data, message->errors.kept.size);
    if (line.size == 0)
        line = last_words(message->out.kept.data, message->out.kept.size);

    size_t used = 0;
    for (size_t at = 0; at < line.size;) {
        const char *from = line.data + at;
        size_t left = line.size - at, room = size - 1 - used;
        size_t plain = plain_length(from, left < room ? left : room);
        size_t length = plain ? plain : utf8_length(from, left);
        bool printable = plain || is_printable(from, length);
        size_t need = printable ? length : 1;
        if (need > room)
            break;
        if (printable)
            memcpy(ret + used, from, length);
        else
            ret[used] = length > 0 ? ' ' : '?';
        used += need;
        at += length ? length : 1;
    }
    ret[used] = '\0';
}

/* The text as it can be read; where that loses bytes, they go to exact in base64. */
static void put_bytes(struct strbuf *buf, const char *name, const struct bytes *bytes,
                      struct strbuf *exact)
{
    if (!bytes->data) {
        json_field_null(buf, name);
        return;
    }
    json_name(buf, name);
    if (json_text(buf, bytes->data, bytes->size))
        return;
    json_name(exact, name);
    strbuf_putc(exact, '"');
    base64_encode(exact, bytes->data, bytes->size);
    strbuf_putc(exact, '"');
}

static void put_status(struct strbuf *buf, int status, int signal, enum message_err err)
{
    if (status >= 0)
        json_field_number(buf, "status", status);
    else
        json_field_null(buf, "status");
    if (signal > 0)
        json_field_number(buf, "signal", signal);
    else
        json_field_null(buf, "signal");
    json_field_text(buf, "err", err_names[err]);
}

static void put_cuts(struct strbuf *buf, const struct message *message)
{
    if (message->out.cut == 0 && message->errors.cut == 0)
        return;
    const struct output *outputs[] = {&message->out, &message->errors};
    static const char *const names[] = {"stdout", "stderr"};
    json_name(buf, "cut");
    json_open(buf, '{');
    for (int i = 0; i < 2; i++)
        if (outputs[i]->cut > 0)
            json_field_number(buf, names[i], (int64_t)outputs[i]->cut);
    json_close(buf, '}');
    json_name(buf, "cut_at");
    json_open(buf, '{');
    for (int i = 0; i < 2; i++)
        if (outputs[i]->cut > 0)
            json_field_number(buf, names[i], (int64_t)outputs[i]->cut_at);
    json_close(buf, '}');
}

static void put_attempts(struct strbuf *buf, const struct message *message)
{
    if (message->attempt_count == 0)
        return;
    json_name(buf, "attempts");
    json_open(buf, '[');
    for (size_t i = 0; i < message->attempt_count; i++) {
        const struct attempt *attempt = &message->attempts[i];
        json_comma(buf);
        json_open(buf, '{');
        put_status(buf, attempt->status, attempt->signal, attempt->err);
        json_field_real(buf, "elapsed", attempt->elapsed, 3);
        json_close(buf, '}');
    }
    json_close(buf, ']');
}

static void put_run(struct strbuf *buf, const struct message *message,
                    struct strbuf *exact)
{
    put_status(buf, message->status, message->signal, message->err);
    if (message->elapsed >= 0)
        json_field_real(buf, "elapsed", message->elapsed, 3);
    else
        json_field_null(buf, "elapsed");
    put_bytes(buf, "stdout", &message->out.kept, exact);
    put_bytes(buf, "stderr", &message->errors.kept, exact);
    put_cuts(buf, message);
    if (message->max_rss >= 0) {
        json_field_number(buf, "max_rss", message->max_rss);
        json_field_real(buf, "user_time", message->user_time, 6);
        json_field_real(buf, "system_time", message->system_time, 6);
    }
    put_attempts(buf, message);
    if (message->text)
        json_field_text(buf, "text", message->text);
}

void message_format(const struct message *message, struct strbuf *buf)
{
    AUTO(strbuf) struct strbuf exact = {0};
    char time[CLOCK_TEXT_SIZE];
    clock_format_utc(message->time, time);

    json_open(&exact, '{');
    json_open(buf, '{');
    json_field_number(buf, "v", 1);
    json_field_text(buf, "id", message->id);
    json_field_text(buf, "kind", kind_names[message->kind]);
    json_field_text(buf, "host", message->host);
    json_field_text(buf, "user", message->user);
    json_field_text(buf, "tag", message->tag);
    json_field_text(buf, "time", time);
    json_field_text(buf, "zone", message->zone);
    if (message->kind != MESSAGE_NOTE)
        put_bytes(buf, "command", &message->command, &exact);
    if (message->kind == MESSAGE_OUTCOME)
        put_run(buf, message, &exact);
    if (message->kind == MESSAGE_NOTE) {
        json_field_text(buf, "err", err_names[message->err]);
        json_field_text(buf, "text", message->text);
    }
    if (message->run)
        json_field_text(buf, "run", message->run);
    if (message->mailto)
        json_field_text(buf, "mailto", message->mailto);
    json_close(&exact, '}');
    if (exact.size > 2) {
        json_name(buf, "bytes");
        strbuf_add(buf, exact.data, exact.size);
    }
    json_close(buf, '}');
}
