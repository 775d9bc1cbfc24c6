// SPDX-License-Identifier: GPL-3.0-or-later
/* once - what the looks find is printed as they end; then the readings and the facts:
 *
 *     warning  disk:/         91.2 % used, warning from 90 %
 *     reading  disk:/.used    91.2 %
 *     facts    package        812 rows
 */
#include "daemon/once.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "bark/redact.h"
#include "bark/self.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "daemon/gather.h"
#include "daemon/helpers.h"
#include "daemon/readings.h"
#include "daemon/watches.h"
#include "facts/facts.h"

struct once {
    const struct configuration *configuration;
    uv_loop_t loop;
    struct redaction *redaction;
    struct readings *readings;
    bool is_json, is_wrong;
};

/* ---- lines ---- */

static void print_words(const char *word, const char *name, const char *text)
{
    AUTO(str) char *line = text_format("%-8s %-28s %s", word, name, text);
    utf8_tidy(line, strlen(line));
    size_t size = strlen(line);
    while (size > 0 && line[size - 1] == ' ')
        size--;
    printf("%.*s\n", (int)size, line);
}

static void print_json(struct strbuf *json)
{
    json_close(json, '}');
    puts(strbuf_text(json));
}

/* word: of a state, or "note". */
static void print_state(const struct once *once, enum state state, const char *tag,
                        const char *text)
{
    AUTO(str) char *clean = redact_text(once->redaction, text ? text : "");
    const char *word = state == STATE_NONE ? "note" : state_name(state);
    AUTO(strbuf) struct strbuf json = {0};
    if (!once->is_json) {
        print_words(word, tag, clean);
        return;
    }
    json_open(&json, '{');
    json_field_text(&json, "tag", tag);
    json_field_text(&json, state == STATE_NONE ? "note" : "state",
                    state == STATE_NONE ? clean : word);
    if (state != STATE_NONE)
        json_field_text(&json, "text", clean);
    print_json(&json);
}

static void print_reading(const struct once *once,
                          const struct message_reading *reading)
{
    AUTO(strbuf) struct strbuf json = {0};
    if (!once->is_json) {
        AUTO(str)
        char *value = text_format("%.6g%s%s", reading->value, reading->unit ? " " : "",
                                  reading->unit ? reading->unit : "");
        print_words("reading", reading->name, value);
        return;
    }
    json_open(&json, '{');
    json_field_text(&json, "reading", reading->name);
    json_name(&json, "value");
    strbuf_printf(&json, "%.6g", reading->value);
    json_field_text(&json, "unit", reading->unit ? reading->unit : "");
    print_json(&json);
}

static void put_value(const struct once *once, enum column_type type, const char *value,
                      struct strbuf *json)
{
    json_comma(json);
    if (!value) {
        strbuf_puts(json, "null");
        return;
    }
    AUTO(str) char *told = facts_hide(once->redaction, type, value);
    json_text(json, told, strlen(told));
}

