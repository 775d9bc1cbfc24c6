// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - file, describe, test, monitor, receive: each says what is wrong with it. */
#include "look/trial.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "look/screen.h"
#include "message/message.h"
#include "monitor/helper.h"
#include "plugin/plugin.h"

#define TEST_MS    120000
#define RECEIVE_MS 60000
#define SHOWN_MAX  300 /* columns of a line */

struct trial {
    const struct plugin *plugin;
    struct settings *settings; /* of the fallbacks */
    enum state state;          /* that the monitor found, for the example */
    bool has_failed;
};

/* ---- what is told ---- */

static void tell(struct trial *trial, const char *step, int rc, const char *text)
{
    AUTO(strbuf) struct strbuf line = {0};
    screen_add_line(&line, text, strlen(text));
    printf("%s %s: %s\n", rc < 0 ? "not ok" : "ok", step, strbuf_text(&line));
    trial->has_failed = trial->has_failed || rc < 0;
}

static void show(const char *text, size_t size)
{
    AUTO(strbuf) struct strbuf clean = {0};
    screen_add_lines(&clean, text, size);
    for (const char *line = strbuf_text(&clean); *line;) {
        size_t length = strcspn(line, "\n");
        size_t shown = length > SHOWN_MAX ? screen_fit(line, SHOWN_MAX) : length;
        printf("    %.*s%s\n", (int)shown, line, shown < length ? "…" : "");
        line += length + (line[length] == '\n');
    }
}

/* As lines.h knows them, in JSON. */
static void show_findings(const struct findings *findings)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < findings->count; i++)
        lines_format(&findings->items[i], &text);
    show(strbuf_text(&text), text.size);
}

/* ---- what it said ---- */

static bool has_text(const struct texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], text) == 0)
            return true;
    return false;
}

static int check_rows(const struct relation *relation, const struct rows *rows,
                      struct error *err)
{
    int rc = 0;
    if (rows->count > 0 && rows->width != relation->count)
        return error_set(err, -EINVAL, "%s: found %zu values, expected %zu",
                         relation->name, rows->width, relation->count);
    for (size_t i = 0; rc == 0 && i < rows->count * rows->width; i++) {
        const struct column *column = &relation->columns[i % rows->width];
        const char *value = rows->items[i / rows->width].values[i % rows->width];
        AUTO(str) char *canonical = NULL;
        if (value)
            rc = column_value(column->type, value, &canonical, err);
        if (rc < 0)
            error_prefix(err, rc, "%s.%s", relation->name, column->name);
    }
    return rc;
}

/* What it says is what it declared. */
static int check_finding(const struct plugin *plugin, const struct finding *finding,
                         struct error *err)
{
    if (finding->type == FINDING_STATE && plugin->states.count > 0 &&
        !has_text(&plugin->states, state_name(finding->state)))
        return error_set(err, -EINVAL, "the state %s is none of those it declares",
                         state_name(finding->state));
    if (finding->type != FINDING_FACT && finding->type != FINDING_FACTS)
        return 0;
    const struct relation *relation = relations_find(&plugin->relations, finding->name);
    if (!relation)
        return error_set(err, -EINVAL,
                         "the relation %.60s is none of those it declares",
                         finding->name);
    return check_rows(relation, &finding->rows, err);
}

static int read_lines(const struct trial *trial, const struct ended *ended,
                      struct findings *findings, struct error *err)
{
    int rc = lines_parse_all(ended->out, ended->out_size, &trial->plugin->relations,
                             findings, err);
    for (size_t i = 0; rc == 0 && i < findings->count; i++)
        rc = check_finding(trial->plugin, &findings->items[i], err);
    return rc;
}

/* ---- one way ---- */

struct way {
    const char *name;
    int64_t timeout;
    const char *input;
};

/* *ret lends what it said for as long as *ret_helper is there. */
static int run_way(const struct trial *trial, const struct way *way,
                   struct helper **ret_helper, struct ended *ret, struct error *err)
{
    const char *argv[] = {trial->plugin->path, way->name, NULL};
    AUTO(texts) struct texts environment = {0};
    plugin_environment(&environment);
    if (trial->settings)
        settings_environment(trial->settings, &environment);
    struct helper_plan plan = {.argv = (char *const *)argv,
                               .input = way->input,
                               .input_size = way->input ? strlen(way->input) : 0,
                               .environment = &environment,
                               .timeout = way->timeout,
                               .memory = HELPER_MEMORY};
    int rc = helper_run(&plan, ret_helper, err);
    if (rc < 0)
        return rc;
    helper_ended(*ret_helper, ret);
    return ended_check(ret, way->timeout, err);
}

static void try_test(struct trial *trial)
{
    AUTO(helper) struct helper *helper = NULL;
    struct way way = {"test", TEST_MS, NULL};
    struct ended ended = {0};
    struct error why = {0};
    int rc = run_way(trial, &way, &helper, &ended, &why);
    tell(trial, "test", rc, rc < 0 ? why.text : "its own tests hold");
    if (helper)
        show(ended.out, ended.out_size);
}

