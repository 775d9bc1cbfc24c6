// SPDX-License-Identifier: GPL-3.0-or-later
/* exam_says - what happens: each message is made as JSON, and read as the door reads
 * it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ask/exam_parts.h"
#include "base/arena.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/units.h"
#include "rules/relations.h"

#define BEAT_EVERY "1m"

static const char *field_text(const struct sexp *form, const char *name,
                              const char *fallback)
{
    const struct sexp *field = exam_field(form, name);
    return field && field->text ? field->text : fallback;
}

/* ---- messages ---- */

static bool is_number(const struct sexp *sexp)
{
    char *end;
    if (sexp->type != SEXP_SYMBOL)
        return false;
    strtod(sexp->text, &end);
    return *end == '\0' && strspn(sexp->text, "+-.0123456789eE") == strlen(sexp->text);
}

/* A word that is a number stays one, #t is true, null is null; else it is a text. */
static void put_value(const struct sexp *sexp, struct strbuf *json)
{
    if (sexp->type == SEXP_BOOLEAN)
        strbuf_puts(json, sexp->text[1] == 't' ? "true" : "false");
    else if (is_number(sexp) ||
             (sexp->type == SEXP_SYMBOL && strcmp(sexp->text, "null") == 0))
        strbuf_puts(json, sexp->text);
    else
        json_text(json, sexp->text, strlen(sexp->text));
}

static int put_time(const struct exam *exam, const struct sexp *value,
                    struct strbuf *json, struct error *err)
{
    char when[CLOCK_TEXT_SIZE];
    int64_t time;
    if (clock_parse_local(value->text, &time) < 0 &&
        clock_parse_utc(value->text, &time, NULL) < 0)
        return exam_refuse(exam, value, err, "\"%.40s\" is no time", value->text);
    clock_format_utc(time, when);
    json_field_text(json, "time", when);
    return 0;
}

static int put_field(const struct exam *exam, const struct sexp *field,
                     struct strbuf *json, struct error *err)
{
    if (field->type != SEXP_LIST || field->count != 2 ||
        field->items[0].type != SEXP_SYMBOL || field->items[1].type == SEXP_LIST)
        return exam_refuse(exam, field, err,
                           "expected a field of a message, such as (tag \"backup\")");
    const char *name = field->items[0].text;
    if (strcmp(name, "time") == 0)
        return put_time(exam, &field->items[1], json, err);
    json_name(json, name);
    put_value(&field->items[1], json);
    return 0;
}

/* As of now, with these fields. */
static int make(struct exam *exam, const struct sexp *form, const char *fields,
                struct message **ret, struct error *err)
{
    char id[UUID_SIZE];
    unsigned char tail[UUID_TAIL_SIZE] = {0};
    unsigned number = ++exam->number;
    memcpy(tail + sizeof tail - sizeof number, &number, sizeof number);
    uuid_make_of(exam->now, tail, id);
    const struct message_defaults defaults = {.now = exam->now, .id = id};
    int rc = message_parse(fields, strlen(fields), &defaults, ret, err);
    return rc < 0 ? exam_prefix(exam, form, rc, err) : 0;
}

/* And comes now. */
static int take(struct exam *exam, const struct sexp *form, const char *fields,
                struct error *err)
{
    AUTO(message) struct message *message = NULL;
    int rc = exam_begin(exam, err);
    if (rc == 0)
        rc = make(exam, form, fields, &message, err);
    return rc == 0 ? trial_take(exam->trial, &message, 1, err) : rc;
}

int exam_bark(struct exam *exam, const struct sexp *form, struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    int rc = 0;
    json_open(&json, '{');
    for (size_t i = 1; rc == 0 && i < form->count; i++)
        rc = put_field(exam, &form->items[i], &json, err);
    if (!exam_field(form, "zone"))
        json_field_text(&json, "zone", exam->zone);
    json_close(&json, '}');
    return rc == 0 ? take(exam, form, strbuf_text(&json), err) : rc;
}

/* ---- beats ---- */

static char *beat_fields(const char *host, const char *every)
{
    struct strbuf json = {0};
    json_open(&json, '{');
    json_field_text(&json, "kind", "beat");
    json_field_text(&json, "host", host);
    json_field_text(&json, "tag", "daemon");
    json_field_text(&json, "every", every);
    json_close(&json, '}');
    return strbuf_take(&json);
}

static int send_beat(struct exam *exam, const struct sexp *form, const char *host,
                     const char *every, struct error *err)
{
    AUTO(str) char *fields = beat_fields(host, every);
    return take(exam, form, fields, err);
}

