// SPDX-License-Identifier: GPL-3.0-or-later
/* message - the struct, its words, and what it says on one line. */
#include "message/message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

static const char *const kind_names[] = {
    [MESSAGE_OUTCOME] = "outcome", [MESSAGE_START] = "start",
    [MESSAGE_NOTE] = "note",       [MESSAGE_BEAT] = "beat",
    [MESSAGE_READING] = "reading", [MESSAGE_FACTS] = "facts",
};

static const char *const extent_names[] = {
    [FACTS_CHANGE] = "change",
    [FACTS_PART] = "part",
    [FACTS_WHOLE] = "whole",
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
    message->printed = -1;
    message->max_rss = -1;
    message->grace = -1;
    return message;
}

struct facts *facts_new(struct relation *relation)
{
    struct facts *facts = memory_new(sizeof *facts);
    facts->relation = relation;
    return facts;
}

static void facts_free(struct facts *facts)
{
    if (!facts)
        return;
    relation_free(facts->relation);
    rows_clear(&facts->added);
    rows_clear(&facts->removed);
    free(facts);
}

/* What 15 digits round up past the largest double could not be read back; and of zero
 * JSON has one. */
static double tidy_value(double value)
{
    if (value > READING_MAX || value < -READING_MAX)
        return value > 0 ? READING_MAX : -READING_MAX;
    return value == 0 ? 0 : value;
}

void message_add_reading(struct message *message, const char *name, double value,
                         const char *unit)
{
    size_t count = message->reading_count;
    if ((count & (count + 1)) == 0)
        message->readings = memory_resize(message->readings,
                                          (count * 2 + 1) * sizeof *message->readings);
    message->readings[message->reading_count++] = (struct message_reading){
        .name = text_copy(name), .value = tidy_value(value), .unit = text_copy(unit)};
}

static void clear_readings(struct message *message)
{
    for (size_t i = 0; i < message->reading_count; i++) {
        free(message->readings[i].name);
        free(message->readings[i].unit);
    }
    free(message->readings);
}

void message_free(struct message *message)
{
    if (!message)
        return;
    clear_readings(message);
    facts_free(message->facts);
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
    free(message->plugin);
    free(message->expect);
    free(message->subject);
    free(message->receiver);
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

const char *facts_extent_name(enum facts_extent extent)
{
    return extent_names[extent];
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

static void facts_word(const struct facts *facts, char ret[], size_t size)
{
    const char *name = facts->relation->name;
    if (facts->extent == FACTS_CHANGE)
        snprintf(ret, size, "%s: %zu added, %zu removed", name, facts->added.count,
                 facts->removed.count);
    else
        snprintf(ret, size, "%s: %s: %zu row%s", name, facts_extent_name(facts->extent),
                 facts->added.count, facts->added.count == 1 ? "" : "s");
}

void message_last_word(const struct message *message, char ret[], size_t size)
{
    struct bytes line = {0};
    if (message->facts) {
        facts_word(message->facts, ret, size);
        return;
    }
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
