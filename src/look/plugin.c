// SPDX-License-Identifier: GPL-3.0-or-later
/* plugin - writes a new plugin, tries one, and lists those that are there. It asks no
 * server. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/say.h"
#include "base/suggest.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/table.h"
#include "look/trial.h"
#include "plugin/plugin.h"

#define TEMPLATE_MAX (64 << 10)
#define LOOK_FAILED  (-EIO) /* the call was right, and it did not work */

struct plugin_options {
    const char *conf, *language;
    bool json;
};

#define AT(member) offsetof(struct plugin_options, member)

static const struct option_row plugin_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf),
     "list: the configuration whose folders are looked into"},
    {0, "language", "WORD", OPTION_TEXT, AT(language),
     "new: sh, python, guile or c; else sh"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "list: as one JSON array"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* ---- new ---- */

struct language {
    const char *name, *suffix; /* of the file that is written */
    mode_t mode;
};

static const struct language languages[] = {
    {"sh", "", 0755}, {"python", "", 0755}, {"guile", "", 0755}, {"c", ".c", 0644}};

#define LANGUAGE_COUNT (sizeof languages / sizeof *languages)

static const struct language *find_language(const char *name, struct error *err)
{
    const char *known[LANGUAGE_COUNT + 1] = {0};
    char hint[80];
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        known[i] = languages[i].name;
        if (strcmp(known[i], name) == 0)
            return &languages[i];
    }
    error_set(err, -EINVAL,
              "--language: found \"%.40s\", expected sh, python, guile or "
              "c%s",
              name, suggest_text(name, known, hint, sizeof hint));
    return NULL;
}

/* NAME stands for the plugin's name; in NAME_ for that of a relation, which has no
 * dash. */
static void fill_template(const char *text, const char *name, struct strbuf *ret)
{
    for (const char *at; (at = strstr(text, "NAME")); text = at + 4) {
        size_t from = ret->size + (size_t)(at - text);
        strbuf_add(ret, text, (size_t)(at - text));
        strbuf_puts(ret, name);
        for (size_t i = from; at[4] == '_' && i < ret->size; i++)
            if (ret->data[i] == '-')
                ret->data[i] = '_';
    }
    strbuf_puts(ret, text);
}

static int write_new(const char *path, mode_t mode, const struct strbuf *text,
                     struct error *err)
{
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 && errno == EEXIST)
        return error_set(err, -EEXIST, "%s is there already; it stays as it is", path);
    if (fd < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    int rc = files_write_all(fd, text->data, text->size);
    /* whatever the umask says, nobody else may write what we run */
    if (rc == 0 && fchmod(fd, mode) < 0)
        rc = -errno;
    return rc < 0 ? error_set(err, rc, "%s: %s", path, strerror(-rc)) : 0;
}

static int write_plugin(const char *name, const struct language *language,
                        struct error *err)
{
    AUTO(str) char *path = text_format("%s%s", name, language->suffix);
    AUTO(str) char *resource = text_format("sdk/templates/%s", language->name);
    AUTO(str) char *template = NULL;
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(strbuf) struct strbuf filled = {0};
    int rc = program_share(resource, &template, err);
    if (rc == 0)
        rc = files_read(template, TEMPLATE_MAX, &text, err);
    if (rc < 0)
        return rc;
    fill_template(strbuf_text(&text), name, &filled);
    rc = write_new(path, language->mode, &filled, err);
    if (rc < 0)
        return rc;
    if (*language->suffix)
        printf("%s is written. Build it: cc -O2 -Wall -o %s %s\nThen try it: sheepdog "
               "plugin test ./%s\n",
               path, name, path, name);
    else
        printf("%s is written. Try it: sheepdog plugin test ./%s\n", path, path);
    return 0;
}

static int run_new(const struct plugin_options *options, const struct words *words,
                   struct error *err)
{
    const char *name = words->items[1];
    const struct language *language =
        find_language(options->language ? options->language : "sh", err);
    if (!language)
        return -EINVAL;
    if (!plugin_is_name(name))
        return error_set(err, -EINVAL,
                         "new: found \"%.60s\", expected a letter a to z, "
                         "and up to 62 letters, digits and -",
                         name);
    AUTO(plugin) struct plugin *plugin = NULL;
    int rc = plugin_read(name, "", 0, &plugin, err); /* a built-in one has that name */
    if (rc < 0)
        return rc;
    rc = write_plugin(name, language, err);
    return rc < 0 ? LOOK_FAILED : 0;
}

/* ---- list ---- */

static const struct table_column columns[] = {
    {"NAME", false}, {"RUNS ON", false}, {"EVERY", true},
    {"WHAT", false}, {"FILE", false},    {NULL, false},
};

static void say_passed_over(void *context UNUSED, const char *sentence)
{
    say("plugin: %s", sentence);
}

static const char *place_of(const struct plugin *plugin)
{
    if (plugin->has_monitor && plugin->has_receiver)
        return "machine, server";
    return plugin->has_monitor ? "machine" : "server";
}

