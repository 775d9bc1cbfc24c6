// SPDX-License-Identifier: GPL-3.0-or-later
/* letters - a list that is filled from the store when it is empty. */
#include "receiver/letters.h"

#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define LOOK_COUNT 500               /* messages looked at, at once */
#define KEEP_SIZE  ((size_t)2 << 20) /* bytes that end a look */

struct letters {
    const struct plugin *plugin;
    struct store *reader;
    struct letter *first, *last;
    size_t size;
    int64_t seen; /* number of the last one looked at */
};

void letter_free(struct letter *letter)
{
    if (!letter)
        return;
    strbuf_clear(&letter->line);
    free(letter->host);
    free(letter);
}

struct letters *letters_new(const struct plugin *plugin, struct store *reader,
                            int64_t after)
{
    struct letters *letters = memory_new(sizeof *letters);
    letters->plugin = plugin;
    letters->reader = reader;
    letters->seen = after;
    return letters;
}

static struct letter *pop(struct letters *letters)
{
    struct letter *letter = letters->first;
    if (!letter)
        return NULL;
    letters->first = letter->next;
    if (!letters->first)
        letters->last = NULL;
    letters->size -= letter->line.size;
    letter->next = NULL;
    return letter;
}

void letters_free(struct letters *letters)
{
    if (!letters)
        return;
    for (struct letter *letter; (letter = pop(letters));)
        letter_free(letter);
    free(letters);
}

/* ---- which ---- */

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static bool is_for(const struct plugin *plugin, const json_t *message)
{
    if (*text_in(message, "receiver"))
        return false;
    if (strcmp(text_in(message, "plugin"), plugin->name) == 0)
        return true;
    const char *tag = text_in(message, "tag");
    for (size_t i = 0; i < plugin->receives.count; i++)
        if (fnmatch(plugin->receives.items[i], tag, 0) == 0)
            return true;
    return false;
}

/* ---- filling ---- */

/* Within JSON a newline stands between its words alone. */
static void put_line(struct strbuf *line, const char *body)
{
    strbuf_puts(line, body + strspn(body, " \t\r\n"));
    for (char *c = line->data; *c; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    strbuf_putc(line, '\n');
}

static void push(struct letters *letters, const struct message_row *row,
                 const json_t *message)
{
    struct letter *letter = memory_new(sizeof *letter);
    letter->number = row->number;
    letter->time = row->time;
    memcpy(letter->id, row->id, strnlen(row->id, UUID_SIZE - 1));
    letter->host = text_copy(text_in(message, "host"));
    put_line(&letter->line, row->body);
    if (letters->last)
        letters->last->next = letter;
    else
        letters->first = letter;
    letters->last = letter;
    letters->size += letter->line.size;
}

static int on_message(const struct message_row *row, void *context)
{
    struct letters *letters = context;
    json_auto_t *message = json_loads(row->body, 0, NULL);
    letters->seen = row->number;
    if (message && is_for(letters->plugin, message))
        push(letters, row, message);
    return letters->size > KEEP_SIZE ? -ECANCELED : 0;
}

int letters_take(struct letters *letters, struct letter **ret, struct error *err)
{
    int rc = 0;
    for (int64_t before = -1; rc == 0 && !letters->first && letters->seen != before;) {
        before = letters->seen;
        rc = store_each_stored(letters->reader, letters->seen, 0, LOOK_COUNT,
                               on_message, letters, err);
        rc = rc == -ECANCELED ? 0 : rc;
    }
    if (rc == 0)
        *ret = pop(letters);
    return rc;
}

int64_t letters_seen(const struct letters *letters)
{
    return letters->first ? letters->first->number - 1 : letters->seen;
}
