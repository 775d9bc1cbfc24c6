// SPDX-License-Identifier: GPL-3.0-or-later
/* tell - who knows is compared with whom routes name, and with what he knows. */
#include <string.h>
#include <strings.h>

#include "alert/incidents_parts.h"
#include "alert/stranded.h"
#include "base/json.h"
#include "base/log.h"
#include "config/notifiers.h"
#include "handler/tell.h"

/* One that is told something of an incident. */
struct telling_to {
    struct applying *applying;
    struct known *known;
    enum telling_kind kind;
    const char *before; /* the severity that he knew; NULL */
};

/* ---- what of the judgement is about it ---- */

static bool is_about(const struct known *known, const char *host, const char *tag)
{
    return strcmp(known->is.host, host) == 0 && strcmp(known->is.tag, tag) == 0;
}

/* Where those about it begin, in what is sorted by host and tag first: texts are the
 * first members of all. */
static size_t find_first(const struct known *known, const void *items, size_t count,
                         size_t size)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *const *texts =
            (const char *const *)((const char *)items + middle * size);
        int order = strcmp(texts[0], known->is.host);
        if (order == 0)
            order = strcmp(texts[1], known->is.tag);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#define FIRST(known, items, count) find_first(known, items, count, sizeof *(items))

const char *tell_held(const struct applying *applying, const struct known *known)
{
    const struct judgement *judgement = applying->judgement;
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '[');
    for (size_t i = FIRST(known, judgement->holds, judgement->hold_count);
         i < judgement->hold_count; i++) {
        const struct hold *hold = &judgement->holds[i];
        if (!is_about(known, hold->host, hold->tag))
            break;
        if (strcmp(hold->severity, known->is.severity) != 0)
            continue;
        json_comma(&json);
        json_text(&json, hold->why, strlen(hold->why));
    }
    json_close(&json, ']');
    return arena_text(applying->arena, strbuf_text(&json));
}

/* 0: it is not to be told again. */
static int64_t remind_every(const struct applying *applying, const struct known *known)
{
    const struct judgement *judgement = applying->judgement;
    int64_t every = 0;
    for (size_t i = FIRST(known, judgement->reminders, judgement->reminder_count);
         i < judgement->reminder_count &&
         is_about(known, judgement->reminders[i].host, judgement->reminders[i].tag);
         i++) {
        int64_t own = judgement->reminders[i].every;
        every = every == 0 || own < every ? own : every;
    }
    return every;
}

static void put_explained(const struct applying *applying, const struct known *known,
                          struct strbuf *json)
{
    const struct judgement *judgement = applying->judgement;
    json_name(json, "explains");
    json_open(json, '[');
    for (size_t i = FIRST(known, judgement->explanations, judgement->explanation_count);
         i < judgement->explanation_count; i++) {
        const struct explanation *one = &judgement->explanations[i];
        if (!is_about(known, one->host, one->tag))
            break;
        json_comma(json);
        json_open(json, '[');
        json_text(json, one->of_host, strlen(one->of_host));
        json_comma(json);
        json_text(json, one->of_tag, strlen(one->of_tag));
        json_close(json, ']');
    }
    json_close(json, ']');
}

/* ---- what is said ---- */

static void put_body(const struct telling_to *to, const char *notifier,
                     struct strbuf *json)
{
    const struct incident *is = &to->known->is;
    json_open(json, '{');
    json_field_text(json, "severity", is->severity);
    json_field_text(json, "before", to->before);
    json_field_text(json, "text", is->text);
    json_field_number(json, "since", to->known->since);
    if (is->ended)
        json_field_number(json, "until", is->ended);
    else
        json_field_null(json, "until");
    json_field_text(json, "message", is->message);
    json_name(json, "why");
    strbuf_puts(json, to->known->lines ? to->known->lines : "[]");
    put_explained(to->applying, to->known, json);
    json_field_text(json, "notifier", notifier);
    json_close(json, '}');
}

static void put_item(const struct telling_to *to, struct strbuf *json)
{
    const struct incident *is = &to->known->is;
    json_open(json, '{');
    json_field_text(json, "what", telling_kind_name(to->kind));
    json_field_text(json, "host", is->host);
    json_field_text(json, "tag", is->tag);
    json_field_text(json, "severity", is->severity);
    json_field_text(json, "text", is->text);
    json_field_number(json, "time", to->applying->judgement->time);
    json_field_number(json, "incident", is->number);
    json_close(json, '}');
}