static void put_rows(const struct once *once, const struct relation *relation,
                     const struct rows *rows, struct strbuf *json)
{
    json_name(json, "rows");
    json_open(json, '[');
    for (size_t i = 0; i < rows->count; i++) {
        json_comma(json);
        json_open(json, '[');
        for (size_t j = 0; j < rows->width; j++)
            put_value(once,
                      j < relation->count ? relation->columns[j].type : COLUMN_TEXT,
                      rows->items[i].values[j], json);
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void print_facts(const struct once *once, const struct relation *relation,
                        const struct rows *rows)
{
    AUTO(strbuf) struct strbuf json = {0};
    if (!once->is_json) {
        AUTO(str)
        char *count =
            text_format("%zu row%s", rows->count, rows->count == 1 ? "" : "s");
        print_words("facts", relation->name, count);
        return;
    }
    json_open(&json, '{');
    json_field_text(&json, "facts", relation->name);
    put_rows(once, relation, rows, &json);
    print_json(&json);
}

/* ---- looks ---- */

static void print_fault(struct once *once, const char *tag, const char *fault)
{
    print_state(once, STATE_UNKNOWN, tag, fault);
    once->is_wrong = true;
}

/* What was not declared would not be sent. */
static void print_found_facts(struct once *once, const struct instance *instance,
                              const struct finding *finding)
{
    static const struct relations none = {0};
    const struct plugin *plugin = instance->plugin;
    const struct relation *relation = NULL;
    struct error why;
    if (gather_find(plugin ? &plugin->relations : &none, finding, &relation, &why) == 0)
        print_facts(once, relation, &finding->rows);
    else
        print_fault(once, instance->tag, why.text);
}

static void print_finding(struct once *once, const struct instance *instance,
                          const struct finding *finding)
{
    AUTO(str)
    char *tag = finding->part ? text_format("%s:%s", instance->tag, finding->part)
                              : text_copy(instance->tag);
    if (finding->type == FINDING_STATE || finding->type == FINDING_NOTE)
        print_state(once, finding->state, tag, finding->text);
    if (finding->type == FINDING_FACT || finding->type == FINDING_FACTS)
        print_found_facts(once, instance, finding);
    if (finding->type == FINDING_STATE && state_is_wrong(finding->state))
        once->is_wrong = true;
}

/* The first of two looks is for the second. */
static void on_looked(void *context, const struct looked *looked)
{
    struct once *once = context;
    const struct findings *findings = looked->findings;
    readings_take(once->readings, looked->instance->tag, findings);
    if (looked->is_first && looked->is_partial)
        return;
    for (size_t i = 0; i < findings->count; i++)
        print_finding(once, looked->instance, &findings->items[i]);
    if (looked->fault)
        print_fault(once, looked->instance->tag, looked->fault);
}

static void on_done(void *context)
{
    struct once *once = context;
    uv_stop(&once->loop);
}

static void look(struct once *once)
{
    const struct configuration *configuration = once->configuration;
    AUTO(str) char *host = self_host();
    AUTO(helpers) struct helpers *helpers = helpers_new(&once->loop);
    struct watches_parts parts = {.loop = &once->loop,
                                  .helpers = helpers,
                                  .host = host,
                                  .root = configuration->config->root,
                                  .looked = on_looked,
                                  .context = once};
    AUTO(watches) struct watches *watches = watches_new(&parts);
    if (configuration->roster->count == 0)
        return;
    watches_look_once(watches, configuration->roster, on_done);
    uv_run(&once->loop, UV_RUN_DEFAULT);
}

/* What is not watched. */
static void print_missing(struct once *once)
{
    const struct roster *roster = once->configuration->roster;
    for (size_t i = 0; i < roster->troubles.count; i++)
        print_fault(once, ROSTER_OWN_TAG, roster->troubles.items[i]);
    for (size_t i = 0; i < roster->absent_count; i++)
        print_fault(once, roster->absents[i].tag, roster->absents[i].why);
}

/* ---- what goes into the beat, and the facts ---- */

static void print_readings(const struct once *once)
{
    AUTO(message) struct message *message = message_new();
    readings_give(once->readings, 0, message);
    for (size_t i = 0; i < message->reading_count; i++)
        print_reading(once, &message->readings[i]);
}

static void print_sources(struct once *once)
{
    for (size_t i = 0; fact_sources[i]; i++) {
        AUTO(relation)
        struct relation *relation = fact_source_relation(fact_sources[i]);
        AUTO(rows) struct rows rows = {0};
        struct error why = {0};
        int rc =
            fact_sources[i]->collect(once->configuration->config->root, &rows, &why);
        if (rc == 0)
            print_facts(once, relation, &rows);
        else
            print_state(once, STATE_NONE, "facts", why.text);
    }
}

bool once_print(const struct configuration *configuration, bool is_json)
{
    struct once once = {.configuration = configuration, .is_json = is_json};
    AUTO(readings) struct readings *readings = readings_new();
    once.readings = readings;
    if (redaction_new(&configuration->config->redact, &once.redaction, NULL) < 0)
        once.redaction = redaction_new_total();
    uv_loop_init(&once.loop);
    print_missing(&once);
    look(&once);
    print_readings(&once);
    print_sources(&once);
    uv_run(&once.loop, UV_RUN_DEFAULT); /* handles close */
    uv_loop_close(&once.loop);
    redaction_free(once.redaction);
    return !once.is_wrong;
}
