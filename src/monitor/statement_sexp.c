// SPDX-License-Identifier: GPL-3.0-or-later
/* statement_sexp - a line that is a list: (warning "3 updates wait" (part "security")),
 * (fact site "example.org" 443). Lists at the end of it are further fields, but for
 * facts, where they are rows; () is a value that is not known. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "config/sexp.h"
#include "monitor/statement.h"

static int fail(const struct sexp *found, const char *expected, struct error *err)
{
    char what[80];
    return error_set(err, -EINVAL, "column %d: found %s, expected %s", found->column,
                     sexp_describe(found, what, sizeof what), expected);
}

/* (part "security") */
static int read_option(const struct sexp *option, struct statement *ret,
                       struct error *err)
{
    if (option->count != 2 || option->items[0].type != SEXP_SYMBOL ||
        option->items[1].type == SEXP_LIST)
        return fail(option, "a field with its value, such as (part \"…\")", err);
    const char *name = option->items[0].text, *value = option->items[1].text;
    enum statement_field field = statement_field_find(name);
    char hint[80];
    if (field == FIELD_COUNT)
        return error_set(
            err, -EINVAL, "column %d: %s has no field \"%.60s\"%s", option->column,
            ret->kind->word, name,
            suggest_text(name, statement_field_names + 1, hint, sizeof hint));
    return statement_set(ret, field, option->column, value, strlen(value), err);
}

static int read_row(const struct sexp *items, size_t count, int column,
                    struct statement *ret, struct error *err)
{
    char *values[RELATION_COLUMNS_MAX] = {0};
    int rc = 0;
    for (size_t i = 0; i < count && i < RELATION_COLUMNS_MAX && rc == 0; i++) {
        const struct sexp *item = &items[i];
        if (item->type != SEXP_LIST)
            values[i] = lines_text(item->text, strlen(item->text));
        else if (item->count > 0)
            rc = fail(item, "a word or a \"string\"", err);
    }
    if (rc == 0)
        rc = statement_add_row(ret, column, count, (const char *const *)values, err);
    for (size_t i = 0; i < RELATION_COLUMNS_MAX; i++)
        free(values[i]);
    return rc;
}

static bool is_option(const struct sexp *item)
{
    return item->type == SEXP_LIST && item->count > 0;
}

/* (fact site "example.org" 443 (host "penguin")) */
static int read_fact(const struct sexp *list, size_t from, struct statement *ret,
                     struct error *err)
{
    size_t to = from;
    while (to < list->count && !is_option(&list->items[to]))
        to++;
    int column = to > from ? list->items[from].column : list->column;
    int rc = read_row(list->items + from, to - from, column, ret, err);
    for (; to < list->count && rc == 0; to++)
        rc = read_option(&list->items[to], ret, err);
    return rc;
}

/* (facts site ("example.org" 443) …) */
static int read_facts(const struct sexp *list, size_t from, struct statement *ret,
                      struct error *err)
{
    int rc = 0;
    for (size_t i = from; i < list->count && rc == 0; i++) {
        const struct sexp *row = &list->items[i];
        rc = row->type == SEXP_LIST
                 ? read_row(row->items, row->count, row->column, ret, err)
                 : fail(row, "a row: a list of values", err);
    }
    return rc;
}

static int read_options(const struct sexp *list, size_t from, struct statement *ret,
                        struct error *err)
{
    int rc = 0;
    for (size_t i = from; i < list->count && rc == 0; i++)
        rc = read_option(&list->items[i], ret, err);
    return rc;
}

/* What stands in its order; *at is then the first item that does not. */
static int read_ordered(const struct sexp *list, size_t *at, struct statement *ret,
                        struct error *err)
{
    for (size_t i = 0; i < 3 && ret->kind->order[i] != FIELD_COUNT; i++, (*at)++) {
        if (*at >= list->count || list->items[*at].type == SEXP_LIST)
            return 0;
        const struct sexp *item = &list->items[*at];
        int rc = statement_set(ret, ret->kind->order[i], item->column, item->text,
                               strlen(item->text), err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_list(const struct sexp *list, struct statement *ret, struct error *err)
{
    if (list->count == 0 || list->items[0].type != SEXP_SYMBOL)
        return fail(list, "a list that begins with ok, reading, fact, …", err);
    ret->column = list->items[0].column;
    ret->kind = statement_kind_find(list->items[0].text);
    if (!ret->kind)
        return statement_fail_kind(ret->column, list->items[0].text, err);

    size_t at = 1;
    int rc = read_ordered(list, &at, ret, err);
    if (rc < 0)
        return rc;
    if (ret->kind->type == FINDING_FACT)
        return read_fact(list, at, ret, err);
    return ret->kind->type == FINDING_FACTS ? read_facts(list, at, ret, err)
                                            : read_options(list, at, ret, err);
}

/* sexp.h says LINE:COLUMN, of which there is one line here. */
static int fail_syntax(const struct error *why, struct error *err)
{
    int column = 1, length = 0;
    if (sscanf(why->text, "%*d:%d: %n", &column, &length) < 1)
        length = 0;
    return error_set(err, -EINVAL, "column %d: %s", column, why->text + length);
}

int statement_read_sexp(const char *text, size_t size, struct statement *ret,
                        struct error *err)
{
    AUTO(sexp) struct sexp *top = NULL;
    struct error why = {0};
    if (sexp_parse(text, size, &top, &why) < 0)
        return fail_syntax(&why, err);
    if (top->count > 1)
        return fail(&top->items[1], "one list a line", err);
    return read_list(&top->items[0], ret, err);
}
