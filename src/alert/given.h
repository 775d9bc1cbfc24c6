// SPDX-License-Identifier: GPL-3.0-or-later
/* given - of what was touched, what a round is to be about: (host, tag)s, and hosts.
 *
 * Comes from: store/touched.h.  Goes to: scope.h, and as rows to the rules. Within
 * judge.h's sources. */
#ifndef ALERT_GIVEN_H
#define ALERT_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "datalog/narrow.h"
#include "store/touched.h"

struct given_tag {
    char *host, *tag;
};

/* Of which its places are to be, and about what its rows are. */
struct given_relation {
    const char *name; /* lent, as long as the given is */
    enum narrow_reach reach;
};

struct given {
    struct given_relation *relations;
    size_t relation_count, relation_room;
    struct given_tag *tags; /* sorted */
    size_t count, room;
    char **hosts; /* theirs, and others; sorted */
    size_t host_count, host_room;
};

void given_clear(struct given *given);
AUTO_DEFINE_CLEAR(given)

/* Those of this relation are wanted too. Says about what those are that were touched:
 * both host and tag, or the host alone; NARROW_ALL: more than can be named. */
enum narrow_reach given_want(struct given *given, const struct touched *touched,
                             const char *relation);

/* Takes what was touched of all that is wanted, each once. */
void given_take(struct given *given, const struct touched *touched);

/* reach: about both, or the host. */
bool given_has(const struct given *given, enum narrow_reach reach, const char *host,
               const char *tag);

#endif
