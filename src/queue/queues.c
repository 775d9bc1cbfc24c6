// SPDX-License-Identifier: GPL-3.0-or-later
/* queues - the list of backends, and which of them a place means. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "queue/queue.h"
#include "queue/url.h"

#define SCHEMES_MAX 32

/* To add one: write queue/NAME.c, then name it twice below. */
extern const struct queue_type queue_http, queue_redis, queue_amqp, queue_ruby;

const struct queue_type *const queue_types[] = {&queue_http, &queue_redis, &queue_amqp,
                                                &queue_ruby, NULL};

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

static int find_type(const struct queue_place *place, const struct queue_type **ret,
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
    int rc = find_type(options->place, &type, err);
    return rc < 0 ? rc : type->open(options, ret, err);
}
