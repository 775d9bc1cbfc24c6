// SPDX-License-Identifier: GPL-3.0-or-later
/* digests - sends a digest at the times that the configuration says, each once: that it
 * was put into the outbox, and until when it goes, is one transaction. What a stop of
 * the server let pass is one digest, when it runs again, which says that it is late.
 *
 *     look (worker) ──due──> compose (thread, reads) ──> put (worker, writes)
 *
 * Comes from: digest.h.  Goes to: store/incidents.h, notify/outbox.h. */
#ifndef ALERT_DIGESTS_H
#define ALERT_DIGESTS_H

#include "alert/watch.h"
#include "base/auto.h"
#include "config/config.h"

struct digests;

/* As of a watch. The configuration is lent until digests_use. */
struct digests *digests_new(const struct watch_parts *parts,
                            const struct config *config);
void digests_start(struct digests *digests);
void digests_use(struct digests *digests, const struct config *config);

/* No further one begins; stopped is called on the loop, when what runs has ended. */
void digests_stop(struct digests *digests, void (*stopped)(void *context),
                  void *context);
void digests_free(
    struct digests *digests); /* NULL is fine; stopped, or never started */
AUTO_DEFINE(digests)

/* When the next one behind that time is due; INT64_MAX: never. */
int64_t digests_next(const struct config *config, int64_t after);

/* Puts one to all whom the configuration names, and where it goes until; in the
 * caller's transaction. -EEXIST: one was put meanwhile, by another program. */
struct digest_text {
    int64_t since, until;
    const char *text, *subject;
};

int digests_put(struct store *store, const struct config *config,
                const struct digest_text *digest, struct error *err) MUST_USE;

/* Until when the last one goes; where there was none, now, which is kept. */
int digests_last(struct store *store, int64_t now, int64_t *ret, struct error *err)
    MUST_USE;

#endif
