// SPDX-License-Identifier: GPL-3.0-or-later
/* outcome - a run ended: how it ended is how its (host, tag) stands. */
#include "handler/expect.h"
#include "handler/handler.h"
#include "handler/tell.h"
#include "handler/touch.h"

static int outcome_handle(const struct handling *handling,
                          const struct message *message, struct error *err)
{
    bool ran = false;
    int rc = store_end_run(handling->store, message, &ran, err);
    if (rc == 0)
        rc = expect_next(handling, message, err);
    if (rc < 0)
        return rc;
    touch_message(handling, message);
    touch(handling, message, "run");
    touch(handling, message, "last_run");
    if (ran)
        touch(handling, message, "running");
    return tell_state(handling, message, err);
}

const struct handler handler_outcome = {
    .kind = MESSAGE_OUTCOME,
    .handle = outcome_handle,
};
