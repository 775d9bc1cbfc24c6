// SPDX-License-Identifier: GPL-3.0-or-later
/* answers - what the engine answers to many programs, and why: for
 * tests/datalog/differential.
 *
 * Each line of stdin is a JSON object {"program":"…","questions":["…",…]}, and becomes
 * a line of stdout: {"outputs":{"path":[ROW,…],…},"ways":{"proved":[[ROW,…],…],…}},
 * where a ROW is {"values":[…],"proof":{…}}; or {"error":"…"}. The ways are those in
 * which all questions are evaluated; only one of them has proofs, and is run a second
 * time. */
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "datalog/check.h"
#include "datalog/evaluate.h"
#include "datalog/parse.h"
#include "datalog/proof.h"

static const struct evaluation_limits limits = {
    .time = 20000,
    .rows = 1000000,
};

static const struct way {
    const char *name;
    bool is_unbounded, is_unproved, is_kept;
} ways[] = {
    {.name = "proved", .is_kept = true},
    {.name = "unproved", .is_unproved = true},
    {.name = "unbounded", .is_unbounded = true, .is_unproved = true},
};
#define WAYS (sizeof ways / sizeof *ways)

/* ---- rows ---- */

/* The rows of an answer: values, one row behind the other. */
struct rows {
    struct arena *arena;
    size_t width;
    struct value **items;
    size_t count;
};

static int keep_row(const struct value *values, void *context)
{
    struct rows *rows = context;
    struct value *row = arena_take(rows->arena, (rows->width + 1) * sizeof *row);
    for (size_t i = 0; i < rows->width; i++) {
        row[i] = values[i];
        if (values[i].text)
            row[i].text = arena_text(rows->arena, values[i].text);
    }
    arena_push(rows->arena, (void ***)&rows->items, &rows->count, row);
    return 0;
}

static void put_value(const struct value *value, struct strbuf *json)
{
    json_comma(json);
    if (value->text)
        json_text(json, value->text, strlen(value->text));
    else
        value_put_plain(value, json);
}

static int put_proof(struct evaluation *evaluation, const struct predicate *predicate,
                     const struct value *values, struct strbuf *json,
                     struct complaint *complaint)
{
    const struct proof *proof;
    int rc = proof_find(evaluation, predicate, values, &proof, complaint);
    if (rc < 0)
        return rc;
    json_name(json, "proof");
    proof_put_json(proof, json);
    return 0;
}

static int put_row(struct evaluation *evaluation, const struct predicate *predicate,
                   const struct value *values, bool is_proved, struct strbuf *json,
                   struct complaint *complaint)
{
    json_comma(json);
    json_open(json, '{');
    json_name(json, "values");
    json_open(json, '[');
    for (size_t i = 0; i < predicate->count; i++)
        put_value(&values[i], json);
    json_close(json, ']');
    int rc = is_proved ? put_proof(evaluation, predicate, values, json, complaint) : 0;
    json_close(json, '}');
    return rc;
}

static int put_rows(struct evaluation *evaluation, const struct predicate *predicate,
                    bool is_proved, struct strbuf *json, struct complaint *complaint)
{
    struct rows rows = {
        .arena = evaluation_program(evaluation)->arena,
        .width = predicate->count,
    };
    int rc = evaluation_each(evaluation, predicate, keep_row, &rows, complaint);
    json_open(json, '[');
    for (size_t i = 0; rc == 0 && i < rows.count; i++)
        rc = put_row(evaluation, predicate, rows.items[i], is_proved, json, complaint);
    json_close(json, ']');
    return rc;
}

/* ---- programs ---- */

static int put_outputs(struct evaluation *evaluation, struct strbuf *json,
                       struct complaint *complaint)
{
    const struct program *program = evaluation_program(evaluation);
    int rc = 0;
    json_open(json, '{');
    for (size_t i = 0; rc == 0 && i < program->directive_count; i++) {
        const struct directive *directive = &program->directives[i];
        json_name(json, directive->name);
        rc = put_rows(evaluation, directive->predicate, true, json, complaint);
    }
    json_close(json, '}');
    return rc;
}

/* Statements that read its rows have been prepared before. */
static int run_again(struct evaluation *evaluation, struct complaint *complaint)
{
    int rc = evaluation_again(evaluation, 0, complaint);
    return rc == 0 ? evaluation_run(evaluation, complaint) : rc;
}

