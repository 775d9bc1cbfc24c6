// SPDX-License-Identifier: GPL-3.0-or-later
/* capture - keeps the head and the tail of what a stream gave, in bounded memory.
 *
 *     |---- head: keep bytes ----|margin|  … cut …  |margin|---- tail: keep bytes ----|
 *
 * Comes from: relay.c.  Goes to: a message's output, or the terminal (--quiet).
 * The margins are never told: a secret that begins before a cut is known by them. */
#ifndef BARK_CAPTURE_H
#define BARK_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "bark/redact.h"
#include "base/auto.h"
#include "base/strbuf.h"
#include "message/message.h"

#define CAPTURE_KEEP_DEFAULT (32 << 10)
#define CAPTURE_KEEP_MAX     (256 << 10) /* two ends of two streams fit one message */
#define CAPTURE_MARGIN       (8 << 10)

struct capture {
    size_t keep;        /* bytes of each end; set by whoever makes it */
    uint64_t total;     /* bytes that came */
    struct strbuf head; /* the first ones */
    char *tail;         /* a ring, once the head with its margin is full */
};

void capture_clear(struct capture *capture); /* forgets what came; keep stays */
AUTO_DEFINE_CLEAR(capture)

void capture_add(struct capture *capture, const char *bytes, size_t size);

/* The first and the last keep bytes, where keep is not above capture->keep, redacted
 * (NULL: as they are). An end that would tear a UTF-8 character leaves that character
 * out, and counts it as cut. */
void capture_output(const struct capture *capture, size_t keep,
                    const struct redaction *redaction, struct output *ret);

/* The same as text for a person, with "[… N bytes left out …]" between. */
void capture_format(const struct capture *capture, const struct redaction *redaction,
                    struct strbuf *buf);

#endif
