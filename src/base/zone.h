// SPDX-License-Identifier: GPL-3.0-or-later
/* zone - what the clocks of a place show at a time, and when they show it.
 *
 * Comes from: the system's time zone database, files of TZif (RFC 8536) from version 2
 * on, in $TZDIR or /usr/share/zoneinfo; or a rule as POSIX writes it in TZ.
 * Goes to: calendar/.
 * It asks nothing of the C library, whose zone is that of the whole process; one that
 * is loaded never changes, and any number of threads may read it. Rules are followed
 * until the year 2300. To load one takes a tenth of a millisecond: keep it. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/civil.h"
#include "base/compiler.h"
#include "base/error.h"

struct zone;

/* "Europe/Berlin"; "UTC", which needs no file; "": that of this process, by TZ, which
 * may be a rule or the path of a file, else by /etc/localtime, else UTC. -ENOENT: there
 * is none of that name ("did you mean …?"); -EINVAL: it is no name, or its file is no
 * zone, or one that counts leap seconds. */
int zone_load(const char *name, struct zone **ret, struct error *err) MUST_USE;
void zone_free(struct zone *zone); /* NULL is fine */
AUTO_DEFINE(zone)

/* Whether the text has the form of such a name: parts of letters, digits and "_+-",
 * with a '/' between. */
bool zone_is_name(const char *text);

/* The names of all zones that the machine has; some of them cannot be loaded. */
void zone_each_name(void (*each)(void *context, const char *name), void *context);

/* The name of the zone that this machine goes by, for others to load: that which TZ
 * names, else where the link /etc/localtime leads, else what /etc/timezone says, else
 * "UTC". Cut to size bytes. */
const char *zone_own_name(char *ret, size_t size);

int64_t zone_offset(const struct zone *zone, int64_t time); /* ms east of UTC */
int64_t zone_wall(const struct zone *zone, int64_t time);   /* see civil.h */
struct civil zone_local(const struct zone *zone, int64_t time);

/* When the clocks are next set, after that time: the first moment that has another
 * offset; INT64_MAX: never again. */
int64_t zone_change(const struct zone *zone, int64_t time);

/* At which times the clocks show that: one nearly always; two where they were set back
 * over it, the earlier first; none where they leapt over it, and then ret[0] is when
 * they did. Returns how many. */
int zone_instants(const struct zone *zone, int64_t wall, int64_t ret[2]);

#endif
