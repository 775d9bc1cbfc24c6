// SPDX-License-Identifier: GPL-3.0-or-later
/* statement - what can be said, and whether what was said makes sense. */
#include "monitor/statement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "monitor/decimal.h"

#define BIT(field) (1U << FIELD_##field)
#define ABOUT      (BIT(PART) | BIT(HOST))
#define NONE       FIELD_COUNT

#define STATE(name, which)                                                             \
    {                                                                                  \
        .word = name, .type = FINDING_STATE, .state = which,                           \
        .order = {FIELD_TEXT, NONE, NONE}, .allowed = BIT(TEXT) | ABOUT                \
    }

const struct statement_kind statement_kinds[] = {
    STATE("ok", STATE_OK),
    STATE("warning", STATE_WARNING),
    STATE("fail", STATE_FAIL),
    STATE("unknown", STATE_UNKNOWN),
    {
        .word = "reading",
        .type = FINDING_READING,
        .order = {FIELD_NAME, FIELD_VALUE, FIELD_UNIT},
        .required = BIT(NAME) | BIT(VALUE),
        .allowed = BIT(UNIT) | ABOUT,
    },
    {
        .word = "fact",
        .type = FINDING_FACT,
        .order = {FIELD_NAME, NONE, NONE},
        .required = BIT(NAME),
        .allowed = BIT(HOST),
        .rows = "row",
    },
    {
        .word = "facts",
        .type = FINDING_FACTS,
        .order = {FIELD_NAME, NONE, NONE},
        .required = BIT(NAME),
        .allowed = BIT(HOST),
        .rows = "rows",
    },
    {
        .word = "note",
        .type = FINDING_NOTE,
        .order = {FIELD_TEXT, NONE, NONE},
        .required = BIT(TEXT),
        .allowed = ABOUT,
    },
    {
        .word = "mail",
        .type = FINDING_MAIL,
        .order = {FIELD_TEXT, NONE, NONE},
        .required = BIT(TEXT),
        .allowed = BIT(SUBJECT) | BIT(TO) | BIT(HOST),
    },
    {
        .word = "log",
        .type = FINDING_LOG,
        .order = {FIELD_TEXT, NONE, NONE},
        .required = BIT(TEXT),
        .allowed = ABOUT,
    },
    {.word = NULL},
};

const char *const statement_field_names[] = {
    [FIELD_NAME] = "name", [FIELD_VALUE] = "value",     [FIELD_UNIT] = "unit",
    [FIELD_TEXT] = "text", [FIELD_SUBJECT] = "subject", [FIELD_TO] = "to",
    [FIELD_PART] = "part", [FIELD_HOST] = "host",       NULL,
};

/* Bytes of each; a text is cut at lines.h's bound instead. */
static const size_t longest[FIELD_COUNT] = {
    [FIELD_NAME] = 200,    [FIELD_VALUE] = 100, [FIELD_UNIT] = 31,   [FIELD_TEXT] = 0,
    [FIELD_SUBJECT] = 500, [FIELD_TO] = 255,    [FIELD_PART] = 4096, [FIELD_HOST] = 255,
};

/* What other programs say, and what we call it. */
static const char *const words_of_others[][2] = {
    {"critical", "fail"}, {"crit", "fail"},    {"error", "fail"}, {"bad", "fail"},
    {"warn", "warning"},  {"success", "ok"},   {"good", "ok"},    {"metric", "reading"},
    {"info", "note"},     {"message", "note"}, {NULL, NULL},
};

enum statement_field statement_field_find(const char *name)
{
    for (enum statement_field field = FIELD_VALUE; field < FIELD_COUNT; field++)
        if (strcmp(statement_field_names[field], name) == 0)
            return field;
    return FIELD_COUNT;
}

const struct statement_kind *statement_kind_find(const char *word)
{
    for (const struct statement_kind *kind = statement_kinds; kind->word; kind++)
        if (strcmp(kind->word, word) == 0)
            return kind;
    return NULL;
}

