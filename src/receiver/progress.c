// SPDX-License-Identifier: GPL-3.0-or-later
/* progress - a position, and a parcel with it. */
#include "receiver/progress.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

int progress_find(struct progress *progress, struct store *reader, struct error *err)
{
    AUTO(str) char *position = NULL;
    progress->keep_at = INT64_MAX;
    int rc = store_get_position(reader, progress->source, &position, err);
    if (rc == 0 && position)
        progress->done = progress->kept = strtoll(position, NULL, 10);
    else if (rc == 0)
        rc = store_last_stored(reader, &progress->done, err);
    if (rc == 0 && !position)
        progress->kept = -1;
    return rc;
}

void progress_move(struct progress *progress, int64_t done, int64_t keep_ms)
{
    int64_t keep_at = clock_monotonic() + keep_ms * 1000;
    if (progress->has_lost || done == progress->done)
        return;
    progress->done = done;
    if (keep_at < progress->keep_at)
        progress->keep_at = keep_at;
}

void progress_post(struct progress *progress, struct message_list *said)
{
    AUTO(str) char *position = text_format("%" PRId64, progress->done);
    struct parcel parcel = {.messages = *said,
                            .source = progress->source,
                            .position = position,
                            .came = clock_now()};
    for (size_t i = 0; i < said->count; i++)
        parcel.size += said->items[i]->body.size;
    if (bridge_send(progress->bridge, &parcel) == 0)
        progress->kept = progress->done;
    else
        progress->has_lost = true;
    progress->keep_at = INT64_MAX;
}

void progress_keep(struct progress *progress)
{
    struct message_list none = {0};
    if (progress->kept != progress->done)
        progress_post(progress, &none);
    progress->keep_at = INT64_MAX;
}
