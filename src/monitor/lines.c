// SPDX-License-Identifier: GPL-3.0-or-later
/* lines - which of the three forms a line has; and findings written as JSON. */
#include "monitor/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "monitor/statement.h"

void relations_clear(struct relations *relations)
{
    for (size_t i = 0; i < relations->count; i++)
        relation_free(relations->items[i]);
    free(relations->items);
    *relations = (struct relations){0};
}

const struct relation *relations_find(const struct relations *relations,
                                      const char *name)
{
    for (size_t i = 0; relations && name && i < relations->count; i++)
        if (strcmp(relations->items[i]->name, name) == 0)
            return relations->items[i];
    return NULL;
}

/* Makes UTF-8 of it that steers no terminal, line by line. */
static void make_readable(char *text, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        size_t from = at;
        while (at < size && text[at] != '\n' && text[at] != '\t')
            at++;
        utf8_tidy(text + from, at - from);
    }
}

char *lines_text(const char *bytes, size_t size)
{
    if (size > LINES_TEXT_MAX) {
        size = LINES_TEXT_MAX;
        size -= utf8_torn_tail(bytes, size);
    }
    char *text = memory_copy(bytes, size);
    make_readable(text, size);
    return text;
}

static int read_statement(const char *text, size_t size,
                          const struct relations *relations, struct statement *ret,
                          struct error *err)
{
    switch (text[strspn(text, " \t")]) {
    case '{':
        return statement_read_json(text, size, relations, ret, err);
    case '(':
        return statement_read_sexp(text, size, ret, err);
    default:
        return statement_read_words(text, ret, err);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

int lines_parse(const char *line, size_t size, const struct relations *relations,
                struct findings *findings, struct error *err)
{
    if (size > LINES_SIZE_MAX)
        return error_set(err, -EINVAL, "column 1: found %zu bytes, expected %d at most",
                         size, LINES_SIZE_MAX);
    AUTO(str) char *text = memory_copy(line, size);
    make_readable(text, size);
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    text[size] = '\0';
    if (!text[strspn(text, " \t")])
        return 0;

    AUTO(statement) struct statement statement = {0};
    struct finding finding;
    int rc = read_statement(text, size, relations, &statement, err);
    if (rc == 0)
        rc = statement_finish(&statement, relations, &finding, err);
    if (rc == 0)
        findings_add(findings, &finding);
    return rc;
}

int lines_parse_all(const char *text, size_t size, const struct relations *relations,
                    struct findings *findings, struct error *err)
{
    int first = 0, number = 1;
    for (size_t at = 0; at < size; number++) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;
        struct error why = {0};
        int rc = lines_parse(text + at, length, relations, findings, &why);
        if (rc < 0 && first == 0)
            first = error_set(err, rc, "line %d: %s", number, why.text);
        at += length + 1;
    }
    return first;
}

static void put_row(struct strbuf *buf, const struct row *row, size_t width)
{
    json_comma(buf);
    json_open(buf, '[');
    for (size_t i = 0; i < width; i++) {
        json_comma(buf);
        if (row->values[i])
            json_text(buf, row->values[i], strlen(row->values[i]));
        else
            strbuf_puts(buf, "null");
    }
    json_close(buf, ']');
}

static void put_rows(struct strbuf *buf, const struct finding *finding)
{
    const struct rows *rows = &finding->rows;
    if (finding->type == FINDING_FACT) {
        json_name(buf, "row");
        put_row(buf, &rows->items[0], rows->width);
    } else if (finding->type == FINDING_FACTS) {
        json_name(buf, "rows");
        json_open(buf, '[');
        for (size_t i = 0; i < rows->count; i++)
            put_row(buf, &rows->items[i], rows->width);
        json_close(buf, ']');
    }
}

static void put_field(struct strbuf *buf, const char *name, const char *text)
{
    if (text)
        json_field_text(buf, name, text);
}

static void put_value(struct strbuf *buf, const struct finding *finding)
{
    if (finding->type != FINDING_READING)
        return;
    AUTO(str) char *number = number_value(finding->value);
    json_name(buf, "value");
    strbuf_puts(buf, number);
    put_field(buf, "unit", finding->unit);
}

void lines_format(const struct finding *finding, struct strbuf *buf)
{
    static const char *const keys[] = {
        [FINDING_STATE] = "state", [FINDING_READING] = "reading",
        [FINDING_FACT] = "fact",   [FINDING_FACTS] = "facts",
        [FINDING_NOTE] = "note",   [FINDING_MAIL] = "mail",
        [FINDING_LOG] = "log",
    };
    bool is_state = finding->type == FINDING_STATE;
    const char *own = finding->name ? finding->name : finding->text;
    json_open(buf, '{');
    json_field_text(buf, keys[finding->type],
                    is_state ? state_name(finding->state) : own);
    if (is_state)
        put_field(buf, "text", finding->text);
    put_value(buf, finding);
    put_field(buf, "subject", finding->subject);
    put_field(buf, "to", finding->to);
    put_field(buf, "part", finding->part);
    put_field(buf, "host", finding->host);
    put_rows(buf, finding);
    json_close(buf, '}');
    strbuf_putc(buf, '\n');
}
