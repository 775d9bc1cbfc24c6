// SPDX-License-Identifier: GPL-3.0-or-later
/* deliver - empties the spool into the server's door.
 *
 * Comes from: bark/spool.h.  Goes to: http.h; main/sheepdog-deliver.c calls it.
 * A file is removed only when the server has answered that what it holds is on its
 * disk: so a message may arrive twice, and the store knows it by its id, but none is
 * lost. */
#ifndef QUEUE_DELIVER_H
#define QUEUE_DELIVER_H

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "queue/http.h"

struct delivery {
    struct http *http;  /* with its deadline set; lent */
    const char *folder; /* the spool, locked by the caller; lent */

    /* Required. Told, in a sentence, of each file that was put aside or cannot be
     * moved. */
    void (*say)(const char *sentence);
};

/* Sends all that waits, oldest first, and what comes meanwhile. A message that the
 * server will never take, or a file that holds none, goes to the spool's folder for
 * those. 0: nothing waits any more. Negative, with words: what is left goes another
 * time. */
int deliver_spool(const struct delivery *delivery, struct error *err) MUST_USE;

/* Sends one message. -EBADMSG: the server will never take it; else as http_post. */
int deliver_message(struct http *http, const struct strbuf *json, struct error *err)
    MUST_USE;

#endif
