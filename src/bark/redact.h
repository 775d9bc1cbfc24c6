// SPDX-License-Identifier: GPL-3.0-or-later
/* redact - puts [redacted] where a secret stands, before anything is written to disk or
 * sent.
 *
 * Comes from: (redact "REGEX" …) of the configuration.  Goes to: outcome.c, capture.c,
 * and bark by hand. What a job prints passes through to our own stdout and stderr as it
 * is; only what is told of it is looked at here.
 *
 * Patterns are POSIX extended regular expressions, for a line each: . and [^…] match no
 * newline, ^ and $ stand at the ends of lines; a newline in the pattern matches one. An
 * end of the bytes, or a NUL, is an end of a line. Bytes are matched as bytes, whatever
 * they encode. What several patterns match becomes one [redacted] where it touches. */
#ifndef BARK_REDACT_H
#define BARK_REDACT_H

#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

#define REDACTED "[redacted]"

struct redaction;

/* *ret is NULL where there are no patterns: everything may be told. -EINVAL: one is no
 * regular expression; the sentence does not hold it. */
int redaction_new(const struct texts *patterns, struct redaction **ret,
                  struct error *err) MUST_USE;

/* All of every text is a secret: for when nobody knows which patterns there are. */
struct redaction *redaction_new_total(void) MUST_USE;

void redaction_free(struct redaction *redaction); /* NULL is fine */
AUTO_DEFINE(redaction)

/* Part of a text is to be told; what stands around it, as far as it is there, lets a
 * secret be known that stands across its edge. Lent. */
struct redact_part {
    const char *text;
    size_t size;
    size_t from, to; /* the part */
};

/* Appends the part. A secret of no length is none. redaction: NULL is fine. */
void redact(const struct redaction *redaction, const struct redact_part *part,
            struct strbuf *buf);

/* A copy of the whole text, to be freed. */
char *redact_text(const struct redaction *redaction, const char *text) MUST_USE;

#endif
