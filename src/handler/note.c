// SPDX-License-Identifier: GPL-3.0-or-later
/* note - somebody says something. With a state it speaks of its (host, tag) as an
 * outcome does; without one it is kept to be read. With a subject it is mailed. */
#include "handler/expect.h"
#include "handler/handler.h"
#include "handler/tell.h"
#include "handler/touch.h"

static int note_handle(const struct handling *handling, const struct message *message,
                       struct error *err)
{
    bool speaks = message_state(message) != STATE_NONE;
    int rc = message->subject ? tell_mail(handling, message, err) : 0;
    if (rc == 0 && (speaks || message->expect))
        rc = expect_next(handling, message, err);
    if (rc < 0)
        return rc;
    touch_message(handling, message);
    touch(handling, message, "note");
    return speaks ? tell_state(handling, message, err) : 0;
}

const struct handler handler_note = {
    .kind = MESSAGE_NOTE,
    .handle = note_handle,
};
