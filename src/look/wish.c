// SPDX-License-Identifier: GPL-3.0-or-later
/* wish - what the server would refuse is refused here, with the options' names. */
#include "look/wish.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "bark/self.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/command.h"
#include "look/fetch.h"
#include "look/when.h"

#define PATIENCE 30000 /* ms */

void wish_put_time(struct json_t *body, const char *name, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_utc(time, text);
    json_object_set_new(body, name, json_string(text));
}

/* user@host: at a desk that several share the user alone says who. */
static void put_who(json_t *body)
{
    AUTO(str) char *user = self_user();
    AUTO(str) char *host = self_host();
    AUTO(str) char *who = text_format("%s@%s", user, host);
    json_object_set_new(body, "by", json_string(who));
}

static int read_end(const struct wish *wish, int64_t from, int64_t *ret,
                    struct error *err)
{
    if (wish->length != 0 && wish->until)
        return error_set(err, -EINVAL, "--for, --until: which one?");
    if (wish->length == 0 && !wish->until)
        return error_set(err, -EINVAL,
                         "when does it end? --for 2h, or --until TIME, says so");
    *ret = from + wish->length;
    int rc = wish->until ? when_parse_ahead(wish->until, clock_now(), ret, err) : 0;
    if (rc < 0)
        return error_prefix(err, rc, "--until");
    if (*ret <= from || *ret <= clock_now())
        return error_set(err, -EINVAL, "its end is over already, or before it begins");
    return 0;
}

int wish_put(const struct wish *wish, int64_t from, struct json_t *body,
             struct error *err)
{
    int64_t end;
    int rc = read_end(wish, from, &end, err);
    if (rc < 0)
        return rc;
    if (!wish->reason || wish->reason[strspn(wish->reason, " \t\n")] == '\0')
        return error_set(err, -EINVAL, "why? --reason TEXT says so");
    wish_put_time(body, "until", end);
    json_object_set_new(body, "reason", json_string(wish->reason));
    put_who(body);
    if (!json_object_get(body, "reason"))
        return error_set(err, -EINVAL, "--reason is not UTF-8");
    return 0;
}

static int ask(const char *config_named, const char *path, const json_t *body,
               json_t **ret, struct error *err)
{
    AUTO(http) struct http *http = NULL;
    json_auto_t *refusal = NULL;
    int rc = fetch_open(config_named, &http, err);
    return rc < 0 ? rc : fetch_send(http, path, body, PATIENCE, ret, &refusal, err);
}

int wish_send(const struct command *command, const struct wish *wish, const char *path,
              const struct json_t *body, void (*print)(const struct json_t *answer))
{
    json_auto_t *answer = NULL;
    struct error err;
    if (ask(wish->conf, path, body, &answer, &err) < 0) {
        say("%s: %s", command->name, err.text);
        return EXIT_FAILED;
    }
    if (wish->json)
        fetch_print(answer);
    else
        print(answer);
    return EXIT_OK;
}
