// SPDX-License-Identifier: GPL-3.0-or-later
/* schedule - arithmetic alone. */
#include "daemon/schedule.h"

/* FNV-1a. */
static uint64_t hash(uint64_t sum, const char *text)
{
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * 0x100000001b3U;
    return (sum ^ 0xff) * 0x100000001b3U;
}

/* A remainder looks at the lower bits most. */
static uint64_t mix(uint64_t sum)
{
    sum ^= sum >> 33;
    sum *= 0xff51afd7ed558ccdU;
    return sum ^ (sum >> 33);
}

int64_t schedule_phase(const char *host, const char *tag, int64_t every)
{
    uint64_t sum = hash(hash(0xcbf29ce484222325U, host), tag);
    return (int64_t)(mix(sum) % (uint64_t)every);
}

int64_t schedule_first(int64_t every, int64_t phase)
{
    return phase % (every < SCHEDULE_FIRST ? every : SCHEDULE_FIRST);
}

int64_t schedule_next(int64_t now, int64_t every, int64_t phase)
{
    int64_t earliest = now + (every + 1) / 2;
    int64_t behind = (earliest - phase) % every;
    if (behind < 0)
        behind += every;
    return earliest - now + (behind ? every - behind : 0);
}

int64_t schedule_pause(int64_t every, int failures)
{
    int64_t pause = every;
    for (int i = 0; i < failures && pause < SCHEDULE_PAUSE_MAX; i++)
        pause *= 2;
    if (pause > SCHEDULE_PAUSE_MAX)
        pause = SCHEDULE_PAUSE_MAX;
    return pause > every ? pause : every;
}
