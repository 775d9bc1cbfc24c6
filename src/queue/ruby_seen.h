// SPDX-License-Identifier: GPL-3.0-or-later
/* ruby_seen - which members of a set were read, by their fingerprints: 16 bytes each,
 * at most.
 *
 * Comes from, goes to: ruby.c. */
#ifndef QUEUE_RUBY_SEEN_H
#define QUEUE_RUBY_SEEN_H

#include <stdbool.h>
#include <stdint.h>

struct ruby_seen;

struct ruby_seen *ruby_seen_new(void);
void ruby_seen_free(struct ruby_seen *seen); /* NULL is fine */

void ruby_seen_add(struct ruby_seen *seen, uint64_t hash);
bool ruby_seen_has(const struct ruby_seen *seen, uint64_t hash);

#endif
