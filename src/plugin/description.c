// SPDX-License-Identifier: GPL-3.0-or-later
/* description - an S-expression becomes the JSON that says the same, along tables of
 * its words:
 *
 *     (setting url text (help "…"))    {"settings":[{"name":"url","type":"text",…}]}
 */
#include "plugin/description.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/suggest.h"
#include "config/sexp.h"

#define WORDS_MAX 16

enum shape {
    SHAPE_VALUE,   /* (name "nginx") */
    SHAPE_VALUES,  /* (states ok fail): all of them, be it none */
    SHAPE_CHOICE,  /* (default "/" "/export"): one, or several */
    SHAPE_OBJECTS, /* (setting …), once for each: appended to the field */
};

struct object;

struct word {
    const char *name, *field; /* in the S-expression; in JSON */
    enum shape shape;
    const struct object *object;
};

/* What stands in a list behind its first word: so many values, then the words. */
struct object {
    const char *const *positions; /* fields; ends with NULL */
    const char *flag; /* a bare word that may follow them: that field is true; NULL */
    const struct word *words; /* ends with a NULL name */
};

static const char *const no_positions[] = {NULL};
static const char *const setting_positions[] = {"name", "type", NULL};
static const char *const relation_positions[] = {"name", NULL};

static const struct word no_words[] = {{.name = NULL}};

static const struct word setting_words[] = {
    {"default", "default", SHAPE_CHOICE, NULL},
    {"unit", "unit", SHAPE_VALUE, NULL},
    {"help", "help", SHAPE_VALUE, NULL},
    {.name = NULL},
};

static const struct object column = {setting_positions, "key", no_words};

static const struct word relation_words[] = {
    {"help", "help", SHAPE_VALUE, NULL},
    {"column", "columns", SHAPE_OBJECTS, &column},
    {.name = NULL},
};

static const struct object setting = {setting_positions, "required", setting_words};
static const struct object relation = {relation_positions, NULL, relation_words};

static const struct word plugin_words[] = {
    {"name", "name", SHAPE_VALUE, NULL},
    {"help", "help", SHAPE_VALUE, NULL},
    {"every", "every", SHAPE_VALUE, NULL},
    {"timeout", "timeout", SHAPE_VALUE, NULL},
    {"setting", "settings", SHAPE_OBJECTS, &setting},
    {"relation", "relations", SHAPE_OBJECTS, &relation},
    {"states", "states", SHAPE_VALUES, NULL},
    {"receives", "receives", SHAPE_VALUES, NULL},
    {"monitor", "monitor", SHAPE_VALUE, NULL},
    {"network", "network", SHAPE_VALUE, NULL},
    {.name = NULL},
};

static const struct object plugin = {no_positions, NULL, plugin_words};

/* ---- S-expressions ---- */

static int fail(const struct sexp *at, struct error *err, const char *expected)
{
    char found[80];
    return error_set(err, -EINVAL, "line %d, column %d: found %s, expected %s",
                     at->line, at->column, sexp_describe(at, found, sizeof found),
                     expected);
}

static json_t *convert_atom(const struct sexp *atom)
{
    if (atom->type == SEXP_BOOLEAN)
        return json_boolean(atom->text[1] == 't');
    return json_string(atom->text);
}

static int convert_values(const struct sexp *list, json_t **ret, struct error *err)
{
    json_auto_t *values = json_array();
    for (size_t i = 1; i < list->count; i++) {
        if (list->items[i].type == SEXP_LIST)
            return fail(&list->items[i], err, "a value");
        json_array_append_new(values, convert_atom(&list->items[i]));
    }
    *ret = json_incref(values);
    return 0;
}

static int convert_object(const struct object *object, const struct sexp *list,
                          json_t **ret, struct error *err);

static int put_object(json_t *into, const struct word *word, const struct sexp *list,
                      struct error *err)
{
    json_t *item;
    int rc = convert_object(word->object, list, &item, err);
    if (rc < 0)
        return rc;
    json_t *items = json_object_get(into, word->field);
    if (!items) {
        items = json_array();
        json_object_set_new(into, word->field, items);
    }
    json_array_append_new(items, item);
    return 0;
}

