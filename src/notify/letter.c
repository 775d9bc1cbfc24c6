// SPDX-License-Identifier: GPL-3.0-or-later
/* letter - the headers that every mail of ours has; the subject is the headline, the
 * body the story. */
#include "notify/letter.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "notify/address.h"
#include "notify/headline.h"
#include "notify/mime.h"
#include "notify/story.h"

static int check_names(const struct notification *notification,
                       const struct letter_sender *sender, struct error *err)
{
    if (!address_is_valid(notification->address))
        return error_set(err, -EINVAL, "\"%.80s\" is no mail address",
                         notification->address);
    if (!address_is_valid(sender->address))
        return error_set(err, -EINVAL, "mail-from: \"%.80s\" is no mail address",
                         sender->address);
    if (!address_domain_is_valid(sender->host))
        return error_set(err, -EINVAL, "\"%.80s\" is no name of a host", sender->host);
    return 0;
}

/* A name without a host is one of the mail server's; in a header it needs some host. */
static void put_address(struct strbuf *buf, const char *header, const char *address,
                        const char *host)
{
    strbuf_printf(buf, "%s: %s", header, address);
    if (!strchr(address, '@'))
        strbuf_printf(buf, "@%s", host);
    strbuf_puts(buf, "\r\n");
}

/* FNV-1a: the same text always gives the same number. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    do {
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3;
    } while (*text++);
    return hash;
}

/* No mail bears this id, but all of one interruption refer to it. */
static void put_thread(struct strbuf *buf, const struct notification *notification,
                       const char *host)
{
    uint64_t hash = hash_text(0xCBF29CE484222325, notification->message->host);
    hash = hash_text(hash, notification->message->tag);
    static const char *const headers[] = {"In-Reply-To", "References"};
    for (int i = 0; i < 2; i++)
        strbuf_printf(buf, "%s: <interruption.%016" PRIx64 ".%" PRId64 "@%s>\r\n",
                      headers[i], hash, notification->since, host);
}

static void put_subject(struct strbuf *buf, const struct notification *notification)
{
    AUTO(strbuf) struct strbuf subject = {0};
    strbuf_puts(&subject, "[sheepdog] ");
    headline_put(&subject, notification);
    mime_put_header(buf, "Subject", subject.data);
}

int letter_put(struct strbuf *buf, const struct notification *notification,
               const struct letter_sender *sender, int64_t now, struct error *err)
{
    int rc = check_names(notification, sender, err);
    if (rc < 0)
        return rc;

    char date[CLOCK_TEXT_SIZE];
    clock_format_local(now, CLOCK_MAIL, date);
    put_address(buf, "From", sender->address, sender->host);
    put_address(buf, "To", notification->address, sender->host);
    put_subject(buf, notification);
    strbuf_printf(buf, "Date: %s\r\n", date);
    strbuf_printf(buf, "Message-ID: <%s.%" PRId64 "@%s>\r\n", notification->message->id,
                  notification->number, sender->host);
    put_thread(buf, notification, sender->host);
    strbuf_puts(buf, "Auto-Submitted: auto-generated\r\n"
                     "MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n");

    AUTO(strbuf) struct strbuf body = {0};
    story_put(&body, notification, now);
    mime_put_body(buf, &body);
    return 0;
}