static int add_beat(struct exam *exam, struct exam_beater *beater,
                    struct message_list *list, struct error *err)
{
    static const struct sexp nowhere = {0};
    AUTO(str) char *fields = beat_fields(beater->host, beater->every);
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    int rc = make(exam, &nowhere, fields, &list->items[list->count], err);
    list->count += rc == 0;
    beater->due = exam->now + beater->period;
    return rc;
}

/* All of them at once. */
int exam_send_beats(struct exam *exam, struct error *err)
{
    AUTO(message_list) struct message_list list = {0};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < exam->beater_count; i++)
        if (exam->beaters[i].due <= exam->now)
            rc = add_beat(exam, &exam->beaters[i], &list, err);
    return rc == 0 && list.count > 0
               ? trial_take(exam->trial, list.items, list.count, err)
               : rc;
}

static int stop_beats(struct exam *exam, const char *host)
{
    for (size_t i = 0; i < exam->beater_count; i++)
        if (strcmp(exam->beaters[i].host, host) == 0) {
            free(exam->beaters[i].host);
            free(exam->beaters[i].every);
            exam->beaters[i] = exam->beaters[--exam->beater_count];
            return 0;
        }
    return -ENOENT;
}

static int start_beats(struct exam *exam, const struct sexp *form, const char *host,
                       const char *every, struct error *err)
{
    int64_t period;
    int rc = duration_parse(every, &period, err);
    if (rc < 0)
        return exam_prefix(exam, form, rc, err);
    stop_beats(exam, host);
    exam->beaters =
        memory_resize(exam->beaters, (exam->beater_count + 1) * sizeof *exam->beaters);
    exam->beaters[exam->beater_count++] =
        (struct exam_beater){.host = text_copy(host),
                             .every = text_copy(every),
                             .period = period,
                             .due = exam->now + period};
    return send_beat(exam, form, host, every, err);
}

/* (FORM HOST … (every DURATION)) */
static int each_host(struct exam *exam, const struct sexp *form,
                     int (*each)(struct exam *exam, const struct sexp *form,
                                 const char *host, const char *every,
                                 struct error *err),
                     struct error *err)
{
    static const char *const names[] = {"every", NULL};
    size_t hosts = 1;
    while (hosts < form->count && form->items[hosts].type != SEXP_LIST)
        hosts++;
    int rc = exam_check_fields(exam, form, hosts, names, err);
    for (size_t i = 1; rc == 0 && i < hosts; i++) {
        const char *host;
        rc = exam_text(exam, &form->items[i], &host, err);
        if (rc == 0)
            rc = each(exam, form, host, field_text(form, "every", BEAT_EVERY), err);
    }
    return rc;
}

int exam_beat(struct exam *exam, const struct sexp *form, struct error *err)
{
    return each_host(exam, form, send_beat, err);
}

int exam_beats(struct exam *exam, const struct sexp *form, struct error *err)
{
    return each_host(exam, form, start_beats, err);
}

int exam_no_beats(struct exam *exam, const struct sexp *form, struct error *err)
{
    int rc = 0;
    for (size_t i = 1; rc == 0 && i < form->count; i++) {
        const char *host;
        rc = exam_text(exam, &form->items[i], &host, err);
        if (rc == 0 && stop_beats(exam, host) < 0)
            rc = exam_refuse(exam, &form->items[i], err, "%.60s does not beat", host);
    }
    return rc;
}

/* ---- facts ---- */

/* The columns of a relation that is known, as a message names them. */
static int put_known_columns(struct exam *exam, const struct sexp *form,
                             const char *relation, struct strbuf *json,
                             struct error *err)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(relations)
    struct relations *relations = relations_new(trial_store(exam->trial));
    struct catalogue catalogue;
    int rc = relations_load(relations, &(struct relations_time){.now = exam->now},
                            arena, &catalogue, err);
    const struct stored *stored = rc == 0 ? catalogue_find(&catalogue, relation) : NULL;
    if (rc < 0)
        return rc;
    if (!stored || stored->count != form->count - 2)
        return exam_refuse(exam, form, err,
                           stored ? "%.60s has other columns"
                                  : "no relation is called %.60s: name its columns, "
                                    "such as (bytes 4096)",
                           relation);
    for (size_t i = 1; i < stored->count; i++) {
        const struct stored_column *column = &stored->columns[i];
        json_comma(json);
        type_put_json(column->type, column->name, json);
    }
    return 0;
}

