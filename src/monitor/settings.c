// SPDX-License-Identifier: GPL-3.0-or-later
/* settings - the words that were given, beside the row of the table that they are for;
 * those of one type are read by one function. */
#include "monitor/settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/units.h"
#include "message/relation.h"
#include "monitor/decimal.h"

#define KNOWN_MAX 64

const char setting_required[] = "required";

const struct setting settings_common[] = {
    {"every", SETTING_DURATION, "1m", NULL, "how long from one look to the next"},
    {"timeout", SETTING_DURATION, "10s", NULL, "after which a look is ended"},
    {"times", SETTING_NUMBER, "1", NULL,
     "how many looks in a row must find it worse until that is said"},
    {"tag", SETTING_TEXT, NULL, NULL, "instead of the monitor's name"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* One setting and what it was told; numbers of all types in one double: a size up to
 * 2^53 bytes and a duration are exact. */
struct value {
    const struct setting *setting;
    struct texts words; /* none: not set */
    bool is_off;        /* and its default does not hold either */
    double number;
};

struct settings {
    struct value *values;
    size_t count;
};

/* ---- types ---- */

static int read_number(const char *word, double *ret, struct error *err)
{
    size_t length = decimal_parse(word, ret);
    return length > 0 && !word[length]
               ? 0
               : error_set(err, -EINVAL, "\"%.40s\" is no number", word);
}

static int read_percent(const char *word, double *ret, struct error *err)
{
    size_t length = strlen(word);
    bool has_sign = length > 0 && word[length - 1] == '%';
    AUTO(str) char *digits = memory_copy(word, length - has_sign);
    double value;
    if (read_number(digits, &value, NULL) < 0 || value < 0 || value > 100)
        return error_set(err, -EINVAL,
                         "\"%.40s\" is no percentage; expected one such as \"90%%\"",
                         word);
    *ret = value;
    return 0;
}

static int read_size(const char *word, double *ret, struct error *err)
{
    int64_t value;
    int rc = size_parse(word, &value, err);
    if (rc == 0)
        *ret = (double)value;
    return rc;
}

static int read_duration(const char *word, double *ret, struct error *err)
{
    int64_t value;
    int rc = duration_parse(word, &value, err);
    if (rc == 0)
        *ret = (double)value;
    return rc;
}

static int read_flag(const char *word, double *ret, struct error *err)
{
    if (strcmp(word, "#t") != 0 && strcmp(word, "#f") != 0)
        return error_set(err, -EINVAL, "found \"%.40s\", expected #t or #f", word);
    *ret = word[1] == 't';
    return 0;
}

static const struct type {
    const char *name;
    int (*read)(const char *word, double *ret, struct error *err); /* NULL: a text */
} types[] = {
    [SETTING_TEXT] = {"text", NULL},
    [SETTING_TEXTS] = {"texts", NULL},
    [SETTING_NUMBER] = {"number", read_number},
    [SETTING_PERCENT] = {"percent", read_percent},
    [SETTING_SIZE] = {"size", read_size},
    [SETTING_DURATION] = {"duration", read_duration},
    [SETTING_FLAG] = {"flag", read_flag},
    [SETTING_SECRET] = {"secret", NULL},
    [SETTING_SECRETS] = {"secrets", NULL},
};

const char *setting_type_name(enum setting_type type)
{
    return types[type].name;
}

bool setting_type_is_list(enum setting_type type)
{
    return type == SETTING_TEXTS || type == SETTING_SECRETS;
}

int setting_type_parse(const char *name, enum setting_type *ret)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0) {
            *ret = (enum setting_type)i;
            return 0;
        }
    return -EINVAL;
}

/* ---- reading ---- */

static struct value *value_find(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->values[i].setting->name, name) == 0)
            return &settings->values[i];
    return NULL;
}

/* Adds a row's value for each setting of the table; one of that name that is there
 * already has the new row from now on. */
static void add_table(struct settings *settings, const struct setting *table)
{
    for (const struct setting *setting = table; setting && setting->name; setting++) {
        struct value *value = value_find(settings, setting->name);
        if (!value) {
            settings->values = memory_resize(
                settings->values, (settings->count + 1) * sizeof *settings->values);
            value = &settings->values[settings->count++];
        }
        *value = (struct value){.setting = setting};
    }
}

static bool is_timing(const char *name)
{
    return strcmp(name, "every") == 0 || strcmp(name, "timeout") == 0;
}

/* What the daemon's schedule could not work with. */
static int check_common(const struct value *value, struct error *err)
{
    const char *name = value->setting->name;
    if (is_timing(name) && value->number < 1)
        return error_set(err, -EINVAL, "\"%.40s\": expected more than nothing",
                         value->words.items[0]);
    if (strcmp(name, "times") == 0 &&
        (value->number < 1 || value->number != floor(value->number)))
        return error_set(err, -EINVAL, "\"%.40s\": expected a whole number from 1 on",
                         value->words.items[0]);
    return 0;
}

