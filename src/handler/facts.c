// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - what became true of a host, and what no longer is. */
#include "handler/handler.h"
#include "handler/touch.h"

static int facts_handle(const struct handling *handling, const struct message *message,
                        struct error *err)
{
    bool lacks;
    int rc = store_put_facts(handling->store, handling->number, message, handling->came,
                             &lacks, err);
    if (rc == 0 && handling->wants)
        wants_set(handling->wants, message->host, lacks);
    touch_message(handling, message);
    touch_host(handling, message, "beating");
    touch_host(handling, message, message->facts->relation->name);
    return rc;
}

const struct handler handler_facts = {
    .kind = MESSAGE_FACTS,
    .handle = facts_handle,
};
