// SPDX-License-Identifier: GPL-3.0-or-later
/* exam - the forms of a file are a table. Those that say how things are stand before
 * those that let something happen. */
#include "ask/exam.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask/exam_parts.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/units.h"
#include "base/zone.h"

#define FILE_SIZE_MAX ((size_t)1 << 20)
#define START         INT64_C(1767225600000) /* 2026-01-01, where no (at …) says more */
#define STEP_LEAST    INT64_C(60000)         /* ms: how often it is judged on the way */
#define STEP_MOST     INT64_C(86400000)
#define STEPS         24 /* of a wait, at least */
#define REPEAT_MAX    10000
#define REPEATED_MAX  1000000 /* forms, of one file */

/* ---- what is wrong with a file ---- */

int exam_refuse(const struct exam *exam, const struct sexp *at, struct error *err,
                const char *format, ...)
{
    char what[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return error_set(err, -EINVAL, "%s:%d:%d: %s", exam->path, at->line, at->column,
                     what);
}

int exam_prefix(const struct exam *exam, const struct sexp *at, int rc,
                struct error *err)
{
    return error_prefix(err, rc, "%s:%d:%d", exam->path, at->line, at->column);
}

int exam_text(const struct exam *exam, const struct sexp *sexp, const char **ret,
              struct error *err)
{
    if (sexp->type != SEXP_STRING && sexp->type != SEXP_SYMBOL)
        return exam_refuse(exam, sexp, err, "found a list, expected a text");
    *ret = sexp->text;
    return 0;
}

const struct sexp *exam_field(const struct sexp *form, const char *name)
{
    for (size_t i = 1; i < form->count; i++) {
        const struct sexp *field = &form->items[i];
        if (field->type == SEXP_LIST && field->count == 2 &&
            field->items[0].type == SEXP_SYMBOL &&
            strcmp(field->items[0].text, name) == 0)
            return &field->items[1];
    }
    return NULL;
}

int exam_check_fields(const struct exam *exam, const struct sexp *form, size_t first,
                      const char *const names[], struct error *err)
{
    char hint[80];
    for (size_t i = first; i < form->count; i++) {
        const struct sexp *field = &form->items[i];
        bool is_field = field->type == SEXP_LIST && field->count == 2 &&
                        field->items[0].type == SEXP_SYMBOL && field->items[1].text;
        if (!is_field)
            return exam_refuse(exam, field, err,
                               "expected a field of %s, such as (%s \"...\")",
                               form->items[0].text, names[0]);
        const char *name = field->items[0].text;
        size_t known = 0;
        while (names[known] && strcmp(names[known], name) != 0)
            known++;
        if (!names[known])
            return exam_refuse(exam, field, err, "%s has no field %.40s%s",
                               form->items[0].text, name,
                               suggest_text(name, names, hint, sizeof hint));
    }
    return 0;
}

int exam_duration(const struct exam *exam, const struct sexp *form, const char *name,
                  int64_t fallback, int64_t *ret, struct error *err)
{
    const struct sexp *field = exam_field(form, name);
    const char *text = NULL;
    int64_t length = fallback;
    int rc = field ? exam_text(exam, field, &text, err) : 0;
    if (text) {
        rc = duration_parse(text, &length, err);
        rc = rc < 0 ? exam_prefix(exam, field, rc, err) : 0;
    }
    if (rc == 0)
        *ret = length;
    return rc;
}

/* The one text of (FORM TEXT). */
static int read_one(const struct exam *exam, const struct sexp *form, const char **ret,
                    struct error *err)
{
    if (form->count != 2)
        return exam_refuse(exam, form, err, "%s takes one text", form->items[0].text);
    return exam_text(exam, &form->items[1], ret, err);
}

/* ---- the trial ---- */

static int load_config(struct exam *exam, struct error *err)
{
    int rc = config_parse(exam->path, strbuf_text(&exam->conf), exam->conf.size,
                          &exam->config, err);
    if (rc == 0 && !*exam->config->mailto) {
        free(exam->config->mailto);
        exam->config->mailto = text_copy("shepherd@example.org");
    }
    return rc;
}

static void note_trouble(void *context, const char *file UNUSED, const char *why)
{
    char **first = context;
    if (!*first)
        *first = text_copy(why);
}

static int load_rules(struct exam *exam, struct library **ret, struct error *err)
{
    AUTO(str) char *trouble = NULL;
    int rc = 0;
    if (exam->own.size > 0) {
        rc = files_put(exam->folder, "test.dl", exam->own.data, exam->own.size, err);
        texts_add(&exam->rules, exam->folder);
    }
    if (rc < 0)
        return rc;
    AUTO(library)
    struct library *library =
        exam->rules.count > 0 ? library_load(&exam->rules) : library_load_own();
    library_each_trouble(library, note_trouble, &trouble);
    if (trouble)
        return error_set(err, -EINVAL, "%s", trouble);
    *ret = TAKE(library);
    return 0;
}

int exam_begin(struct exam *exam, struct error *err)
{
    if (exam->trial)
        return 0;
    AUTO(library) struct library *library = NULL;
    AUTO(str) char *store = text_format("%s/store.db", exam->folder);
    int rc = load_config(exam, err);
    if (rc == 0)
        rc = load_rules(exam, &library, err);
    const struct trial_parts parts = {.store = store,
                                      .config = exam->config,
                                      .library = library,
                                      .tick = STEP_MOST,
                                      .told = exam_note,
                                      .context = exam};
    if (rc == 0)
        rc = trial_open(&parts, &exam->trial, err);
    return rc == 0 ? trial_wait(exam->trial, exam->now, err) : rc;
}

static int64_t next_beat(const struct exam *exam, int64_t until)
{
    for (size_t i = 0; i < exam->beater_count; i++)
        until = exam->beaters[i].due < until ? exam->beaters[i].due : until;
    return until;
}

int exam_wait(struct exam *exam, int64_t until, struct error *err)
{
    int64_t step = (until - exam->now) / STEPS;
    step = step < STEP_LEAST ? STEP_LEAST : step > STEP_MOST ? STEP_MOST : step;
    int rc = exam_begin(exam, err);
    while (rc == 0 && exam->now < until) {
        int64_t next = exam->now + step < until ? exam->now + step : until;
        exam->now = next_beat(exam, next);
        rc = trial_wait(exam->trial, exam->now, err);
        if (rc == 0)
            rc = exam_send_beats(exam, err);
    }
    return rc;
}

/* ---- forms that say how things are ---- */

/* Once something has happened it is too late. */
static int check_early(const struct exam *exam, const struct sexp *form,
                       struct error *err)
{
    if (!exam->trial)
        return 0;
    return exam_refuse(exam, form, err, "%s stands before what happens",
                       form->items[0].text);
}

static int set_rules(struct exam *exam, const struct sexp *form, struct error *err)
{
    const char *folder = NULL, *slash = strrchr(exam->path, '/');
    int rc = check_early(exam, form, err);
    if (rc == 0)
        rc = read_one(exam, form, &folder, err);
    if (rc < 0)
        return rc;
    AUTO(str)
    char *path =
        *folder == '/' || !slash
            ? text_copy(folder)
            : text_format("%.*s/%s", (int)(slash - exam->path), exam->path, folder);
    texts_add(&exam->rules, path);
    return 0;
}

static int add_rule(struct exam *exam, const struct sexp *form, struct error *err)
{
    int rc = check_early(exam, form, err);
    for (size_t i = 1; rc == 0 && i < form->count; i++) {
        const char *text = NULL;
        rc = exam_text(exam, &form->items[i], &text, err);
        if (rc == 0)
            strbuf_printf(&exam->own, "%s\n", text);
    }
    return rc;
}

static int set_zone(struct exam *exam, const struct sexp *form, struct error *err)
{
    AUTO(zone) struct zone *zone = NULL;
    const char *name = NULL;
    int rc = check_early(exam, form, err);
    if (rc == 0)
        rc = read_one(exam, form, &name, err);
    if (rc < 0)
        return rc;
    rc = zone_load(name, &zone, err);
    if (rc < 0)
        return exam_prefix(exam, form, rc, err);
    setenv("TZ", name, 1);
    tzset();
    free(exam->zone);
    exam->zone = text_copy(name);
    return 0;
}

/* ---- forms that move time ---- */

static int go_to(struct exam *exam, const struct sexp *form, struct error *err)
{
    const char *text = NULL;
    int64_t time;
    int rc = read_one(exam, form, &text, err);
    if (rc < 0)
        return rc;
    if (clock_parse_local(text, &time) < 0 && clock_parse_utc(text, &time, NULL) < 0)
        return exam_refuse(exam, &form->items[1], err,
                           "\"%.40s\" is no time; expected one such as "
                           "\"2026-11-01 03:00\"",
                           text);
    if (time < 0)
        return exam_refuse(exam, &form->items[1], err, "%.40s is before 1970", text);
    if (exam->trial && time < exam->now)
        return exam_refuse(exam, &form->items[1], err,
                           "%.40s is over already: time goes on only", text);
    if (exam->trial)
        return exam_wait(exam, time, err);
    exam->now = time;
    return 0;
}

static int wait(struct exam *exam, const struct sexp *form, struct error *err)
{
    const char *text = NULL;
    int64_t length;
    int rc = read_one(exam, form, &text, err);
    if (rc < 0)
        return rc;
    rc = duration_parse(text, &length, err);
    return rc < 0 ? exam_prefix(exam, &form->items[1], rc, err)
                  : exam_wait(exam, exam->now + length, err);
}

static int run_form(struct exam *exam, const struct sexp *form, struct error *err);

/* (repeat COUNT FORM …) */
static int repeat(struct exam *exam, const struct sexp *form, struct error *err)
{
    const char *text = form->count > 1 ? form->items[1].text : NULL;
    long count = text ? strtol(text, NULL, 10) : 0;
    if (count < 1 || count > REPEAT_MAX)
        return exam_refuse(exam, form, err,
                           "repeat takes a number from 1 to %d, and what is to be "
                           "done so often",
                           REPEAT_MAX);
    int rc = 0;
    for (long i = 0; rc == 0 && i < count; i++)
        for (size_t j = 2; rc == 0 && j < form->count; j++)
            rc = ++exam->repeated > REPEATED_MAX
                     ? exam_refuse(exam, form, err, "more than %d forms are repeated",
                                   REPEATED_MAX)
                     : run_form(exam, &form->items[j], err);
    return rc;
}

/* ---- all forms ---- */

static const struct form_row {
    const char *name;
    exam_fn *run;
} form_rows[] = {
    {"rules", set_rules},
    {"rule", add_rule},
    {"zone", set_zone},
    {"at", go_to},
    {"wait", wait},
    {"repeat", repeat},
    {"bark", exam_bark},
    {"beat", exam_beat},
    {"beats", exam_beats},
    {"fact", exam_fact},
    {"no-beats", exam_no_beats},
    {"no-fact", exam_no_fact},
    {"silence", exam_silence},
    {"ack", exam_ack},
    {"alerts", exam_alerts},
    {"told", exam_told},
    {"held", exam_held},
    {"server", exam_server},
};

#define FORMS (sizeof form_rows / sizeof *form_rows)

static int refuse_form(const struct exam *exam, const struct sexp *form,
                       const char *name, struct error *err)
{
    const char *names[FORMS + 2] = {"config"};
    char hint[80];
    for (size_t i = 0; i < FORMS; i++)
        names[i + 1] = form_rows[i].name;
    return exam_refuse(exam, form, err, "there is no (%.40s ...)%s", name,
                       suggest_text(name, names, hint, sizeof hint));
}

static int run_form(struct exam *exam, const struct sexp *form, struct error *err)
{
    if (form->type != SEXP_LIST || form->count == 0 ||
        form->items[0].type != SEXP_SYMBOL)
        return exam_refuse(exam, form, err, "expected a list such as (wait \"1d\")");
    const char *name = form->items[0].text;
    for (size_t i = 0; i < FORMS; i++)
        if (strcmp(form_rows[i].name, name) == 0)
            return form_rows[i].run(exam, form, err);
    return refuse_form(exam, form, name, err);
}

/* (config FORM …): they are read as they stand there. */
static bool is_config(const struct sexp *form)
{
    return form->type == SEXP_LIST && form->count > 0 &&
           form->items[0].type == SEXP_SYMBOL &&
           strcmp(form->items[0].text, "config") == 0;
}

static int add_config(struct exam *exam, const struct sexp *form, const char *text,
                      struct error *err)
{
    int rc = check_early(exam, form, err);
    for (size_t i = 1; rc == 0 && i < form->count; i++) {
        const struct sexp *one = &form->items[i];
        strbuf_add(&exam->conf, text + one->from, one->to - one->from);
        strbuf_putc(&exam->conf, '\n');
    }
    return rc;
}

static int run_all(struct exam *exam, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(sexp) struct sexp *file = NULL;
    int rc = files_read(exam->path, FILE_SIZE_MAX, &text, err);
    if (rc < 0)
        return rc;
    struct error why;
    rc = sexp_parse(strbuf_text(&text), text.size, &file, &why);
    if (rc < 0)
        return error_set(err, rc, "%s:%s", exam->path, why.text);
    for (size_t i = 0; rc == 0 && i < file->count; i++) {
        const struct sexp *form = &file->items[i];
        rc = is_config(form) ? add_config(exam, form, strbuf_text(&text), err)
                             : run_form(exam, form, err);
    }
    return rc;
}

/* ---- begin and end ---- */

static void exam_clear(struct exam *exam)
{
    trial_close(exam->trial);
    config_free(exam->config);
    exam_says_clear(exam);
    exam_items_clear(&exam->told);
    texts_clear(&exam->rules);
    strbuf_clear(&exam->own);
    strbuf_clear(&exam->conf);
    free(exam->zone);
    files_remove_scratch(exam->folder);
    free(exam->folder);
}
AUTO_DEFINE_CLEAR(exam)

int exam_run(const char *path,
             void (*fault)(void *context, const struct exam_fault *fault),
             void *context, struct exam_result *ret, struct error *err)
{
    AUTO(exam)
    struct exam exam = {.path = path, .now = START, .fault = fault, .context = context};
    setenv("TZ", "UTC", 1);
    tzset();
    exam.zone = text_copy("UTC");
    int rc = files_make_scratch("sheepdog-test", &exam.folder, err);
    if (rc == 0)
        rc = run_all(&exam, err);
    ret->passed += exam.result.passed;
    ret->failed += exam.result.failed;
    return rc;
}
