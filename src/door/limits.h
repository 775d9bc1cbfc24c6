// SPDX-License-Identifier: GPL-3.0-or-later
/* limits - how often something may be: requests of a token, failures of an address,
 * lines in the log. Times are ms of a clock that never goes back. */
#ifndef DOOR_LIMITS_H
#define DOOR_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "door/peer.h"

/* So many in a time, at once or spread over it. */
struct rate {
    int64_t count;
    int64_t period; /* ms */
};

/* How many of them are left: a token bucket. All zero is a full one. */
struct bucket {
    int64_t level; /* times rate.period */
    int64_t time;  /* when level was right; 0: never */
};

/* Whether one more may be; it then counts. */
bool bucket_take(struct bucket *bucket, struct rate rate, int64_t now);

/* What each of many addresses may: those seen last are remembered. */
struct peer_limits;

struct peer_limits *peer_limits_new(struct rate rate);
void peer_limits_free(struct peer_limits *limits); /* NULL is fine */
AUTO_DEFINE(peer_limits)

bool peer_limits_take(struct peer_limits *limits, const struct peer *peer, int64_t now);

/* Lines that a client could fill the log with. */
struct log_limit {
    struct bucket bucket;
    int64_t left_out; /* lines that were not written */
};

#define LOG_LIMIT_LINES 10 /* in a minute */

/* Whether a line may be written; *ret_left_out, only then, is how many before it were
 * not. */
bool log_limit_take(struct log_limit *limit, int64_t now, int64_t *ret_left_out);

#endif
