// SPDX-License-Identifier: GPL-3.0-or-later
/* tell - who is told what, and that nobody is told twice. */
#include "handler/tell.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"

static bool is_plain_address(const char *address)
{
    const char *at = strchr(address, '@');
    if (!at || at == address || !at[1] || strchr(at + 1, '@'))
        return false;
    for (const char *c = address; *c; c++)
        if (*c <= ' ' || *c >= 0x7F || strchr(",;:<>()[]\"\\", *c))
            return false;
    return true;
}

bool tell_is_allowed(const struct texts *patterns, const char *address)
{
    if (!is_plain_address(address))
        return false;
    for (size_t i = 0; i < patterns->count; i++)
        if (fnmatch(patterns->items[i], address, FNM_CASEFOLD) == 0)
            return true;
    return false;
}

static bool is_news(const struct change *change)
{
    bool is_first_ok = change->before == STATE_NONE && change->now == STATE_OK;
    return change->before != change->now && !is_first_ok;
}

static int put(const struct handling *handling, const struct change *change,
               const char *notifier, const char *address, struct error *err)
{
    struct notification notification = {
        .notifier = (char *)notifier,
        .address = (char *)address,
        .before = change->before,
        .now = change->now,
        .since = change->since,
        .made = handling->came,
    };
    if (handling->has_news)
        *handling->has_news = true;
    return store_put_notification(handling->store, handling->number, &notification,
                                  false, err);
}

static int put_all(const struct handling *handling, const struct message *message,
                   const struct change *change, struct error *err)
{
    const char *shepherd = handling->config->mailto, *asked = message->mailto;
    int rc = put(handling, change, "log", "", err);
    if (rc == 0 && *shepherd)
        rc = put(handling, change, "email", shepherd, err);
    if (rc < 0 || !asked || strcasecmp(asked, shepherd) == 0)
        return rc;
    if (tell_is_allowed(&handling->config->allow_mailto, asked))
        return put(handling, change, "email", asked, err);
    log_warning("tell: %s %s asks for mail to %s: no (allow-mailto ...) matches; that "
                "address is not told",
                message->host, message->tag, asked);
    return 0;
}

int tell_state(const struct handling *handling, const struct message *message,
               struct error *err)
{
    int64_t came = handling->came;
    int64_t time = message->time < came ? message->time : came;
    struct change change;
    int rc =
        store_put_state(handling->store, message, handling->number, time, &change, err);
    if (rc < 0 || !is_news(&change))
        return rc;
    return put_all(handling, message, &change, err);
}
