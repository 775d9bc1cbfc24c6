// SPDX-License-Identifier: GPL-3.0-or-later
/* beat - a daemon lives, and how things on its host are in numbers. What it says is
 * kept, and not that it was said: there is one each minute. */
#include "handler/handler.h"
#include "handler/touch.h"

static int beat_handle(const struct handling *handling, const struct message *message,
                       struct error *err)
{
    bool lacks;
    int rc = store_put_beat(handling->store, message, handling->came, &lacks, err);
    if (rc == 0 && handling->wants)
        wants_set(handling->wants, message->host, lacks);
    touch_readings(handling, message);
    return rc;
}

const struct handler handler_beat = {
    .kind = MESSAGE_BEAT,
    .handle = beat_handle,
    .is_passing = true,
};
