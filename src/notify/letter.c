// SPDX-License-Identifier: GPL-3.0-or-later
/* letter - the subject is the headline, the body the story. */
#include "notify/letter.h"

#include <inttypes.h>

#include "base/memory.h"
#include "notify/headline.h"
#include "notify/story.h"

/* FNV-1a: the same text always gives the same number. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    do {
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3;
    } while (*text++);
    return hash;
}

/* What all mails of one interruption refer to; to be freed. */
static char *make_thread(const struct notification *notification)
{
    uint64_t hash = hash_text(0xCBF29CE484222325, notification->message->host);
    hash = hash_text(hash, notification->message->tag);
    return text_format("interruption.%016" PRIx64 ".%" PRId64, hash,
                       notification->since);
}

int letter_put(struct strbuf *buf, const struct notification *notification,
               const struct mail_sender *sender, int64_t now, struct error *err)
{
    AUTO(strbuf) struct strbuf subject = {0};
    AUTO(strbuf) struct strbuf body = {0};
    AUTO(str) char *thread = make_thread(notification);
    AUTO(str)
    char *id =
        text_format("%s.%" PRId64, notification->message->id, notification->number);
    strbuf_puts(&subject, "[sheepdog] ");
    headline_put(&subject, notification);
    story_put(&body, notification, now);
    struct mail mail = {
        .sender = sender,
        .to = notification->address,
        .subject = strbuf_text(&subject),
        .id = id,
        .thread = thread,
        .date = now,
        .body = &body,
    };
    return mail_put(buf, &mail, err);
}