/* (warn off): a number that has a default need not have it; but a schedule needs its
 * own. */
static bool is_switched_off(const struct value *value, const struct texts *words)
{
    const char *name = value->setting->name;
    return words->count == 1 && strcmp(words->items[0], "off") == 0 &&
           value->setting->type != SETTING_FLAG && types[value->setting->type].read &&
           value->setting->fallback != setting_required && !is_timing(name) &&
           strcmp(name, "times") != 0;
}

/* The last words given hold; of several texts, all. */
static int value_set(struct value *value, const struct texts *words, struct error *err)
{
    const struct setting *setting = value->setting;
    if (!setting_type_is_list(setting->type)) {
        if (words->count != 1)
            return error_set(err, -EINVAL, "found %zu values, expected one %s",
                             words->count, setting_type_name(setting->type));
        texts_clear(&value->words);
    }
    value->is_off = is_switched_off(value, words);
    value->number = 0;
    if (value->is_off)
        return 0;
    for (size_t i = 0; i < words->count; i++)
        texts_add(&value->words, words->items[i]);
    if (!types[setting->type].read)
        return 0;
    int rc = types[setting->type].read(words->items[0], &value->number, err);
    return rc < 0 ? rc : check_common(value, err);
}

static void split(const char *text, struct texts *ret)
{
    while (*(text += strspn(text, " "))) {
        size_t length = strcspn(text, " ");
        AUTO(str) char *word = memory_copy(text, length);
        texts_add(ret, word);
        text += length;
    }
}

static int value_set_fallback(struct value *value, struct error *err)
{
    const struct setting *setting = value->setting;
    AUTO(texts) struct texts words = {0};
    if (setting_type_is_list(setting->type))
        split(setting->fallback, &words);
    else
        texts_add(&words, setting->fallback);
    return value_set(value, &words, err);
}

/* "PATH:3:1: disk", or "disk" alone where it stands in no file; to be freed. */
static char *place_of(const struct settings_tables *tables, int line, int column,
                      const char *name)
{
    return line > 0 ? text_format("%s:%d:%d: %s", tables->path, line, column, name)
                    : text_copy(name);
}

static int fail_unknown(const struct settings *settings,
                        const struct settings_tables *tables,
                        const struct monitor_form *form,
                        const struct form_setting *given, struct error *err)
{
    const char *known[KNOWN_MAX + 1] = {NULL};
    for (size_t i = 0; i < settings->count && i < KNOWN_MAX; i++)
        known[i] = settings->values[i].setting->name;
    char hint[80];
    AUTO(str) char *place = place_of(tables, given->line, given->column, form->name);
    return error_set(err, -EINVAL, "%s has no setting \"%.60s\"%s", place, given->name,
                     suggest_text(given->name, known, hint, sizeof hint));
}

static int read_form(struct settings *settings, const struct settings_tables *tables,
                     const struct monitor_form *form, struct error *err)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct form_setting *given = &form->settings[i];
        struct value *value = value_find(settings, given->name);
        if (!value)
            return fail_unknown(settings, tables, form, given, err);
        if (value_set(value, &given->values, err) < 0) {
            AUTO(str)
            char *place = place_of(tables, given->line, given->column, form->name);
            return error_prefix(err, -EINVAL, "%s: %s", place, given->name);
        }
    }
    return 0;
}

static int fail_missing(const struct settings_tables *tables,
                        const struct monitor_form *form, const struct setting *missing,
                        struct error *err)
{
    if (!form)
        return error_set(err, -EINVAL, "the setting %s is required", missing->name);
    AUTO(str) char *place = place_of(tables, form->line, form->column, form->name);
    return error_set(err, -EINVAL, "%s: the setting %s is required", place,
                     missing->name);
}

static int fill_in(struct settings *settings, const struct settings_tables *tables,
                   const struct monitor_form *form, struct error *err)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct value *value = &settings->values[i];
        const char *fallback = value->setting->fallback;
        if (value->words.count > 0 || value->is_off || !fallback)
            continue;
        if (fallback == setting_required)
            return fail_missing(tables, form, value->setting, err);
        int rc = value_set_fallback(value, err);
        if (rc < 0)
            return error_prefix(err, rc, "the default of %s", value->setting->name);
    }
    return 0;
}

int settings_read(const struct settings_tables *tables, const struct monitor_form *form,
                  struct settings **ret, struct error *err)
{
    AUTO(settings) struct settings *settings = memory_new(sizeof *settings);
    add_table(settings, settings_common);
    add_table(settings, tables->own);
    int rc = form ? read_form(settings, tables, form, err) : 0;
    if (rc == 0)
        rc = fill_in(settings, tables, form, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(settings);
    return 0;
}

void settings_free(struct settings *settings)
{
    if (!settings)
        return;
    for (size_t i = 0; i < settings->count; i++)
        texts_clear(&settings->values[i].words);
    free(settings->values);
    free(settings);
}

/* ---- secrets ---- */

/* "https://user:password@host/", as far as the path. */
static bool has_password(const char *text)
{
    const char *host = strstr(text, "://");
    const char *at = host ? strchr(host + 3, '@') : NULL;
    return at && at < host + 3 + strcspn(host + 3, "/?#");
}

static bool is_secret(const struct value *value)
{
    bool is_marked = value->setting->type == SETTING_SECRET ||
                     value->setting->type == SETTING_SECRETS;
    for (size_t i = 0; i < value->words.count; i++)
        if (is_marked || has_password(value->words.items[i]))
            return true;
    return false;
}

bool settings_hold_secret(const struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++)
        if (is_secret(&settings->values[i]))
            return true;
    return false;
}

