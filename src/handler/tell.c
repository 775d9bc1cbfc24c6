// SPDX-License-Identifier: GPL-3.0-or-later
/* tell - who is told what, and that nobody is told twice. */
#include "handler/tell.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "handler/touch.h"

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

/* So long after its time a message is history, of a backlog that arrives: what is
 * delivered at once takes no minute, even when its sender tries for a while. */
#define LATE_MS (60 * 1000)

static bool is_late(const struct handling *handling, const struct message *message)
{
    return handling->config->settle > 0 && handling->now - message->time > LATE_MS;
}

static int64_t hold_end(const struct handling *handling)
{
    return handling->now + handling->config->settle;
}

/* A message, and what it changed. */
struct news {
    const struct message *message;
    struct change change;
};

static int put(const struct handling *handling, const struct news *news,
               const char *notifier, const char *address, struct error *err)
{
    struct notification notification = {
        .notifier = (char *)notifier,
        .address = (char *)address,
        .before = news->change.before,
        .now = news->change.now,
        .since = news->change.since,
        .made = handling->now,
    };
    if (handling->has_news)
        *handling->has_news = true;
    return store_put_notification(
        handling->store, handling->number, &notification,
        is_late(handling, news->message) ? hold_end(handling) : 0, err);
}

/* Not held, as nothing else says it. */
static int put_mail(const struct handling *handling, const char *notifier,
                    const char *address, struct error *err)
{
    struct notification notification = {.notifier = (char *)notifier,
                                        .address = (char *)address,
                                        .before = STATE_NONE,
                                        .now = STATE_NONE,
                                        .since = handling->now,
                                        .made = handling->now};
    if (handling->has_news)
        *handling->has_news = true;
    return store_put_notification(handling->store, handling->number, &notification, 0,
                                  err);
}

static void say_refused(const struct message *message)
{
    log_warning("tell: %s %s asks for mail to %s: no (allow-mailto ...) matches; that "
                "address is not told",
                message->host, message->tag, message->mailto);
}

int tell_mail(const struct handling *handling, const struct message *message,
              struct error *err)
{
    const char *address = handling->config->mailto, *asked = message->mailto;
    int rc = put_mail(handling, "log", "", err);
    if (asked && tell_is_allowed(&handling->config->allow_mailto, asked))
        address = asked;
    else if (asked && strcasecmp(asked, address) != 0)
        say_refused(message);
    return rc == 0 && *address ? put_mail(handling, "email", address, err) : rc;
}

static int put_all(const struct handling *handling, const struct news *news,
                   struct error *err)
{
    const struct message *message = news->message;
    const char *shepherd = handling->config->mailto, *asked = message->mailto;
    int rc = put(handling, news, "log", "", err);
    if (rc == 0 && *shepherd)
        rc = put(handling, news, "email", shepherd, err);
    if (rc < 0 || !asked || strcasecmp(asked, shepherd) == 0)
        return rc;
    if (tell_is_allowed(&handling->config->allow_mailto, asked))
        return put(handling, news, "email", asked, err);
    say_refused(message);
    return 0;
}

static void touch_state(const struct handling *handling, const struct message *message,
                        const struct change *change)
{
    touch(handling, message, "recent");
    if (change->is_late || change->before != change->now)
        touch(handling, message, "state");
    if (change->is_late ||
        state_is_wrong(change->before) != state_is_wrong(change->now))
        touch(handling, message, "interruption");
}

int tell_state(const struct handling *handling, const struct message *message,
               struct error *err)
{
    struct news news = {.message = message};
    int rc = store_put_state(handling->store, message, &news.change, err);
    if (rc == 0)
        touch_state(handling, message, &news.change);
    if (rc == 0 && is_late(handling, message)) {
        rc = store_hold(handling->store, message->host, handling->now,
                        hold_end(handling), err);
        touch_host(handling, message, "settling");
    }
    if (rc < 0 || !state_is_news(news.change.before, news.change.now))
        return rc;
    return put_all(handling, &news, err);
}
