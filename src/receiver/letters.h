// SPDX-License-Identifier: GPL-3.0-or-later
/* letters - the stored messages that a receiver is to be given, in the order in which
 * they were stored: those that its own monitor sent ("plugin" is its name), and those
 * whose tag one of its patterns matches; none that a receiver said.
 *
 * Comes from: the store, some at a time, so that a backlog is no matter.  Goes to:
 * receiver.c. */
#ifndef RECEIVER_LETTERS_H
#define RECEIVER_LETTERS_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/uuid.h"
#include "plugin/plugin.h"
#include "store/store.h"

struct letter {
    int64_t number, time;
    char id[UUID_SIZE];
    char *host;
    struct strbuf line; /* the message's JSON on one line, with its newline */
    struct letter *next;
};

void letter_free(struct letter *letter); /* NULL is fine */
AUTO_DEFINE(letter)

struct letters;

/* Both lent; those behind number after. */
struct letters *letters_new(const struct plugin *plugin, struct store *reader,
                            int64_t after);
void letters_free(struct letters *letters); /* NULL is fine */
AUTO_DEFINE(letters)

/* The next one, which is the caller's; NULL: there is none yet. A negative return is
 * the store's. */
int letters_take(struct letters *letters, struct letter **ret, struct error *err)
    MUST_USE;

/* All up to here were looked at: what was not taken of them is for others. */
int64_t letters_seen(const struct letters *letters);

#endif
