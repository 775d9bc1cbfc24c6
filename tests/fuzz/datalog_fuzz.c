// SPDX-License-Identifier: GPL-3.0-or-later
/* datalog_fuzz - any text as a question: read or refused with its place, checked,
 * compiled and run on a small database, within its limits. None of its words gets into
 * SQL but in quotes, what it may not read it does not read, nothing is written, and all
 * is freed. */
#include <assert.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "datalog/check.h"
#include "datalog/evaluate.h"
#include "datalog/parse.h"
#include "datalog/proof.h"

#define NOW        INT64_C(1793527200000)
#define PROOFS_MAX 3
#define SECRET     "s3cr3t" /* stands in a table that no relation names */

static const struct stored_column ends[] = {{.name = "one", .type = TYPE_TEXT},
                                            {.name = "other", .type = TYPE_TEXT}};
static const struct stored_column machines[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "ram", .type = TYPE_SIZE, .may_lack = true}};
static const struct stored_column packages[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "name", .type = TYPE_TEXT},
    {.name = "version", .type = TYPE_VERSION}};

static const struct stored links = {
    .name = "link", .columns = ends, .count = 2, .sql = "main.links"};
static const struct stored nothing = {.name = "nothing", .columns = ends, .count = 2};
static const struct stored package = {
    .name = "package",
    .columns = packages,
    .count = 3,
    .sql = "(SELECT host, name, version, message AS _message, began AS _time FROM "
           "main.packages WHERE ended IS NULL)",
    .has_origin = true,
    .history = "(SELECT host, name, version, began AS _began, ended AS _ended FROM "
               "main.packages)",
    .keys = (const char *const[]){"kk-", NULL},
    .since = "_time",
};
static const struct stored ram = {
    .name = "ram",
    .columns = machines,
    .count = 2,
    .sql = "main.machines",
    .keys = (const char *const[]){"k-", NULL},
};
static const struct catalogue catalogue = {
    .items = (const struct stored *const[]){&links, &nothing, &package, &ram, NULL}};

static const char schema[] =
    "CREATE TABLE links(one, other);"
    "CREATE TABLE machines(host, ram);"
    "CREATE TABLE packages(host, name, version, message, began, ended);"
    "CREATE TABLE hidden(word);"
    "INSERT INTO links VALUES('a','b'),('b','c'),('c','a'),('c','d'),('d','e');"
    "INSERT INTO machines VALUES('a',1024),('b',8589934592),('c',NULL);"
    "INSERT INTO packages VALUES('a','nginx','1.22.1','m1',1,NULL),"
    "('a','nginx','1.9','m0',0,1),('b','cron','3.0','m2',2,NULL);"
    "INSERT INTO hidden VALUES('" SECRET "');";

struct asked {
    struct program *program;
    struct evaluation *evaluation;
    struct complaint *complaint;
    const char *text;
    int rows;
};

/* ---- the SQL ---- */

/* Behind a quoted part, with the quotes in it doubled. */
static const char *skip_quoted(const char *at)
{
    char quote = *at++;
    for (; *at != quote || at[1] == quote; at += *at == quote ? 2 : 1)
        assert(*at);
    return at + 1;
}

/* c1, t2, v3: a letter and a number; or a word of our own, or of the catalogue. */
static bool is_known(const char *word, size_t size)
{
    static const char *const words[] = {
        "_began",
        "_ended",
        "_message",
        "_time",
        "began",
        "count",
        "datalog",
        "ended",
        "host",
        "id",
        "last",
        "length",
        "links",
        "machines",
        "main",
        "message",
        "name",
        "packages",
        "page_size",
        "rowid",
        "seen",
        "seq",
        "cache_size",
        "max_page_count",
        "temp",
        "version",
        "x",
        "sqlite_master",
        "sqlite_sequence",
        NULL,
    };
    size_t digits = strspn(word + 1, "0123456789");
    if ((digits > 0 && digits + 1 == size) || strncmp(word, "dl_", 3) == 0)
        return true;
    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == size && memcmp(words[i], word, size) == 0)
            return true;
    return false;
}

/* Bytes of the word that begins here. */
static size_t span_word(const char *at)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return *at >= '0' && *at <= '9' ? 0 : strspn(at, letters);
}

/* Outside of quotes there are no words but SQL's, in capitals, and those of a list; and
 * there is one statement. */
static int check_sql(unsigned kind UNUSED, void *context UNUSED, void *statement,
                     void *text UNUSED)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *at = sqlite3_sql(statement);
    while (*at) {
        size_t size = span_word(at);
        assert(size == 0 || strspn(at, capitals) >= size || is_known(at, size));
        assert(*at != ';' || at[1] == '\0');
        assert(strncmp(at, "--", 2) != 0 && strncmp(at, "/*", 2) != 0);
        at = *at == '\'' || *at == '"' ? skip_quoted(at) : at + (size ? size : 1);
    }
    return 0;
}

