// SPDX-License-Identifier: GPL-3.0-or-later
/* listener - who takes the messages of facts out of a spool and knows from them alone
 * what is true, by what message.h says of them; and when he lacks one. */
#ifndef TESTS_FACTS_LISTENER_H
#define TESTS_FACTS_LISTENER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bark/spool.h"
#include "base/memory.h"
#include "message/message.h"

#define LISTENER_RELATIONS 32

struct heard {
    char *name;
    int64_t epoch, counter; /* of the last message about it */
    struct rows rows, parts;
    int64_t part_counter; /* of the last part; 0: none waits */
};

struct listener {
    struct heard items[LISTENER_RELATIONS];
    size_t count;
    int64_t epoch, taken; /* of this epoch: how many messages came */
    bool lacks;
    size_t messages, parts, wholes, largest; /* all that came; bytes */
};

static inline void listener_clear(struct listener *listener)
{
    for (size_t i = 0; i < listener->count; i++) {
        free(listener->items[i].name);
        rows_clear(&listener->items[i].rows);
        rows_clear(&listener->items[i].parts);
    }
    *listener = (struct listener){0};
}

static inline struct heard *listener_find(struct listener *listener, const char *name)
{
    for (size_t i = 0; i < listener->count; i++)
        if (strcmp(listener->items[i].name, name) == 0)
            return &listener->items[i];
    assert_true(listener->count < LISTENER_RELATIONS);
    struct heard *heard = &listener->items[listener->count++];
    heard->name = text_copy(name);
    return heard;
}

static inline size_t listener_search(const struct rows *rows, const struct row *row,
                                     size_t width)
{
    size_t i = 0;
    while (i < rows->count && row_compare(&rows->items[i], row, width) != 0)
        i++;
    return i;
}

/* Each row that is removed was there, and each that is added was not. */
static inline void listener_change(struct heard *heard, const struct facts *facts)
{
    size_t width = facts->relation->count;
    struct rows rows = {0};
    for (size_t i = 0; i < facts->removed.count; i++)
        assert_true(listener_search(&heard->rows, &facts->removed.items[i], width) <
                    heard->rows.count);
    for (size_t i = 0; i < facts->added.count; i++)
        assert_true(listener_search(&heard->rows, &facts->added.items[i], width) ==
                    heard->rows.count);
    for (size_t i = 0; i < heard->rows.count; i++)
        if (listener_search(&facts->removed, &heard->rows.items[i], width) ==
            facts->removed.count)
            rows_add(&rows, width, (const char *const *)heard->rows.items[i].values);
    for (size_t i = 0; i < facts->added.count; i++)
        rows_add(&rows, width, (const char *const *)facts->added.items[i].values);
    rows_clear(&heard->rows);
    heard->rows = rows;
}

static inline void listener_collect(struct rows *rows, const struct facts *facts)
{
    for (size_t i = 0; i < facts->added.count; i++)
        rows_add(rows, facts->relation->count,
                 (const char *const *)facts->added.items[i].values);
}

static inline bool listener_is_next(const struct heard *heard,
                                    const struct facts *facts)
{
    if (facts->extent == FACTS_CHANGE)
        return heard->epoch == facts->epoch && heard->counter == facts->after;
    if (facts->counter == facts->after + 1)
        return true;
    return heard->epoch == facts->epoch && heard->part_counter == facts->counter - 1;
}

static inline void listener_hear(struct listener *listener, const struct facts *facts)
{
    struct heard *heard = listener_find(listener, facts->relation->name);
    if (facts->epoch < listener->epoch)
        return;
    if (facts->epoch > listener->epoch) {
        listener->epoch = facts->epoch;
        listener->taken = 0;
        listener->lacks = false;
    }
    listener->taken++;
    if (!listener_is_next(heard, facts)) {
        listener->lacks = true;
        return;
    }
    if (facts->extent != FACTS_CHANGE && facts->counter == facts->after + 1)
        rows_clear(&heard->parts);
    if (facts->extent == FACTS_CHANGE)
        listener_change(heard, facts);
    else
        listener_collect(&heard->parts, facts);
    heard->part_counter = facts->extent == FACTS_PART ? facts->counter : 0;
    heard->epoch = facts->epoch;
    if (facts->extent != FACTS_PART)
        heard->counter = facts->counter;
    if (facts->extent == FACTS_WHOLE) {
        rows_clear(&heard->rows);
        heard->rows = heard->parts;
        heard->parts = (struct rows){0};
    }
}

/* Takes all that waits. */
static inline void listener_take(struct listener *listener, const char *spool)
{
    AUTO(texts) struct texts names = {0};
    assert_int_equal(spool_list(spool, &names, NULL), 0);
    for (size_t i = 0; i < names.count; i++) {
        AUTO(strbuf) struct strbuf json = {0};
        AUTO(message) struct message *message = NULL;
        struct message_defaults defaults = {.now = 1};
        struct error err = {0};
        assert_int_equal(spool_read(spool, names.items[i], &json, NULL), 0);
        if (message_parse(json.data, json.size, &defaults, &message, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(message->kind, MESSAGE_FACTS);
        listener->messages++;
        listener->parts += message->facts->extent == FACTS_PART;
        listener->wholes += message->facts->extent == FACTS_WHOLE;
        if (json.size > listener->largest)
            listener->largest = json.size;
        listener_hear(listener, message->facts);
        assert_int_equal(spool_remove(spool, names.items[i], NULL), 0);
    }
}

/* What a beat says: how far the facts are counted. */
static inline bool listener_has_all(const struct listener *listener, int64_t epoch,
                                    int64_t counter)
{
    return !listener->lacks && listener->epoch == epoch && listener->taken == counter;
}

#endif
