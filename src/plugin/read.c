// SPDX-License-Identifier: GPL-3.0-or-later
/* read - what a description says, as a plugin; or a bare one, where there is none. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/memory.h"
#include "monitor/monitor.h"
#include "plugin/description.h"
#include "plugin/keys.h"

static int read_settings(struct reader *reader, const char *name, const json_t *value,
                         void *to UNUSED)
{
    return keys_each(reader, name, value, keys_setting, NULL);
}

static int read_relations(struct reader *reader, const char *name, const json_t *value,
                          void *to UNUSED)
{
    return keys_each(reader, name, value, keys_relation, NULL);
}

static int read_states(struct reader *reader, const char *name, const json_t *value,
                       void *to)
{
    const char *known[STATE_FAIL + 1] = {0};
    struct texts *states = to;
    int rc = keys_texts(reader, name, value, to);
    for (int i = STATE_OK; i <= STATE_FAIL; i++)
        known[i - STATE_OK] = state_name((enum state)i);
    for (size_t i = 0; rc == 0 && i < states->count; i++)
        if (state_find(states->items[i]) == STATE_NONE) {
            AUTO(str) char *place = text_format("%s[%zu]", name, i);
            rc = keys_fail_word(reader, place, json_array_get(value, i), known);
        }
    return rc;
}

static int read_receives(struct reader *reader, const char *name, const json_t *value,
                         void *to)
{
    reader->plugin->has_receiver = true;
    return keys_texts(reader, name, value, to);
}

#define AT(member) offsetof(struct plugin, member)

static const struct key plugin_keys[] = {
    {"name", false, keys_name, AT(name)},
    {"help", false, keys_line, AT(help)},
    {"every", false, keys_duration, 0},
    {"timeout", false, keys_duration, 0},
    {"settings", false, read_settings, 0},
    {"relations", false, read_relations, 0},
    {"states", false, read_states, AT(states)},
    {"receives", false, read_receives, AT(receives)},
    {"monitor", false, keys_flag, AT(has_monitor)},
    {"network", false, keys_flag, AT(has_network)},
    {.name = NULL},
};

char *plugin_file_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return memory_copy(name, dot ? (size_t)(dot - name) : strlen(name));
}

static int check_name(const struct plugin *plugin, struct error *err)
{
    if (!plugin_is_name(plugin->name))
        return error_set(err, -EINVAL,
                         "the file's name: found \"%.60s\", expected a letter a to z, "
                         "and up to 62 letters, digits and -",
                         plugin->name);
    if (monitor_find(plugin->name))
        return error_set(err, -EINVAL,
                         "the name %s is that of a monitor that is built in",
                         plugin->name);
    return 0;
}

static struct plugin *plugin_new(const char *path)
{
    struct plugin *plugin = memory_new(sizeof *plugin);
    plugin->path = text_copy(path);
    plugin->name = plugin_file_name(path);
    plugin->help = text_copy("");
    plugin->settings = memory_new(sizeof *plugin->settings);
    plugin->has_monitor = true;
    return plugin;
}

static int read_description(struct plugin *plugin, const char *text, size_t size,
                            struct error *err)
{
    json_auto_t *description = NULL;
    struct reader reader = {.plugin = plugin, .err = err};
    int rc = description_parse(text, size, &description, err);
    if (rc < 0)
        return rc;
    plugin->is_described = true;
    rc = keys_read(&reader, plugin_keys, description, plugin);
    if (rc == 0 && !plugin->has_monitor && !plugin->has_receiver)
        rc = error_set(err, -EINVAL,
                       "it neither watches (\"monitor\":false) nor receives (there is "
                       "no field \"receives\")");
    return rc;
}

int plugin_read(const char *path, const char *text, size_t size, struct plugin **ret,
                struct error *err)
{
    AUTO(plugin) struct plugin *plugin = plugin_new(path);
    int rc = 0;
    if (description_is_there(text, size))
        rc = read_description(plugin, text, size, err);
    if (rc == 0)
        rc = check_name(plugin, err);
    if (rc < 0)
        return error_prefix(err, rc, "%s: describe", path);
    *ret = TAKE(plugin);
    return 0;
}
