// SPDX-License-Identifier: GPL-3.0-or-later
/* tally - a line a number, so that a person can read the file too. */
#include "bark/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bark/self.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "message/message.h"

static bool is_empty(const struct tally *tally)
{
    for (int i = 0; i < WEIGHTS; i++)
        if (tally->counts[i] > 0)
            return false;
    return true;
}

void tally_add(struct tally *tally, const size_t counts[WEIGHTS], int64_t now)
{
    for (int i = 0; i < WEIGHTS; i++)
        tally->counts[i] += counts[i];
    if (tally->since == 0)
        tally->since = now;
    uuid_make(now, tally->id);
}

void tally_subtract(struct tally *tally, const struct tally *told, int64_t now)
{
    for (int i = 0; i < WEIGHTS; i++)
        tally->counts[i] -=
            tally->counts[i] < told->counts[i] ? tally->counts[i] : told->counts[i];
    tally->since = is_empty(tally) ? 0 : now;
    uuid_make(now, tally->id);
}

void tally_format(const struct tally *tally, struct strbuf *buf)
{
    char since[CLOCK_TEXT_SIZE];
    clock_format_utc(tally->since, since);
    strbuf_printf(buf, "id %s\nsince %s\nlimit %lld\n", tally->id, since,
                  (long long)tally->limit);
    for (int i = 0; i < WEIGHTS; i++)
        strbuf_printf(buf, "%s %zu\n", weight_name((enum weight)i), tally->counts[i]);
}

/* The word behind "NAME " at the start of a line, to be freed; NULL: there is none. */
static char *find_value(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ' ')
            return memory_copy(line + length + 1, strcspn(line + length + 1, "\n"));
    }
    return NULL;
}

int tally_parse(const char *text, struct tally *ret, struct error *err)
{
    struct tally tally = {0};
    AUTO(str) char *id = find_value(text, "id");
    AUTO(str) char *since = find_value(text, "since");
    AUTO(str) char *limit = find_value(text, "limit");
    if (!id || !uuid_is_valid(id, strlen(id)) || !since || !limit)
        return error_set(err, -EINVAL, "what was given up cannot be read");
    int rc = clock_parse_utc(since, &tally.since, err);
    if (rc < 0)
        return rc;
    memcpy(tally.id, id, UUID_SIZE);
    tally.limit = strtoll(limit, NULL, 10);
    for (int i = 0; i < WEIGHTS; i++) {
        AUTO(str) char *count = find_value(text, weight_name((enum weight)i));
        tally.counts[i] = count ? strtoul(count, NULL, 10) : 0;
    }
    *ret = tally;
    return 0;
}

void tally_put_words(const struct tally *tally, struct strbuf *buf)
{
    char since[CLOCK_TEXT_SIZE];
    clock_format_utc(tally->since, since);
    weight_put_counts(buf, tally->counts);
    strbuf_printf(buf, ", since %s", since);
}

/* Takes the text. */
static void put_note(const char *id, int64_t now, enum message_err err, char *text,
                     struct strbuf *json)
{
    AUTO(message) struct message *message = message_new();
    memcpy(message->id, id, UUID_SIZE);
    message->kind = MESSAGE_NOTE;
    message->host = self_host();
    message->tag = text_copy(TALLY_TAG);
    message->time = now;
    message->err = err;
    message->text = text;
    message_format(message, json);
}

void tally_put_note(const struct tally *tally, int64_t now, struct strbuf *json)
{
    AUTO(strbuf) struct strbuf text = {0};
    char limit[UNITS_TEXT_SIZE];
    strbuf_puts(&text, "given up while the server could not be reached: ");
    tally_put_words(tally, &text);
    strbuf_printf(&text, "; the spool's limit is %s", size_format(tally->limit, limit));
    put_note(tally->id, now, ERR_WARNING, strbuf_take(&text), json);
}

void tally_put_end(int64_t now, struct strbuf *json)
{
    char id[UUID_SIZE];
    uuid_make(now, id);
    put_note(id, now, ERR_SUCCESS, text_copy("all that waited is delivered"), json);
}
