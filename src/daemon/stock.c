// SPDX-License-Identifier: GPL-3.0-or-later
/* stock - files become plugins or troubles. */
#include "daemon/stock.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "monitor/monitor.h"

void stock_clear(struct stock *stock)
{
    plugins_clear(&stock->plugins);
    plugins_clear(&stock->own);
    for (size_t i = 0; i < stock->trouble_count; i++) {
        free(stock->troubles[i].name);
        free(stock->troubles[i].text);
    }
    free(stock->troubles);
    *stock = (struct stock){0};
}

/* ---- which files ---- */

static void add_folder_trouble(void *context, const char *sentence)
{
    stock_fail(context, NULL, sentence);
}

/* They run in another folder. */
static void make_absolute(struct texts *paths)
{
    char real[PATH_MAX];
    for (size_t i = 0; i < paths->count; i++)
        if (paths->items[i][0] != '/' && realpath(paths->items[i], real)) {
            free(paths->items[i]);
            paths->items[i] = text_copy(real);
        }
}

void stock_list(const struct config *config, struct stock *stock, struct texts *ret)
{
    plugins_list(&config->plugins, add_folder_trouble, stock, ret);
    make_absolute(ret);
}

static bool is_named(const struct config *config, const char *path)
{
    AUTO(str) char *name = plugin_file_name(path);
    for (size_t i = 0; i < config->monitors.count; i++)
        if (strcmp(config->monitors.items[i].name, name) == 0)
            return !monitor_find(name);
    return false;
}

void stock_list_own(const struct config *config, bool is_all, struct texts *ret)
{
    AUTO(texts) struct texts folders = {0};
    AUTO(texts) struct texts paths = {0};
    AUTO(str) char *folder = NULL;
    if (plugin_own_folder(&folder, NULL) < 0)
        return;
    texts_add(&folders, folder);
    plugins_list(&folders, NULL, NULL, &paths);
    make_absolute(&paths);
    for (size_t i = 0; i < paths.count; i++)
        if (is_all || is_named(config, paths.items[i]))
            texts_add(ret, paths.items[i]);
}

/* ---- what they are ---- */

void stock_fail(struct stock *stock, const char *path, const char *why)
{
    AUTO(str) char *name = path ? plugin_file_name(path) : NULL;
    stock->troubles = memory_resize(stock->troubles, (stock->trouble_count + 1) *
                                                         sizeof *stock->troubles);
    bool is_name = name && plugin_is_name(name) && !monitor_find(name);
    stock->troubles[stock->trouble_count++] =
        (struct trouble){.name = is_name ? TAKE(name) : NULL, .text = text_copy(why)};
}

void stock_add(struct stock *stock, struct plugins *to, struct plugin *plugin)
{
    struct error why;
    if (plugins_add(to, plugin, &why) < 0)
        stock_fail(stock, NULL, why.text);
}

static void load(struct stock *stock, const struct texts *paths, struct plugins *to)
{
    for (size_t i = 0; i < paths->count; i++) {
        struct plugin *plugin = NULL;
        struct error why;
        if (plugin_load(paths->items[i], &plugin, &why) == 0)
            stock_add(stock, to, plugin);
        else
            stock_fail(stock, paths->items[i], why.text);
    }
}

void stock_fill(const struct config *config, bool is_all, struct stock *ret)
{
    AUTO(texts) struct texts paths = {0};
    AUTO(texts) struct texts own = {0};
    stock_list(config, ret, &paths);
    stock_list_own(config, is_all, &own);
    load(ret, &paths, &ret->plugins);
    load(ret, &own, &ret->own);
}

/* ---- asked ---- */

const struct plugin *stock_find(const struct stock *stock, const char *name)
{
    const struct plugin *plugin = plugins_find(&stock->plugins, name);
    return plugin ? plugin : plugins_find(&stock->own, name);
}

const struct trouble *stock_find_trouble(const struct stock *stock, const char *name)
{
    for (size_t i = 0; i < stock->trouble_count; i++)
        if (stock->troubles[i].name && strcmp(stock->troubles[i].name, name) == 0)
            return &stock->troubles[i];
    return NULL;
}
