// SPDX-License-Identifier: GPL-3.0-or-later
/* start - a run began. It is stored, and says nothing of how its (host, tag) stands. */
#include "handler/handler.h"

static int start_handle(const struct handling *handling UNUSED,
                        const struct message *message UNUSED, struct error *err UNUSED)
{
    return 0;
}

const struct handler handler_start = {
    .kind = MESSAGE_START,
    .handle = start_handle,
};
