// SPDX-License-Identifier: GPL-3.0-or-later
/* outcome - a run ended: how it ended is how its (host, tag) stands. */
#include "handler/handler.h"
#include "handler/tell.h"

const struct handler handler_outcome = {
    .kind = MESSAGE_OUTCOME,
    .handle = tell_state,
};
