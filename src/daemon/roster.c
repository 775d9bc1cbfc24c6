// SPDX-License-Identifier: GPL-3.0-or-later
/* roster - the defaults that no form speaks of, then the forms in their order. */
#include "daemon/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bark/tag.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "daemon/schedule.h"

#define FOLDER "/etc/sheepdog/plugins"

struct reading {
    const struct config *config;
    struct roster *roster;
};

/* ---- plugins ---- */

static void add_trouble(void *context, const char *sentence)
{
    texts_add(context, sentence);
}

void roster_load_plugins(const struct config *config, struct texts *troubles,
                         struct plugins *ret)
{
    AUTO(texts) struct texts fallback = {0};
    if (access(FOLDER, F_OK) == 0)
        texts_add(&fallback, FOLDER);
    plugins_load(config->plugins.count > 0 ? &config->plugins : &fallback, add_trouble,
                 troubles, ret);
}

void roster_load_own(struct texts *troubles, struct plugins *ret)
{
    AUTO(texts) struct texts folders = {0};
    char *folder = NULL;
    if (plugin_own_folder(&folder, NULL) == 0)
        texts_add(&folders, folder);
    free(folder);
    plugins_load(&folders, add_trouble, troubles, ret);
}

/* ---- one instance ---- */

static void instance_clear(struct instance *instance)
{
    free(instance->tag);
    settings_free(instance->settings);
}
AUTO_DEFINE_CLEAR(instance)

const char *instance_name(const struct instance *instance)
{
    return instance->monitor ? instance->monitor->name : instance->plugin->name;
}

bool instance_is_same(const struct instance *one, const struct instance *other)
{
    const char *path = one->plugin ? one->plugin->path : "";
    const char *other_path = other->plugin ? other->plugin->path : "";
    return one->monitor == other->monitor && strcmp(path, other_path) == 0 &&
           strcmp(one->tag, other->tag) == 0 &&
           settings_are_same(one->settings, other->settings);
}

static const struct setting *own_settings(const struct instance *instance)
{
    return instance->monitor ? instance->monitor->settings : instance->plugin->settings;
}

/* Whether the one is the other, or the tag of one of its parts. */
static bool is_within(const char *tag, const char *other)
{
    size_t length = strlen(other);
    return strncmp(tag, other, length) == 0 &&
           (tag[length] == '\0' || tag[length] == ':');
}

static int check_tag(const struct roster *roster, const char *tag, struct error *err)
{
    if (!tag_is_clean(tag))
        return error_set(
            err, -EINVAL,
            "the tag \"%.60s\": expected at most 255 bytes without control "
            "characters",
            tag);
    if (is_within(tag, ROSTER_OWN_TAG))
        return error_set(err, -EINVAL, "the tag \"%.60s\" is that of the daemon itself",
                         tag);
    for (size_t i = 0; i < roster->count; i++) {
        const struct instance *other = &roster->items[i];
        if (!is_within(tag, other->tag) && !is_within(other->tag, tag))
            continue;
        if (other->line == 0)
            return error_set(err, -EINVAL,
                             "the tag \"%.60s\" is that of the monitor %s", tag,
                             instance_name(other));
        return error_set(err, -EINVAL,
                         "the tag \"%.60s\" is that of the monitor %s in line %d; give "
                         "one of them another: (tag \"…\")",
                         tag, instance_name(other), other->line);
    }
    return 0;
}

static int check_times(const struct instance *instance, struct error *err)
{
    if (instance->every < SCHEDULE_EVERY_MIN || instance->timeout < SCHEDULE_EVERY_MIN)
        return error_set(err, -EINVAL, "%s: every and timeout: expected at least %d ms",
                         instance_name(instance), SCHEDULE_EVERY_MIN);
    return 0;
}

/* What the program would be must be known. */
static int check_command(const struct instance *instance, struct error *err)
{
    AUTO(texts) struct texts argv = {0};
    if (!instance->monitor || !instance->monitor->command)
        return 0;
    return instance->monitor->command(instance->settings, &argv, err);
}

static int check(const struct roster *roster, const struct instance *instance,
                 struct error *err)
{
    int rc = check_tag(roster, instance->tag, err);
    if (rc == 0)
        rc = check_times(instance, err);
    return rc < 0 ? rc : check_command(instance, err);
}

/* "PATH:LINE:COLUMN: " before what stands there; where there is no form, nothing. */
static void put_place(const struct reading *reading, const struct monitor_form *form,
                      struct error *err)
{
    const char *path = reading->config->path ? reading->config->path : "(defaults)";
    if (form)
        error_prefix(err, -EINVAL, "%s:%d:%d", path, form->line, form->column);
}

/* made: what it is of. */
static int add(const struct reading *reading, const struct monitor_form *form,
               const struct instance *made, struct error *err)
{
    struct roster *roster = reading->roster;
    AUTO(instance) struct instance instance = *made;
    struct settings_tables tables = {.own = own_settings(&instance),
                                     .path = reading->config->path};
    int rc = settings_read(&tables, form, &instance.settings, err);
    if (rc < 0)
        return rc;
    const char *tag = settings_text(instance.settings, "tag");
    instance.tag = text_copy(tag && *tag ? tag : instance_name(&instance));
    instance.every = settings_duration(instance.settings, "every");
    instance.timeout = settings_duration(instance.settings, "timeout");
    instance.times = (int)settings_number(instance.settings, "times");
    instance.line = form ? form->line : 0;
    rc = check(roster, &instance, err);
    if (rc < 0) {
        put_place(reading, form, err);
        return rc;
    }
    roster->items =
        memory_resize(roster->items, (roster->count + 1) * sizeof *roster->items);
    roster->items[roster->count++] = instance;
    instance = (struct instance){0};
    return 0;
}