void statement_clear(struct statement *statement)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        free(statement->texts[i]);
    rows_clear(&statement->rows);
    *statement = (struct statement){0};
}

/* The kind that was probably meant; NULL. */
static const char *meant(const char *word)
{
    static const char *const known[] = {"ok",      "warning", "fail",  "unknown",
                                        "reading", "fact",    "facts", "note",
                                        "mail",    "log",     NULL};
    AUTO(str) char *lower = text_copy(word);
    for (char *c = lower; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    lower[strcspn(lower, ":,;=-")] = '\0';
    for (size_t i = 0; words_of_others[i][0]; i++)
        if (strcmp(words_of_others[i][0], lower) == 0)
            return words_of_others[i][1];
    return suggest(lower, known);
}

int statement_fail_kind(int column, const char *word, struct error *err)
{
    const char *nearest = meant(word);
    return error_set(err, -EINVAL,
                     "column %d: found \"%.60s\", expected ok, warning, fail, unknown, "
                     "reading, fact, facts, note, mail or log%s%s%s",
                     column, word, nearest ? "; did you mean " : "",
                     nearest ? nearest : "", nearest ? "?" : "");
}

static bool is_one_line(enum statement_field field)
{
    return field != FIELD_TEXT;
}

int statement_set(struct statement *statement, enum statement_field field, int column,
                  const char *text, size_t size, struct error *err)
{
    const struct statement_kind *kind = statement->kind;
    if (!((kind->required | kind->allowed) & 1U << field))
        return error_set(err, -EINVAL, "column %d: found %s, which %s has not", column,
                         statement_field_names[field], kind->word);
    if (statement->texts[field])
        return error_set(err, -EINVAL, "column %d: found %s a second time", column,
                         statement_field_names[field]);
    if (longest[field] > 0 && size > longest[field])
        return error_set(err, -EINVAL,
                         "column %d: found a %s of %zu bytes, expected %zu at most",
                         column, statement_field_names[field], size, longest[field]);
    statement->texts[field] = lines_text(text, size);
    if (is_one_line(field))
        utf8_tidy(statement->texts[field], strlen(statement->texts[field]));
    statement->columns[field] = column;
    return 0;
}

int statement_add_row(struct statement *statement, int column, size_t width,
                      const char *const *values, struct error *err)
{
    const struct rows *rows = &statement->rows;
    if (width == 0 || width > RELATION_COLUMNS_MAX)
        return error_set(err, -EINVAL,
                         "column %d: found a row of %zu values, expected 1 to %d",
                         column, width, RELATION_COLUMNS_MAX);
    if (rows->count >= LINES_ROWS_MAX)
        return error_set(err, -EINVAL, "column %d: found more than %d rows", column,
                         LINES_ROWS_MAX);
    if (rows->count > 0 && rows->width != width)
        return error_set(err, -EINVAL,
                         "column %d: found %zu values in row %zu, expected %zu as in "
                         "the rows before",
                         column, width, rows->count + 1, rows->width);
    rows_add(&statement->rows, width, values);
    return 0;
}

int statement_column(const char *text, size_t at)
{
    int column = 1;
    for (size_t i = 0; i < at; i++)
        column += ((unsigned char)text[i] & 0xC0) != 0x80;
    return column;
}

static int fail_field(const struct statement *statement, enum statement_field field,
                      const char *expected, struct error *err)
{
    return error_set(err, -EINVAL, "column %d: found \"%.60s\", expected %s",
                     statement->columns[field], statement->texts[field], expected);
}

static int check_required(const struct statement *statement, struct error *err)
{
    for (enum statement_field field = 0; field < FIELD_COUNT; field++) {
        bool is_missing = statement->kind->required & 1U << field &&
                          (!statement->texts[field] || !statement->texts[field][0]);
        if (is_missing)
            return error_set(err, -EINVAL, "column %d: %s needs a %s",
                             statement->column, statement->kind->word,
                             statement_field_names[field]);
    }
    return 0;
}

static bool is_graphic(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text >= 0x7F)
            return false;
    return true;
}

