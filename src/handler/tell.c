// SPDX-License-Identifier: GPL-3.0-or-later
/* tell - how a message changes what is known, and who is mailed what a note says. */
#include "handler/tell.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/log.h"
#include "handler/touch.h"
#include "store/incidents.h"

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

static int put_mail(const struct handling *handling, const struct message *message,
                    const char *notifier, const char *address, struct error *err)
{
    AUTO(strbuf) struct strbuf body = {0};
    json_open(&body, '{');
    json_field_text(&body, "message", message->id);
    json_close(&body, '}');
    struct telling telling = {.kind = TELLING_NOTE,
                              .host = message->host,
                              .tag = message->tag,
                              .notifier = notifier,
                              .address = address,
                              .body = strbuf_text(&body),
                              .made = handling->now};
    if (handling->has_news)
        *handling->has_news = true;
    return store_put_telling(handling->store, &telling, err);
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
    int rc = put_mail(handling, message, "log", "", err);
    if (asked && tell_is_allowed(&handling->config->allow_mailto, asked))
        address = asked;
    else if (asked && strcasecmp(asked, address) != 0)
        say_refused(message);
    return rc == 0 && *address ? put_mail(handling, message, "mailto", address, err)
                               : rc;
}

static void touch_state(const struct handling *handling, const struct message *message,
                        const struct change *change)
{
    touch(handling, message, "recent");
    touch(handling, message, "said");
    if (change->is_late || change->before != change->now)
        touch(handling, message, "state");
    if (change->has_flipped)
        touch(handling, message, "flips");
    if (change->is_late ||
        state_is_wrong(change->before) != state_is_wrong(change->now))
        touch(handling, message, "interruption");
}

int tell_state(const struct handling *handling, const struct message *message,
               struct error *err)
{
    struct change change;
    int rc = store_put_state(handling->store, message, &change, err);
    if (rc < 0)
        return rc;
    touch_state(handling, message, &change);
    if (!is_late(handling, message))
        return 0;
    touch_host(handling, message, "settling");
    return store_hold(handling->store, message->host, handling->now, hold_end(handling),
                      err);
}