static int tell_one(const struct telling_to *to, const char *notifier,
                    const char *address, struct error *err)
{
    struct applying *applying = to->applying;
    const struct incident *is = &to->known->is;
    AUTO(strbuf) struct strbuf body = {0};
    AUTO(strbuf) struct strbuf item = {0};
    int rc = to->known->is_looked_up ? 0 : known_look_up(applying, to->known, err);
    if (rc < 0)
        return rc;
    put_body(to, notifier, &body);
    put_item(to, &item);
    const struct telling telling = {.kind = to->kind,
                                    .incident = is->number,
                                    .host = is->host,
                                    .tag = is->tag,
                                    .notifier = notifier,
                                    .address = address,
                                    .body = strbuf_text(&body),
                                    .made = applying->judgement->time};
    const struct postbag_item in_sum = {.json = strbuf_text(&item),
                                        .severity = is->severity,
                                        .incident = is->number,
                                        .is_over = to->kind == TELLING_OVER};
    rc = postbag_put(applying->post, &telling, &in_sum, err);
    if (rc < 0 || to->kind == TELLING_OVER)
        return rc;
    if (applying->touched)
        touched_add(applying->touched, "informed", is->host, is->tag);
    const struct informed informed = {.notifier = notifier,
                                      .address = address,
                                      .severity = is->severity,
                                      .time = applying->judgement->time};
    return store_put_informed(applying->store, is->number, &informed, err);
}

/* ---- by mail ---- */

static void say_refused(const struct known *known)
{
    log_warning("tell: %s %s asks for mail to %s: no (allow-mailto ...) matches; that "
                "address is not told",
                known->is.host, known->is.tag, known->own_mailto);
}

static int tell_by_mail(const struct telling_to *to, struct error *err)
{
    struct applying *applying = to->applying;
    struct known *known = to->known;
    const char *shepherd = applying->config->mailto;
    int rc = known->is_looked_up ? 0 : known_look_up(applying, known, err);
    if (rc == 0 && *shepherd)
        rc = tell_one(to, "mailto", shepherd, err);
    const char *own = known->own_mailto;
    if (rc < 0 || !own || strcasecmp(own, shepherd) == 0)
        return rc;
    if (tell_is_allowed(&applying->config->allow_mailto, own))
        return tell_one(to, "mailto", own, err);
    say_refused(known);
    return 0;
}

/* By one notifier. */
struct telling_by {
    const struct telling_to *to;
    const char *notifier;
    struct error *err;
};

static int tell_address(void *context, const char *address)
{
    const struct telling_by *by = context;
    return tell_one(by->to, by->notifier, address, by->err);
}

static int tell_by(const struct telling_to *to, const char *notifier, struct error *err)
{
    struct telling_by by = {.to = to, .notifier = notifier, .err = err};
    if (strcmp(notifier, "mailto") == 0)
        return tell_by_mail(to, err);
    return notifier_each_address(to->applying->config, notifier, tell_address, &by);
}

/* ---- to those who do not know, and to those who do ---- */

static bool is_everybody(const struct knower *knower)
{
    return strcmp(knower->notifier, "*") == 0;
}

static bool is_gone(const struct applying *applying, const struct knower *knower)
{
    return !is_everybody(knower) &&
           !notifier_is_known(applying->config, knower->notifier);
}

static bool knows(const struct knower *knowers, size_t count, const char *notifier)
{
    for (size_t i = 0; i < count; i++)
        if (is_everybody(&knowers[i]) || strcmp(knowers[i].notifier, notifier) == 0)
            return true;
    return false;
}

static const char *const defaults[] = {"log", "mailto"};

/* The server's own troubles are told although no rule routes them. */
static int tell_own(const struct telling_to *to, const struct knower *knowers,
                    size_t count, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < 2; i++)
        if (!knows(knowers, count, defaults[i]))
            rc = tell_by(to, defaults[i], err);
    return rc;
}

/* That mail fails is not told by mail alone. */
static int tell_mail_fails(const struct telling_to *to, const struct knower *knowers,
                           size_t count, struct error *err)
{
    const struct notifier_forms *forms = &to->applying->config->notifiers;
    const struct incident *is = &to->known->is;
    int rc = 0;
    if (*is->host || strcmp(is->tag, "notifier mailto") != 0)
        return 0;
    for (size_t i = 0; rc == 0 && i < forms->count; i++)
        if (!knows(knowers, count, forms->items[i].name))
            rc = tell_by(to, forms->items[i].name, err);
    return rc;
}