static int check_names(const struct statement *statement, struct error *err)
{
    char *const *texts = statement->texts;
    bool is_reading = statement->kind->type == FINDING_READING;
    if (is_reading && !is_graphic(texts[FIELD_NAME]))
        return fail_field(statement, FIELD_NAME,
                          "a name of ASCII letters, digits and signs, without blanks",
                          err);
    if (statement->kind->rows && !relation_name_is_valid(texts[FIELD_NAME]))
        return fail_field(statement, FIELD_NAME,
                          "a relation's name: a-z, then a-z, 0-9 and _", err);
    if (texts[FIELD_UNIT] && strchr(texts[FIELD_UNIT], ' '))
        return fail_field(statement, FIELD_UNIT, "a unit without blanks", err);
    if (texts[FIELD_PART] && !texts[FIELD_PART][0])
        return fail_field(statement, FIELD_PART, "the name of a part", err);
    if (texts[FIELD_HOST] && !texts[FIELD_HOST][0])
        return fail_field(statement, FIELD_HOST, "the name of a host", err);
    return 0;
}

static int check_value(const struct statement *statement, double *ret,
                       struct error *err)
{
    const char *text = statement->texts[FIELD_VALUE];
    if (!text)
        return 0;
    size_t length = decimal_parse(text, ret);
    return length > 0 && !text[length]
               ? 0
               : fail_field(statement, FIELD_VALUE, "a number", err);
}

static int check_width(const struct statement *statement,
                       const struct relations *relations, struct error *err)
{
    const struct statement_kind *kind = statement->kind;
    if (!kind->rows)
        return 0;
    if (kind->type == FINDING_FACT && statement->rows.count != 1)
        return error_set(err, -EINVAL, "column %d: found no values, expected a row",
                         statement->column);
    const struct relation *relation =
        relations_find(relations, statement->texts[FIELD_NAME]);
    if (!relation || statement->rows.count == 0 ||
        statement->rows.width == relation->count)
        return 0;

    AUTO(strbuf) struct strbuf names = {0};
    for (size_t i = 0; i < relation->count; i++)
        strbuf_printf(&names, "%s%s", i > 0 ? ", " : "", relation->columns[i].name);
    return error_set(err, -EINVAL,
                     "column %d: found %zu values in a row, expected %zu: %s",
                     statement->columns[FIELD_NAME], statement->rows.width,
                     relation->count, strbuf_text(&names));
}

int statement_finish(struct statement *statement, const struct relations *relations,
                     struct finding *ret, struct error *err)
{
    double value = 0;
    int rc = check_required(statement, err);
    if (rc == 0)
        rc = check_names(statement, err);
    if (rc == 0)
        rc = check_value(statement, &value, err);
    if (rc == 0)
        rc = check_width(statement, relations, err);
    if (rc < 0)
        return rc;

    char **texts = statement->texts;
    bool is_reading = statement->kind->type == FINDING_READING;
    *ret = (struct finding){
        .type = statement->kind->type,
        .state = statement->kind->state,
        .part = TAKE(texts[FIELD_PART]),
        .host = TAKE(texts[FIELD_HOST]),
        .text = TAKE(texts[FIELD_TEXT]),
        .subject = TAKE(texts[FIELD_SUBJECT]),
        .to = TAKE(texts[FIELD_TO]),
        .name = TAKE(texts[FIELD_NAME]),
        .value = value,
        .unit = TAKE(texts[FIELD_UNIT]),
        .rows = statement->rows,
    };
    if (is_reading && !ret->unit)
        ret->unit = text_copy("");
    statement->rows = (struct rows){0};
    return 0;
}
