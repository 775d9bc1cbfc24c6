// SPDX-License-Identifier: GPL-3.0-or-later
/* incidents - alerts and open incidents, both sorted, are gone through side by side. */
#include "alert/incidents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert/incidents_parts.h"
#include "config/notifiers.h"

/* ---- one ---- */

static void touch(const struct applying *applying, const struct known *known)
{
    static const char *const relations[] = {"incident", "open_incident",
                                            "acknowledged"};
    for (size_t i = 0; applying->touched && i < 3; i++)
        touched_add(applying->touched, relations[i], known->is.host, known->is.tag);
}

static int hold_if(struct applying *applying, struct known *known, struct error *err)
{
    const char *held = tell_held(applying, known);
    if (known->is.held && strcmp(held, known->is.held) == 0)
        return 0;
    known->is.held = held;
    return store_hold_incident(applying->store, known->is.number, held, err);
}

static int tell_unless_held(struct applying *applying, struct known *known,
                            struct error *err)
{
    int rc = hold_if(applying, known, err);
    bool is_held = strcmp(known->is.held, "[]") != 0;
    return rc < 0 || is_held ? rc : tell_open(applying, known, err);
}

static int open_one(struct applying *applying, const struct alert *alert,
                    struct error *err)
{
    struct known *known = arena_take(applying->arena, sizeof *known);
    known->is = (struct incident){.host = alert->host,
                                  .tag = alert->tag,
                                  .matter = incident_matter(alert->severity),
                                  .severity = alert->severity,
                                  .text = alert->text,
                                  .began = applying->judgement->time,
                                  .why = alert->why,
                                  .held = "[]"};
    known->lines = alert->lines;
    int rc = known_look_up(applying, known, err);
    if (rc == 0)
        rc = store_open_incident(applying->store, &known->is, &known->is.number, err);
    touch(applying, known);
    return rc == 0 ? tell_unless_held(applying, known, err) : rc;
}

static int change_one(struct applying *applying, struct known *known,
                      const struct alert *alert, struct error *err)
{
    bool is_worse = strcmp(known->is.severity, alert->severity) != 0;
    bool is_changed = is_worse || strcmp(known->is.text, alert->text) != 0;
    int rc = is_worse ? known_look_up(applying, known, err) : 0;
    known->is.severity = alert->severity;
    known->is.text = alert->text;
    known->is.changed = applying->judgement->time;
    known->is.why = alert->why;
    known->lines = alert->lines;
    if (rc == 0 && is_changed)
        rc = store_change_incident(applying->store, &known->is, err);
    if (is_changed)
        touch(applying, known);
    return rc == 0 ? tell_unless_held(applying, known, err) : rc;
}

/* The rule that said so could not be judged: its alert goes on until it can. */
static bool is_unjudged(const struct judgement *judgement, const struct known *known)
{
    for (const char *const *place = judgement->unjudged; place && *place; place++)
        if (strstr(known->is.why, *place))
            return true;
    return false;
}

static int close_one(struct applying *applying, struct known *known, struct error *err)
{
    if (is_unjudged(applying->judgement, known))
        return 0;
    known->is.ended = applying->judgement->time;
    applying->has_closed = true;
    int rc = known_look_up(applying, known, err);
    if (rc == 0)
        rc = store_close_incident(applying->store, known->is.number, known->is.ended,
                                  err);
    touch(applying, known);
    return rc == 0 ? tell_over(applying, known, err) : rc;
}

/* ---- all ---- */

/* Both are of the same, or one stands before the other. */
static int compare(const struct known *known, const struct alert *alert)
{
    int order = strcmp(known->is.host, alert->host);
    if (order == 0)
        order = strcmp(known->is.tag, alert->tag);
    return order ? order : strcmp(known->is.matter, incident_matter(alert->severity));
}

