// SPDX-License-Identifier: GPL-3.0-or-later
/* conclusions - what a rule of alert derived last, kept from round to round.
 *
 * Within judge.h's sources. */
#ifndef ALERT_CONCLUSIONS_H
#define ALERT_CONCLUSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"

struct conclusion {
    char *host, *tag, *severity, *text;
    char *why, *lines; /* NULL: not asked for */
};

struct conclusions {
    struct conclusion
        *items; /* as they came; once sorted, by their texts in that order */
    size_t count, room;
};

void conclusions_clear(struct conclusions *conclusions);
AUTO_DEFINE_CLEAR(conclusions)

/* Copies the texts. The row is lent until the next one is added. */
struct conclusion *conclusions_add(struct conclusions *conclusions, const char *host,
                                   const char *tag, const char *severity,
                                   const char *text);
void conclusions_sort(struct conclusions *conclusions);

/* Moves all of the one, which is cleared, into the other. */
void conclusions_add_all(struct conclusions *from, struct conclusions *to);

/* The one with these texts, of what is sorted; NULL: there is none. */
struct conclusion *conclusions_find(const struct conclusions *conclusions,
                                    const struct conclusion *like);

/* Moves those of which is_kept says so from the one, which is cleared, to the other. */
void conclusions_move(struct conclusions *from, struct conclusions *to,
                      bool (*is_kept)(void *context,
                                      const struct conclusion *conclusion),
                      void *context);

#endif
