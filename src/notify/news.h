// SPDX-License-Identifier: GPL-3.0-or-later
/* news - what is new about a run that went wrong, against the last one that was good:
 * what it printed, the packages that were changed since, a start of the machine.
 *
 * Comes from: store/.  Goes to: story.h, object.h. */
#ifndef NOTIFY_NEWS_H
#define NOTIFY_NEWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "message/message.h"
#include "store/store.h"

struct news {
    struct message *good;  /* that run; NULL: none is known, and then nothing is */
    struct texts lines;    /* that it did not print, readable; not where it printed
                             nothing, or all is new */
    size_t lines_more;     /* further ones */
    struct texts packages; /* "nginx 1.22.1-9, was 1.22.0-1" */
    size_t packages_more;
    int64_t booted; /* when the machine was started since; 0: it was not */
};

void news_clear(struct news *news);
AUTO_DEFINE_CLEAR(news)

/* Called by the store with a row: parses its message. context: the struct message * to
 * be set. Its time is that of the store, which is never later than it came. */
int news_read_message(const struct message_row *row, void *context) MUST_USE;

/* message: an outcome that is stored. */
int news_find(struct store *store, const struct message *message, struct news *ret,
              struct error *err) MUST_USE;

#endif