/* (fact HOST RELATION VALUE …), or (COLUMN VALUE) for VALUE. */
static int put_row(struct exam *exam, const struct sexp *form, struct strbuf *columns,
                   struct strbuf *row, struct error *err)
{
    bool is_named = form->count > 3 && form->items[3].type == SEXP_LIST;
    json_open(row, '[');
    json_open(columns, '[');
    for (size_t i = 3; i < form->count; i++) {
        const struct sexp *item = &form->items[i];
        if (is_named &&
            (item->type != SEXP_LIST || item->count != 2 ||
             item->items[0].type == SEXP_LIST || item->items[1].type == SEXP_LIST))
            return exam_refuse(exam, item, err, "expected a column and its value");
        if (!is_named && item->type == SEXP_LIST)
            return exam_refuse(exam, item, err, "expected a value, as before it");
        const struct sexp *value = is_named ? &item->items[1] : item;
        json_comma(row);
        put_value(value, row);
        json_comma(columns);
        if (is_named)
            type_put_json(is_number(value) ? TYPE_NUMBER : TYPE_TEXT,
                          item->items[0].text, columns);
    }
    json_close(row, ']');
    int rc = 0;
    if (!is_named) {
        strbuf_shorten(columns, 1);
        rc = put_known_columns(exam, form, form->items[2].text, columns, err);
    }
    json_close(columns, ']');
    return rc;
}

static struct exam_facts *find_facts(struct exam *exam, const char *host,
                                     const char *relation, const char *columns)
{
    for (size_t i = 0; i < exam->fact_count; i++)
        if (strcmp(exam->facts[i].host, host) == 0 &&
            strcmp(exam->facts[i].relation, relation) == 0)
            return &exam->facts[i];
    exam->facts =
        memory_resize(exam->facts, (exam->fact_count + 1) * sizeof *exam->facts);
    exam->facts[exam->fact_count] = (struct exam_facts){.host = text_copy(host),
                                                        .relation = text_copy(relation),
                                                        .columns = text_copy(columns)};
    return &exam->facts[exam->fact_count++];
}

static int send_facts(struct exam *exam, const struct sexp *form,
                      const struct exam_facts *facts, struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_text(&json, "kind", "facts");
    json_field_text(&json, "host", facts->host);
    json_field_text(&json, "tag", "facts");
    json_field_text(&json, "relation", facts->relation);
    json_name(&json, "columns");
    strbuf_puts(&json, facts->columns);
    json_field_number(&json, "epoch", 1);
    json_field_number(&json, "after", exam->fact_number);
    json_field_number(&json, "counter", ++exam->fact_number);
    json_field_text(&json, "is", "whole");
    json_name(&json, "add");
    json_open(&json, '[');
    for (size_t i = 0; i < facts->rows.count; i++) {
        json_comma(&json);
        strbuf_puts(&json, facts->rows.items[i]);
    }
    json_close(&json, ']');
    json_close(&json, '}');
    return take(exam, form, strbuf_text(&json), err);
}

static void remove_row(struct texts *rows, const char *row)
{
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->items[i], row) == 0) {
            free(rows->items[i]);
            rows->items[i] = rows->items[--rows->count];
            return;
        }
}

static int change_fact(struct exam *exam, const struct sexp *form, bool is_true,
                       struct error *err)
{
    AUTO(strbuf) struct strbuf columns = {0};
    AUTO(strbuf) struct strbuf row = {0};
    int rc = exam_begin(exam, err);
    if (rc == 0 && (form->count < 4 || !form->items[1].text || !form->items[2].text))
        rc = exam_refuse(exam, form, err,
                         "%s takes a host, a relation, and a value for each column",
                         form->items[0].text);
    if (rc == 0)
        rc = put_row(exam, form, &columns, &row, err);
    if (rc < 0)
        return rc;
    struct exam_facts *facts = find_facts(exam, form->items[1].text,
                                          form->items[2].text, strbuf_text(&columns));
    remove_row(&facts->rows, strbuf_text(&row));
    if (is_true)
        texts_add(&facts->rows, strbuf_text(&row));
    return send_facts(exam, form, facts, err);
}

int exam_fact(struct exam *exam, const struct sexp *form, struct error *err)
{
    return change_fact(exam, form, true, err);
}

int exam_no_fact(struct exam *exam, const struct sexp *form, struct error *err)
{
    return change_fact(exam, form, false, err);
}

