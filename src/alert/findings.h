// SPDX-License-Identifier: GPL-3.0-or-later
/* findings - what a rule of alert derived last, kept from round to round.
 *
 * Within judge.h's sources. */
#ifndef ALERT_FINDINGS_H
#define ALERT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"

struct finding {
    char *host, *tag, *severity, *text;
    char *why; /* NULL: not asked for */
};

struct findings {
    struct finding *items; /* as they came; once sorted, by their texts in that order */
    size_t count, room;
};

void findings_clear(struct findings *findings);
AUTO_DEFINE_CLEAR(findings)

/* Copies the texts. The row is lent until the next one is added. */
struct finding *findings_add(struct findings *findings, const char *host,
                             const char *tag, const char *severity, const char *text);
void findings_sort(struct findings *findings);

/* Moves all of the one, which is cleared, into the other. */
void findings_add_all(struct findings *from, struct findings *to);

/* The one with these texts, of what is sorted; NULL: there is none. */
struct finding *findings_find(const struct findings *findings,
                              const struct finding *like);

/* Moves those of which is_kept says so from the one, which is cleared, to the other. */
void findings_move(struct findings *from, struct findings *to,
                   bool (*is_kept)(void *context, const struct finding *finding),
                   void *context);

#endif
