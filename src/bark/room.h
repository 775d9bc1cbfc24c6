// SPDX-License-Identifier: GPL-3.0-or-later
/* room - keeps the spool within its limit, and counts what had to make way.
 *
 * Comes from: report.c.  Goes to: spool.h.
 * Light messages (see weight.h) are given up first, the oldest first, then the oldest
 * of all; but what weighs more never makes way for a light one. Of the light ones, 1/64
 * of the limit more is given up than is needed, so that room is made for a while.
 *
 * How large the folder is stands in its file .size, so that putting a message looks at
 * no other. The number may be too large, as after a crash or a delivery: it is counted
 * anew before anything is given up. Several may put at once; the limit then holds
 * within what they are putting. What was given up is in .given-up; where a crash comes
 * between, it names one too many, never one too few. */
#ifndef BARK_ROOM_H
#define BARK_ROOM_H

#include <stdint.h>

#include "bark/tally.h"
#include "bark/weight.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

struct room_message {
    const char *id;
    enum weight weight;
    const struct strbuf *json;
};

/* The message is on disk when it returns 0, in the folder, which is made where it is
 * missing. limit: bytes of all messages. -ENOSPC: it does not fit, as all that waits
 * counts more, or as it is larger than the limit, or the disk is full; -EPERM: see
 * spool_make. */
int room_put(const char *folder, int64_t limit, const struct room_message *message,
             struct error *err) MUST_USE;

/* One that could not be put, nor sent, is given up too. */
void room_count_lost(const char *folder, int64_t limit, enum weight weight);

/* The folder is measured; when it is known how large it is, less is given up. */
void room_recount(const char *folder);

/* What was given up and not told yet; since is 0 where there is nothing. */
int room_tally(const char *folder, struct tally *ret, struct error *err) MUST_USE;

/* The server has taken the note: what was given up since stays to be told. */
int room_told(const char *folder, const struct tally *told, struct error *err) MUST_USE;

#endif