/* ---- asking ---- */

/* A name that is in no table, or a number of what is none, is our own mistake. */
static const struct value *value_of(const struct settings *settings, const char *name)
{
    const struct value *value = value_find(settings, name);
    if (!value)
        abort();
    return value;
}

bool settings_has(const struct settings *settings, const char *name)
{
    return value_of(settings, name)->words.count > 0;
}

const char *settings_text(const struct settings *settings, const char *name)
{
    const struct value *value = value_of(settings, name);
    return value->words.count > 0 ? value->words.items[0] : NULL;
}

const struct texts *settings_texts(const struct settings *settings, const char *name)
{
    return &value_of(settings, name)->words;
}

double settings_number(const struct settings *settings, const char *name)
{
    return value_of(settings, name)->number;
}

int64_t settings_size(const struct settings *settings, const char *name)
{
    return (int64_t)value_of(settings, name)->number;
}

int64_t settings_duration(const struct settings *settings, const char *name)
{
    return (int64_t)value_of(settings, name)->number;
}

bool settings_flag(const struct settings *settings, const char *name)
{
    return value_of(settings, name)->number != 0;
}

/* As plugins see it too: durations in seconds. */
static double plain_value(const struct value *value)
{
    return value->setting->type == SETTING_DURATION ? value->number / 1000
                                                    : value->number;
}

double settings_value(const struct settings *settings, const char *name)
{
    return plain_value(value_of(settings, name));
}

static bool value_is_same(const struct value *one, const struct value *other)
{
    if (strcmp(one->setting->name, other->setting->name) != 0 ||
        one->setting->type != other->setting->type ||
        one->words.count != other->words.count || one->is_off != other->is_off)
        return false;
    for (size_t i = 0; i < one->words.count; i++)
        if (strcmp(one->words.items[i], other->words.items[i]) != 0)
            return false;
    return true;
}

bool settings_are_same(const struct settings *one, const struct settings *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (!value_is_same(&one->values[i], &other->values[i]))
            return false;
    return true;
}

/* ---- for plugins ---- */

static void add_number(struct strbuf *to, const struct value *value)
{
    AUTO(str) char *text = number_value(plain_value(value));
    strbuf_puts(to, text);
}

static void format_texts(const struct texts *texts, struct strbuf *json)
{
    json_open(json, '[');
    for (size_t i = 0; i < texts->count; i++) {
        json_comma(json);
        json_text(json, texts->items[i], strlen(texts->items[i]));
    }
    json_close(json, ']');
}

static void format_value(const struct value *value, struct strbuf *json)
{
    const char *word = value->words.items[0];
    switch (value->setting->type) {
    case SETTING_TEXT:
    case SETTING_SECRET:
        json_text(json, word, strlen(word));
        break;
    case SETTING_TEXTS:
    case SETTING_SECRETS:
        format_texts(&value->words, json);
        break;
    case SETTING_FLAG:
        strbuf_puts(json, value->number != 0 ? "true" : "false");
        break;
    default:
        add_number(json, value);
    }
}

void settings_format(const struct settings *settings, struct strbuf *json)
{
    json_open(json, '{');
    for (size_t i = 0; i < settings->count; i++)
        if (settings->values[i].words.count > 0) {
            json_name(json, settings->values[i].setting->name);
            format_value(&settings->values[i], json);
        }
    json_close(json, '}');
}

static void add_name(struct strbuf *to, const char *name)
{
    strbuf_puts(to, "SHEEPDOG_");
    for (; *name; name++) {
        bool is_small = *name >= 'a' && *name <= 'z';
        strbuf_putc(to, is_small       ? (char)(*name - 'a' + 'A')
                        : *name == '-' ? '_'
                                       : *name);
    }
    strbuf_putc(to, '=');
}

void settings_environment(const struct settings *settings, struct texts *ret)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct value *value = &settings->values[i];
        if (value->words.count == 0)
            continue;
        AUTO(strbuf) struct strbuf entry = {0};
        add_name(&entry, value->setting->name);
        if (types[value->setting->type].read)
            add_number(&entry, value);
        else
            for (size_t j = 0; j < value->words.count; j++)
                strbuf_printf(&entry, "%s%s", j > 0 ? "\n" : "", value->words.items[j]);
        texts_add(ret, strbuf_text(&entry));
    }
}
