// SPDX-License-Identifier: GPL-3.0-or-later
/* roster - the defaults that no form speaks of, and the forms of what is built in; then
 * the forms of plugins, and the plugins that no form speaks of: so that a plugin never
 * takes the tag of what is built in. */
#include "daemon/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bark/tag.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "daemon/schedule.h"

struct reading {
    const struct config *config;
    struct roster *roster;
};

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

static int fail_taken(const struct instance *other, const char *tag, struct error *err)
{
    if (other->line == 0)
        return error_set(err, -EINVAL, "the tag \"%.60s\" is that of the monitor %s",
                         tag, instance_name(other));
    return error_set(err, -EINVAL,
                     "the tag \"%.60s\" is that of the monitor %s in line %d; give one "
                     "of them another: (tag \"…\")",
                     tag, instance_name(other), other->line);
}

static int check_tag(const struct roster *roster, const char *tag, struct error *err)
{
    if (!tag_is_clean(tag))
        return error_set(
            err, -EINVAL,
            "the tag \"%.60s\": expected at most 255 bytes without control "
            "characters",
            tag);
    if (is_within(tag, ROSTER_OWN_TAG) || is_within(tag, ROSTER_FACTS_TAG))
        return error_set(err, -EINVAL, "the tag \"%.60s\" is that of the daemon itself",
                         tag);
    for (size_t i = 0; i < roster->count; i++)
        if (is_within(tag, roster->items[i].tag) ||
            is_within(roster->items[i].tag, tag))
            return fail_taken(&roster->items[i], tag, err);
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

static int check_readers(const struct config *config, const struct instance *instance,
                         struct error *err)
{
    if (!config->is_exposed || !settings_hold_secret(instance->settings))
        return 0;
    return error_set(err, -EPERM,
                     "%s is told a secret, and others can read this file; chmod 600 it",
                     instance_name(instance));
}

static int check(const struct reading *reading, const struct instance *instance,
                 struct error *err)
{
    int rc = check_tag(reading->roster, instance->tag, err);
    if (rc == 0)
        rc = check_readers(reading->config, instance, err);
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
    rc = check(reading, &instance, err);
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

/* ---- what is absent ---- */

/* The tag that the form gives it, whatever else is wrong with it. */
static const char *tag_of_form(const struct monitor_form *form)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->settings[i].name, "tag") == 0 &&
            form->settings[i].values.count == 1)
            return form->settings[i].values.items[0];
    return form->name;
}

static bool is_taken(const struct roster *roster, const char *tag)
{
    struct error why;
    for (size_t i = 0; i < roster->absent_count; i++)
        if (is_within(tag, roster->absents[i].tag) ||
            is_within(roster->absents[i].tag, tag))
            return true;
    return check_tag(roster, tag, &why) < 0;
}

static void add_absent(struct roster *roster, const char *tag, const char *why)
{
    if (is_taken(roster, tag)) {
        texts_add(&roster->troubles, why);
        return;
    }
    roster->absents = memory_resize(roster->absents, (roster->absent_count + 1) *
                                                         sizeof *roster->absents);
    roster->absents[roster->absent_count++] =
        (struct absent){.tag = text_copy(tag), .why = text_copy(why)};
}

/* ---- what is built in ---- */

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
    struct instance made = {.monitor = monitor_find(form->name)};
    if (form->is_off)
        return 0;
    if (is_off(reading->config, form->name)) {
        error_set(err, -EINVAL, "the monitor %s is off in another form", form->name);
        put_place(reading, form, err);
        return -EINVAL;
    }
    return made.monitor ? add(reading, form, &made, err) : 0;
}

static void add_forms(const struct reading *reading)
{
    const struct monitor_forms *forms = &reading->config->monitors;
    struct error why;
    for (size_t i = 0; i < forms->count; i++)
        if (add_form(reading, &forms->items[i], &why) < 0)
            texts_add(&reading->roster->faults, why.text);
}

/* ---- plugins ---- */

static void list_plugins(const struct plugins *plugins, const char **names,
                         size_t *count)
{
    for (size_t i = 0; i < plugins->count; i++)
        names[(*count)++] = plugins->items[i]->name;
}

