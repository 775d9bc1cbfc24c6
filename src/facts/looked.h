// SPDX-License-Identifier: GPL-3.0-or-later
/* looked - when each source was looked at last, how the files that it watches were
 * then, and what was said of it.
 *
 * Comes from, goes to: facts.c, as the file FOLDER/looked. What is damaged or missing
 * was never looked at, which costs a look. */
#ifndef FACTS_LOOKED_H
#define FACTS_LOOKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "facts/facts.h"

struct look_entry {
    char *name;
    int64_t time;   /* ms since 1970 UTC */
    uint64_t print; /* see looked_print() */
    char *trouble;  /* what was said of it last; "": all was well */
};

struct looked {
    struct look_entry *items;
    size_t count;
};

void looked_read(const char *folder, struct looked *ret);
int looked_write(const char *folder, const struct looked *looked, struct error *err)
    MUST_USE;
void looked_clear(struct looked *looked);
AUTO_DEFINE_CLEAR(looked)

/* NULL: never */
const struct look_entry *looked_find(const struct looked *looked, const char *name);
void looked_set(struct looked *looked, const struct look_entry *entry); /* copied */

/* Of the times, sizes and numbers of what the source watches: another one where any of
 * them was written, replaced, made or removed. */
uint64_t looked_print(const struct fact_source *source, const char *root);

#endif
