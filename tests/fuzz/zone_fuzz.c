// SPDX-License-Identifier: GPL-3.0-or-later
/* zone_fuzz - any bytes as the file of a time zone: read or refused with words; and
 * then its clocks are set in order, and what they show is what they showed. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/zone_parts.h"

#define CHANGES_MAX 1000 /* that are looked at */

/* Each time at which the clocks show what they do now is one of those that
 * are found. */
static void check_moment(const struct zone *zone, int64_t time)
{
    int64_t instants[2] = {0, 0};
    int found = zone_instants(zone, zone_wall(zone, time), instants);
    assert(found == 1 || found == 2);
    assert(found == 1 || instants[0] < instants[1]);
    for (int i = 0; i < found; i++)
        assert(zone_wall(zone, instants[i]) == zone_wall(zone, time));
    struct civil civil = zone_local(zone, time);
    assert(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= 31);
}

static void check_zone(const struct zone *zone)
{
    int64_t time = INT64_MIN, next;
    for (int i = 0; i < CHANGES_MAX; i++, time = next) {
        next = zone_change(zone, time);
        if (next == INT64_MAX)
            return;
        assert(next > time);
        assert(zone_offset(zone, next) != zone_offset(zone, next - 1));
        check_moment(zone, next);
        check_moment(zone, next - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(zone) struct zone *zone = memory_new(sizeof *zone);
    struct error err = {0};
    int rc = zone_read_file(zone, (const char *)data, size, &err);
    assert(rc == 0 || (rc < 0 && err.text[0]));
    if (rc == 0)
        check_zone(zone);
    return 0;
}
