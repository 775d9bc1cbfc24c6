// SPDX-License-Identifier: GPL-3.0-or-later
/* pulse - the readings of an hour at a time; its samples, which stand by time, are
 * given to the beats of their hosts. */
#include "replay/pulse.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A host, and the beat that it is to send next; NULL: nothing was measured. */
struct beater {
    char *host;
    int64_t every;
    int64_t until; /* it beats until then, although nothing more was measured */
    struct message *beat;
};

struct sample {
    size_t beater;
    char *name, *unit;
    int64_t time;
    double value;
};

struct pulse {
    struct store *reader;
    struct beater *beaters; /* by name */
    size_t beater_count;
    struct sample *samples; /* of the page, by time */
    size_t count, used;
    size_t room;
    int64_t page; /* where the next begins */
    struct trial_arrival *arrivals;
    size_t arrival_count;
};

/* ---- begin and end ---- */

static int add_host(const struct host_row *row, void *context)
{
    struct pulse *pulse = context;
    size_t size = (pulse->beater_count + 1) * sizeof *pulse->beaters;
    pulse->beaters = memory_resize(pulse->beaters, size);
    pulse->beaters[pulse->beater_count++] =
        (struct beater){.host = text_copy(row->host), .every = row->every};
    return 0;
}

int pulse_new(struct store *reader, int64_t from, struct pulse **ret, struct error *err)
{
    AUTO(pulse) struct pulse *pulse = memory_new(sizeof *pulse);
    pulse->reader = reader;
    pulse->page = from - from % READINGS_PAGE;
    int rc = store_each_host(reader, NULL, add_host, pulse, err);
    if (rc < 0)
        return rc;
    pulse->arrivals = memory_new((pulse->beater_count + 1) * sizeof *pulse->arrivals);
    *ret = TAKE(pulse);
    return 0;
}

static void drop_samples(struct pulse *pulse)
{
    for (size_t i = 0; i < pulse->count; i++) {
        free(pulse->samples[i].name);
        free(pulse->samples[i].unit);
    }
    pulse->count = pulse->used = 0;
}

static void drop_arrivals(struct pulse *pulse)
{
    for (size_t i = 0; i < pulse->arrival_count; i++)
        message_free(pulse->arrivals[i].message);
    pulse->arrival_count = 0;
}

void pulse_free(struct pulse *pulse)
{
    if (!pulse)
        return;
    drop_samples(pulse);
    drop_arrivals(pulse);
    for (size_t i = 0; i < pulse->beater_count; i++) {
        message_free(pulse->beaters[i].beat);
        free(pulse->beaters[i].host);
    }
    free(pulse->beaters);
    free(pulse->samples);
    free(pulse->arrivals);
    free(pulse);
}

/* ---- a page ---- */

static int compare_host(const void *key, const void *item)
{
    return strcmp(key, ((const struct beater *)item)->host);
}

/* Of a host that came since the beginning there is none. */
static struct beater *find_beater(const struct pulse *pulse, const char *host)
{
    if (pulse->beater_count == 0)
        return NULL;
    return bsearch(host, pulse->beaters, pulse->beater_count, sizeof *pulse->beaters,
                   compare_host);
}

static int add_sample(const struct series_row *row, bool is_hour, void *context)
{
    struct pulse *pulse = context;
    struct beater *beater = find_beater(pulse, row->host);
    if (!beater)
        return 0;
    if (is_hour)
        beater->until = row->time;
    if (pulse->count == pulse->room) {
        pulse->room = pulse->room * 2 + 1024;
        pulse->samples =
            memory_resize(pulse->samples, pulse->room * sizeof *pulse->samples);
    }
    pulse->samples[pulse->count++] =
        (struct sample){.beater = (size_t)(beater - pulse->beaters),
                        .name = text_copy(row->name),
                        .unit = text_copy(row->unit),
                        .time = row->time,
                        .value = row->value};
    return 0;
}

static int read_page(struct pulse *pulse, struct error *err)
{
    drop_samples(pulse);
    int rc = store_each_measured(pulse->reader, pulse->page, add_sample, pulse, err);
    pulse->page += READINGS_PAGE;
    return rc;
}

/* ---- beats ---- */

static struct message *beat_of(struct beater *beater)
{
    if (beater->beat)
        return beater->beat;
    beater->beat = message_new();
    beater->beat->kind = beater->every > 0 ? MESSAGE_BEAT : MESSAGE_READING;
    beater->beat->host = text_copy(beater->host);
    beater->beat->tag = text_copy("daemon");
    beater->beat->every = beater->every;
    return beater->beat;
}

static void put_sample(struct beater *beater, const struct sample *sample)
{
    struct message *beat = beat_of(beater);
    beat->time = sample->time;
    for (size_t i = 0; i < beat->reading_count; i++)
        if (strcmp(beat->readings[i].name, sample->name) == 0) {
            beat->readings[i].value = sample->value;
            return;
        }
    message_add_reading(beat, sample->name, sample->value, sample->unit);
}

/* Of an hour whose mean alone is kept nobody knows when it was measured: it is known
 * when the hour is over, and the host beats until then. */
static void give_beats(struct pulse *pulse, int64_t until)
{
    for (size_t i = 0; i < pulse->beater_count; i++) {
        struct beater *beater = &pulse->beaters[i];
        if (beater->until >= until)
            beat_of(beater)->time = until;
        if (beater->beat)
            pulse->arrivals[pulse->arrival_count++] =
                (struct trial_arrival){.message = TAKE(beater->beat), .came = until};
    }
}

int pulse_next(struct pulse *pulse, int64_t until, const struct trial_arrival **ret,
               size_t *ret_count, struct error *err)
{
    drop_arrivals(pulse);
    for (;;) {
        while (pulse->used < pulse->count &&
               pulse->samples[pulse->used].time <= until) {
            const struct sample *sample = &pulse->samples[pulse->used++];
            put_sample(&pulse->beaters[sample->beater], sample);
        }
        if (pulse->used < pulse->count || pulse->page > until)
            break;
        int rc = read_page(pulse, err);
        if (rc < 0)
            return rc;
    }
    give_beats(pulse, until);
    *ret = pulse->arrivals;
    *ret_count = pulse->arrival_count;
    return 0;
}
