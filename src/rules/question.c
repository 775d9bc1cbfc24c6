// SPDX-License-Identifier: GPL-3.0-or-later
/* question - the program of the library and of what is asked is checked, evaluated on
 * the store as it is at one moment, and what it gives is written as it comes. */
#include "rules/question.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "datalog/check.h"
#include "datalog/kept.h"
#include "datalog/parse.h"
#include "rules/question_parts.h"

struct question {
    char *json;
    size_t size;
    pthread_mutex_t lock; /* of the two below */
    bool is_stopped;
    struct evaluation *evaluation; /* while it runs; lent */
};

struct question *question_new(char *json, size_t size)
{
    struct question *question = memory_new(sizeof *question);
    question->json = json;
    question->size = size;
    pthread_mutex_init(&question->lock, NULL);
    return question;
}

void question_free(struct question *question)
{
    if (!question)
        return;
    pthread_mutex_destroy(&question->lock);
    free(question->json);
    free(question);
}

void question_stop(struct question *question)
{
    pthread_mutex_lock(&question->lock);
    question->is_stopped = true;
    if (question->evaluation)
        evaluation_stop(question->evaluation);
    pthread_mutex_unlock(&question->lock);
}

/* NULL: none runs any more. */
static void set_evaluation(struct question *question, struct evaluation *evaluation)
{
    pthread_mutex_lock(&question->lock);
    question->evaluation = evaluation;
    if (evaluation && question->is_stopped)
        evaluation_stop(evaluation);
    pthread_mutex_unlock(&question->lock);
}

/* ---- what is asked ---- */

static int fail_store(struct answering *answering, int rc, const struct error *why)
{
    return complain(&answering->complaint, NULL, rc, "the store cannot be read: %s",
                    why->text);
}

static int take_saved(struct answering *answering)
{
    const struct asked *asked = &answering->asked;
    size_t count = json_array_size(asked->args);
    const char **texts = memory_new((count + 1) * sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(asked->args, i));
    int rc = check_take_question(answering->program, asked->saved, texts, count,
                                 &answering->complaint);
    free(texts);
    return rc;
}

static int read_program(struct answering *answering, bool is_whole)
{
    const struct asked *asked = &answering->asked;
    const struct library *library = answering->means->library;
    const char *text = asked->question;
    struct complaint *complaint = &answering->complaint;
    int rc = is_whole ? library_read(library, answering->program, complaint)
                      : library_read_for(library, text ? text : asked->saved,
                                         answering->program, complaint);
    if (rc == 0)
        rc = text ? parse_text(answering->program, "question", text, strlen(text),
                               PARSE_ASKED, complaint)
                  : take_saved(answering);
    if (rc == 0 && !answering->program->question)
        return complain(
            complaint, NULL, -EINVAL,
            "nothing is asked: expected an atom such as host(name, _, _, _, "
            "_), or several with commas between them");
    return rc;
}

static bool find_time(void *context, const char *token, int64_t *ret_ms)
{
    const struct answering *answering = context;
    const json_t *time = json_object_get(answering->asked.times, token);
    if (time)
        *ret_ms = json_integer_value(time);
    return time != NULL;
}

static int check(struct answering *answering)
{
    struct error why = {0};
    struct check_settings settings = {.catalogue = &answering->catalogue,
                                      .now = answering->now,
                                      .is_now_moving = answering->may_keep,
                                      .find_time = find_time,
                                      .context = answering};
    const struct relations_time time = {answering->now, answering->may_keep};
    int rc = relations_load(answering->means->relations, &time,
                            answering->program->arena, &answering->catalogue, &why);
    if (rc < 0)
        return fail_store(answering, rc, &why);
    return check_program(answering->program, &settings, &answering->complaint);
}

/* What is wrong is said with all that is known: which relation was meant. */
static int understand(struct answering *answering)
{
    int rc = read_program(answering, false);
    if (rc == 0)
        rc = check(answering);
    if (rc == 0)
        return 0;
    complaint_clear(&answering->complaint);
    program_free(answering->program);
    answering->program = program_new();
    rc = read_program(answering, true);
    return rc < 0 ? rc : check(answering);
}

/* ---- how it is answered ---- */

static int run(struct answering *answering, struct strbuf *json)
{
    const struct asked *asked = &answering->asked;
    int rc =
        asked->sql ? 0 : evaluation_run(answering->evaluation, &answering->complaint);
    if (rc < 0)
        return rc;
    return asked->sql || asked->plan || asked->why_not
               ? question_put_text(answering, json)
               : question_put_answer(answering, json);
}

static int plan(struct answering *answering)
{
    const struct asked *asked = &answering->asked;
    struct evaluation_settings settings = {.limits = answering->means->limits,
                                           .since = asked->since,
                                           .is_unbounded = asked->why_not,
                                           .is_unproved =
                                               !asked->why && !asked->why_not,
                                           .is_guarded = answering->means->kept,
                                           .is_kept = answering->may_keep};
    int64_t *time = &settings.limits.time;
    if (asked->timeout > 0 && (*time == 0 || asked->timeout < *time))
        *time = asked->timeout;
    store_limit_scratch(answering->means->store, settings.limits.bytes);
    return evaluation_new(answering->program, store_database(answering->means->store),
                          &settings, &answering->evaluation, &answering->complaint);
}

