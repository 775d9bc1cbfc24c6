// SPDX-License-Identifier: GPL-3.0-or-later
/* journal - records on disk, one behind the other, in segments: files numbered upwards,
 * NUMBER.journal, in a folder of their own.
 *
 * Comes from, goes to: embedded.c. Nothing of it knows threads: all calls block; one
 * thread may append while another reads and removes segments that are complete, or
 * reads what was appended before. */
#ifndef QUEUE_JOURNAL_H
#define QUEUE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "queue/intake.h"
#include "queue/segments.h"

#define JOURNAL_SEGMENT_SIZE (4 << 20) /* bytes; past them the next one is begun */

struct journal;

/* Makes the folder where it is missing (0700). *ret_found: the segments that an earlier
 * run left. The record that a crash cut short, at the end of the last one, is cut off:
 * *ret_cut says how many bytes. */
int journal_open(const char *folder, struct journal **ret, struct segments *ret_found,
                 uint64_t *ret_cut, struct error *err) MUST_USE;
void journal_close(struct journal *journal); /* NULL is fine */

static inline void journal_auto(struct journal **owned)
{
    journal_close(*owned);
}

/* All bytes, whole records, stand behind each other at *ret, and are on disk when it
 * returns. On failure nothing of them is in the journal. */
int journal_append(struct journal *journal, const char *bytes, size_t size,
                   struct place *ret, struct error *err) MUST_USE;

/* What is appended next begins a new segment; not while something is appended. */
void journal_turn(struct journal *journal);

/* Reads the records from offset on: about limit bytes of them, one at least, none
 * behind the segment's end. Each is given to each, which takes over what the parcel
 * holds. -EBADMSG: the one behind those that were given is damaged; -EIO, … */
int journal_read(const struct journal *journal, const struct segment *segment,
                 uint64_t offset, size_t limit,
                 void (*each)(struct parcel *parcel, void *context), void *context,
                 struct error *err) MUST_USE;

/* The file goes; one that is damaged is put aside: it becomes NUMBER.damaged, which
 * nobody reads but people. */
int journal_remove(const struct journal *journal, const struct segment *segment,
                   struct error *err) MUST_USE;

#endif
