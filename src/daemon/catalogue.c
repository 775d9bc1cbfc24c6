// SPDX-License-Identifier: GPL-3.0-or-later
/* catalogue - a kind of thing a paragraph:
 *
 *     disk (default): space, inodes and read-only remounts of each mount
 *       warn      percent   90%       space from which it is a warning
 */
#include "daemon/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "daemon/stock.h"
#include "monitor/monitor.h"

/* What a monitor and a plugin have in common; lent. */
struct kind {
    const char *name, *help, *path; /* path: NULL: built in */
    const struct setting *settings;
    bool is_default;
};

/* ---- for people ---- */

static const char *fallback_of(const struct setting *setting)
{
    return setting->fallback == setting_required ? "(required)"
           : setting->fallback                   ? setting->fallback
                                                 : "";
}

static void print_setting(const struct setting *setting)
{
    bool has_unit = setting->unit && *setting->unit;
    AUTO(str)
    char *fallback = text_format("%s%s%s", fallback_of(setting),
                                 has_unit && *fallback_of(setting) ? " " : "",
                                 has_unit ? setting->unit : "");
    printf("  %-14s %-9s %-14s %s\n", setting->name, setting_type_name(setting->type),
           fallback, setting->help ? setting->help : "");
}

static void print_settings(const struct setting *settings)
{
    for (size_t i = 0; settings && settings[i].name; i++)
        print_setting(&settings[i]);
}

static void print_kind(const struct kind *kind)
{
    printf("%s%s%s%s\n", kind->name, kind->is_default ? " (default)" : "",
           *kind->help ? ": " : "", kind->help);
    if (kind->path)
        printf("  %s\n", kind->path);
    print_settings(kind->settings);
    putchar('\n');
}

/* ---- for programs ---- */

static void put_setting(struct strbuf *json, const struct setting *setting)
{
    bool is_required = setting->fallback == setting_required;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "name", setting->name);
    json_field_text(json, "type", setting_type_name(setting->type));
    json_field_text(json, "default", is_required ? NULL : setting->fallback);
    json_name(json, "required");
    strbuf_puts(json, is_required ? "true" : "false");
    json_field_text(json, "unit", setting->unit);
    json_field_text(json, "help", setting->help);
    json_close(json, '}');
}

static void put_settings(struct strbuf *json, const struct setting *settings)
{
    json_name(json, "settings");
    json_open(json, '[');
    for (size_t i = 0; settings && settings[i].name; i++)
        put_setting(json, &settings[i]);
    json_close(json, ']');
}

static void put_kind(struct strbuf *json, const struct kind *kind)
{
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "name", kind->name);
    json_field_text(json, "help", kind->help);
    json_field_text(json, "plugin", kind->path);
    json_name(json, "default");
    strbuf_puts(json, kind->is_default ? "true" : "false");
    put_settings(json, kind->settings);
    json_close(json, '}');
}

/* ---- which there are ---- */

static void visit_plugins(const struct plugins *plugins, const struct plugins *before,
                          struct strbuf *json,
                          void (*visit)(struct strbuf *json, const struct kind *kind))
{
    for (size_t i = 0; i < plugins->count; i++) {
        const struct plugin *plugin = plugins->items[i];
        struct kind kind = {.name = plugin->name,
                            .help = plugin->help,
                            .path = plugin->path,
                            .settings = plugin->settings,
                            .is_default = !before};
        if (plugin->has_monitor && (!before || !plugins_find(before, plugin->name)))
            visit(json, &kind);
    }
}

static void visit_all(const struct stock *stock, struct strbuf *json,
                      void (*visit)(struct strbuf *json, const struct kind *kind))
{
    for (size_t i = 0; monitors[i]; i++)
        visit(json, &(struct kind){.name = monitors[i]->name,
                                   .help = monitors[i]->help,
                                   .settings = monitors[i]->settings,
                                   .is_default = monitors[i]->is_default});
    visit_plugins(&stock->plugins, NULL, json, visit);
    visit_plugins(&stock->own, &stock->plugins, json, visit);
}

static void visit_print(struct strbuf *json UNUSED, const struct kind *kind)
{
    print_kind(kind);
}

static void print_all(const struct stock *stock)
{
    puts("Every monitor has these settings; one that has other defaults shows them.");
    print_settings(settings_common);
    putchar('\n');
    visit_all(stock, NULL, visit_print);
}

static void print_json(const struct stock *stock)
{
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_name(&json, "common");
    json_open(&json, '{');
    put_settings(&json, settings_common);
    json_close(&json, '}');
    json_name(&json, "monitors");
    json_open(&json, '[');
    visit_all(stock, &json, put_kind);
    json_close(&json, ']');
    json_close(&json, '}');
    puts(strbuf_text(&json));
}

void catalogue_print(const struct config *config, bool is_json,
                     void (*say)(const char *sentence))
{
    AUTO(stock) struct stock stock = {0};
    stock_fill(config, true, &stock);
    for (size_t i = 0; i < stock.trouble_count; i++)
        say(stock.troubles[i].text);
    if (is_json)
        print_json(&stock);
    else
        print_all(&stock);
}
