// SPDX-License-Identifier: GPL-3.0-or-later
/* handlers - the list, and the one way in. */
#include "handler/handler.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

/* To add one: write handler/KIND.c, then name it twice below. */
extern const struct handler handler_outcome, handler_start, handler_note, handler_beat,
    handler_reading, handler_facts;

const struct handler *const handlers[] = {
    &handler_outcome, &handler_start, &handler_note, &handler_beat,
    &handler_reading, &handler_facts, NULL};

static const struct handler *find_handler(enum message_kind kind)
{
    size_t i = 0;
    while (handlers[i] && handlers[i]->kind != kind)
        i++;
    assert(handlers[i]);
    return handlers[i];
}

int handler_run(struct handling *handling, const struct message *message,
                struct error *err)
{
    const struct handler *handler = find_handler(message->kind);
    int rc = 0;
    handling->number = 0;
    if (!handler->is_passing)
        rc = store_put_message(handling->store, message, handling->came,
                               &handling->number, err);
    if (rc == -EEXIST)
        return 0;
    if (rc == 0)
        rc = handler->handle(handling, message, err);
    return rc < 0 ? error_prefix(err, rc, "message %s", message->id) : 0;
}
