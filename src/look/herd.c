// SPDX-License-Identifier: GPL-3.0-or-later
/* herd - a beat may be late, and one may be lost on its way. */
#include "look/herd.h"

#include <jansson.h>

#include "look/fetch.h"

#define BEATS_MISSED 3

bool herd_is_silent(const json_t *host, int64_t now)
{
    int64_t every = (int64_t)json_integer_value(json_object_get(host, "every"));
    return every > 0 && now - fetched_time(host, "seen") > BEATS_MISSED * every;
}

json_t *herd_silent(const json_t *answer)
{
    int64_t now = fetched_time(answer, "now");
    json_t *silent = json_object();
    size_t i;
    json_t *host;
    json_array_foreach(json_object_get(answer, "hosts"), i, host)
    {
        if (herd_is_silent(host, now))
            json_object_set(silent, fetched_text(host, "host"), host);
    }
    return silent;
}