static const char *fallback_of(const struct plugin *plugin, const char *name)
{
    for (const struct setting *row = plugin->settings; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row->fallback;
    return "";
}

static void add_row(struct table *rows, const struct plugin *plugin, bool is_own)
{
    AUTO(str)
    char *place =
        text_format("%s%s", place_of(plugin), is_own ? " (where it is named)" : "");
    table_add(rows, PAINT_NONE, plugin->name);
    table_add(rows, PAINT_NONE, place);
    table_add(rows, PAINT_NONE, fallback_of(plugin, "every"));
    table_add(rows, PAINT_NONE,
              plugin->is_described ? plugin->help : "(it describes nothing)");
    table_add(rows, PAINT_NONE, plugin->path);
}

static json_t *settings_of(const struct plugin *plugin)
{
    json_t *settings = json_array();
    for (const struct setting *row = plugin->settings; row->name; row++) {
        bool is_required = row->fallback == setting_required;
        json_array_append_new(
            settings, json_pack("{s:s, s:s, s:s?, s:b, s:s?, s:s?}", "name", row->name,
                                "type", setting_type_name(row->type), "default",
                                is_required ? NULL : row->fallback, "required",
                                is_required, "unit", row->unit, "help", row->help));
    }
    return settings;
}

static json_t *describe(const struct plugin *plugin, bool is_own)
{
    json_t *relations = json_array();
    for (size_t i = 0; i < plugin->relations.count; i++)
        json_array_append_new(relations, json_string(plugin->relations.items[i]->name));
    return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:o, s:o}", "name",
                     plugin->name, "file", plugin->path, "help", plugin->help,
                     "described", plugin->is_described, "monitor", plugin->has_monitor,
                     "receiver", plugin->has_receiver, "named_only", is_own, "settings",
                     settings_of(plugin), "relations", relations);
}

struct listing {
    struct table *rows;
    json_t *array;
};

static void list_folders(const struct texts *folders, bool is_own,
                         struct listing *listing)
{
    AUTO(plugins) struct plugins plugins = {0};
    plugins_load(folders, say_passed_over, NULL, &plugins);
    for (size_t i = 0; i < plugins.count; i++) {
        add_row(listing->rows, plugins.items[i], is_own);
        json_array_append_new(listing->array, describe(plugins.items[i], is_own));
    }
}

static void print_listing(const struct listing *listing, bool is_json)
{
    struct screen screen = screen_find();
    if (is_json) {
        fetch_print(listing->array);
        return;
    }
    if (json_array_size(listing->array) == 0)
        return;
    table_print(listing->rows, &screen);
}

static int run_list(const struct plugin_options *options,
                    const struct words *words UNUSED, struct error *err)
{
    AUTO(config) struct config *config = NULL;
    AUTO(table) struct table *rows = table_new(columns);
    json_auto_t *array = json_array();
    AUTO(str) char *own = NULL;
    struct listing listing = {rows, array};
    if (config_open(options->conf, &config, err) < 0)
        return LOOK_FAILED;
    list_folders(&config->plugins, false, &listing);
    if (plugin_own_folder(&own, NULL) == 0) {
        AUTO(texts) struct texts folders = {0};
        texts_add(&folders, own);
        list_folders(&folders, true, &listing);
    }
    print_listing(&listing, options->json);
    return 0;
}

/* ---- the call ---- */

static int run_test(const struct plugin_options *options UNUSED,
                    const struct words *words, struct error *err)
{
    struct words settings = {words->items + 2, words->count - 2};
    return trial_run(words->items[1], &settings)
               ? 0
               : error_set(err, LOOK_FAILED, "%s: it is not good", words->items[1]);
}

static const struct plugin_action {
    const char *name, *word; /* NULL: it takes none */
    bool has_settings;       /* NAME=VALUE, any number of them behind that */
    int (*run)(const struct plugin_options *options, const struct words *words,
               struct error *err);
} actions[] = {{"new", "NAME", false, run_new},
               {"test", "FILE", true, run_test},
               {"list", NULL, false, run_list}};

#define ACTION_COUNT (sizeof actions / sizeof *actions)

static const struct plugin_action *find_action(const struct words *words,
                                               struct error *err)
{
    const char *names[ACTION_COUNT + 1] = {0};
    const char *name = words->count > 0 ? words->items[0] : "";
    char hint[80];
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        size_t wanted = actions[i].word ? 2 : 1;
        names[i] = actions[i].name;
        if (strcmp(names[i], name) != 0)
            continue;
        if (words->count == wanted ||
            (actions[i].has_settings && words->count > wanted))
            return &actions[i];
        error_set(err, -EINVAL, "%s: expected %s", name,
                  actions[i].word ? actions[i].word : "nothing more");
        return NULL;
    }
    error_set(err, -EINVAL, "found \"%.40s\", expected new, test or list%s", name,
              suggest_text(name, names, hint, sizeof hint));
    return NULL;
}

static int run(int argc, char **argv)
{
    struct plugin_options options = {0};
    struct words words;
    struct error err = {0};
    int exit_status = look_begin_words(&look_plugin, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    const struct plugin_action *action = find_action(&words, &err);
    if (!action)
        return look_refuse(&look_plugin, &err);
    int rc = action->run(&options, &words, &err);
    if (rc == LOOK_FAILED)
        say("plugin: %s", err.text);
    else if (rc < 0)
        return look_refuse(&look_plugin, &err);
    return rc == 0 ? EXIT_OK : EXIT_FAILED;
}

const struct command look_plugin = {
    .name = "plugin",
    .arguments = "new NAME | test FILE [SETTING=VALUE …] | list",
    .summary = "write a plugin, try one, list those that are there",
    .options = plugin_rows,
    .run = run,
};