/* ---- the database ---- */

static sqlite3 *open_database(void)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open(":memory:", &db);
    assert(rc == SQLITE_OK);
    rc = sqlite3_exec(db, schema, NULL, NULL, NULL);
    assert(rc == SQLITE_OK);
    return db;
}

static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    assert(rc == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

/* All as it was made, and nothing left behind. */
static void check_database(sqlite3 *db)
{
    assert(number_of(db, "SELECT count(*) FROM main.sqlite_master") == 4);
    assert(number_of(db, "SELECT count(*) FROM temp.sqlite_master") == 0);
    assert(number_of(db, "SELECT count(*) FROM links") == 5);
    assert(number_of(db, "SELECT count(*) FROM machines") == 3);
    assert(number_of(db, "SELECT count(*) FROM packages") == 3);
    assert(number_of(db, "SELECT count(*) FROM hidden") == 1);
}

static void check_complaint(const struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert(complaint->what && *complaint->what && !strchr(complaint->what, '\n'));
    assert(!complaint->name || (complaint->line > 0 && complaint->column > 0));
    complaint_format(complaint, &text);
    assert(utf8_is_valid(text.data, text.size));
}

/* What is not in the question does not come out of a table that it may not read. */
static void check_text(const struct asked *asked, const char *text)
{
    assert(!strstr(text, SECRET) || strstr(asked->text, SECRET));
}

static void prove(struct asked *asked, const struct value *values)
{
    const struct proof *proof;
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(complaint) struct complaint complaint = {0};
    int rc = proof_find(asked->evaluation, asked->program->question, values, &proof,
                        &complaint);
    if (rc < 0)
        return;
    proof_format(proof, true, &text);
    proof_put_json(proof, &text);
    check_text(asked, text.data);
}

static int take_row(const struct value *values, void *context)
{
    struct asked *asked = context;
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < asked->program->question->count; i++)
        value_put_source(&values[i], &text);
    check_text(asked, strbuf_text(&text));
    if (asked->rows++ < PROOFS_MAX)
        prove(asked, values);
    return 0;
}

static void run(struct asked *asked)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(complaint) struct complaint complaint = {0};
    const struct predicate *question = asked->program->question;
    int64_t count = 0;
    if (evaluation_run(asked->evaluation, &complaint) < 0 ||
        evaluation_each(asked->evaluation, question, take_row, asked, &complaint) < 0) {
        check_complaint(&complaint);
        return;
    }
    if (evaluation_count(asked->evaluation, question, &count, &complaint) == 0)
        assert(count == asked->rows);
    if (evaluation_put_plan(asked->evaluation, &text, &complaint) == 0 &&
        proof_put_why_not(asked->evaluation, &text, &complaint) == 0)
        check_text(asked, strbuf_text(&text));
}

static void evaluate(struct program *program, sqlite3 *db, const char *text)
{
    const struct evaluation_settings settings = {
        .limits = {.time = 500, .rows = 2000, .bytes = 4 << 20}};
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(evaluation) struct evaluation *evaluation = NULL;
    AUTO(strbuf) struct strbuf sql = {0};
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, check_sql, NULL);
    if (evaluation_new(program, db, &settings, &evaluation, &complaint) < 0) {
        check_complaint(&complaint);
        return;
    }
    struct asked asked = {.program = program, .evaluation = evaluation, .text = text};
    run(&asked);
    if (evaluation_put_sql(evaluation, &sql, &complaint) < 0)
        check_complaint(&complaint);
}

static void ask(sqlite3 *db, const char *text, size_t size)
{
    const struct check_settings settings = {.catalogue = &catalogue, .now = NOW};
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    if (parse_text(program, "question", text, size, PARSE_ASKED, &complaint) < 0 ||
        check_program(program, &settings, &complaint) < 0) {
        check_complaint(&complaint);
        return;
    }
    if (program->question)
        evaluate(program, db, text);
    sqlite3_trace_v2(db, 0, NULL, NULL);
}

static void note_time(void *context, const char *token, size_t size)
{
    const char *text = context;
    assert(token >= text && size >= strlen("2026-11-01"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sqlite3 *db;
    AUTO(strbuf) struct strbuf text = {0};
    db = db ? db : open_database();
    strbuf_add(&text, data, size);
    parse_each_local_time(text.data, text.size, note_time, text.data);
    parse_is_complete(text.data);
    ask(db, text.data, text.size);
    check_database(db);

    AUTO(program) struct program *rules = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    if (parse_text(rules, "rules", text.data, text.size, PARSE_RULES, &complaint) < 0)
        check_complaint(&complaint);
    return 0;
}
