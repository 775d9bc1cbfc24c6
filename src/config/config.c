// SPDX-License-Identifier: GPL-3.0-or-later
/* config - reading is walking the file along the table of settings. */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "config/expects.h"
#include "config/notifiers.h"
#include "config/place.h"
#include "config/settings.h"
#include "config/sexp.h"

#define FILE_SIZE_MAX (1 << 20)
#define KNOWN_MAX     64

static bool is_in_section(const struct config_setting *setting, const char *section)
{
    if (!section || !setting->section)
        return section == setting->section;
    return strcmp(section, setting->section) == 0;
}

static const struct config_setting *setting_find(const char *section, const char *name)
{
    const struct config_setting *setting = config_settings;
    for (; setting->name; setting++)
        if (is_in_section(setting, section) && strcmp(setting->name, name) == 0)
            return setting;
    return NULL;
}

static bool is_section(const char *name)
{
    const struct config_setting *setting = config_settings;
    for (; setting->name; setting++)
        if (setting->section && strcmp(setting->section, name) == 0)
            return true;
    return false;
}

/* The section that has a setting of that name, or NULL. */
static const char *section_with(const char *name)
{
    const struct config_setting *setting = config_settings;
    for (; setting->name; setting++)
        if (setting->section && strcmp(setting->name, name) == 0)
            return setting->section;
    return NULL;
}

/* "; did you mean host?", "; it stands within (smtp …)", or "" */
static const char *hint_unknown(const char *name, const char *section, char ret[],
                                size_t size)
{
    const char *known[KNOWN_MAX + 1] = {section ? NULL : "config"};
    size_t count = section ? 0 : 1;
    const struct config_setting *setting = config_settings;
    for (; setting->name && count < KNOWN_MAX; setting++) {
        if (is_in_section(setting, section))
            known[count++] = setting->name;
        else if (!section && setting->section)
            known[count++] = setting->section;
    }
    const char *home = section_with(name);
    if (!section && home)
        snprintf(ret, size, "; it stands within (%s …)", home);
    else
        suggest_text(name, known, ret, size);
    return ret;
}

static int fail_unknown(const struct place *place, const struct sexp *name,
                        const char *section)
{
    char hint[80], text[256];
    snprintf(text, sizeof text, "no setting is called \"%.40s\"%s%s%s", name->text,
             section ? " within " : "", section ? section : "",
             hint_unknown(name->text, section, hint, sizeof hint));
    return place_fail(place, name, text);
}

/* The words for "found X, expected Y" where a value has the wrong type. */
static const char *expected(enum config_type type)
{
    static const char *const words[] = {
        [CONFIG_TEXT] = "a \"string\"",
        [CONFIG_TEXTS] = "\"strings\"",
        [CONFIG_PATTERNS] = "\"regular expressions\"",
        [CONFIG_QUEUE] = "a \"URL\" or (sheepdog-ruby \"URL\" \"KEY\")",
        [CONFIG_QUEUES] = "\"URLs\" or (sheepdog-ruby \"URL\" \"KEY\")",
        [CONFIG_PORT] = "a number from 1 to 65535",
        [CONFIG_COUNT] = "a number",
        [CONFIG_SIZE] = "a size such as \"64M\"",
        [CONFIG_DURATION] = "a duration such as \"5s\" or \"1h30m\"",
        [CONFIG_PERIOD] = "a duration of at least \"1s\"",
        [CONFIG_FLAG] = "#t or #f",
        [CONFIG_MONITORS] = "a name such as disk",
        [CONFIG_NOTIFIERS] = "a name such as oncall",
        [CONFIG_EXPECTS] = "a host and a tag",
        [CONFIG_CALENDARS] = "a time such as \"07:00\" or \"Mon..Fri 07:00\"",
    };
    return words[type];
}

static bool type_fits(enum config_type type, const struct sexp *value)
{
    if (type == CONFIG_FLAG)
        return value->type == SEXP_BOOLEAN;
    if (type == CONFIG_TEXT || config_type_is_texts(type) ||
        config_type_is_queues(type))
        return value->type == SEXP_STRING;
    return value->type == SEXP_SYMBOL || value->type == SEXP_STRING;
}

/* (sheepdog-ruby "redis://HOST:PORT" "KEY") */
static int read_queue(const struct place *place, struct queue_places *places,
                      const struct sexp *list)
{
    bool is_good = list->count == 3 && list->items[0].type == SEXP_SYMBOL &&
                   strcmp(list->items[0].text, "sheepdog-ruby") == 0 &&
                   list->items[1].type == SEXP_STRING &&
                   list->items[2].type == SEXP_STRING;
    if (!is_good)
        return place_fail(place, list, "expected (sheepdog-ruby \"URL\" \"KEY\")");
    queue_places_add(places,
                     &(struct queue_place){.form = text_copy(list->items[0].text),
                                           .url = text_copy(list->items[1].text),
                                           .key = text_copy(list->items[2].text)});
    return 0;
}

