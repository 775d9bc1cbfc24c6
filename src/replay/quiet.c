// SPDX-License-Identifier: GPL-3.0-or-later
/* quiet - people say little: all of it is read at once. */
#include "replay/quiet.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/incidents.h"

struct quiet {
    struct arena *arena;
    struct silence **silences; /* newest first */
    size_t silence_count;
    struct acknowledged **known; /* oldest first */
    size_t known_count, known_used;
};

/* ---- read ---- */

static int add_silence(const struct silence *row, void *context)
{
    struct quiet *quiet = context;
    struct silence *silence = arena_take(quiet->arena, sizeof *silence);
    *silence = *row;
    silence->host = arena_text(quiet->arena, row->host);
    silence->tag = arena_text(quiet->arena, row->tag);
    silence->calendar = row->calendar ? arena_text(quiet->arena, row->calendar) : NULL;
    silence->zone = arena_text(quiet->arena, row->zone);
    silence->reason = arena_text(quiet->arena, row->reason);
    silence->who = arena_text(quiet->arena, row->who);
    arena_push(quiet->arena, (void ***)&quiet->silences, &quiet->silence_count,
               silence);
    return 0;
}

static int add_known(const struct acknowledged *row, void *context)
{
    struct quiet *quiet = context;
    struct acknowledged *known = arena_take(quiet->arena, sizeof *known);
    *known = *row;
    known->host = arena_text(quiet->arena, row->host);
    known->tag = arena_text(quiet->arena, row->tag);
    known->matter = arena_text(quiet->arena, row->matter);
    known->reason = arena_text(quiet->arena, row->reason);
    known->who = arena_text(quiet->arena, row->who);
    arena_push(quiet->arena, (void ***)&quiet->known, &quiet->known_count, known);
    return 0;
}

int quiet_new(struct store *reader, struct quiet **ret, struct error *err)
{
    struct arena *arena = arena_new();
    AUTO(quiet) struct quiet *quiet = arena_take(arena, sizeof *quiet);
    *quiet = (struct quiet){.arena = arena};
    int rc = store_each_silence(reader, 0, true, add_silence, quiet, err);
    if (rc == 0)
        rc = store_each_acknowledged(reader, add_known, quiet, err);
    if (rc == 0)
        *ret = TAKE(quiet);
    return rc;
}

void quiet_free(struct quiet *quiet)
{
    if (quiet)
        arena_free(quiet->arena);
}

/* Ends the transaction in which this happened. */
static int end(struct trial *trial, int rc, struct error *err)
{
    if (rc == 0)
        return store_commit(trial_store(trial), err);
    store_rollback(trial_store(trial));
    return rc;
}

/* ---- silences ---- */

/* Whether there was any time in which it held. */
static bool is_any(const struct silence *silence)
{
    return silence->until > silence->began && silence->until > silence->made;
}

int quiet_silence(struct quiet *quiet, struct trial *trial, int64_t until,
                  struct error *err)
{
    if (quiet->silence_count == 0 ||
        quiet->silences[quiet->silence_count - 1]->made > until)
        return 0;
    int rc = store_begin(trial_store(trial), err);
    if (rc < 0)
        return rc;
    for (size_t *left = &quiet->silence_count;
         rc == 0 && *left > 0 && quiet->silences[*left - 1]->made <= until; --*left) {
        const struct silence *silence = quiet->silences[*left - 1];
        int64_t number;
        if (is_any(silence))
            rc = store_put_silence(trial_store(trial), silence, &number, err);
    }
    return end(trial, rc, err);
}

/* ---- acknowledgements ---- */

struct search {
    const char *matter;
    int64_t number; /* 0: not found */
};

static int note_open(const struct incident *incident, void *context)
{
    struct search *search = context;
    if (strcmp(incident->matter, search->matter) == 0)
        search->number = incident->number;
    return 0;
}

static int acknowledge(struct trial *trial, const struct acknowledged *known,
                       bool *ret_is_any, struct error *err)
{
    struct search search = {.matter = known->matter};
    const struct incident_filter filter = {.host = known->host, .tag = known->tag};
    int rc = store_each_incident(trial_store(trial), &filter, known->made, note_open,
                                 &search, err);
    if (rc < 0 || search.number == 0)
        return rc;
    rc = store_begin(trial_store(trial), err);
    if (rc < 0)
        return rc;
    *ret_is_any = true;
    rc = store_acknowledge(trial_store(trial), search.number, known->made, known->until,
                           known->reason, known->who, err);
    return end(trial, rc, err);
}

int quiet_acknowledge(struct quiet *quiet, struct trial *trial, int64_t until,
                      bool *ret_is_any, struct error *err)
{
    bool was_any = false;
    int rc = 0;
    while (rc == 0 && quiet->known_used < quiet->known_count &&
           quiet->known[quiet->known_used]->made <= until)
        rc = acknowledge(trial, quiet->known[quiet->known_used++], &was_any, err);
    if (rc == 0)
        *ret_is_any = was_any;
    return rc;
}
