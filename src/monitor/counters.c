// SPDX-License-Identifier: GPL-3.0-or-later
/* counters - a row a thing, found by its name: there are a handful. */
#include "monitor/counters.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NAME_SIZE 64
#define RISE_MAX  (UINT64_C(1) << 53)

struct thing {
    char name[NAME_SIZE];
    bool is_here; /* this look has seen it */
    uint64_t values[COUNTERS_MAX];
};

struct counters {
    int64_t before, now; /* us, monotonic; before < 0: this is the first look */
    struct thing *things;
    size_t count;
};

struct counters *counters_begin(struct look *look)
{
    struct counters *counters = *look->memory;
    if (!counters) {
        counters = memory_new(sizeof *counters);
        counters->now = -1;
        *look->memory = counters;
    }
    counters->before = counters->now;
    counters->now = look->monotonic;
    for (size_t i = 0; i < counters->count; i++)
        counters->things[i].is_here = false;
    return counters;
}

double counters_seconds(const struct counters *counters)
{
    if (counters->before < 0 || counters->now <= counters->before)
        return NAN;
    return (double)(counters->now - counters->before) / 1e6;
}

static struct thing *thing_find(const struct counters *counters, const char *name)
{
    for (size_t i = 0; i < counters->count; i++)
        if (strncmp(counters->things[i].name, name, NAME_SIZE - 1) == 0)
            return &counters->things[i];
    return NULL;
}

static struct thing *thing_add(struct counters *counters, const char *name)
{
    counters->things = memory_resize(counters->things,
                                     (counters->count + 1) * sizeof *counters->things);
    struct thing *thing = &counters->things[counters->count++];
    *thing = (struct thing){0};
    snprintf(thing->name, sizeof thing->name, "%s", name);
    return thing;
}

bool counters_swap(struct counters *counters, const char *name, const uint64_t *now,
                   size_t count, uint64_t *ret_before)
{
    struct thing *thing = thing_find(counters, name);
    bool is_known = thing != NULL;
    if (is_known)
        memcpy(ret_before, thing->values, count * sizeof *now);
    else
        thing = thing_add(counters, name);
    memcpy(thing->values, now, count * sizeof *now);
    thing->is_here = true;
    return is_known;
}

void counters_set(struct counters *counters, const char *name, size_t index,
                  uint64_t value)
{
    struct thing *thing = thing_find(counters, name);
    if (thing)
        thing->values[index] = value;
}

int counters_need_look(struct error *err)
{
    return error_set(err, -EAGAIN, "a second look is needed to measure it");
}

void counters_end(struct counters *counters)
{
    size_t kept = 0;
    for (size_t i = 0; i < counters->count; i++)
        if (counters->things[i].is_here)
            counters->things[kept++] = counters->things[i];
    counters->count = kept;
}

void counters_forget(void *memory)
{
    struct counters *counters = memory;
    if (!counters)
        return;
    free(counters->things);
    free(counters);
}

double counter_rise(uint64_t before, uint64_t now)
{
    if (now < before || now - before > RISE_MAX)
        return NAN;
    return (double)(now - before);
}