static int tell_new(struct applying *applying, struct known *known,
                    const struct knower *knowers, size_t count, struct error *err)
{
    const struct judgement *judgement = applying->judgement;
    const struct telling_to to = {
        .applying = applying, .known = known, .kind = TELLING_NEW};
    size_t first = FIRST(known, judgement->routes, judgement->route_count), i = first;
    int rc = 0;
    for (; rc == 0 && i < judgement->route_count; i++) {
        const struct route *route = &judgement->routes[i];
        if (!is_about(known, route->host, route->tag))
            break;
        if (notifier_is_known(applying->config, route->notifier) &&
            !knows(knowers, count, route->notifier))
            rc = tell_by(&to, route->notifier, err);
    }
    bool is_own = i == first && !*known->is.host;
    if (rc == 0 && is_own)
        rc = tell_own(&to, knowers, count, err);
    return rc == 0 ? tell_mail_fails(&to, knowers, count, err) : rc;
}

/* Whom he stands for where the configuration no longer has his notifier, unless they
 * are told themselves. */
static int tell_for_gone(const struct telling_to *to, const struct knower *knowers,
                         size_t count, struct error *err)
{
    const struct addressee other = stranded_default(to->applying->config);
    return knows(knowers, count, other.notifier)
               ? 0
               : tell_one(to, other.notifier, other.address, err);
}

/* To all whom he stands for. */
static int tell_knower(const struct telling_to *to, const struct knower *knower,
                       struct error *err)
{
    if (!is_everybody(knower))
        return tell_one(to, knower->notifier, knower->address, err);
    int rc = tell_by(to, defaults[0], err);
    return rc == 0 ? tell_by(to, defaults[1], err) : rc;
}

/* Afterwards he knows as all others who were told do. */
static int keep_everybody(struct applying *applying, const struct known *known,
                          struct error *err)
{
    const struct informed informed = {.notifier = "*",
                                      .address = "*",
                                      .severity = known->is.severity,
                                      .time = applying->judgement->time};
    return store_put_informed(applying->store, known->is.number, &informed, err);
}

static int tell_knowers(struct applying *applying, struct known *known,
                        const struct knower *knowers, size_t count, struct error *err)
{
    int64_t now = applying->judgement->time, every = remind_every(applying, known);
    bool is_reminded = every > 0 && known->is.acknowledged_until <= now;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const struct knower *knower = &knowers[i];
        bool is_changed = strcmp(knower->severity, known->is.severity) != 0;
        struct telling_to to = {.applying = applying,
                                .known = known,
                                .kind = is_changed ? TELLING_CHANGE : TELLING_STILL,
                                .before = is_changed ? knower->severity : NULL};
        if (is_gone(applying, knower) ||
            (!is_changed && !(is_reminded && knower->time + every <= now)))
            continue;
        rc = tell_knower(&to, knower, err);
        if (rc == 0 && is_everybody(knower))
            rc = keep_everybody(applying, known, err);
    }
    return rc;
}

int tell_open(struct applying *applying, struct known *known, struct error *err)
{
    struct knower *knowers = NULL;
    size_t count = 0;
    int rc = known_each_knower(applying, known, &knowers, &count, err);
    if (rc == 0)
        rc = tell_knowers(applying, known, knowers, count, err);
    return rc == 0 ? tell_new(applying, known, knowers, count, err) : rc;
}

/* He is told by himself, where he is one of everybody. */
static bool is_told_twice(const struct knower *knowers, size_t count,
                          const struct knower *knower)
{
    for (size_t i = 0; i < count; i++)
        if (is_everybody(&knowers[i]) && !is_everybody(knower) &&
            (strcmp(knower->notifier, defaults[0]) == 0 ||
             strcmp(knower->notifier, defaults[1]) == 0))
            return true;
    return false;
}

static int tell_end(const struct telling_to *to, const struct knower *knowers,
                    size_t count, size_t i, struct error *err)
{
    size_t first = 0;
    if (!is_gone(to->applying, &knowers[i]))
        return is_told_twice(knowers, count, &knowers[i])
                   ? 0
                   : tell_knower(to, &knowers[i], err);
    while (!is_gone(to->applying, &knowers[first]))
        first++;
    return first == i ? tell_for_gone(to, knowers, count, err) : 0;
}

int tell_over(struct applying *applying, struct known *known, struct error *err)
{
    struct knower *knowers = NULL;
    size_t count = 0;
    int rc = known_each_knower(applying, known, &knowers, &count, err);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const struct telling_to to = {.applying = applying,
                                      .known = known,
                                      .kind = TELLING_OVER,
                                      .before = knowers[i].severity};
        rc = tell_end(&to, knowers, count, i, err);
    }
    return rc;
}
