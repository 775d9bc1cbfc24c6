// SPDX-License-Identifier: GPL-3.0-or-later
/* search - looks through what a job prints, as it comes: --require and --forbid.
 *
 * Comes from: relay.c, all bytes of both streams.  Goes to: job.c, as a sentence.
 * Patterns are POSIX extended regular expressions, matched against each line. A NUL
 * ends a line too; a line of more than 64 KiB is searched in pieces of that size. */
#ifndef BARK_SEARCH_H
#define BARK_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct search;

/* Either may be NULL. -EINVAL: one is no regular expression. */
int search_new(const char *require, const char *forbid, struct search **ret,
               struct error *err) MUST_USE;
void search_free(struct search *search); /* NULL is fine */
AUTO_DEFINE(search)

enum search_stream { SEARCH_STDOUT, SEARCH_STDERR, SEARCH_STREAMS };

void search_start(struct search *search); /* forgets what an earlier attempt printed */
void search_add(struct search *search, enum search_stream stream, const char *bytes,
                size_t size);

/* After the last byte. False when what was printed is wrong, and why says how. */
bool search_is_satisfied(struct search *search, struct error *why);

#endif
