// SPDX-License-Identifier: GPL-3.0-or-later
/* start - a run began. It is stored, and says nothing of how its (host, tag) stands. */
#include "handler/expect.h"
#include "handler/handler.h"
#include "handler/touch.h"

static int start_handle(const struct handling *handling, const struct message *message,
                        struct error *err)
{
    bool runs = false;
    int rc = store_put_start(handling->store, message, &runs, err);
    if (rc < 0)
        return rc;
    touch_message(handling, message);
    if (runs)
        touch(handling, message, "running");
    return expect_next(handling, message, err);
}

const struct handler handler_start = {
    .kind = MESSAGE_START,
    .handle = start_handle,
};
