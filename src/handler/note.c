// SPDX-License-Identifier: GPL-3.0-or-later
/* note - somebody says something. With a state it speaks of its (host, tag) as an
 * outcome does; without one it is kept to be read. With a subject it is mailed. */
#include "handler/handler.h"
#include "handler/tell.h"

static int note_handle(const struct handling *handling, const struct message *message,
                       struct error *err)
{
    int rc = message->subject ? tell_mail(handling, message, err) : 0;
    if (rc < 0 || message_state(message) == STATE_NONE)
        return rc;
    return tell_state(handling, message, err);
}

const struct handler handler_note = {
    .kind = MESSAGE_NOTE,
    .handle = note_handle,
};