static int put_word(json_t *into, const struct word *word, const struct sexp *list,
                    struct error *err)
{
    if (word->shape == SHAPE_OBJECTS)
        return put_object(into, word, list, err);
    json_auto_t *values = NULL;
    if (json_object_get(into, word->field))
        return error_set(err, -EINVAL, "line %d, column %d: (%s …) is there twice",
                         list->line, list->column, word->name);
    int rc = convert_values(list, &values, err);
    if (rc < 0)
        return rc;
    bool is_one = word->shape == SHAPE_VALUE ||
                  (word->shape == SHAPE_CHOICE && json_array_size(values) == 1);
    if (is_one && json_array_size(values) != 1)
        return error_set(err, -EINVAL,
                         "line %d, column %d: (%s …): found %zu values, expected one",
                         list->line, list->column, word->name, json_array_size(values));
    json_object_set(into, word->field, is_one ? json_array_get(values, 0) : values);
    return 0;
}

static int fail_unknown(const struct word *words, const struct sexp *name,
                        struct error *err)
{
    const char *known[WORDS_MAX + 1] = {0};
    char hint[80];
    for (size_t i = 0; words[i].name; i++)
        known[i] = words[i].name;
    return error_set(err, -EINVAL, "line %d, column %d: no field is called \"%.40s\"%s",
                     name->line, name->column, name->text,
                     suggest_text(name->text, known, hint, sizeof hint));
}

static int convert_word(const struct object *object, const struct sexp *list,
                        json_t *into, struct error *err)
{
    if (list->type != SEXP_LIST || list->count == 0 ||
        list->items[0].type != SEXP_SYMBOL)
        return fail(list, err, "a list such as (help \"…\")");
    for (const struct word *word = object->words; word->name; word++)
        if (strcmp(word->name, list->items[0].text) == 0)
            return put_word(into, word, list, err);
    return fail_unknown(object->words, &list->items[0], err);
}

static bool is_flag(const struct object *object, const struct sexp *item)
{
    return object->flag && item->type == SEXP_SYMBOL &&
           strcmp(item->text, object->flag) == 0;
}

static int convert_object(const struct object *object, const struct sexp *list,
                          json_t **ret, struct error *err)
{
    json_auto_t *into = json_object();
    size_t at = 1;
    for (size_t i = 0; object->positions[i]; i++, at++) {
        if (at >= list->count || list->items[at].type == SEXP_LIST)
            return error_set(err, -EINVAL,
                             "line %d, column %d: (%s …): its %s is "
                             "missing",
                             list->line, list->column, list->items[0].text,
                             object->positions[i]);
        json_object_set_new(into, object->positions[i], convert_atom(&list->items[at]));
    }
    if (at < list->count && is_flag(object, &list->items[at])) {
        json_object_set_new(into, object->flag, json_true());
        at++;
    }
    int rc = 0;
    for (; rc == 0 && at < list->count; at++)
        rc = convert_word(object, &list->items[at], into, err);
    if (rc == 0)
        *ret = json_incref(into);
    return rc;
}

static bool is_form(const struct sexp *list, const char *word)
{
    return list->type == SEXP_LIST && list->count > 0 &&
           list->items[0].type == SEXP_SYMBOL && strcmp(list->items[0].text, word) == 0;
}

static int parse_sexp(const char *text, size_t size, json_t **ret, struct error *err)
{
    AUTO(sexp) struct sexp *all = NULL;
    int rc = sexp_parse(text, size, &all, err);
    if (rc < 0)
        return rc;
    if (all->count == 0 || !is_form(&all->items[0], "plugin"))
        return fail(all->count > 0 ? &all->items[0] : all, err, "(plugin …)");
    if (all->count > 1)
        return fail(&all->items[1], err, "nothing behind (plugin …)");
    return convert_object(&plugin, &all->items[0], ret, err);
}

/* ---- JSON ---- */

static int parse_json(const char *text, size_t size, json_t **ret, struct error *err)
{
    json_error_t why;
    json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
    if (!value)
        return error_set(err, -EINVAL, "line %d, column %d: %s", why.line, why.column,
                         why.text);
    *ret = value;
    return 0;
}

static size_t first_of(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size && isspace((unsigned char)text[at]))
        at++;
    return at;
}

bool description_is_there(const char *text, size_t size)
{
    size_t at = first_of(text, size);
    return at < size && (text[at] == '{' || text[at] == '(');
}

int description_parse(const char *text, size_t size, json_t **ret, struct error *err)
{
    size_t at = first_of(text, size);
    if (at < size && text[at] == '(')
        return parse_sexp(text, size, ret, err);
    return parse_json(text, size, ret, err);
}
