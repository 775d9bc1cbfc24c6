// SPDX-License-Identifier: GPL-3.0-or-later
/* keys - the kinds of values that fields have, and the walk along a table. */
#include "plugin/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"

#define KNOWN_MAX 24
#define NAME_MOST 63

/* ---- what is said ---- */

static const char *word_for(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "null";
    case JSON_ARRAY:
        return "a list";
    default:
        return "an object";
    }
}

int keys_fail(const struct reader *reader, const char *name, const json_t *value,
              const char *expected)
{
    AUTO(str) char *text = keys_text(value);
    bool is_quoted = json_is_string(value), is_word = json_is_boolean(value) || !text;
    const char *quote = is_quoted ? "\"" : "";
    return error_set(reader->err, -EINVAL,
                     "field \"%s%s\": found %s%.60s%s, expected "
                     "%s",
                     reader->where, name, quote, is_word ? word_for(value) : text,
                     quote, expected);
}

int keys_fail_word(const struct reader *reader, const char *name, const json_t *value,
                   const char *const *known)
{
    AUTO(strbuf) struct strbuf all = {0};
    char hint[80] = "";
    for (size_t i = 0; known[i]; i++)
        strbuf_printf(&all, "%s%s",
                      i == 0         ? ""
                      : known[i + 1] ? ", "
                                     : " or ",
                      known[i]);
    if (json_is_string(value))
        suggest_text(json_string_value(value), known, hint, sizeof hint);
    strbuf_puts(&all, hint);
    return keys_fail(reader, name, value, strbuf_text(&all));
}

/* ---- values ---- */

char *keys_text(const json_t *value)
{
    if (json_is_string(value))
        return text_copy(json_string_value(value));
    if (json_is_integer(value))
        return text_format("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_real(value))
        return text_format("%.15g", json_real_value(value));
    if (json_is_boolean(value))
        return text_copy(json_is_true(value) ? "#t" : "#f");
    return NULL;
}

static bool is_line(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (!text || length > KEYS_LINE_MAX || strlen(text) != length)
        return false;
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

int keys_line(struct reader *reader, const char *name, const json_t *value, void *to)
{
    char **text = to;
    if (!is_line(value))
        return keys_fail(reader, name, value, "a line of text, at most 200 bytes");
    free(*text);
    *text = text_copy(json_string_value(value));
    return 0;
}

int keys_name(struct reader *reader, const char *name, const json_t *value, void *to)
{
    char **text = to;
    if (!json_is_string(value) || !plugin_is_name(json_string_value(value)))
        return keys_fail(reader, name, value,
                         "a letter a to z, and up to 62 letters, digits and -");
    free(*text);
    *text = text_copy(json_string_value(value));
    return 0;
}

bool plugin_is_name(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= NAME_MOST && *text >= 'a' && *text <= 'z' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

int keys_flag(struct reader *reader, const char *name, const json_t *value, void *to)
{
    if (!json_is_boolean(value))
        return keys_fail(reader, name, value, "true or false");
    *(bool *)to = json_is_true(value);
    return 0;
}

int keys_texts(struct reader *reader, const char *name, const json_t *value, void *to)
{
    size_t i;
    json_t *item;
    if (!json_is_array(value) || json_array_size(value) > KEYS_ITEMS_MAX)
        return keys_fail(reader, name, value, "a list of texts, at most 64");
    json_array_foreach(value, i, item)
    {
        AUTO(str) char *place = text_format("%s[%zu]", name, i);
        if (!is_line(item))
            return keys_fail(reader, place, item, "a line of text, at most 200 bytes");
        texts_add(to, json_string_value(item));
    }
    return 0;
}

/* ---- objects ---- */

static int fail_unknown(const struct reader *reader, const struct key *keys,
                        const char *name)
{
    const char *known[KNOWN_MAX + 1] = {0};
    char hint[80];
    for (size_t i = 0; keys[i].name; i++)
        known[i] = keys[i].name;
    return error_set(reader->err, -EINVAL,
                     "field \"%s%.60s\": there is no such field%s", reader->where, name,
                     suggest_text(name, known, hint, sizeof hint));
}

static bool has_key(const struct key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (strcmp(keys->name, name) == 0)
            return true;
    return false;
}

int keys_read(struct reader *reader, const struct key *keys, const json_t *object,
              void *into)
{
    const char *name;
    json_t *value;
    int rc = 0;
    json_object_foreach((json_t *)object, name, value)
    {
        if (!has_key(keys, name))
            return fail_unknown(reader, keys, name);
    }
    for (const struct key *key = keys; rc == 0 && key->name; key++) {
        value = json_object_get(object, key->name);
        if (value)
            rc = key->read(reader, key->name, value, (char *)into + key->offset);
        else if (key->is_required)
            rc = error_set(reader->err, -EINVAL, "field \"%s%s\": it is missing",
                           reader->where, key->name);
    }
    return rc;
}

int keys_each(struct reader *reader, const char *name, const json_t *list,
              int (*read_one)(struct reader *reader, const json_t *object,
                              void *context),
              void *context)
{
    size_t i, length = strlen(reader->where);
    json_t *item;
    if (!json_is_array(list) || json_array_size(list) > KEYS_ITEMS_MAX)
        return keys_fail(reader, name, list, "a list of objects, at most 64");
    json_array_foreach(list, i, item)
    {
        AUTO(str) char *place = text_format("%s[%zu]", name, i);
        if (!json_is_object(item))
            return keys_fail(reader, place, item, "an object");
        snprintf(reader->where + length, sizeof reader->where - length, "%s.", place);
        int rc = read_one(reader, item, context);
        if (rc < 0)
            return rc;
        reader->where[length] = '\0';
    }
    return 0;
}
