// SPDX-License-Identifier: GPL-3.0-or-later
/* reading - numbers alone: what a beat says, without the promise of the next. */
#include "handler/handler.h"
#include "handler/touch.h"

static int reading_handle(const struct handling *handling,
                          const struct message *message, struct error *err)
{
    bool lacks; /* which no reading changes */
    touch_readings(handling, message);
    return store_put_beat(handling->store, message, handling->came, &lacks, err);
}

const struct handler handler_reading = {
    .kind = MESSAGE_READING,
    .handle = reading_handle,
    .is_passing = true,
};