/* What is asked, or the outputs where nothing is. */
static int evaluate(sqlite3 *db, struct program *program, const struct way *way,
                    struct strbuf *json, struct complaint *complaint)
{
    AUTO(evaluation) struct evaluation *evaluation = NULL;
    struct evaluation_settings settings = {
        .limits = limits,
        .is_unbounded = way->is_unbounded,
        .is_unproved = way->is_unproved,
        .is_kept = way->is_kept,
        .is_in_memory = way->is_kept,
    };
    int rc = evaluation_new(program, db, &settings, &evaluation, complaint);
    if (rc == 0)
        rc = evaluation_run(evaluation, complaint);
    if (rc == 0 && way->is_kept && evaluation_rest(evaluation))
        rc = run_again(evaluation, complaint);
    if (rc < 0)
        return rc;
    if (!program->question)
        return put_outputs(evaluation, json, complaint);
    json_comma(json);
    return put_rows(evaluation, program->question, !way->is_unproved, json, complaint);
}

/* question: NULL for the outputs. */
static int answer(sqlite3 *db, const char *text, const char *question,
                  const struct way *way, struct strbuf *json,
                  struct complaint *complaint)
{
    AUTO(program) struct program *program = program_new();
    int rc = parse_text(program, "program", text, strlen(text), PARSE_RULES, complaint);
    if (rc == 0 && question)
        rc = parse_text(program, "question", question, strlen(question), PARSE_ASKED,
                        complaint);
    struct check_settings settings = {.now = 0};
    if (rc == 0)
        rc = check_program(program, &settings, complaint);
    return rc < 0 ? rc : evaluate(db, program, way, json, complaint);
}

/* What is asked has no outputs: only what it needs is derived. */
static char *without_outputs(const char *text)
{
    AUTO(strbuf) struct strbuf left = {0};
    for (const char *line = text; *line;) {
        size_t size = strcspn(line, "\n");
        size += line[size] == '\n';
        if (strncmp(line, ".output", strlen(".output")) != 0)
            strbuf_add(&left, line, size);
        else
            strbuf_putc(&left, '\n');
        line += size;
    }
    return strbuf_take(&left);
}

static int answer_questions(sqlite3 *db, const char *rules, const json_t *questions,
                            const struct way *way, struct strbuf *json,
                            struct complaint *complaint)
{
    int rc = 0;
    json_name(json, way->name);
    json_open(json, '[');
    for (size_t i = 0; rc == 0 && i < json_array_size(questions); i++)
        rc = answer(db, rules, json_string_value(json_array_get(questions, i)), way,
                    json, complaint);
    json_close(json, ']');
    return rc;
}

static int answer_all(sqlite3 *db, const json_t *asked, struct strbuf *json,
                      struct complaint *complaint)
{
    const char *text = json_string_value(json_object_get(asked, "program"));
    const json_t *questions = json_object_get(asked, "questions");
    AUTO(str) char *rules = without_outputs(text);
    json_open(json, '{');
    json_name(json, "outputs");
    int rc = answer(db, text, NULL, &(struct way){0}, json, complaint);
    json_name(json, "ways");
    json_open(json, '{');
    for (size_t i = 0; rc == 0 && i < WAYS; i++)
        rc = answer_questions(db, rules, questions, &ways[i], json, complaint);
    json_close(json, '}');
    json_close(json, '}');
    return rc;
}

static void put_error(const struct complaint *complaint, int rc, struct strbuf *json)
{
    AUTO(strbuf) struct strbuf text = {0};
    complaint_format(complaint, &text);
    json_open(json, '{');
    json_field_number(json, "status", rc);
    json_field_text(json, "error", strbuf_text(&text));
    json_close(json, '}');
}

static void answer_line(sqlite3 *db, const char *line)
{
    json_t *asked = json_loads(line, 0, NULL);
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(strbuf) struct strbuf json = {0};
    int rc = answer_all(db, asked, &json, &complaint);
    json_decref(asked);
    if (rc < 0) {
        strbuf_shorten(&json, 0);
        put_error(&complaint, rc, &json);
    }
    puts(strbuf_text(&json));
    fflush(stdout);
}

int main(void)
{
    sqlite3 *db;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        return 1;
    AUTO(str) char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0)
        answer_line(db, line);
    return sqlite3_close(db) != SQLITE_OK;
}
