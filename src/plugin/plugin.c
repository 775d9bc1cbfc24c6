// SPDX-License-Identifier: GPL-3.0-or-later
/* plugin - one file asked what it is; and all of a folder. */
#include "plugin/plugin.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/program.h"
#include "monitor/helper.h"
#include "plugin/description.h"

void plugin_free(struct plugin *plugin)
{
    if (!plugin)
        return;
    for (struct setting *row = plugin->settings; row->name; row++) {
        free((char *)row->name);
        if (row->fallback != setting_required)
            free((char *)row->fallback);
        free((char *)row->unit);
        free((char *)row->help);
    }
    free(plugin->settings);
    relations_clear(&plugin->relations);
    texts_clear(&plugin->states);
    texts_clear(&plugin->receives);
    free(plugin->path);
    free(plugin->name);
    free(plugin->help);
    free(plugin);
}

/* ---- one ---- */

/* One that fails with nothing to say is a monitor that fails, and described by no more
 * than its name; but what was begun is to be whole. */
static int check_end(const struct ended *ended, struct error *err)
{
    int rc = ended_check(ended, PLUGIN_DESCRIBE_MS, err);
    bool is_bare = !description_is_there(ended->out, ended->out_size);
    return rc == -EIO && is_bare && ended->status < 126 ? 0 : rc;
}

void plugin_question_init(struct plugin_question *question, const char *path,
                          struct helper_plan *ret)
{
    *question = (struct plugin_question){.argv = {path, "describe"}};
    plugin_environment(&question->environment);
    *ret = (struct helper_plan){.argv = (char *const *)question->argv,
                                .environment = &question->environment,
                                .timeout = PLUGIN_DESCRIBE_MS,
                                .memory = HELPER_MEMORY,
                                .out_max = PLUGIN_DESCRIBE_MAX};
}

void plugin_question_clear(struct plugin_question *question)
{
    texts_clear(&question->environment);
}

int plugin_answer(const char *path, const struct ended *ended, struct plugin **ret,
                  struct error *err)
{
    int rc = check_end(ended, err);
    return rc < 0 ? error_prefix(err, rc, "%s: describe", path)
                  : plugin_read(path, ended->out, ended->out_size, ret, err);
}

static int describe(const char *path, struct plugin **ret, struct error *err)
{
    AUTO(plugin_question) struct plugin_question question;
    AUTO(helper) struct helper *helper = NULL;
    struct helper_plan plan;
    struct ended ended;
    plugin_question_init(&question, path, &plan);
    int rc = helper_run(&plan, &helper, err);
    if (rc < 0)
        return error_prefix(err, rc, "%s: describe", path);
    helper_ended(helper, &ended);
    return plugin_answer(path, &ended, ret, err);
}

int plugin_load(const char *path, struct plugin **ret, struct error *err)
{
    char real[PATH_MAX];
    int rc = plugin_check_file(path, err);
    if (rc < 0)
        return rc;
    /* it runs in another folder */
    if (path[0] != '/' && realpath(path, real))
        path = real;
    return describe(path, ret, err);
}

/* ---- where things are ---- */

int plugin_own_folder(char **ret, struct error *err)
{
    return program_share("plugins", ret, err);
}

static void add_variable(struct texts *ret, const char *name, const char *folder,
                         const char *part)
{
    AUTO(str) char *text = text_format("%s=%s%s", name, folder, part);
    texts_add(ret, text);
}

void plugin_environment(struct texts *ret)
{
    AUTO(str) char *sdk = NULL;
    texts_add(ret, "PYTHONUNBUFFERED=1");
    texts_add(ret, "PYTHONDONTWRITEBYTECODE=1");
    texts_add(ret, "GUILE_AUTO_COMPILE=0");
    if (program_share("sdk", &sdk, NULL) < 0)
        return;
    add_variable(ret, "SHEEPDOG_SDK", sdk, "");
    add_variable(ret, "PYTHONPATH", sdk, "/python");
    add_variable(ret, "GUILE_LOAD_PATH", sdk, "/guile");
}

/* ---- all ---- */

/* Whom to tell what is passed over. */
struct listener {
    void (*say)(void *context, const char *sentence);
    void *context;
};

static void pass_over(const struct listener *listener, const char *sentence)
{
    if (listener->say)
        listener->say(listener->context, sentence);
}

const struct plugin *plugins_find(const struct plugins *plugins, const char *name)
{
    for (size_t i = 0; i < plugins->count; i++)
        if (strcmp(plugins->items[i]->name, name) == 0)
            return plugins->items[i];
    return NULL;
}

void plugins_clear(struct plugins *plugins)
{
    for (size_t i = 0; i < plugins->count; i++)
        plugin_free(plugins->items[i]);
    free(plugins->items);
    *plugins = (struct plugins){0};
}

int plugins_add(struct plugins *plugins, struct plugin *plugin, struct error *err)
{
    const struct plugin *first = plugins_find(plugins, plugin->name);
    if (first) {
        int rc = error_set(err, -EEXIST,
                           "%s: the plugin %s is %s already; this one is not used",
                           plugin->path, plugin->name, first->path);
        plugin_free(plugin);
        return rc;
    }
    plugins->items =
        memory_resize(plugins->items, (plugins->count + 1) * sizeof(void *));
    plugins->items[plugins->count++] = plugin;
    return 0;
}

/* Neither what is hidden, nor what an editor leaves, nor a folder. */
static int is_wanted(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && entry->d_name[length - 1] != '~' &&
           entry->d_type != DT_DIR;
}

/* The default need not be there. */
static void list_folder(const char *folder, bool is_default,
                        const struct listener *listener, struct texts *ret)
{
    struct dirent **entries;
    struct error why;
    int count = scandir(folder, &entries, is_wanted, alphasort);
    if (count < 0) {
        error_set(&why, -errno, "%s: %s; no plugin of it is used", folder,
                  strerror(errno));
        if (!is_default || errno != ENOENT)
            pass_over(listener, why.text);
        return;
    }
    for (int i = 0; i < count; i++) {
        AUTO(str) char *path = text_format("%s/%s", folder, entries[i]->d_name);
        texts_add(ret, path);
        free(entries[i]);
    }
    free(entries);
}

void plugins_list(const struct texts *folders,
                  void (*say)(void *context, const char *sentence), void *context,
                  struct texts *ret)
{
    struct listener listener = {say, context};
    if (folders->count == 0)
        list_folder(PLUGIN_FOLDER, true, &listener, ret);
    for (size_t i = 0; i < folders->count; i++)
        list_folder(folders->items[i], false, &listener, ret);
}

void plugins_load(const struct texts *folders,
                  void (*say)(void *context, const char *sentence), void *context,
                  struct plugins *ret)
{
    struct listener listener = {say, context};
    AUTO(texts) struct texts paths = {0};
    plugins_list(folders, say, context, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        struct error why = {0};
        struct plugin *plugin = NULL;
        int rc = plugin_load(paths.items[i], &plugin, &why);
        if (rc == 0)
            rc = plugins_add(ret, plugin, &why);
        if (rc < 0)
            pass_over(&listener, why.text);
    }
}
