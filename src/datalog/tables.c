// SPDX-License-Identifier: GPL-3.0-or-later
/* tables - .input and .output: a line a row, a delimiter between its columns. A
 * relation without columns has the line "()" where it holds. */
#include "datalog/tables.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/memory.h"

#define FILE_SIZE_MAX ((size_t)4 << 30)
#define RULE_OF_HEAD  "---------------\n"
#define RULE_OF_ROWS  "===============\n"

/* FOLDER/NAME.facts */
static char *path_of(const struct directive *directive, const char *folder,
                     const char *extension)
{
    if (directive->filename && *directive->filename == '/')
        return text_copy(directive->filename);
    return directive->filename
               ? text_format("%s/%s", folder, directive->filename)
               : text_format("%s/%s.%s", folder, directive->name, extension);
}

static int complain_of_file(struct complaint *complaint,
                            const struct directive *directive, int rc,
                            const struct error *err)
{
    return complain(complaint, &directive->place, rc, "%s", err->text);
}

/* ---- in ---- */

struct reading {
    struct evaluation *evaluation;
    const struct directive *directive;
    struct source source;
    struct strbuf line; /* a copy, which is cut into columns */
    size_t start;       /* of that line in the source */
    struct value *values;
    struct complaint *complaint;
};

static bool parse_number(const char *text, struct value *ret)
{
    char *end;
    errno = 0;
    ret->number = strtoll(text, &end, 10);
    return *text != '\0' && *text != ' ' && *end == '\0' && errno == 0;
}

static bool parse_real(const char *text, struct value *ret)
{
    char *end;
    errno = 0;
    ret->is_real = true;
    ret->real = strtod(text, &end);
    return *text != '\0' && *text != ' ' && *end == '\0' && errno == 0;
}

/* Of a part of the line. */
static struct place place_of(const struct reading *reading, const char *text,
                             size_t size)
{
    return (struct place){
        .source = &reading->source,
        .start = reading->start + (size_t)(text - reading->line.data),
        .size = size,
    };
}

static int parse_value(struct reading *reading, size_t column, const char *text)
{
    const struct column_declaration *declared =
        &reading->directive->predicate->columns[column];
    struct value *value = &reading->values[column];
    *value = (struct value){.type = declared->type, .text = text};
    if (type_is_text(declared->type) ||
        (declared->type == TYPE_FLOAT ? parse_real(text, value)
                                      : parse_number(text, value)))
        return 0;
    const struct place place = place_of(reading, text, strlen(text));
    return complain(reading->complaint, &place, -EINVAL,
                    "column %s of %s is a %s, and \"%s\" is none", declared->name,
                    reading->directive->name, type_name(declared->type), text);
}

static int complain_of_columns(struct reading *reading, size_t found)
{
    const struct predicate *predicate = reading->directive->predicate;
    const struct place place =
        place_of(reading, reading->line.data, reading->line.size);
    return complain(reading->complaint, &place, -EINVAL,
                    "%s has %zu column%s, this line has %zu", predicate->name,
                    predicate->count, predicate->count == 1 ? "" : "s", found);
}

/* How many columns a line has. */
static size_t count_columns(const char *line, const char *delimiter)
{
    size_t count = 1;
    while ((line = strstr(line, delimiter))) {
        count++;
        line += strlen(delimiter);
    }
    return count;
}

static int read_line(struct reading *reading)
{
    const struct predicate *predicate = reading->directive->predicate;
    const char *delimiter = reading->directive->delimiter;
    char *text = reading->line.data;
    size_t found = strcmp(text, "()") == 0 && predicate->count == 0
                       ? 0
                       : count_columns(text, delimiter);
    if (found != predicate->count)
        return complain_of_columns(reading, found);
    for (size_t i = 0; i < predicate->count; i++) {
        char *end = strstr(text, delimiter);
        if (end)
            *end = '\0';
        int rc = parse_value(reading, i, text);
        if (rc < 0)
            return rc;
        text = end ? end + strlen(delimiter) : text;
    }
    return evaluation_add(reading->evaluation, reading->directive->predicate,
                          reading->values, reading->complaint);
}

static int read_lines(struct reading *reading)
{
    const char *text = reading->source.text;
    bool is_header = reading->directive->has_headers;
    int rc = 0;
    while (rc == 0 && text[reading->start]) {
        const char *line = text + reading->start;
        size_t size = strcspn(line, "\n");
        size_t next = reading->start + size + (line[size] == '\n');
        size -= size > 0 && line[size - 1] == '\r';
        strbuf_shorten(&reading->line, 0);
        strbuf_add(&reading->line, line, size);
        rc = is_header ? 0 : read_line(reading);
        is_header = false;
        reading->start = next;
    }
    return rc;
}

