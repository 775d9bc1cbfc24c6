// SPDX-License-Identifier: GPL-3.0-or-later
/* notice - what a notifier is given to tell: a telling of the outbox, read, with the
 * message that it is about and what is new in that.
 *
 * Comes from: store/incidents.h, which says what a telling's body is.
 * Goes to: notifier.h. */
#ifndef NOTIFY_NOTICE_H
#define NOTIFY_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "message/message.h"
#include "notify/news.h"
#include "store/incidents.h"

struct json_t;

/* What is explained by it. */
struct notice_place {
    const char *host, *tag;
};

/* Of a sum. */
struct notice_item {
    const char *what; /* see telling_kind_name */
    const char *host, *tag, *severity, *text;
    int64_t time; /* when it was put there */
    int64_t incident;
};

/* Texts that are const are lent from body, or static. */
struct notice {
    int64_t number; /* of the telling */
    enum telling_kind kind;
    int64_t incident; /* 0: of none */
    char *host, *tag, *notifier, *address;
    int64_t made; /* when it was put into the outbox */
    int tries;    /* that failed */

    const char *severity; /* of an incident, a sum; "" */
    const char *before;   /* the severity that was told before; NULL */
    const char *text;     /* of an incident or a digest; "" */
    const char *subject;  /* of a digest; "" */
    const char *gone;     /* the notifier for which it waited; NULL */
    int64_t since, until; /* 0: not over */

    const char **why; /* lines */
    struct notice_place *explains;
    struct notice_item *items; /* the worst first; of a sum at its flood's end none */
    size_t why_count, explains_count, item_count;

    struct message *message; /* the newest of the tag then, or the note; NULL */
    struct news news;        /* of a run that went wrong */
    struct json_t *body;
};

void notice_clear(struct notice *notice);
AUTO_DEFINE_CLEAR(notice)

/* The next one that is due of a notifier: 1; 0: none is. */
int notice_find(struct store *store, const char *notifier, int64_t now,
                struct notice *ret, struct error *err) MUST_USE;

/* Its severity is a state of the tag, such as fail, and not a thing of its own, such as
 * silent. */
bool notice_is_state(const struct notice *notice);

/* The message says what the notice does: that the tag fails, or is ok again. */
bool notice_is_said(const struct notice *notice);

/* The host, or what stands for the server itself. */
const char *notice_host(const struct notice *notice);

#endif
