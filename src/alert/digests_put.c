// SPDX-License-Identifier: GPL-3.0-or-later
/* digests_put - when one is due, and into the outbox: what needs no loop. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alert/digests.h"
#include "base/json.h"
#include "base/memory.h"
#include "calendar/calendar.h"
#include "config/notifiers.h"
#include "store/incidents.h"

#define SOURCE "digest" /* whose position is until when the last one goes */

int64_t digests_next(const struct config *config, int64_t after)
{
    AUTO(zone) struct zone *zone = NULL;
    int64_t first = INT64_MAX;
    if (zone_load(config->zone, &zone, NULL) < 0 && zone_load("", &zone, NULL) < 0)
        return first;
    for (size_t i = 0; i < config->digest_at.count; i++) {
        AUTO(calendar) struct calendar *calendar = NULL;
        int64_t next;
        if (calendar_parse(config->digest_at.items[i], &calendar, NULL) == 0 &&
            calendar_next(calendar, zone, after, &next) == 0 && next < first)
            first = next;
    }
    return first;
}

static int keep_last(struct store *store, int64_t time, struct error *err)
{
    AUTO(str) char *position = text_format("%" PRId64, time);
    return store_put_position(store, SOURCE, position, err);
}

int digests_last(struct store *store, int64_t now, int64_t *ret, struct error *err)
{
    AUTO(str) char *position = NULL;
    int rc = store_get_position(store, SOURCE, &position, err);
    if (rc < 0)
        return rc;
    *ret = position ? strtoll(position, NULL, 10) : now;
    return position ? 0 : keep_last(store, now, err);
}

/* ---- into the outbox ---- */

struct putting {
    struct store *store;
    const char *notifier, *body;
    int64_t now;
    struct error *err;
};

static int put_to(void *context, const char *address)
{
    const struct putting *putting = context;
    const struct telling telling = {.kind = TELLING_DIGEST,
                                    .host = "",
                                    .tag = "",
                                    .notifier = putting->notifier,
                                    .address = address,
                                    .body = putting->body,
                                    .made = putting->now};
    return store_put_telling(putting->store, &telling, putting->err);
}

static void put_body(struct strbuf *json, const struct digest_text *digest)
{
    json_open(json, '{');
    json_field_number(json, "from", digest->since);
    json_field_number(json, "to", digest->until);
    json_field_text(json, "text", digest->text);
    json_field_text(json, "subject", digest->subject);
    json_close(json, '}');
}

int digests_put(struct store *store, const struct config *config,
                const struct digest_text *digest, struct error *err)
{
    static char *by_default[] = {(char *)"mailto"};
    const struct texts mailto = {.items = by_default, .count = 1};
    const struct texts *to = config->digest_to.count ? &config->digest_to : &mailto;
    AUTO(strbuf) struct strbuf body = {0};
    int64_t last;
    int rc = digests_last(store, digest->since, &last, err);
    if (rc == 0 && last != digest->since)
        return error_set(err, -EEXIST, "another program has put this digest");
    put_body(&body, digest);
    for (size_t i = 0; rc == 0 && i < to->count; i++) {
        struct putting putting = {.store = store,
                                  .notifier = to->items[i],
                                  .body = body.data,
                                  .now = digest->until,
                                  .err = err};
        rc = notifier_each_address(config, to->items[i], put_to, &putting);
    }
    return rc == 0 ? keep_last(store, digest->until, err) : rc;
}
