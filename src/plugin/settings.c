// SPDX-License-Identifier: GPL-3.0-or-later
/* settings - what a plugin can be told, as the table that monitors have of it. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "plugin/keys.h"

#define VALUE_MAX_BYTES 4096
#define DURATION_MIN    1000 /* ms */

/* As it is read. */
struct draft {
    char *name, *unit, *help, *fallback;
    enum setting_type type;
    bool is_required;
};

static void draft_clear(struct draft *draft)
{
    free(draft->name);
    free(draft->unit);
    free(draft->help);
    free(draft->fallback);
}
AUTO_DEFINE_CLEAR(draft)

static int read_type(struct reader *reader, const char *name, const json_t *value,
                     void *to)
{
    const char *known[SETTING_SECRETS + 2] = {0};
    if (json_is_string(value) && setting_type_parse(json_string_value(value), to) == 0)
        return 0;
    for (int i = 0; i <= SETTING_SECRETS; i++)
        known[i] = setting_type_name((enum setting_type)i);
    return keys_fail_word(reader, name, value, known);
}

/* The texts of a list are parted by blanks. */
static int read_list(struct reader *reader, const char *name, const json_t *list,
                     char **ret)
{
    AUTO(strbuf) struct strbuf all = {0};
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        AUTO(str) char *text = keys_text(item);
        if (!text || !*text || strpbrk(text, " \t\n"))
            return keys_fail(reader, name, item, "texts without blanks in the list");
        strbuf_printf(&all, "%s%s", i > 0 ? " " : "", text);
    }
    *ret = strbuf_take(&all);
    return 0;
}

static int read_fallback(struct reader *reader, const char *name, const json_t *value,
                         void *to)
{
    AUTO(str) char *text = NULL;
    int rc = 0;
    if (json_is_null(value))
        return 0;
    if (json_is_array(value))
        rc = read_list(reader, name, value, &text);
    else
        text = keys_text(value);
    if (rc == 0 && (!text || strlen(text) > VALUE_MAX_BYTES))
        rc = keys_fail(reader, name, value, "a value, or a list of texts");
    if (rc == 0)
        *(char **)to = TAKE(text);
    return rc;
}

static bool is_number(const char *text, double least, double most, const char *unit)
{
    char *end;
    double value = strtod(text, &end);
    return end != text && (*end == '\0' || strcmp(end, unit) == 0) && isfinite(value) &&
           value >= least && value <= most;
}

static bool is_value(enum setting_type type, const char *text)
{
    int64_t value;
    switch (type) {
    case SETTING_NUMBER:
        return is_number(text, -HUGE_VAL, HUGE_VAL, "");
    case SETTING_PERCENT:
        return is_number(text, 0, 100, "%");
    case SETTING_SIZE:
        return size_parse(text, &value, NULL) == 0;
    case SETTING_DURATION:
        return duration_parse(text, &value, NULL) == 0;
    case SETTING_FLAG:
        return strcmp(text, "#t") == 0 || strcmp(text, "#f") == 0;
    default:
        return true;
    }
}

/* The texts become the plugin's own. */
static void add(struct plugin *plugin, struct draft *draft)
{
    size_t count = 0;
    while (plugin->settings[count].name)
        count++;
    plugin->settings =
        memory_resize(plugin->settings, (count + 2) * sizeof *plugin->settings);
    plugin->settings[count] = (struct setting){
        .name = TAKE(draft->name),
        .type = draft->type,
        .fallback = draft->is_required ? setting_required : TAKE(draft->fallback),
        .unit = TAKE(draft->unit),
        .help = draft->help ? TAKE(draft->help) : text_copy(""),
    };
    plugin->settings[count + 1] = (struct setting){.name = NULL};
}

static bool has_row(const struct setting *rows, const char *name)
{
    for (; rows->name; rows++)
        if (strcmp(rows->name, name) == 0)
            return true;
    return false;
}

static const struct key setting_keys[] = {
    {"name", true, keys_name, offsetof(struct draft, name)},
    {"type", true, read_type, offsetof(struct draft, type)},
    {"default", false, read_fallback, offsetof(struct draft, fallback)},
    {"required", false, keys_flag, offsetof(struct draft, is_required)},
    {"unit", false, keys_line, offsetof(struct draft, unit)},
    {"help", false, keys_line, offsetof(struct draft, help)},
    {.name = NULL},
};

int keys_setting(struct reader *reader, const json_t *object, void *context UNUSED)
{
    AUTO(draft) struct draft draft = {0};
    const json_t *name = json_object_get(object, "name");
    int rc = keys_read(reader, setting_keys, object, &draft);
    if (rc < 0)
        return rc;
    if (has_row(settings_common, draft.name))
        return keys_fail(reader, "name", name,
                         "another name: every monitor has a setting of that one");
    if (has_row(reader->plugin->settings, draft.name))
        return keys_fail(reader, "name", name, "a name that no other setting has");
    if (draft.fallback && draft.is_required)
        return keys_fail(reader, "default", json_object_get(object, "default"),
                         "none beside required");
    if (draft.fallback && !is_value(draft.type, draft.fallback)) {
        AUTO(str)
        char *expected =
            text_format("a value of type %s", setting_type_name(draft.type));
        return keys_fail(reader, "default", json_object_get(object, "default"),
                         expected);
    }
    add(reader->plugin, &draft);
    return 0;
}

int keys_duration(struct reader *reader, const char *name, const json_t *value,
                  void *to UNUSED)
{
    AUTO(str) char *text = keys_text(value);
    int64_t ms;
    if (!text || duration_parse(text, &ms, NULL) < 0 || ms < DURATION_MIN)
        return keys_fail(reader, name, value, "a duration such as \"5m\", from 1s on");
    AUTO(draft)
    struct draft draft = {
        .name = text_copy(name), .fallback = TAKE(text), .type = SETTING_DURATION};
    for (const struct setting *row = settings_common; row->name; row++)
        if (strcmp(row->name, name) == 0)
            draft.help = text_copy(row->help);
    add(reader->plugin, &draft);
    return 0;
}
