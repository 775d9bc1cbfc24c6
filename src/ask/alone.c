// SPDX-License-Identifier: GPL-3.0-or-later
/* alone - the oracle that needs nobody: the program's relations are its own, in a
 * database that is gone when it ends. */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "ask/interrupt.h"
#include "ask/oracle.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "datalog/check.h"
#include "datalog/evaluate.h"
#include "datalog/proof.h"
#include "datalog/tables.h"
#include "store/store.h"

/* ---- values as JSON ---- */

/* A file may hold any bytes. */
static json_t *text_to_json(const char *text)
{
    json_t *json = json_string(text);
    if (json)
        return json;
    AUTO(str) char *tidy = text_copy(text);
    utf8_tidy(tidy, strlen(tidy));
    return json_string(tidy);
}

static json_t *value_to_json(const struct value *value)
{
    if (type_is_text(value->type))
        return text_to_json(value->text);
    if (!value->is_real)
        return json_integer(value->number);
    return isfinite(value->real) ? json_real(value->real) : json_null();
}

static json_t *columns_to_json(const struct column_declaration *columns, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            list, json_pack("[s, s]", columns[i].name, type_name(columns[i].type)));
    return list;
}

/* ---- an answer ---- */

struct collecting {
    json_t *rows;
    const struct predicate *predicate;
    struct arena *arena;
    struct value **kept; /* the rows again, where they are to be proved */
    size_t kept_count;
    bool is_kept;
    int64_t limit; /* -1: none */
    bool has_more;
};

