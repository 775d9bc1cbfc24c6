// SPDX-License-Identifier: GPL-3.0-or-later
/* question_put - what a question gives, as JSON: rows as they come, then their proofs;
 * or a text. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "datalog/proof.h"
#include "rules/question_parts.h"

#define ANSWER_SIZE_MAX ((size_t)64 << 20) /* bytes */

/* Rows on their way into JSON. */
struct rows_out {
    struct answering *answering;
    struct strbuf *json;
    size_t width;
    int64_t limit, count;
    struct value **kept; /* for their proofs; NULL: none is asked for */
    bool is_more;
};

static void put_value(const struct value *value, struct strbuf *json)
{
    json_comma(json);
    if (type_is_text(value->type))
        json_text(json, value->text, strlen(value->text));
    else if (value->is_real && !isfinite(value->real))
        strbuf_puts(json, "null");
    else
        value_put_plain(value, json);
}

static struct value *keep_values(struct rows_out *rows, const struct value *values)
{
    struct arena *arena = rows->answering->program->arena;
    struct value *copy = arena_take(arena, (rows->width + 1) * sizeof *copy);
    for (size_t i = 0; i < rows->width; i++) {
        copy[i] = values[i];
        if (type_is_text(values[i].type))
            copy[i].text = arena_text(arena, values[i].text);
    }
    return copy;
}

static int check_size(const struct rows_out *rows)
{
    if (rows->json->size <= ANSWER_SIZE_MAX)
        return 0;
    return complain(&rows->answering->complaint, NULL, -E2BIG,
                    "the answer has more than %zu bytes; ask for less of it, by "
                    "\"limit\"",
                    ANSWER_SIZE_MAX);
}

static int put_row(const struct value *values, void *context)
{
    struct rows_out *rows = context;
    rows->is_more = rows->count == rows->limit;
    if (rows->is_more)
        return 1;
    json_comma(rows->json);
    json_open(rows->json, '[');
    for (size_t i = 0; i < rows->width; i++)
        put_value(&values[i], rows->json);
    json_close(rows->json, ']');
    if (rows->kept)
        rows->kept[rows->count] = keep_values(rows, values);
    rows->count++;
    return check_size(rows);
}

static int put_proofs(struct rows_out *rows)
{
    struct answering *answering = rows->answering;
    int rc = 0;
    json_name(rows->json, "proofs");
    json_open(rows->json, '[');
    for (int64_t i = 0; rc == 0 && i < rows->count; i++) {
        const struct proof *proof;
        rc = proof_find(answering->evaluation, answering->program->question,
                        rows->kept[i], &proof, &answering->complaint);
        if (rc < 0)
            break;
        json_comma(rows->json);
        proof_put_json(proof, rows->json);
        rc = check_size(rows);
    }
    json_close(rows->json, ']');
    return rc;
}

static void put_columns(const struct predicate *predicate, struct strbuf *json)
{
    json_name(json, "columns");
    json_open(json, '[');
    for (size_t i = 0; i < predicate->count; i++)
        type_put_json(predicate->columns[i].type, predicate->columns[i].name, json);
    json_close(json, ']');
}

static int put_rows_of(struct answering *answering, struct rows_out *rows)
{
    const struct predicate *asked = answering->program->question;
    if (answering->asked.count)
        return evaluation_count(answering->evaluation, asked, &rows->count,
                                &answering->complaint);
    return evaluation_each(answering->evaluation, asked, put_row, rows,
                           &answering->complaint);
}

int question_put_answer(struct answering *answering, struct strbuf *json)
{
    const struct asked *asked = &answering->asked;
    struct rows_out rows = {.answering = answering,
                            .json = json,
                            .width = answering->program->question->count,
                            .limit = asked->limit ? asked->limit : QUESTION_ROWS};
    bool has_proofs = asked->why && !asked->count;
    if (has_proofs)
        rows.kept = arena_take(answering->program->arena,
                               (size_t)rows.limit * sizeof(struct value *));
    put_columns(answering->program->question, json);
    json_name(json, "rows");
    json_open(json, '[');
    int rc = put_rows_of(answering, &rows);
    json_close(json, ']');
    json_field_number(json, "count", rows.count);
    json_name(json, "more");
    strbuf_puts(json, rows.is_more ? "true" : "false");
    return rc == 0 && has_proofs ? put_proofs(&rows) : rc;
}

int question_put_text(struct answering *answering, struct strbuf *json)
{
    const struct asked *asked = &answering->asked;
    AUTO(strbuf) struct strbuf text = {0};
    int rc = (asked->sql    ? evaluation_put_sql
              : asked->plan ? evaluation_put_plan
                            : proof_put_why_not)(answering->evaluation, &text,
                                                 &answering->complaint);
    json_field_text(json, "text", strbuf_text(&text));
    return rc;
}
