// SPDX-License-Identifier: GPL-3.0-or-later
/* gather - has the facts collected and sent (facts/facts.h): each time in a child, one
 * after the other, so that a thousand packages take none of our memory.
 *
 * Comes from: the time, plugins, and the server that wants all of them. Goes to: the
 * spool. */
#ifndef DAEMON_GATHER_H
#define DAEMON_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "config/config.h"
#include "daemon/helpers.h"
#include "monitor/findings.h"
#include "monitor/lines.h"

struct gather_parts {
    struct helpers *helpers;
    const char *folder; /* of what was sent; lent */
    const char *spool;  /* lent */
    const char *host;   /* lent */

    void (*sent)(void *context); /* something is in the spool */

    /* Words for the server: a source could not be read, …; NULL: it is well again. */
    void (*say)(void *context, const char *sentence, bool is_fault);
    void *context;
};

struct gather;

/* config is lent until the next one is used. */
struct gather *gather_new(const struct gather_parts *parts,
                          const struct config *config);
void gather_free(struct gather *gather); /* NULL is fine; ends what runs */
AUTO_DEFINE(gather)
void gather_use(struct gather *gather, const struct config *config);

/* Collects what is due; and sends all anew where the server wants it, which is then
 * returned. To be called every minute. */
bool gather_turn(struct gather *gather);

/* The relation that a finding speaks of; -EINVAL: none of that name was declared. */
int gather_find(const struct relations *relations, const struct finding *finding,
                const struct relation **ret, struct error *err) MUST_USE;

/* What a plugin found that is a fact; -EINVAL: it declared no such relation. */
int gather_take(struct gather *gather, const struct relations *relations,
                const struct findings *findings, struct error *err) MUST_USE;

/* For the beat; 0, 0: none was sent. */
void gather_mark(const struct gather *gather, int64_t *ret_epoch, int64_t *ret_counter);

#endif