static void keep(struct collecting *to, const struct value *values)
{
    size_t count = to->predicate->count;
    struct value *copy = arena_take(to->arena, (count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        copy[i] = values[i];
        if (type_is_text(values[i].type))
            copy[i].text = arena_text(to->arena, values[i].text);
    }
    arena_push(to->arena, (void ***)&to->kept, &to->kept_count, copy);
}

static int collect(const struct value *values, void *context)
{
    struct collecting *to = context;
    if (to->limit >= 0 && json_array_size(to->rows) >= (size_t)to->limit) {
        to->has_more = true;
        return 1;
    }
    json_t *row = json_array();
    for (size_t i = 0; i < to->predicate->count; i++)
        json_array_append_new(row, value_to_json(&values[i]));
    json_array_append_new(to->rows, row);
    if (to->is_kept)
        keep(to, values);
    return 0;
}

static int prove(struct evaluation *evaluation, const struct collecting *from,
                 json_t *answer, struct complaint *complaint)
{
    json_t *proofs = json_array();
    json_object_set_new(answer, "proofs", proofs);
    for (size_t i = 0; i < from->kept_count; i++) {
        AUTO(strbuf) struct strbuf json = {0};
        const struct proof *proof;
        int rc =
            proof_find(evaluation, from->predicate, from->kept[i], &proof, complaint);
        if (rc < 0)
            return rc;
        proof_put_json(proof, &json);
        json_t *read = json_loadb(strbuf_text(&json), json.size, 0, NULL);
        json_array_append_new(proofs, read ? read : json_null());
    }
    return 0;
}

static int give_rows(struct evaluation *evaluation, const struct question *question,
                     json_t *answer, struct complaint *complaint)
{
    struct program *program = evaluation_program(evaluation);
    const struct predicate *predicate = program->question;
    struct collecting to = {
        .rows = json_array(),
        .predicate = predicate,
        .arena = program->arena,
        .is_kept = question->wanted == WANTED_PROOFS,
        .limit = question->limit,
    };
    json_object_set_new(answer, "columns",
                        columns_to_json(predicate->columns, predicate->count));
    json_object_set_new(answer, "rows", to.rows);
    int rc = evaluation_each(evaluation, predicate, collect, &to, complaint);
    json_object_set_new(answer, "more", json_boolean(to.has_more));
    return rc < 0 || !to.is_kept ? rc : prove(evaluation, &to, answer, complaint);
}

static int give_count(struct evaluation *evaluation,
                      const struct question *question UNUSED, json_t *answer,
                      struct complaint *complaint)
{
    int64_t count = 0;
    int rc = evaluation_count(evaluation, evaluation_program(evaluation)->question,
                              &count, complaint);
    json_object_set_new(answer, "count", json_integer(count));
    return rc;
}

static int give_text(struct evaluation *evaluation, const struct question *question,
                     json_t *answer, struct complaint *complaint)
{
    static int (*const puts[])(struct evaluation * evaluation, struct strbuf * text,
                               struct complaint * complaint) = {
        [WANTED_WHY_NOT] = proof_put_why_not,
        [WANTED_SQL] = evaluation_put_sql,
        [WANTED_PLAN] = evaluation_put_plan,
    };
    AUTO(strbuf) struct strbuf text = {0};
    int rc = puts[question->wanted](evaluation, &text, complaint);
    json_object_set_new(answer, "text", text_to_json(strbuf_text(&text)));
    return rc;
}

static int give(struct evaluation *evaluation, const struct question *question,
                json_t *answer, struct complaint *complaint)
{
    static int (*const gives[])(struct evaluation * evaluation,
                                const struct question *question, json_t *answer,
                                struct complaint *complaint) = {
        [WANTED_ROWS] = give_rows,   [WANTED_PROOFS] = give_rows,
        [WANTED_COUNT] = give_count, [WANTED_WHY_NOT] = give_text,
        [WANTED_SQL] = give_text,    [WANTED_PLAN] = give_text,
    };
    return gives[question->wanted](evaluation, question, answer, complaint);
}

/* ---- a program ---- */

static int read_program(const struct pieces *pieces, const struct question *question,
                        struct program *program, struct complaint *complaint)
{
    bool is_within = !question->text && !question->saved;
    int rc =
        pieces_parse(pieces, program, is_within ? PARSE_ASKED : PARSE_RULES, complaint);
    if (rc == 0 && question->text)
        rc = parse_text(program, "question", question->text, strlen(question->text),
                        PARSE_ASKED, complaint);
    if (rc == 0 && question->saved)
        rc = check_take_question(program, question->saved,
                                 (const char *const *)question->args,
                                 question->arg_count, complaint);
    return rc;
}

/* A program that asks nothing and writes nothing is checked as a whole. */
static int check(struct program *program, int64_t now, bool everything,
                 struct complaint *complaint)
{
    bool is_idle = !program->question && program->directive_count == 0;
    const struct check_settings settings = {
        .now = now ? now : clock_now(),
        .everything = everything || is_idle,
    };
    return check_program(program, &settings, complaint);
}

/* A single text is of the memory too. */
static int open_database(int64_t memory, struct store **ret,
                         struct complaint *complaint)
{
    struct error why = {0};
    int rc = store_open_scratch(ret, &why);
    if (rc < 0)
        return complain(complaint, NULL, rc, "SQLite: %s", why.text);
    store_limit_scratch(*ret, memory);
    if (memory > 0 && memory < INT_MAX)
        sqlite3_limit(store_database(*ret), SQLITE_LIMIT_LENGTH, (int)memory);
    return 0;
}

static void stop(void *evaluation)
{
    evaluation_stop(evaluation);
}

static int run(const struct alone_settings *alone, struct evaluation *evaluation,
               const struct question *question, struct json_t **ret,
               struct complaint *complaint)
{
    json_auto_t *answer = json_object();
    bool is_asked = evaluation_program(evaluation)->question != NULL;
    bool is_sql = is_asked && question->wanted == WANTED_SQL;
    int rc = tables_read(evaluation, alone->facts, complaint);
    if (rc == 0 && !is_sql)
        rc = evaluation_run(evaluation, complaint);
    if (rc == 0 && is_asked)
        rc = give(evaluation, question, answer, complaint);
    if (rc == 0 && !is_sql)
        rc = tables_write(evaluation, alone->output, complaint);
    if (rc == 0)
        *ret = is_asked ? json_incref(answer) : NULL;
    return rc;
}

static int ask(void *state, const struct pieces *pieces,
               const struct question *question, struct json_t **ret,
               struct complaint *complaint)
{
    const struct alone_settings *alone = state;
    AUTO(store) struct store *store = NULL;
    AUTO(program) struct program *program = program_new();
    AUTO(evaluation) struct evaluation *evaluation = NULL;
    const struct evaluation_settings settings = {
        .limits = {.time = question->timeout,
                   .rows = alone->rows,
                   .bytes = alone->memory},
        .since = question->since,
        .is_unbounded = question->wanted == WANTED_WHY_NOT,
        .is_unproved =
            question->wanted != WANTED_PROOFS && question->wanted != WANTED_WHY_NOT,
    };
    int rc = read_program(pieces, question, program, complaint);
    if (rc == 0)
        rc = check(program, question->now, false, complaint);
    if (rc == 0)
        rc = open_database(alone->memory, &store, complaint);
    if (rc == 0)
        rc = evaluation_new(program, store_database(store), &settings, &evaluation,
                            complaint);
    if (rc < 0)
        return rc;
    interrupt_begin(stop, evaluation);
    rc = run(alone, evaluation, question, ret, complaint);
    interrupt_end();
    return rc;
}

/* ---- what there is ---- */

static int relations(void *state UNUSED, struct json_t **ret,
                     struct complaint *complaint UNUSED)
{
    *ret = json_pack("{s:[]}", "relations");
    return 0;
}

static json_t *rules_to_json(const struct program *program)
{
    json_t *list = json_array();
    for (size_t i = 0; i < program->predicate_count; i++) {
        const struct predicate *predicate = program->predicates[i];
        const struct source *source = predicate->place.source;
        if (predicate != program->question)
            json_array_append_new(
                list,
                json_pack("{s:s, s:o, s:s?, s:s?}", "name", predicate->name, "columns",
                          columns_to_json(predicate->columns, predicate->count), "help",
                          predicate->help, "file", source ? source->name : NULL));
    }
    return list;
}

static json_t *questions_to_json(const struct program *program)
{
    json_t *list = json_array();
    for (size_t i = 0; i < program->question_count; i++) {
        const struct saved_question *saved = &program->questions[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:s?, s:s?}", "name", saved->name, "parameters",
                            columns_to_json(saved->parameters, saved->parameter_count),
                            "help", saved->help, "file",
                            saved->place.source ? saved->place.source->name : NULL));
    }
    return list;
}

static int rules(void *state UNUSED, const struct pieces *pieces, struct json_t **ret,
                 struct complaint *complaint)
{
    AUTO(program) struct program *program = program_new();
    int rc = pieces_parse(pieces, program, PARSE_RULES, complaint);
    if (rc == 0)
        rc = check(program, 0, true, complaint);
    if (rc < 0)
        return rc;
    *ret = json_pack("{s:o, s:o}", "rules", rules_to_json(program), "questions",
                     questions_to_json(program));
    return 0;
}

static void close_state(void *state)
{
    free(state);
}

void oracle_open_alone(const struct alone_settings *settings, struct oracle *ret)
{
    struct alone_settings *alone = memory_new(sizeof *alone);
    *alone = *settings;
    *ret = (struct oracle){
        .name = "alone",
        .state = alone,
        .ask = ask,
        .relations = relations,
        .rules = rules,
        .close = close_state,
    };
}
