// SPDX-License-Identifier: GPL-3.0-or-later
/* zone_parts - what the files of zone share: zone.c finds and answers, zone_file.c
 * reads TZif, zone_rule.c goes on by a rule where the file ends. */
#ifndef BASE_ZONE_PARTS_H
#define BASE_ZONE_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/zone.h"

/* From that moment on the clocks are so far ahead of UTC. */
struct change {
    int64_t time;   /* ms */
    int64_t offset; /* ms */
};

struct zone {
    int64_t offset; /* before the first change */
    struct change *changes;
    size_t count, room;
};

/* Appends it where it is later than the last one and says something else. */
void zone_add(struct zone *zone, int64_t time, int64_t offset);

/* Fills an empty zone from the bytes of a file. -EINVAL: "it …". */
int zone_read_file(struct zone *zone, const char *bytes, size_t size, struct error *err)
    MUST_USE;

/* Appends what a rule such as "CET-1CEST,M3.5.0,M10.5.0/3" says until the year 2300
 * from the last change on; in a zone that has none yet, from 1900 on. -EINVAL: it is
 * none. */
int zone_read_rule(struct zone *zone, const char *rule, size_t size) MUST_USE;

#endif
