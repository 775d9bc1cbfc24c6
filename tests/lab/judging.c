// SPDX-License-Identifier: GPL-3.0-or-later
/* judging - the server's way from messages to what is told, which may be killed at any
 * moment: for tests/alert/year.
 *
 *     judging CONF STORE FOLDER…        of rules
 *
 * Each line of stdin is a JSON object: "at", the time in ms as of which all is judged,
 * once; before that perhaps "messages", [{…},…], which came at the times "came", or the
 * "server" begins on that host; afterwards perhaps a "silence", or whose alerts to
 * "acknowledge". One that was given before changes nothing any more. Answers with a
 * line for each telling, which is then told, and with the line "done". */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/trial.h"
#include "base/json.h"
#include "base/memory.h"

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* ---- what is told ---- */

static int show(const struct telling *telling, void *context UNUSED)
{
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_number(&json, "number", telling->number);
    json_field_text(&json, "what", telling_kind_name(telling->kind));
    json_field_text(&json, "host", telling->host);
    json_field_text(&json, "tag", telling->tag);
    json_field_text(&json, "notifier", telling->notifier);
    json_close(&json, '}');
    puts(strbuf_text(&json));
    fflush(stdout);
    return 0;
}

/* ---- messages ---- */

/* What came since it was judged last; it is not judged yet. */
static int put_messages(struct trial *trial, const json_t *given, int64_t at,
                        struct error *err)
{
    const struct message_defaults defaults = {.now = at};
    const json_t *messages = json_object_get(given, "messages");
    const json_t *came = json_object_get(given, "came");
    AUTO(message_list) struct message_list list = {0};
    char *text = json_dumps(messages, 0);
    int number;
    int rc = message_parse_all(text, strlen(text), &defaults, &list, &number, err);
    free(text);
    if (rc < 0)
        return rc;
    struct trial_arrival *arrivals = memory_new((list.count + 1) * sizeof *arrivals);
    for (size_t i = 0; i < list.count; i++)
        arrivals[i] =
            (struct trial_arrival){.message = list.items[i],
                                   .came = json_integer_value(json_array_get(came, i))};
    rc = trial_put(trial, arrivals, list.count, NULL, err);
    free(arrivals);
    return rc;
}

/* ---- the server begins ---- */

static int put_server(struct store *store, const json_t *given, int64_t at,
                      struct error *err)
{
    return store_put_server(store, text_of(given, "server"), at, err);
}

/* ---- shepherds ---- */

struct sought {
    const char *reason;
    bool is_found;
};

static int compare(const struct silence *silence, void *context)
{
    struct sought *sought = context;
    sought->is_found |= strcmp(silence->reason, sought->reason) == 0;
    return 0;
}

/* Its reason is its own. */
static int put_silence(struct store *store, const json_t *given, int64_t at,
                       struct error *err)
{
    struct sought sought = {.reason = text_of(given, "reason")};
    const struct silence silence = {
        .host = text_of(given, "host"),
        .tag = text_of(given, "tag"),
        .began = at,
        .until = number_of(given, "until"),
        .calendar = text_of(given, "calendar"),
        .zone = text_of(given, "zone"),
        .length = number_of(given, "length"),
        .until_recovery = json_is_true(json_object_get(given, "until_recovery")),
        .reason = sought.reason,
        .who = "shepherd",
        .made = at};
    int64_t number;
    int rc = store_each_silence(store, at, true, compare, &sought, err);
    return rc < 0 || sought.is_found ? rc
                                     : store_put_silence(store, &silence, &number, err);
}

struct acknowledging {
    struct store *store;
    int64_t at, until;
    struct error *err;
};

static int acknowledge_one(const struct incident *incident, void *context)
{
    const struct acknowledging *all = context;
    return store_acknowledge(all->store, incident->number, all->at, all->until,
                             "I know", "shepherd", all->err);
}

/* All that is open of a host. */
static int acknowledge(struct store *store, const json_t *given, int64_t at,
                       struct error *err)
{
    struct acknowledging all = {
        .store = store, .at = at, .until = number_of(given, "until"), .err = err};
    const struct incident_filter filter = {.host = text_of(given, "host")};
    return store_each_incident(store, &filter, at, acknowledge_one, &all, err);
}

typedef int change_fn(struct store *store, const json_t *given, int64_t at,
                      struct error *err);

/* A transaction of its own. */
static int change(struct trial *trial, const json_t *given, int64_t at, change_fn *put,
                  struct error *err)
{
    struct store *store = trial_store(trial);
    int rc = store_begin(store, err);
    if (rc == 0)
        rc = put(store, given, at, err);
    if (rc == 0)
        return store_commit(store, err);
    store_rollback(store);
    return rc;
}

static int run_command(struct trial *trial, const json_t *given, struct error *err)
{
    int64_t at = number_of(given, "at");
    const json_t *silence = json_object_get(given, "silence");
    const json_t *known = json_object_get(given, "acknowledge");
    int rc = 0;
    if (json_object_get(given, "server"))
        rc = change(trial, given, at, put_server, err);
    if (rc == 0 && json_object_get(given, "messages"))
        rc = put_messages(trial, given, at, err);
    if (rc == 0)
        rc = trial_judge(trial, at, true, err);
    if (rc == 0 && silence)
        rc = change(trial, silence, at, put_silence, err);
    if (rc == 0 && known)
        rc = change(trial, known, at, acknowledge, err);
    return rc == 0 && (silence || known) ? trial_touch(trial, err) : rc;
}

static int run_line(struct trial *trial, const char *line, struct error *err)
{
    json_t *given = json_loads(line, 0, NULL);
    if (!given)
        return error_set(err, -EINVAL, "not JSON: %s", line);
    int rc = run_command(trial, given, err);
    json_decref(given);
    return rc;
}

static int run(struct trial *trial, struct error *err)
{
    AUTO(str) char *line = NULL;
    size_t size = 0;
    int rc = 0;
    while (rc == 0 && getline(&line, &size, stdin) > 0) {
        rc = run_line(trial, line, err);
        if (rc == 0)
            puts("done");
        fflush(stdout);
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    AUTO(texts) struct texts folders = {0};
    if (argc < 4)
        return 2;
    for (int i = 3; i < argc; i++)
        texts_add(&folders, argv[i]);
    AUTO(config) struct config *config = NULL;
    AUTO(library) struct library *library = library_load_only(&folders);
    AUTO(trial) struct trial *trial = NULL;
    int rc = config_load(argv[1], &config, &err);
    const struct trial_parts parts = {
        .store = argv[2], .config = config, .library = library, .told = show};
    if (rc == 0)
        rc = trial_open(&parts, &trial, &err);
    if (rc == 0)
        rc = run(trial, &err);
    if (rc < 0)
        fprintf(stderr, "judging: %s\n", err.text);
    return rc < 0;
}
