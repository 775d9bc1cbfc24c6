// SPDX-License-Identifier: GPL-3.0-or-later
/* touch - into the set that the pump gave along, where it gave one. */
#include "handler/touch.h"

void touch(const struct handling *handling, const struct message *message,
           const char *relation)
{
    if (handling->touched)
        touched_add(handling->touched, relation, message->host, message->tag);
}

void touch_host(const struct handling *handling, const struct message *message,
                const char *relation)
{
    if (handling->touched)
        touched_add(handling->touched, relation, message->host, NULL);
}

void touch_message(const struct handling *handling, const struct message *message)
{
    touch(handling, message, "message");
    touch_host(handling, message, "host");
}

void touch_readings(const struct handling *handling, const struct message *message)
{
    touch_host(handling, message, "host");
    touch_host(handling, message, "beating");
    touch_host(handling, message, "reading");
    touch_host(handling, message, "last_reading");
}