static void fail_unknown(const struct stock *stock, const char *name, struct error *err)
{
    char hint[80];
    size_t count = 0, known = 0;
    while (monitors[known])
        known++;
    const char **names = memory_new(
        (known + stock->plugins.count + stock->own.count + 1) * sizeof *names);
    for (; monitors[count]; count++)
        names[count] = monitors[count]->name;
    list_plugins(&stock->plugins, names, &count);
    list_plugins(&stock->own, names, &count);
    suggest_text(name, names, hint, sizeof hint);
    free(names);
    error_set(err, -EINVAL, "no monitor and no plugin is called %.60s%s", name,
              hint[0] ? hint : "; see sheepdog monitors");
}

static int add_plugin_form(const struct reading *reading,
                           const struct monitor_form *form, struct error *err)
{
    const struct stock *stock = &reading->roster->stock;
    const struct trouble *trouble = stock_find_trouble(stock, form->name);
    struct instance made = {.plugin = stock_find(stock, form->name)};
    if (made.plugin && made.plugin->has_monitor)
        return form->is_off ? 0 : add(reading, form, &made, err);
    if (trouble && form->is_off)
        return 0;
    if (made.plugin)
        error_set(err, -EINVAL, "the plugin %s is a receiver alone", form->name);
    else if (trouble)
        error_set(err, -EINVAL, "%s", trouble->text);
    else
        fail_unknown(stock, form->name, err);
    put_place(reading, form, err);
    return -EINVAL;
}

static void add_plugin_forms(const struct reading *reading)
{
    const struct monitor_forms *forms = &reading->config->monitors;
    struct roster *roster = reading->roster;
    struct error why;
    for (size_t i = 0; i < forms->count; i++) {
        const struct monitor_form *form = &forms->items[i];
        if (monitor_find(form->name) || add_plugin_form(reading, form, &why) == 0)
            continue;
        if (form->is_off)
            texts_add(&roster->troubles, why.text);
        else
            add_absent(roster, tag_of_form(form), why.text);
    }
}

/* One that cannot do without being told something is absent too. */
static void add_plugins(const struct reading *reading)
{
    struct roster *roster = reading->roster;
    struct error why;
    for (size_t i = 0; i < roster->stock.plugins.count; i++) {
        const struct plugin *plugin = roster->stock.plugins.items[i];
        if (!plugin->has_monitor || is_spoken_of(reading->config, plugin->name) ||
            add(reading, NULL, &(struct instance){.plugin = plugin}, &why) == 0)
            continue;
        error_prefix(&why, -EINVAL, "%s", plugin->path);
        add_absent(roster, plugin->name, why.text);
    }
}

static void add_troubles(const struct reading *reading)
{
    struct roster *roster = reading->roster;
    for (size_t i = 0; i < roster->stock.trouble_count; i++) {
        const struct trouble *trouble = &roster->stock.troubles[i];
        if (!trouble->name)
            texts_add(&roster->troubles, trouble->text);
        else if (!is_spoken_of(reading->config, trouble->name))
            add_absent(roster, trouble->name, trouble->text);
    }
}

struct roster *roster_read(const struct config *config, struct stock *stock)
{
    struct roster *roster = memory_new(sizeof *roster);
    struct reading reading = {.config = config, .roster = roster};
    roster->stock = *stock;
    *stock = (struct stock){0};
    add_defaults(&reading);
    add_forms(&reading);
    if (roster->stock.is_open)
        return roster;
    add_plugin_forms(&reading);
    add_plugins(&reading);
    add_troubles(&reading);
    return roster;
}

void roster_free(struct roster *roster)
{
    if (!roster)
        return;
    for (size_t i = 0; i < roster->count; i++)
        instance_clear(&roster->items[i]);
    for (size_t i = 0; i < roster->absent_count; i++) {
        free(roster->absents[i].tag);
        free(roster->absents[i].why);
    }
    free(roster->items);
    free(roster->absents);
    stock_clear(&roster->stock);
    texts_clear(&roster->faults);
    texts_clear(&roster->troubles);
    free(roster);
}