/* ---- the defaults ---- */

static bool is_spoken_of(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->monitors.count; i++)
        if (strcmp(config->monitors.items[i].name, name) == 0)
            return true;
    return false;
}

static void add_defaults(const struct reading *reading)
{
    struct roster *roster = reading->roster;
    struct error why;
    for (size_t i = 0; monitors[i]; i++)
        if (monitors[i]->is_default &&
            !is_spoken_of(reading->config, monitors[i]->name) &&
            add(reading, NULL, &(struct instance){.monitor = monitors[i]}, &why) < 0)
            texts_add(&roster->faults, why.text);
}

/* One that cannot do without being told something is no fault of the configuration. */
static void add_plugins(const struct reading *reading)
{
    struct roster *roster = reading->roster;
    struct error why;
    for (size_t i = 0; i < roster->plugins.count; i++) {
        const struct plugin *plugin = roster->plugins.items[i];
        if (!plugin->has_monitor || is_spoken_of(reading->config, plugin->name) ||
            add(reading, NULL, &(struct instance){.plugin = plugin}, &why) == 0)
            continue;
        error_prefix(&why, -EINVAL, "%s", plugin->path);
        texts_add(&roster->troubles, why.text);
    }
}

/* ---- the forms ---- */

static bool find(const struct roster *roster, const char *name, struct instance *ret)
{
    *ret = (struct instance){.monitor = monitor_find(name)};
    if (!ret->monitor)
        ret->plugin = plugins_find(&roster->plugins, name);
    if (!ret->monitor && !ret->plugin)
        ret->plugin = plugins_find(&roster->own, name);
    return ret->monitor || ret->plugin;
}

static void list_plugins(const struct plugins *plugins, const char **names,
                         size_t *count)
{
    for (size_t i = 0; i < plugins->count; i++)
        names[(*count)++] = plugins->items[i]->name;
}

static int fail_unknown(const struct roster *roster, const char *name,
                        struct error *err)
{
    char hint[80];
    size_t count = 0, known = 0;
    while (monitors[known])
        known++;
    const char **names = memory_new(
        (known + roster->plugins.count + roster->own.count + 1) * sizeof *names);
    for (; monitors[count]; count++)
        names[count] = monitors[count]->name;
    list_plugins(&roster->plugins, names, &count);
    list_plugins(&roster->own, names, &count);
    suggest_text(name, names, hint, sizeof hint);
    free(names);
    return error_set(err, -EINVAL, "no monitor and no plugin is called %.60s%s", name,
                     hint[0] ? hint : "; see sheepdog monitors");
}

static bool is_off(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->monitors.count; i++)
        if (config->monitors.items[i].is_off &&
            strcmp(config->monitors.items[i].name, name) == 0)
            return true;
    return false;
}

static int add_form(const struct reading *reading, const struct monitor_form *form,
                    struct error *err)
{
    struct instance made;
    int rc = 0;
    if (!find(reading->roster, form->name, &made))
        rc = fail_unknown(reading->roster, form->name, err);
    else if (made.plugin && !made.plugin->has_monitor)
        rc = error_set(err, -EINVAL, "the plugin %s is a receiver alone", form->name);
    else if (!form->is_off && is_off(reading->config, form->name))
        rc = error_set(err, -EINVAL, "the monitor %s is off in another form",
                       form->name);
    if (rc < 0)
        put_place(reading, form, err);
    else if (!form->is_off)
        rc = add(reading, form, &made, err);
    return rc;
}

static bool needs_own(const struct roster *roster, const struct config *config)
{
    struct instance made;
    for (size_t i = 0; i < config->monitors.count; i++)
        if (!find(roster, config->monitors.items[i].name, &made))
            return true;
    return false;
}

struct roster *roster_read(const struct config *config)
{
    struct roster *roster = memory_new(sizeof *roster);
    struct reading reading = {.config = config, .roster = roster};
    struct error why;
    roster_load_plugins(config, &roster->troubles, &roster->plugins);
    if (needs_own(roster, config))
        roster_load_own(&roster->troubles, &roster->own);
    add_defaults(&reading);
    add_plugins(&reading);
    for (size_t i = 0; i < config->monitors.count; i++)
        if (add_form(&reading, &config->monitors.items[i], &why) < 0)
            texts_add(&roster->faults, why.text);
    return roster;
}

void roster_free(struct roster *roster)
{
    if (!roster)
        return;
    for (size_t i = 0; i < roster->count; i++)
        instance_clear(&roster->items[i]);
    free(roster->items);
    plugins_clear(&roster->plugins);
    plugins_clear(&roster->own);
    texts_clear(&roster->faults);
    texts_clear(&roster->troubles);
    free(roster);
}