void exam_says_clear(struct exam *exam)
{
    for (size_t i = 0; i < exam->beater_count; i++) {
        free(exam->beaters[i].host);
        free(exam->beaters[i].every);
    }
    for (size_t i = 0; i < exam->fact_count; i++) {
        free(exam->facts[i].host);
        free(exam->facts[i].relation);
        free(exam->facts[i].columns);
        texts_clear(&exam->facts[i].rows);
    }
    free(exam->beaters);
    free(exam->facts);
}

/* ---- quiet ---- */

/* Ends the transaction in which this happened; and it is judged. */
static int end(struct exam *exam, const struct sexp *form, int rc, struct error *err)
{
    if (rc < 0) {
        store_rollback(trial_store(exam->trial));
        return exam_prefix(exam, form, rc, err);
    }
    rc = store_commit(trial_store(exam->trial), err);
    return rc == 0 ? trial_touch(exam->trial, err) : rc;
}

int exam_silence(struct exam *exam, const struct sexp *form, struct error *err)
{
    static const char *const names[] = {"host", "tag",      "for",    "reason",
                                        "by",   "calendar", "length", "until-recovery",
                                        NULL};
    int64_t length, window, number;
    int rc = exam_begin(exam, err);
    if (rc == 0)
        rc = exam_check_fields(exam, form, 1, names, err);
    if (rc == 0)
        rc = exam_duration(exam, form, "for", CIVIL_HOUR, &length, err);
    if (rc == 0)
        rc = exam_duration(exam, form, "length", 0, &window, err);
    if (rc < 0)
        return rc;
    const struct silence silence = {
        .host = field_text(form, "host", "*"),
        .tag = field_text(form, "tag", "*"),
        .began = exam->now,
        .until = exam->now + length,
        .calendar = field_text(form, "calendar", NULL),
        .zone = exam->zone,
        .length = window,
        .until_recovery = strcmp(field_text(form, "until-recovery", "#f"), "#t") == 0,
        .reason = field_text(form, "reason", "test"),
        .who = field_text(form, "by", "shepherd"),
        .made = exam->now};
    rc = store_begin(trial_store(exam->trial), err);
    if (rc == 0)
        rc = store_put_silence(trial_store(exam->trial), &silence, &number, err);
    return end(exam, form, rc, err);
}

/* (server HOST): it begins there, now. */
int exam_server(struct exam *exam, const struct sexp *form, struct error *err)
{
    const char *host = NULL;
    int rc = exam_begin(exam, err);
    if (rc == 0 && form->count != 2)
        rc = exam_refuse(exam, form, err, "server takes a host");
    if (rc == 0)
        rc = exam_text(exam, &form->items[1], &host, err);
    if (rc < 0)
        return rc;
    rc = store_begin(trial_store(exam->trial), err);
    if (rc == 0)
        rc = store_put_server(trial_store(exam->trial), host, exam->now, err);
    return end(exam, form, rc, err);
}

static int take_number(const struct incident *incident, void *context)
{
    int64_t *number = context;
    *number = incident->number;
    return 0;
}

int exam_ack(struct exam *exam, const struct sexp *form, struct error *err)
{
    static const char *const names[] = {"for", "reason", "by", NULL};
    int64_t length, number = 0;
    struct incident_filter filter = {.limit = 1};
    int rc = exam_begin(exam, err);
    if (rc == 0 && form->count < 3)
        rc = exam_refuse(exam, form, err, "ack takes a host and a tag");
    if (rc == 0)
        rc = exam_check_fields(exam, form, 3, names, err);
    if (rc == 0)
        rc = exam_text(exam, &form->items[1], &filter.host, err);
    if (rc == 0)
        rc = exam_text(exam, &form->items[2], &filter.tag, err);
    if (rc == 0)
        rc = exam_duration(exam, form, "for", CIVIL_DAY, &length, err);
    if (rc == 0)
        rc = store_each_incident(trial_store(exam->trial), &filter, exam->now,
                                 take_number, &number, err);
    if (rc < 0)
        return rc;
    if (number == 0)
        return exam_refuse(exam, form, err, "nothing is open of %.60s %.60s",
                           filter.host, filter.tag);
    rc = store_begin(trial_store(exam->trial), err);
    if (rc == 0)
        rc = store_acknowledge(trial_store(exam->trial), number, exam->now,
                               exam->now + length, field_text(form, "reason", "test"),
                               field_text(form, "by", "shepherd"), err);
    return end(exam, form, rc, err);
}
