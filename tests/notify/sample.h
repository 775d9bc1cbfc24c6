// SPDX-License-Identifier: GPL-3.0-or-later
/* sample - a backup that failed, as the tests of notify/ tell it. */
#ifndef TESTS_NOTIFY_SAMPLE_H
#define TESTS_NOTIFY_SAMPLE_H

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "notify/notice.h"
#include "store/store.h"

#define SAMPLE_TIME INT64_C(1795362488123) /* 2026-11-22 09:48:08 in Chicago */
#define SAMPLE_HOUR INT64_C(3600000)
#define SAMPLE_ID   "0192e4c8-6c1b-7abc-8def-0123456789ab"

static inline struct bytes sample_bytes(const char *text)
{
    return (struct bytes){.data = text_copy(text), .size = strlen(text)};
}

/* Times are told in Chicago's zone from here on. */
static inline void sample_zone(void)
{
    setenv("TZ", "CST6CDT,M3.2.0,M11.1.0", 1);
    tzset();
}

static inline struct notice sample_new(void)
{
    struct message *message = message_new();
    memcpy(message->id, SAMPLE_ID, UUID_SIZE);
    message->host = text_copy("penguin2");
    message->tag = text_copy("P2-ETC");
    message->user = text_copy("wrk");
    message->time = SAMPLE_TIME;
    message->err = ERR_FAIL;
    message->status = 2;
    message->elapsed = 12.345;
    message->command = sample_bytes("borg create --stats /backup/borg::stamp /home");
    message->errors.kept = sample_bytes("Repository /backup/borg does not exist.\n");
    return (struct notice){
        .number = 7,
        .notifier = text_copy("mailto"),
        .address = text_copy("admin@example.org"),
        .incident = 12,
        .host = text_copy("penguin2"),
        .tag = text_copy("P2-ETC"),
        .severity = "fail",
        .text = "",
        .subject = "",
        .since = SAMPLE_TIME,
        .made = SAMPLE_TIME,
        .message = message,
    };
}

static inline void sample_text(char **text, const char *now)
{
    free(*text);
    *text = text_copy(now);
}

/* Of the notice and of its message. */
static inline void sample_tag(struct notice *notice, const char *tag)
{
    sample_text(&notice->tag, tag);
    sample_text(&notice->message->tag, tag);
}

static inline void sample_output(struct output *output, const char *now)
{
    free(output->kept.data);
    output->kept = now ? sample_bytes(now) : (struct bytes){0};
}

/* The same job, after three hours. */
static inline void sample_recover(struct notice *notice)
{
    notice->kind = TELLING_OVER;
    notice->since = SAMPLE_TIME - 3 * SAMPLE_HOUR - SAMPLE_HOUR / 5;
    notice->message->err = ERR_SUCCESS;
    notice->message->status = 0;
}

#endif
