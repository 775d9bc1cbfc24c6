// SPDX-License-Identifier: GPL-3.0-or-later
/* limits - one token bucket, used three ways. */
#include "door/limits.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/memory.h"

#define PEERS  1024 /* addresses that are remembered */
#define MINUTE ((int64_t)60 * 1000)

/* Its content is counted in parts, period of them for each that may be, so that what
 * trickles in during a millisecond is a whole number. */
bool bucket_take(struct bucket *bucket, struct rate rate, int64_t now)
{
    int64_t full = rate.count * rate.period;
    int64_t passed = now - bucket->time;
    if (bucket->time == 0 || passed >= rate.period)
        bucket->level = full;
    else if (passed > 0)
        bucket->level += passed * rate.count;
    if (bucket->level > full)
        bucket->level = full;
    bucket->time = now;
    if (bucket->level < rate.period)
        return false;
    bucket->level -= rate.period;
    return true;
}

struct peer_limits {
    struct rate rate;
    uint64_t seed; /* nobody outside can choose who shares a row */
    struct {
        struct peer peer;
        struct bucket bucket;
    } rows[PEERS];
};

struct peer_limits *peer_limits_new(struct rate rate)
{
    struct peer_limits *limits = memory_new(sizeof *limits);
    limits->rate = rate;
    if (getrandom(&limits->seed, sizeof limits->seed, 0) < 0)
        abort();
    return limits;
}

void peer_limits_free(struct peer_limits *limits)
{
    free(limits);
}

bool peer_limits_take(struct peer_limits *limits, const struct peer *peer, int64_t now)
{
    size_t i = peer_hash(peer, limits->seed) % PEERS;
    if (!peer_is_same(&limits->rows[i].peer, peer)) {
        limits->rows[i].peer = *peer;
        limits->rows[i].bucket = (struct bucket){0};
    }
    return bucket_take(&limits->rows[i].bucket, limits->rate, now);
}

bool log_limit_take(struct log_limit *limit, int64_t now, int64_t *ret_left_out)
{
    static const struct rate rate = {.count = LOG_LIMIT_LINES, .period = MINUTE};
    if (!bucket_take(&limit->bucket, rate, now)) {
        limit->left_out++;
        return false;
    }
    *ret_left_out = limit->left_out;
    limit->left_out = 0;
    return true;
}
