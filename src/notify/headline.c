// SPDX-License-Identifier: GPL-3.0-or-later
/* headline - the word for how it is comes first: a phone shows no more than that. */
#include "notify/headline.h"

#include <ctype.h>
#include <string.h>

#include "notify/readable.h"

/* The word of the message, which says more than the state; the state's where it has
 * none, and always OK for a recovery. */
static void put_word(struct strbuf *buf, const struct notification *notification)
{
    const char *name = message_err_name(notification->message->err);
    if (!name || notification->now == STATE_OK)
        name = state_name(notification->now);
    for (; *name; name++)
        strbuf_putc(buf, (char)toupper((unsigned char)*name));
}

static void put_name(struct strbuf *buf, const char *name)
{
    strbuf_putc(buf, ' ');
    readable_line(buf, name, strlen(name), MESSAGE_NAME_MAX);
}

static bool is_mail(const struct notification *notification)
{
    return notification->message->subject && notification->now == STATE_NONE;
}

void headline_put(struct strbuf *buf, const struct notification *notification)
{
    const struct message *message = notification->message;
    if (is_mail(notification)) {
        readable_line(buf, message->subject, strlen(message->subject),
                      MESSAGE_NAME_MAX);
        return;
    }
    put_word(buf, notification);
    put_name(buf, message->host);
    put_name(buf, message->tag);
    if (message->err == ERR_FAIL && message->signal > 0)
        strbuf_printf(buf, " (signal %d)", message->signal);
    else if (message->err == ERR_FAIL && message->status > 0)
        strbuf_printf(buf, " (%d)", message->status);
}
