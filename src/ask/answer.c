// SPDX-License-Identifier: GPL-3.0-or-later
/* answer - each form is a function of the same columns and rows. */
#include "ask/answer.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask/times.h"
#include "ask/tree.h"
#include "base/memory.h"
#include "base/say.h"
#include "look/fetch.h"
#include "look/table.h"
#include "look/value.h"

#define JSON_FORM (JSON_INDENT(2) | JSON_REAL_PRECISION(17) | JSON_ENCODE_ANY)

static const char *column_text(const json_t *column, size_t index)
{
    const char *text = json_string_value(json_array_get(column, index));
    return text ? text : "";
}

static const char *column_name(const json_t *columns, size_t i)
{
    return column_text(json_array_get(columns, i), 0);
}

static const char *column_type(const json_t *columns, size_t i)
{
    return column_text(json_array_get(columns, i), 1);
}

/* ---- a table ---- */

static void format_table(const json_t *columns, const json_t *rows,
                         const struct screen *screen, struct strbuf *text)
{
    size_t width = json_array_size(columns), i;
    struct table_column *titles = memory_new((width + 1) * sizeof *titles);
    for (i = 0; i < width; i++)
        titles[i] = (struct table_column){
            .title = column_name(columns, i),
            .is_right = value_is_right(column_type(columns, i)),
        };
    AUTO(table) struct table *table = table_new(titles);
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        for (size_t j = 0; j < width; j++) {
            AUTO(str)
            char *cell = value_of_fact(json_array_get(row, j), column_type(columns, j));
            table_add(table, PAINT_NONE, cell);
        }
    }
    for (i = 0; i < width; i++)
        if (strcmp(column_type(columns, i), "text") == 0)
            table_let_shrink(table, i);
    table_format(table, screen, text);
    free(titles);
}

static void format_rows(const json_t *answer, const struct screen *screen,
                        struct strbuf *text)
{
    const json_t *columns = json_object_get(answer, "columns");
    const json_t *rows = json_object_get(answer, "rows");
    if (json_array_size(columns) == 0)
        strbuf_puts(text, json_array_size(rows) > 0 ? "yes\n" : "no\n");
    else if (json_array_size(rows) > 0)
        format_table(columns, rows, screen, text);
    else if (screen->width > 0)
        strbuf_puts(text, "no rows\n");
}

static void format_proofs(const json_t *answer, const struct screen *screen,
                          struct strbuf *text)
{
    AUTO(arena) struct arena *arena = arena_new();
    const json_t *proofs = json_object_get(answer, "proofs"), *proof;
    size_t i;
    if (json_array_size(proofs) == 0)
        format_rows(answer, screen, text);
    json_array_foreach(proofs, i, proof)
    {
        AUTO(strbuf) struct strbuf tree = {0};
        proof_format(tree_read(proof, arena), screen->is_utf8, &tree);
        strbuf_puts(text, i > 0 ? "\n" : "");
        screen_add_lines(text, strbuf_text(&tree), tree.size);
    }
}

/* ---- JSON and CSV ---- */

static json_t *row_to_object(const json_t *columns, const json_t *row)
{
    json_t *object = json_object();
    for (size_t i = 0; i < json_array_size(columns); i++)
        json_object_set(object, column_name(columns, i), json_array_get(row, i));
    return object;
}

static void format_json(const json_t *answer, struct strbuf *text)
{
    const json_t *columns = json_object_get(answer, "columns"), *row;
    json_t *proofs = json_object_get(answer, "proofs");
    json_auto_t *list = json_array();
    size_t i;
    json_array_foreach(json_object_get(answer, "rows"), i, row)
    {
        json_t *object = row_to_object(columns, row);
        if (proofs)
            object = json_pack("{s:o, s:O}", "row", object, "proof",
                               json_array_get(proofs, i));
        json_array_append_new(list, object);
    }
    AUTO(str) char *json = json_dumps(list, JSON_FORM);
    strbuf_printf(text, "%s\n", json);
}

static void put_field(const char *field, struct strbuf *text)
{
    if (!field[strcspn(field, ",\"\r\n")]) {
        strbuf_puts(text, field);
        return;
    }
    strbuf_putc(text, '"');
    for (; *field; field++) {
        if (*field == '"')
            strbuf_putc(text, '"');
        strbuf_putc(text, *field);
    }
    strbuf_putc(text, '"');
}

static void put_value(const json_t *value, struct strbuf *text)
{
    if (json_is_string(value))
        put_field(json_string_value(value), text);
    else if (json_is_number(value)) {
        AUTO(str) char *number = json_dumps(value, JSON_FORM);
        strbuf_puts(text, number);
    }
}

static void format_csv(const json_t *answer, struct strbuf *text)
{
    const json_t *columns = json_object_get(answer, "columns"), *row;
    size_t width = json_array_size(columns), i;
    for (i = 0; i < width; i++) {
        strbuf_puts(text, i > 0 ? "," : "");
        put_field(column_name(columns, i), text);
    }
    strbuf_puts(text, "\r\n");
    json_array_foreach(json_object_get(answer, "rows"), i, row)
    {
        for (size_t j = 0; j < width; j++) {
            strbuf_puts(text, j > 0 ? "," : "");
            put_value(json_array_get(row, j), text);
        }
        strbuf_puts(text, "\r\n");
    }
}

