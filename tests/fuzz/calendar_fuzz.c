// SPDX-License-Identifier: GPL-3.0-or-later
/* calendar_fuzz - any text as times that come again, on the clocks of any rule that TZ
 * may have: read or refused with words, and found in their order, whatever the clocks
 * do.
 *
 * The first line is the rule, the rest the text. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "calendar/calendar.h"
#include "calendar/every.h"

#define MINUTE INT64_C(60000)
#define DAY    (24 * 60 * MINUTE)

static const int64_t moments[] = {0, INT64_C(1793527200000), INT64_C(1806195599999),
                                  INT64_C(7258032000000)};

static void check_calendar(const char *text, const struct zone *zone)
{
    AUTO(calendar) struct calendar *calendar = NULL;
    struct error err = {0};
    int rc = calendar_parse(text, &calendar, &err);
    assert(rc < 0 ? !calendar && err.text[0] : rc == 0 && calendar);
    for (size_t i = 0; rc == 0 && i < sizeof moments / sizeof *moments; i++) {
        int64_t next, last;
        assert(calendar_period(calendar, moments[i]) >= 0);
        if (calendar_next(calendar, zone, moments[i], &next) < 0)
            continue;
        assert(next > moments[i]);
        assert(calendar_last(calendar, zone, moments[i], next, &last) == 0);
        assert(last == next);
    }
}

static void check_every(const char *text, const struct zone *zone)
{
    AUTO(every) struct every *every = NULL;
    struct error err = {0};
    int rc = every_parse(text, moments[1], &every, &err);
    assert(rc < 0 ? !every && err.text[0] : rc == 0 && every);
    if (rc < 0)
        return;
    int64_t next;
    assert(every_grace(every) >= 5 * MINUTE && every_grace(every) <= DAY);
    assert(every_next(every, zone, moments[1], &next) < 0 || next > moments[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *rule = memory_copy(data, size);
    AUTO(zone) struct zone *zone = NULL;
    struct error err = {0};
    char *text = strchr(rule, '\n');
    if (!text)
        return 0;
    *text++ = '\0';
    if (strchr(rule, '/') == rule || *rule == ':')
        return 0; /* the path of a file, which is not ours to choose */
    setenv("TZ", rule, 1);
    int rc = zone_load("", &zone, &err);
    assert(rc < 0 ? !zone && err.text[0] : rc == 0 && zone);
    if (rc < 0)
        return 0;
    check_calendar(text, zone);
    check_every(text, zone);
    return 0;
}