/* (warn "90%") */
static int read_form_setting(const struct place *place, struct monitor_form *form,
                             const struct sexp *list)
{
    if (!sexp_is_named_list(list))
        return place_fail_found(place, list, form->name,
                                "a setting such as (every \"1m\"), or off alone");
    const char *name = list->items[0].text;
    if (list->count < 2) {
        char text[160];
        snprintf(text, sizeof text, "%.60s: %.60s: found no value, expected one",
                 form->name, name);
        return place_fail(place, list, text);
    }
    struct form_setting *setting = monitor_form_add(form, name);
    setting->line = list->line;
    setting->column = list->column;
    for (size_t i = 1; i < list->count; i++) {
        if (list->items[i].type == SEXP_LIST)
            return place_fail_found(place, &list->items[i], name,
                                    "a word, a \"string\", #t or #f");
        texts_add(&setting->values, list->items[i].text);
    }
    return 0;
}

/* (monitor disk (every "1m") (only "/")), or (monitor disk off) */
static int read_monitor(const struct place *place, struct monitor_forms *forms,
                        const struct sexp *list)
{
    const char *wanted = expected(CONFIG_MONITORS);
    if (list->count < 2)
        return place_fail_found(place, list, "monitor", wanted);
    if (list->items[1].type != SEXP_SYMBOL)
        return place_fail_found(place, &list->items[1], "monitor", wanted);

    struct monitor_form *form = monitor_forms_add(forms, list->items[1].text);
    form->line = list->line;
    form->column = list->column;
    const struct sexp *third = &list->items[2];
    if (list->count == 3 && third->type == SEXP_SYMBOL &&
        strcmp(third->text, "off") == 0) {
        form->is_off = true;
        return 0;
    }
    for (size_t i = 2; i < list->count; i++) {
        int rc = read_form_setting(place, form, &list->items[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_value(const struct place *place, struct config *config,
                      const struct config_setting *setting, const struct sexp *value)
{
    char found[80], text[256];
    if (config_type_is_queues(setting->type) && value->type == SEXP_LIST)
        return read_queue(place, setting_member(config, setting), value);
    if (!type_fits(setting->type, value)) {
        sexp_describe(value, found, sizeof found);
        snprintf(text, sizeof text, "%s: found %s, expected %s", setting->name,
                 setting_is_secret(setting) ? "something else" : found,
                 expected(setting->type));
        return place_fail(place, value, text);
    }
    int rc = setting_set(config, setting, value->text, place->err);
    return rc < 0 ? error_prefix(place->err, rc, "%s:%d:%d: %s", place->path,
                                 value->line, value->column, setting->name)
                  : 0;
}

static int read_setting(const struct place *place, struct config *config,
                        const struct sexp *list, const char *section)
{
    const struct config_setting *setting = setting_find(section, list->items[0].text);
    if (!setting)
        return fail_unknown(place, &list->items[0], section);
    if (setting->type == CONFIG_MONITORS)
        return read_monitor(place, setting_member(config, setting), list);
    if (setting->type == CONFIG_NOTIFIERS)
        return notifiers_read(place, setting_member(config, setting), list);
    if (setting->type == CONFIG_EXPECTS)
        return expects_read(place, setting_member(config, setting), list);
    bool takes_many =
        config_type_is_texts(setting->type) || setting->type == CONFIG_QUEUES;
    if (list->count < 2 || (list->count > 2 && !takes_many)) {
        char text[160];
        snprintf(text, sizeof text, "%s: found %zu values, expected %s%s",
                 setting->name, list->count - 1, takes_many ? "" : "one, ",
                 expected(setting->type));
        return place_fail(place, list, text);
    }
    if (setting->type == CONFIG_QUEUE)
        queue_places_clear(setting_member(config, setting));
    for (size_t i = 1; i < list->count; i++) {
        int rc = read_value(place, config, setting, &list->items[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* The first setting of the section. */
static const char *first_name(const char *section)
{
    const struct config_setting *setting = config_settings;
    while (!is_in_section(setting, section))
        setting++;
    return setting->name;
}

/* Reads the lists among items[first…]: settings, sections, at the top (config …). */
static int read_lists(const struct place *place, struct config *config,
                      const struct sexp *sexp, size_t first, const char *section)
{
    for (size_t i = first; i < sexp->count; i++) {
        const struct sexp *item = &sexp->items[i];
        char found[80], text[160];
        if (!sexp_is_named_list(item)) {
            snprintf(text, sizeof text, "found %s, expected a setting such as (%s …)",
                     sexp_describe(item, found, sizeof found), first_name(section));
            return place_fail(place, item, text);
        }
        const char *name = item->items[0].text;
        int rc;
        if (!section && strcmp(name, "config") == 0)
            rc = read_lists(place, config, item, 1, NULL);
        else if (!section && is_section(name))
            rc = read_lists(place, config, item, 1, name);
        else
            rc = read_setting(place, config, item, section);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Whom a digest goes to may be named before he is. */
static int check_told(const struct place *place, const struct config *config,
                      const struct sexp *sexp)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sexp->count; i++) {
        const struct sexp *item = &sexp->items[i];
        if (!sexp_is_named_list(item))
            continue;
        const char *name = item->items[0].text;
        if (strcmp(name, "config") == 0 || strcmp(name, "digest") == 0)
            rc = check_told(place, config, item);
        for (size_t j = 1; rc == 0 && strcmp(name, "to") == 0 && j < item->count; j++)
            rc = notifiers_check(place, config, &item->items[j]);
    }
    return rc;
}

int config_parse(const char *path, const char *text, size_t size, struct config **ret,
                 struct error *err)
{
    AUTO(sexp) struct sexp *top = NULL;
    int rc = sexp_parse(text, size, &top, err);
    if (rc < 0) {
        struct error inner = err ? *err : (struct error){0};
        return error_set(err, rc, "%s:%.900s", path, inner.text);
    }
    AUTO(config) struct config *config = config_new();
    struct place place = {.path = path, .err = err};
    rc = read_lists(&place, config, top, 0, NULL);
    if (rc == 0)
        rc = check_told(&place, config, top);
    if (rc < 0)
        return rc;
    config->path = text_copy(path);
    *ret = TAKE(config);
    return 0;
}

/* Whoever can write root's configuration could send root's messages elsewhere. */
static int check_writers(const char *path, const struct stat *status, struct error *err)
{
    if (geteuid() != 0)
        return 0;
    if (status->st_uid != 0)
        return error_set(err, -EPERM,
                         "%s: refused: we are root, and user %u owns it; chown root it",
                         path, (unsigned)status->st_uid);
    if (status->st_mode & (S_IWGRP | S_IWOTH))
        return error_set(err, -EPERM,
                         "%s: refused: we are root, and others can write it (mode "
                         "%04o); chmod go-w it",
                         path, (unsigned)status->st_mode & 07777);
    return 0;
}

/* As in redis://USER:PASSWORD@HOST. */
static bool have_password(const struct queue_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        if (strchr(places->items[i].url, '@'))
            return true;
    return false;
}

static bool has_secret(const struct config *config)
{
    return config->smtp_password[0] || config->token[0] ||
           have_password(&config->queue) || have_password(&config->read) ||
           notifiers_have_secret(&config->notifiers);
}

static int check_readers(const char *path, const struct stat *status,
                         const struct config *config, struct error *err)
{
    if (!has_secret(config) || files_is_private(status))
        return 0;
    return error_set(
        err, -EPERM,
        "%s: refused: it holds a password or a token, and others can read it (mode "
        "%04o); chmod 600 it",
        path, (unsigned)status->st_mode & 07777);
}

int config_load(const char *path, struct config **ret, struct error *err)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    int rc = check_writers(path, &status, err);
    if (rc < 0)
        return rc;

    AUTO(strbuf) struct strbuf text = {0};
    rc = files_read_fd(fd, FILE_SIZE_MAX, &text, err);
    if (rc < 0)
        return error_prefix(err, rc, "%s", path);

    AUTO(config) struct config *config = NULL;
    rc = config_parse(path, strbuf_text(&text), text.size, &config, err);
    if (rc < 0)
        return rc;
    rc = check_readers(path, &status, config, err);
    if (rc < 0)
        return rc;
    config->is_exposed = !files_is_private(&status);
    *ret = TAKE(config);
    return 0;
}

int config_find(const char *named, char **ret, struct error *err)
{
    const char *wanted = named ? named : getenv("SHEEPDOG_CONF");
    if (wanted && *wanted) {
        *ret = text_copy(wanted);
        return 0;
    }
    const char *home = getenv("HOME");
    bool homeless = !home || !*home;
    AUTO(str) char *plain = text_format("%s/.sheepdog.conf", homeless ? "" : home);
    AUTO(str)
    char *tidy = text_format("%s/.config/sheepdog/sheepdog.conf", homeless ? "" : home);
    const char *const tried[] = {plain, tidy, "/etc/sheepdog/sheepdog.conf"};
    for (size_t i = homeless ? 2 : 0; i < 3; i++)
        if (access(tried[i], F_OK) == 0) {
            *ret = text_copy(tried[i]);
            return 0;
        }
    if (homeless)
        return error_set(err, -ENOENT,
                         "no configuration: HOME is not set, and %s does not exist",
                         tried[2]);
    return error_set(err, -ENOENT, "no configuration: none of %s, %s, %s exists",
                     tried[0], tried[1], tried[2]);
}

int config_open(const char *named, struct config **ret, struct error *err)
{
    AUTO(str) char *path = NULL;
    if (config_find(named, &path, NULL) == 0)
        return config_load(path, ret, err);
    *ret = config_new();
    return 0;
}
