// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - file, describe, test, monitor, receive: each says what is wrong with it. */
#include "look/trial.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
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
#define SHOWN_MAX  120 /* columns of a line */
#define ROWS_SHOWN 5

struct trial {
    const struct plugin *plugin;
    struct monitor_form form;  /* the settings of the call */
    struct settings *settings; /* NULL: not read yet */
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

/* "  _  80  false" */
static void show_rows(const struct rows *rows)
{
    for (size_t i = 0; i < rows->count && i < ROWS_SHOWN; i++) {
        AUTO(strbuf) struct strbuf line = {0};
        for (size_t j = 0; j < rows->width; j++) {
            const char *value = rows->items[i].values[j];
            strbuf_printf(&line, "  %s", value ? value : "-");
        }
        show(strbuf_text(&line), line.size);
    }
    if (rows->count > ROWS_SHOWN)
        printf("      … and %zu more\n", rows->count - ROWS_SHOWN);
}

/* As the words of lines.h, which people read more easily than JSON. */
static void show_finding(const struct finding *finding)
{
    static const char *const words[] = {
        [FINDING_READING] = "reading", [FINDING_FACT] = "fact",
        [FINDING_FACTS] = "facts",     [FINDING_NOTE] = "note",
        [FINDING_MAIL] = "mail",       [FINDING_LOG] = "log",
    };
    AUTO(strbuf) struct strbuf line = {0};
    bool is_state = finding->type == FINDING_STATE;
    strbuf_puts(&line, is_state ? state_name(finding->state) : words[finding->type]);
    if (finding->part)
        strbuf_printf(&line, " [%s]", finding->part);
    if (finding->name)
        strbuf_printf(&line, " %s", finding->name);
    if (finding->type == FINDING_READING)
        strbuf_printf(&line, " %.10g%s%s", finding->value, *finding->unit ? " " : "",
                      finding->unit);
    if (finding->subject)
        strbuf_printf(&line, " \"%s\"", finding->subject);
    if (finding->text)
        strbuf_printf(&line, " %s", finding->text);
    if (finding->host)
        strbuf_printf(&line, " (of %s)", finding->host);
    show(strbuf_text(&line), line.size);
    show_rows(&finding->rows);
}

static void show_findings(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        show_finding(&findings->items[i]);
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
    struct settings_tables tables = {.own = trial->plugin->settings};
    for (const struct setting *row = tables.own; row->name; row++)
        if (row->fallback == setting_required && trial->form.count == 0) {
            printf("skipped monitor: the setting %s must be said: sheepdog plugin test "
                   "%s %s=…\n",
                   row->name, trial->plugin->path, row->name);
            return false;
        }
    int rc = settings_read(&tables, &trial->form, &trial->settings, &why);
    if (rc < 0)
        tell(trial, "settings", rc, why.text);
    return rc == 0;
}

static void tell_found(struct trial *trial, const char *step, int rc,
                       const struct findings *findings, const char *why)
{
    AUTO(str)
    char *text =
        text_format("%zu line%s", findings->count, findings->count == 1 ? "" : "s");
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
}

/* As its own monitor would have sent it. */
static void add_example(const struct trial *trial, enum message_err word,
                        struct strbuf *json)
{
    char host[HOST_NAME_MAX + 1] = "";
    AUTO(message) struct message *message = message_new();
    if (gethostname(host, sizeof host - 1) < 0)
        return;
    message->kind = MESSAGE_NOTE;
    message->time = clock_now();
    uuid_make(message->time, message->id);
    message->host = text_copy(host);
    message->tag = text_copy(trial->plugin->name);
    message->plugin = text_copy(trial->plugin->name);
    message->err = word;
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
    add_example(trial, ERR_WARNING, &example);
    add_example(trial, ERR_SUCCESS, &example);
    struct way way = {"receive", RECEIVE_MS, strbuf_text(&example)};
    int rc = run_way(trial, &way, &helper, &ended, &why);
    if (rc == 0)
        rc = read_lines(trial, &ended, &findings, &why);
    tell_found(trial, "receive", rc, &findings, why.text);
}

/* ---- what it is ---- */

static void add_names(struct strbuf *text, const char *title, size_t at,
                      const char *name)
{
    strbuf_printf(text, "%s%s", at == 0 ? title : ", ", name);
}

static void tell_description(struct trial *trial)
{
    const struct plugin *plugin = trial->plugin;
    AUTO(strbuf) struct strbuf text = {0};
    if (!plugin->is_described) {
        strbuf_printf(&text,
                      "%s: it says nothing of itself: a monitor without settings",
                      plugin->name);
        tell(trial, "describe", 0, strbuf_text(&text));
        return;
    }
    strbuf_printf(&text, "%s: %s", plugin->name, plugin->help);
    for (size_t i = 0; plugin->settings[i].name; i++)
        add_names(&text, "; settings ", i, plugin->settings[i].name);
    for (size_t i = 0; i < plugin->relations.count; i++)
        add_names(&text, "; relations ", i, plugin->relations.items[i]->name);
    if (plugin->has_receiver)
        strbuf_puts(&text, "; a receiver");
    tell(trial, "describe", 0, strbuf_text(&text));
}

/* ---- its settings ---- */

static void trial_clear(struct trial *trial)
{
    for (size_t i = 0; i < trial->form.count; i++) {
        free(trial->form.settings[i].name);
        texts_clear(&trial->form.settings[i].values);
    }
    free(trial->form.settings);
    settings_free(trial->settings);
}
AUTO_DEFINE_CLEAR(trial)

/* (NAME VALUE); several texts by several such words. */
static int add_setting(struct monitor_form *form, const char *word, struct error *err)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word)
        return error_set(err, -EINVAL, "found \"%.60s\", expected SETTING=VALUE", word);
    form->settings =
        memory_resize(form->settings, (form->count + 1) * sizeof *form->settings);
    struct form_setting *setting = &form->settings[form->count++];
    *setting =
        (struct form_setting){.name = memory_copy(word, (size_t)(equals - word))};
    texts_add(&setting->values, equals + 1);
    return 0;
}

static bool take_settings(struct trial *trial, const struct words *words)
{
    struct error why = {0};
    int rc = 0;
    trial->form.name = trial->plugin->name;
    for (size_t i = 0; rc == 0 && i < words->count; i++)
        rc = add_setting(&trial->form, words->items[i], &why);
    if (rc < 0)
        tell(trial, "settings", rc, why.text);
    return rc == 0;
}

/* ---- all ---- */

bool trial_run(const char *path, const struct words *words)
{
    signal(SIGPIPE, SIG_IGN); /* a plugin need not read what it is given */
    AUTO(plugin) struct plugin *plugin = NULL;
    struct error why = {0};
    AUTO(trial) struct trial trial = {0};
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
    if (!take_settings(&trial, words))
        return false;
    if (plugin->is_described)
        try_test(&trial);
    if (plugin->has_monitor)
        try_monitor(&trial);
    if (plugin->has_receiver)
        try_receive(&trial);
    return !trial.has_failed;
}