static int apply_all(struct applying *applying, const struct alert *alerts,
                     size_t count, struct error *err)
{
    struct known **known = NULL;
    size_t known_count = 0, i = 0, j = 0;
    int rc = known_load(applying, &known, &known_count, err);
    while (rc == 0 && (i < known_count || j < count)) {
        int order = i == known_count ? 1
                    : j == count     ? -1
                                     : compare(known[i], &alerts[j]);
        if (order > 0)
            rc = open_one(applying, &alerts[j++], err);
        else if (order < 0)
            rc = close_one(applying, known[i++], err);
        else
            rc = change_one(applying, known[i++], &alerts[j++], err);
    }
    return rc;
}

/* ---- routes to nowhere ---- */

static const char *find_unknown(const struct config *config,
                                const struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->route_count; i++)
        if (!notifier_is_known(config, judgement->routes[i].notifier))
            return judgement->routes[i].notifier;
    return NULL;
}

static bool is_before(const struct alert *one, const struct alert *other)
{
    int order = strcmp(one->host, other->host);
    return order < 0 || (order == 0 && strcmp(one->tag, other->tag) <= 0);
}

/* The alerts, and that one of its own in its place. */
static const struct alert *add_routes(struct applying *applying, size_t *ret_count)
{
    const struct judgement *judgement = applying->judgement;
    const char *unknown = find_unknown(applying->config, judgement);
    *ret_count = judgement->alert_count;
    if (!unknown)
        return judgement->alerts;
    const struct alert own = {
        .host = "",
        .tag = "routes",
        .severity = "warning",
        .text = arena_format(applying->arena,
                             "rules route to the notifier \"%s\", which the "
                             "configuration does not have",
                             unknown)};
    struct alert *all =
        arena_take(applying->arena, (judgement->alert_count + 1) * sizeof *all);
    size_t at = 0;
    while (at < judgement->alert_count && is_before(&judgement->alerts[at], &own))
        at++;
    memcpy(all, judgement->alerts, at * sizeof *all);
    all[at] = own;
    memcpy(all + at + 1, judgement->alerts + at,
           (judgement->alert_count - at) * sizeof *all);
    (*ret_count)++;
    return all;
}

/* ---- what is new ---- */

struct search {
    const struct alert *alert;
    bool is_found;
};

static int compare_with(const struct incident *incident, void *context)
{
    struct search *search = context;
    search->is_found |= strcmp(incident->severity, search->alert->severity) == 0;
    return 0;
}

bool incidents_is_new(struct store *store, const struct alert *alert, int64_t now)
{
    struct search search = {.alert = alert};
    const struct incident_filter filter = {.host = alert->host, .tag = alert->tag};
    int rc = store_each_incident(store, &filter, now, compare_with, &search, NULL);
    return rc == 0 && !search.is_found;
}

/* Silences that last until something recovers end with it. */
static int end_silences(const struct applying *applying, struct error *err)
{
    if (!applying->has_closed)
        return 0;
    int rc = store_end_recovered(applying->store, applying->judgement->time, err);
    if (rc > 0 && applying->touched)
        touched_add(applying->touched, "silence", NULL, NULL);
    return rc < 0 ? rc : 0;
}

static int check_forgotten(struct store *store, const struct judgement *judgement,
                           struct error *err)
{
    int64_t forgotten;
    int rc = store_find_forgotten(store, &forgotten, err);
    if (rc < 0 || forgotten == judgement->forgotten)
        return rc;
    return error_set(err, -ESTALE, "a host was forgotten since it was judged");
}

int incidents_apply(struct store *store, const struct config *config,
                    const struct judgement *judgement, struct touched *touched,
                    bool *ret_has_news, struct error *err)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(postbag)
    struct postbag *post = postbag_new(store, config->flood, judgement->time);
    struct applying applying = {.store = store,
                                .config = config,
                                .judgement = judgement,
                                .touched = touched,
                                .arena = arena,
                                .post = post};
    size_t count;
    const struct alert *alerts = add_routes(&applying, &count);
    int rc = check_forgotten(store, judgement, err);
    if (rc == 0)
        rc = apply_all(&applying, alerts, count, err);
    if (rc == 0)
        rc = end_silences(&applying, err);
    return rc == 0 ? postbag_send(post, ret_has_news, err) : rc;
}