/* Where a setting must be said, there is nothing to try it with. */
static bool read_settings(struct trial *trial)
{
    struct error why = {0};
    struct settings_tables tables = {.own = trial->plugin->settings,
                                     .path = trial->plugin->path};
    for (const struct setting *row = tables.own; row->name; row++)
        if (row->fallback == setting_required) {
            printf("skipped monitor: the setting %s must be said\n", row->name);
            return false;
        }
    int rc = settings_read(&tables, NULL, &trial->settings, &why);
    if (rc < 0)
        tell(trial, "settings", rc, why.text);
    return rc == 0;
}

static void tell_found(struct trial *trial, const char *step, int rc,
                       const struct findings *findings, const char *why)
{
    AUTO(str)
    char *text =
        text_format("%zu finding%s", findings->count, findings->count == 1 ? "" : "s");
    tell(trial, step, rc, rc < 0 ? why : text);
    show_findings(findings);
}

static void try_monitor(struct trial *trial)
{
    AUTO(helper) struct helper *helper = NULL;
    AUTO(findings) struct findings findings = {0};
    AUTO(strbuf) struct strbuf json = {0};
    struct ended ended = {0};
    struct error why = {0};
    if (!read_settings(trial))
        return;
    settings_format(trial->settings, &json);
    struct way way = {"monitor", settings_duration(trial->settings, "timeout"),
                      strbuf_text(&json)};
    int rc = run_way(trial, &way, &helper, &ended, &why);
    if (rc == 0)
        rc = read_lines(trial, &ended, &findings, &why);
    if (rc == 0 && findings.count == 0)
        rc = error_set(&why, -ENOMSG,
                       "it printed nothing; a look that finds all well "
                       "says ok");
    tell_found(trial, "monitor", rc, &findings, why.text);
    trial->state = findings_worst(&findings, NULL);
}

/* As its own monitor would have sent it. */
static void make_example(const struct trial *trial, struct strbuf *json)
{
    static const enum message_err words[] = {[STATE_NONE] = ERR_WARNING,
                                             [STATE_OK] = ERR_SUCCESS,
                                             [STATE_UNKNOWN] = ERR_UNKNOWN,
                                             [STATE_WARNING] = ERR_WARNING,
                                             [STATE_FAIL] = ERR_FAIL};
    char host[HOST_NAME_MAX + 1] = "localhost";
    AUTO(message) struct message *message = message_new();
    if (gethostname(host, sizeof host - 1) < 0)
        host[0] = '\0';
    message->kind = MESSAGE_NOTE;
    message->time = clock_now();
    uuid_make(message->time, message->id);
    message->host = text_copy(host);
    message->tag = text_copy(trial->plugin->name);
    message->plugin = text_copy(trial->plugin->name);
    message->err = words[trial->state];
    message->text = text_copy("an example");
    message_format(message, json);
    strbuf_putc(json, '\n');
}

static void try_receive(struct trial *trial)
{
    AUTO(helper) struct helper *helper = NULL;
    AUTO(findings) struct findings findings = {0};
    AUTO(strbuf) struct strbuf example = {0};
    struct ended ended = {0};
    struct error why = {0};
    make_example(trial, &example);
    struct way way = {"receive", RECEIVE_MS, strbuf_text(&example)};
    int rc = run_way(trial, &way, &helper, &ended, &why);
    if (rc == 0)
        rc = read_lines(trial, &ended, &findings, &why);
    tell_found(trial, "receive", rc, &findings, why.text);
}

/* ---- all ---- */

static void tell_description(struct trial *trial)
{
    const struct plugin *plugin = trial->plugin;
    AUTO(str) char *text = NULL;
    size_t settings = 0;
    while (plugin->settings[settings].name)
        settings++;
    if (plugin->is_described)
        text = text_format("%s: %s; settings %zu, relations %zu%s", plugin->name,
                           plugin->help, settings, plugin->relations.count,
                           plugin->has_receiver ? "; with a receiver" : "");
    else
        text = text_format("%s: it describes nothing, so it is a monitor without "
                           "settings",
                           plugin->name);
    tell(trial, "describe", 0, text);
}

bool trial_run(const char *path)
{
    AUTO(plugin) struct plugin *plugin = NULL;
    struct error why = {0};
    struct trial trial = {0};
    int rc = plugin_check_file(path, &why);
    tell(&trial, "file", rc, rc < 0 ? why.text : "nobody else can write it");
    if (rc < 0)
        return false;
    rc = plugin_load(path, &plugin, &why);
    if (rc < 0) {
        tell(&trial, "describe", rc, why.text);
        return false;
    }
    trial.plugin = plugin;
    tell_description(&trial);
    if (plugin->is_described)
        try_test(&trial);
    if (plugin->has_monitor)
        try_monitor(&trial);
    if (plugin->has_receiver)
        try_receive(&trial);
    settings_free(trial.settings);
    return !trial.has_failed;
}