void answer_format(const struct json_t *answer, enum wanted wanted,
                   enum answer_form form, const struct screen *screen,
                   struct strbuf *text)
{
    const char *words = json_string_value(json_object_get(answer, "text"));
    AUTO(strbuf) struct strbuf local = {0};
    if (words && wanted == WANTED_WHY_NOT) {
        times_put_local(words, &local);
        words = strbuf_text(&local);
    }
    if (words)
        screen_add_lines(text, words, strlen(words));
    else if (wanted == WANTED_COUNT)
        strbuf_printf(text, "%" JSON_INTEGER_FORMAT "\n",
                      json_integer_value(json_object_get(answer, "count")));
    else if (form == ANSWER_JSON)
        format_json(answer, text);
    else if (form == ANSWER_CSV)
        format_csv(answer, text);
    else if (wanted == WANTED_PROOFS)
        format_proofs(answer, screen, text);
    else
        format_rows(answer, screen, text);
}

/* ---- what there is ---- */

static const json_t *columns_of(const json_t *item)
{
    const json_t *parameters = json_object_get(item, "parameters");
    return parameters ? parameters : json_object_get(item, "columns");
}

static char *join_columns(const json_t *columns)
{
    AUTO(strbuf) struct strbuf names = {0};
    for (size_t i = 0; i < json_array_size(columns); i++)
        strbuf_printf(&names, "%s%s", i > 0 ? ", " : "", column_name(columns, i));
    return strbuf_take(&names);
}

/* On one line, whatever lines it was written in. */
static char *first_sentence(const char *text)
{
    size_t size = 0;
    while (text[size] && !(text[size] == '.' && strchr(" \n", text[size + 1])))
        size++;
    return memory_copy(text, size + (text[size] == '.'));
}

void answer_format_names(const struct json_t *list, const char *title,
                         const struct screen *screen, struct strbuf *text)
{
    bool has_parameters = json_object_get(json_array_get(list, 0), "parameters");
    const struct table_column titles[] = {
        {title, false},
        {has_parameters ? "PARAMETERS" : "COLUMNS", false},
        {"HELP", false},
        {NULL, false},
    };
    AUTO(table) struct table *table = table_new(titles);
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        AUTO(str) char *columns = join_columns(columns_of(item));
        AUTO(str) char *help = first_sentence(fetched_text(item, "help"));
        table_add(table, PAINT_NONE, fetched_text(item, "name"));
        table_add(table, PAINT_NONE, columns);
        table_add(table, PAINT_NONE, help);
    }
    if (json_array_size(list) > 0)
        table_format(table, screen, text);
}

void answer_format_name(const struct json_t *item, const struct screen *screen,
                        struct strbuf *text)
{
    const json_t *columns = columns_of(item);
    AUTO(strbuf) struct strbuf head = {0};
    strbuf_printf(&head, "%s(", fetched_text(item, "name"));
    for (size_t i = 0; i < json_array_size(columns); i++)
        strbuf_printf(&head, "%s%s: %s", i > 0 ? ", " : "", column_name(columns, i),
                      column_type(columns, i));
    strbuf_putc(&head, ')');
    screen_add_painted(screen, text, PAINT_BOLD, strbuf_text(&head));
    strbuf_putc(text, '\n');
    const char *help = fetched_text(item, "help"), *file = fetched_text(item, "file");
    screen_add_lines(text, help, strlen(help));
    strbuf_puts(text, *help && help[strlen(help) - 1] != '\n' ? "\n" : "");
    if (json_is_true(json_object_get(item, "history")))
        strbuf_printf(text, "Its past can be asked too: %s(…) at TIME\n",
                      fetched_text(item, "name"));
    if (*file)
        strbuf_printf(text, "%s\n", file);
}

/* ---- what is wrong ---- */

/* The sentence, the line, the mark: a line each. */
static void paint(const char *text, const struct screen *screen, struct strbuf *ret)
{
    static const enum paint paints[] = {PAINT_BOLD, PAINT_NONE, PAINT_RED};
    for (size_t i = 0; *text; i++) {
        size_t size = strcspn(text, "\n");
        AUTO(str) char *line = memory_copy(text, size);
        enum paint kind = i < sizeof paints / sizeof *paints ? paints[i] : PAINT_NONE;
        screen_add_painted(screen, ret, kind, line);
        strbuf_putc(ret, '\n');
        text += size + (text[size] == '\n');
    }
}

void answer_complain(const struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf plain = {0}, painted = {0};
    if (!complaint->name) {
        say("%s", complaint->what ? complaint->what : "no answer");
        return;
    }
    struct screen screen = screen_find_of(STDERR_FILENO);
    complaint_format(complaint, &plain);
    paint(strbuf_text(&plain), &screen, &painted);
    fputs(strbuf_text(&painted), stderr);
}
