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

/* What all mails of one matter refer to; to be freed. Of another store incidents have
 * the same numbers. */
static char *make_thread(const struct notice *notice)
{
    uint64_t hash = hash_text(0xCBF29CE484222325, notice->host);
    hash = hash_text(hash, notice->tag);
    if (notice->incident > 0)
        return text_format("incident.%016" PRIx64 ".%" PRId64, hash, notice->incident);
    return text_format("%s.%" PRId64 ".%" PRId64, telling_kind_name(notice->kind),
                       notice->number, notice->made);
}

int letter_put(struct strbuf *buf, const struct notice *notice,
               const struct mail_sender *sender, int64_t now, struct error *err)
{
    AUTO(strbuf) struct strbuf subject = {0};
    AUTO(strbuf) struct strbuf body = {0};
    AUTO(str) char *thread = make_thread(notice);
    AUTO(str)
    char *id =
        text_format("telling.%" PRId64 ".%" PRId64, notice->number, notice->made);
    strbuf_puts(&subject, "[sheepdog] ");
    headline_put(&subject, notice);
    story_put(&body, notice, now);
    struct mail mail = {
        .sender = sender,
        .to = notice->address,
        .subject = strbuf_text(&subject),
        .id = id,
        .thread = thread,
        .date = now,
        .body = &body,
    };
    return mail_put(buf, &mail, err);
}
