// SPDX-License-Identifier: GPL-3.0-or-later
/* ids - short names for the messages of a list.
 *
 * An id begins with its time, so those of one minute begin alike; it ends with chance.
 * So the short name is its tail: 8 characters, or as many as it takes to tell all ids
 * of the list apart. `sheepdog show` takes any part of an id. */
#ifndef LOOK_IDS_H
#define LOOK_IDS_H

#include <stddef.h>

#include "base/auto.h"

#define IDS_TAIL_MIN 8

struct ids {
    const char **items; /* lent */
    size_t count;
};

void ids_clear(struct ids *ids);
AUTO_DEFINE_CLEAR(ids)

void ids_add(struct ids *ids, const char *id);

/* The least number of characters, from IDS_TAIL_MIN on, that tells all apart; equal ids
 * count once. */
size_t ids_tail_length(const struct ids *ids);

/* The last so many characters of id; lent. */
const char *id_tail(const char *id, size_t length);

#endif
