// SPDX-License-Identifier: GPL-3.0-or-later
/* record - a parcel as bytes of the journal.
 *
 *     came, sizes, sum of the texts, sum of all this     the head
 *     size, bytes;  size, bytes;  …                      the texts
 *
 * The texts are the messages' JSON, with what was filled in, and of each unread one its
 * bytes, its name and its reason. The head has a sum of its own: so a record that a
 * crash cut short is told from one that is damaged. Numbers are in the machine's byte
 * order: a journal does not travel.
 *
 * Comes from: embedded.c.  Goes to: journal.h, and back. */
#ifndef QUEUE_RECORD_H
#define QUEUE_RECORD_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "queue/intake.h"

#define RECORD_HEAD_SIZE 40

/* Bytes that record_format will append; more than UINT32_MAX cannot be written. */
size_t record_size(const struct message_list *messages,
                   const struct unread_list *unread);

void record_format(const struct parcel *parcel, struct strbuf *buf);

/* How many bytes the record has whose head this is, RECORD_HEAD_SIZE bytes. -EBADMSG:
 * it is no head, or is damaged. */
int record_measure(const char *head, size_t *ret_size, struct error *err) MUST_USE;

/* Reads a whole record; sets messages, unread, came and size of *ret. A message that
 * this version does not know (a newer one wrote it) is unread. -EBADMSG: damaged. */
int record_parse(const char *bytes, size_t size, struct parcel *ret, struct error *err)
    MUST_USE;

#endif