/* ---- what is kept ---- */

/* All that what is kept depends on. */
static int put_key(const struct answering *answering, struct strbuf *ret,
                   struct error *why)
{
    const struct question_means *means = answering->means;
    int64_t version;
    int rc = store_find_tables_version(means->store, &version, why);
    if (rc < 0)
        return rc;
    const struct evaluation_limits *limits = &means->limits;
    strbuf_printf(ret, "%" PRId64 " %" PRId64 " ", library_number(means->library),
                  version);
    strbuf_printf(ret, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " ", limits->time,
                  limits->work, limits->rows, limits->bytes);
    strbuf_add(ret, answering->question->json, answering->question->size);
    return 0;
}

/* 1: it was kept, and is to be run. */
static int take_kept(struct answering *answering, const struct strbuf *key)
{
    struct keeping keeping;
    if (!answering->may_keep ||
        !kept_take(answering->means->kept, key->data, key->size, &keeping))
        return 0;
    program_free(answering->program);
    answering->program = keeping.program;
    answering->evaluation = keeping.evaluation;
    answering->checked = keeping.now;
    int rc = evaluation_again(answering->evaluation, answering->now - keeping.now,
                              &answering->complaint);
    return rc < 0 ? rc : 1;
}

static void keep(struct answering *answering, const struct strbuf *key)
{
    struct keeping keeping = {.program = TAKE(answering->program),
                              .evaluation = TAKE(answering->evaluation),
                              .now = answering->checked};
    kept_put(answering->may_keep ? answering->means->kept : NULL, key->data, key->size,
             &keeping);
}

/* ---- all of it ---- */

static int evaluate(struct answering *answering, struct strbuf *json)
{
    AUTO(strbuf) struct strbuf key = {0};
    struct error why = {0};
    int rc = put_key(answering, &key, &why);
    if (rc < 0)
        return fail_store(answering, rc, &why);
    rc = take_kept(answering, &key);
    if (rc == 0) {
        answering->checked = answering->now;
        rc = understand(answering);
        rc = rc == 0 ? plan(answering) : rc;
    }
    if (rc < 0)
        return rc;
    set_evaluation(answering->question, answering->evaluation);
    rc = run(answering, json);
    set_evaluation(answering->question, NULL);
    keep(answering, &key);
    return rc;
}

static int answer(struct answering *answering, struct strbuf *json)
{
    struct error why = {0};
    const struct asked *asked = &answering->asked;
    int64_t begin = clock_monotonic(), work = clock_work();
    int rc = asked_read(answering->question->json, answering->question->size,
                        &answering->asked, &answering->complaint);
    if (rc < 0)
        return rc;
    answering->now = asked->now ? asked->now : clock_now();
    answering->may_keep = answering->means->kept && !asked->why && !asked->why_not &&
                          !asked->sql && !asked->plan;
    rc = store_begin_reading(answering->means->store, &why);
    if (rc < 0)
        return fail_store(answering, rc, &why);
    json_open(json, '{');
    rc = evaluate(answering, json);
    json_field_real(json, "elapsed", (double)(clock_monotonic() - begin) / 1000, 3);
    json_field_real(json, "work", (double)(clock_work() - work) / 1000, 3);
    json_close(json, '}');
    return rc;
}

static void put_complaint(const struct complaint *complaint, int rc,
                          struct strbuf *json)
{
    const char *what = complaint->what ? complaint->what : strerror(-rc);
    json_open(json, '{');
    if (complaint->name) {
        AUTO(str)
        char *error = text_format("%s:%d:%d: %s", complaint->name, complaint->line,
                                  complaint->column, what);
        json_field_text(json, "error", error);
        json_field_text(json, "name", complaint->name);
        json_field_number(json, "line", complaint->line);
        json_field_number(json, "column", complaint->column);
        json_field_text(json, "what", what);
        json_field_text(json, "excerpt", complaint->excerpt);
    } else {
        json_field_text(json, "error", what);
    }
    json_close(json, '}');
}

int question_answer(struct question *question, const struct question_means *means,
                    struct strbuf *json)
{
    AUTO(strbuf) struct strbuf found = {0};
    struct answering answering = {.question = question, .means = means};
    answering.program = program_new();
    int rc = answer(&answering, &found);
    if (rc == 0)
        strbuf_add(json, found.data, found.size);
    else
        put_complaint(&answering.complaint, rc, json);
    evaluation_free(answering.evaluation);
    store_end_reading(means->store);
    program_free(answering.program);
    complaint_clear(&answering.complaint);
    asked_clear(&answering.asked);
    return rc;
}
