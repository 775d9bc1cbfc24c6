// SPDX-License-Identifier: GPL-3.0-or-later
/* queue - which backend a place means, what is the same for all of them, and the memory
 * of what travels. */
#include "queue/queue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "message/message.h"
#include "queue/url.h"

#define SCHEMES_MAX 32

/* ---- places ---- */

static bool has_scheme(const struct queue_type *type, const char *scheme, size_t length)
{
    for (size_t i = 0; type->schemes[i]; i++)
        if (strlen(type->schemes[i]) == length &&
            strncmp(type->schemes[i], scheme, length) == 0)
            return true;
    return false;
}

static bool is_form(const struct queue_type *type, const char *form)
{
    if (!form || !type->form)
        return form == type->form;
    return strcmp(form, type->form) == 0;
}

static int fail_unknown(const struct queue_place *place, const char *scheme,
                        struct error *err)
{
    const char *known[SCHEMES_MAX + 1] = {0};
    size_t count = 0;
    char hint[80];
    for (size_t i = 0; queue_types[i]; i++)
        for (size_t j = 0; queue_types[i]->schemes[j] && count < SCHEMES_MAX; j++)
            if (is_form(queue_types[i], place->form))
                known[count++] = queue_types[i]->schemes[j];
    return error_set(err, -EINVAL, "no queue is spoken to by \"%.40s://\"%s", scheme,
                     suggest_text(scheme, known, hint, sizeof hint));
}

int queue_find_type(const struct queue_place *place, const struct queue_type **ret,
                    struct error *err)
{
    const char *url = place->url ? place->url : "http://";
    size_t length = strcspn(url, ":");
    if (strncmp(url + length, "://", 3) != 0)
        return error_set(err, -EINVAL, "a queue's place is a URL such as redis://HOST");
    for (size_t i = 0; queue_types[i]; i++)
        if (is_form(queue_types[i], place->form) &&
            has_scheme(queue_types[i], url, length)) {
            *ret = queue_types[i];
            return 0;
        }
    AUTO(str) char *scheme = memory_copy(url, length);
    return fail_unknown(place, scheme, err);
}

int queue_open(const struct queue_options *options, struct queue **ret,
               struct error *err)
{
    const struct queue_type *type = NULL;
    int rc = queue_find_type(options->place, &type, err);
    return rc < 0 ? rc : type->open(options, ret, err);
}

int queue_place_name(const struct queue_place *place, char **ret, struct error *err)
{
    AUTO(url) struct url url = {0};
    int rc = url_parse(place->url, url_default_port(place->url), &url, err);
    if (rc < 0)
        return rc;
    *ret = text_format("%s%s%s%s%s%s%s", place->form ? place->form : "",
                       place->form ? " " : "", url.name, *url.path ? "/" : "", url.path,
                       place->key ? " " : "", place->key ? place->key : "");
    return 0;
}

/* ---- queues ---- */

void queue_close(struct queue *queue)
{
    if (!queue)
        return;
    free(queue->name);
    queue->type->close(queue);
}

const char *queue_name(const struct queue *queue)
{
    return queue->name;
}

bool queue_take_want(struct queue *queue)
{
    bool is_wanted = queue->wants_facts;
    queue->wants_facts = false;
    return is_wanted;
}

void queue_set_deadline(struct queue *queue, int64_t deadline)
{
    queue->deadline = deadline;
}

int queue_send(struct queue *queue, struct sending *items, size_t count,
               struct error *err)
{
    if (!queue->type->send)
        return error_set(err, -EOPNOTSUPP, "%s: nothing can be sent there",
                         queue->name);
    return queue->type->send(queue, items, count, err);
}

int queue_receive(struct queue *queue, int wait_ms, struct received *ret,
                  struct error *err)
{
    received_clear(ret);
    if (!queue->type->receive)
        return error_set(err, -EOPNOTSUPP, "%s: it is not read, it comes to the door",
                         queue->name);
    return queue->type->receive(queue, wait_ms, ret, err);
}

int queue_ack(struct queue *queue, const struct received *received, struct error *err)
{
    return queue->type->ack(queue, received, err);
}

/* ---- what travels ---- */

void sending_clear(struct sending *sending)
{
    free(sending->why);
    *sending = (struct sending){0};
}

void received_add(struct received *received, const char *bytes, size_t size,
                  int64_t time, const char *name)
{
    size_t count = received->count;
    if (size > MESSAGE_SIZE_MAX)
        size = MESSAGE_SIZE_MAX + 1;
    if ((count & (count + 1)) == 0)
        received->items =
            memory_resize(received->items, (count * 2 + 1) * sizeof *received->items);
    received->items[received->count++] = (struct received_item){
        .bytes = memory_copy(bytes, size),
        .size = size,
        .time = time,
        .name = name ? text_copy(name) : NULL,
    };
    received->size += size;
}

void received_clear(struct received *received)
{
    for (size_t i = 0; i < received->count; i++) {
        free(received->items[i].bytes);
        free(received->items[i].name);
    }
    free(received->items);
    free(received->position);
    free(received->mark);
    *received = (struct received){0};
}