static int read_text(struct evaluation *evaluation, const struct directive *directive,
                     const char *path, const struct strbuf *text,
                     struct complaint *complaint)
{
    struct reading reading = {
        .evaluation = evaluation,
        .directive = directive,
        .source = {.name = path, .text = strbuf_text(text), .size = text->size},
        .values = memory_new((directive->predicate->count + 1) * sizeof(struct value)),
        .complaint = complaint,
    };
    int rc = 0;
    if (memchr(strbuf_text(text), '\0', text->size))
        rc = complain(complaint, &directive->place, -EINVAL, "%s: it has a NUL in it",
                      path);
    else
        rc = read_lines(&reading);
    free(reading.values);
    strbuf_clear(&reading.line);
    return rc;
}

int tables_read(struct evaluation *evaluation, const char *folder,
                struct complaint *complaint)
{
    const struct program *program = evaluation_program(evaluation);
    for (size_t i = 0; i < program->directive_count; i++) {
        const struct directive *directive = &program->directives[i];
        if (directive->kind != DIRECTIVE_INPUT)
            continue;
        AUTO(str) char *path = path_of(directive, folder, "facts");
        AUTO(strbuf) struct strbuf text = {0};
        struct error err = {0};
        int rc = files_read(path, FILE_SIZE_MAX, &text, &err);
        rc = rc < 0 ? complain_of_file(complaint, directive, rc, &err)
                    : read_text(evaluation, directive, path, &text, complaint);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* ---- out ---- */

struct writing {
    const struct directive *directive;
    struct strbuf text;
    FILE *file; /* that takes the lines as they are made; NULL: text does */
};

static int write_row(const struct value *values, void *context)
{
    struct writing *writing = context;
    const struct predicate *predicate = writing->directive->predicate;
    for (size_t i = 0; i < predicate->count; i++) {
        strbuf_puts(&writing->text, i > 0 ? writing->directive->delimiter : "");
        value_put_plain(&values[i], &writing->text);
    }
    strbuf_puts(&writing->text, predicate->count == 0 ? "()\n" : "\n");
    if (!writing->file)
        return 0;
    fwrite(writing->text.data, 1, writing->text.size, writing->file);
    strbuf_shorten(&writing->text, 0);
    return ferror(writing->file) ? -EIO : 0;
}

static void put_headers(const struct directive *directive, struct strbuf *text)
{
    const struct predicate *predicate = directive->predicate;
    if (!directive->has_headers)
        return;
    for (size_t i = 0; i < predicate->count; i++) {
        strbuf_puts(text, i > 0 ? directive->delimiter : "");
        strbuf_puts(text, predicate->columns[i].name);
    }
    strbuf_puts(text, "\n");
}

static int write_out(struct evaluation *evaluation, const struct directive *directive,
                     struct complaint *complaint)
{
    struct writing writing = {.directive = directive, .file = stdout};
    put_headers(directive, &writing.text);
    printf(RULE_OF_HEAD "%s\n%s" RULE_OF_ROWS, directive->name,
           strbuf_text(&writing.text));
    strbuf_shorten(&writing.text, 0);
    int rc = evaluation_each(evaluation, directive->predicate, write_row, &writing,
                             complaint);
    strbuf_clear(&writing.text);
    if (rc == 0)
        printf(RULE_OF_ROWS);
    return rc;
}

static int write_file(struct evaluation *evaluation, const struct directive *directive,
                      const char *folder, struct complaint *complaint)
{
    struct writing writing = {.directive = directive};
    put_headers(directive, &writing.text);
    int rc = evaluation_each(evaluation, directive->predicate, write_row, &writing,
                             complaint);
    AUTO(str) char *path = path_of(directive, folder, "csv");
    char *name = strrchr(path, '/');
    *name++ = '\0';
    struct error err = {0};
    if (rc == 0 && (rc = files_put(path, name, strbuf_text(&writing.text),
                                   writing.text.size, &err)) < 0)
        rc = complain_of_file(complaint, directive, rc, &err);
    strbuf_clear(&writing.text);
    return rc;
}

static int write_size(struct evaluation *evaluation, const struct directive *directive,
                      struct complaint *complaint)
{
    int64_t count = 0;
    int rc = evaluation_count(evaluation, directive->predicate, &count, complaint);
    if (rc == 0)
        printf("%s\t%lld\n", directive->name, (long long)count);
    return rc;
}

int tables_write(struct evaluation *evaluation, const char *folder,
                 struct complaint *complaint)
{
    const struct program *program = evaluation_program(evaluation);
    bool are_out = strcmp(folder, "-") == 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < program->directive_count; i++) {
        const struct directive *directive = &program->directives[i];
        if (directive->kind == DIRECTIVE_PRINTSIZE)
            rc = write_size(evaluation, directive, complaint);
        else if (directive->kind == DIRECTIVE_OUTPUT)
            rc = are_out || directive->is_stdout
                     ? write_out(evaluation, directive, complaint)
                     : write_file(evaluation, directive, folder, complaint);
    }
    return rc;
}
