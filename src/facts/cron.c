// SPDX-License-Identifier: GPL-3.0-or-later
/* cron - what cron runs, and when: /etc/crontab, /etc/cron.d, the users' own crontabs,
 * and the folders whose programs are run by the hour, the day, the week, the month.
 * What we may not read is left out. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_cron;

struct crontab {
    struct rows *rows;
    struct damage *damage;
    const char *path;
    const char *user; /* NULL: each line names its own */
};

/* ---- lines ---- */

/* NAME = value */
static bool is_variable(const char *line)
{
    const char *end = line;
    while (isalnum((unsigned char)*end) || strchr("_\"'", *end ? *end : ' '))
        end++;
    return end > line && end[strspn(end, " \t")] == '=';
}

static const char *skip_blank(const char *text)
{
    return text + strspn(text, " \t");
}

/* The end of so many words, from their first letter; NULL: there are fewer. */
static const char *skip_words(const char *text, int count)
{
    const char *end = text;
    for (int i = 0; i < count; i++) {
        text = skip_blank(end);
        end = text + strcspn(text, " \t");
        if (end == text)
            return NULL;
    }
    return end;
}

/* With one blank between two words, however it is lined up. */
static char *copy_words(const char *from, const char *end)
{
    AUTO(strbuf) struct strbuf words = {0};
    while (from < end) {
        size_t length = strcspn(from, " \t");
        strbuf_printf(&words, "%s%.*s", words.size ? " " : "", (int)length, from);
        from = skip_blank(from + length);
    }
    return strbuf_take(&words);
}

/* "17 * * * * root command", "@daily command" */
static void read_line(char *line, size_t number, void *context)
{
    const struct crontab *tab = context;
    const char *start = skip_blank(line);
    if (!*start || *start == '#' || is_variable(start))
        return;
    const char *schedule_end = skip_words(start, *start == '@' ? 1 : 5);
    const char *user = schedule_end ? skip_blank(schedule_end) : NULL;
    const char *user_end = user && !tab->user ? skip_words(user, 1) : user;
    const char *command = user_end ? skip_blank(user_end) : NULL;
    if (!command || !*command) {
        damage_add(tab->damage, "%s: line %zu is no entry", tab->path, number);
        return;
    }
    AUTO(str) char *schedule = copy_words(start, schedule_end);
    AUTO(str)
    char *named =
        tab->user ? text_copy(tab->user) : memory_copy(user, (size_t)(user_end - user));
    rows_add(tab->rows, 3, (const char *const[]){schedule, command, named});
}

/* ---- files ---- */

static int read_tab(const char *root, const struct crontab *tab, struct error *err)
{
    int rc = machine_each_line(root, tab->path, read_line, (void *)tab, err);
    return rc == -EACCES || rc == -EPERM ? 0 : rc;
}

/* What packagers and editors leave beside a file has a dot or a tilde in its name. */
static bool is_run(const char *name)
{
    return !strpbrk(name, ".~#");
}

struct tab_folder {
    const char *path;
    bool is_of_users; /* each file is named after its user */
};

static int read_tabs(const char *root, struct crontab tab,
                     const struct tab_folder *folder, struct error *err)
{
    AUTO(texts) struct texts names = {0};
    int rc = 0;
    machine_list(root, folder->path, &names);
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        AUTO(str) char *path = text_format("%s/%s", folder->path, names.items[i]);
        AUTO(str) char *inner = text_format("%s/.", path);
        tab.path = path;
        tab.user = folder->is_of_users ? names.items[i] : NULL;
        if (machine_has(root, inner) ||
            (!folder->is_of_users && !is_run(names.items[i])))
            continue; /* a folder, or what cron passes over */
        rc = read_tab(root, &tab, err);
    }
    return rc;
}

/* ---- folders of programs ---- */

static const struct {
    const char *path, *schedule;
} program_folders[] = {
    {"/etc/cron.hourly", "@hourly"},         {"/etc/cron.daily", "@daily"},
    {"/etc/cron.weekly", "@weekly"},         {"/etc/cron.monthly", "@monthly"},
    {"/etc/periodic/15min", "*/15 * * * *"}, {"/etc/periodic/hourly", "@hourly"},
    {"/etc/periodic/daily", "@daily"},       {"/etc/periodic/weekly", "@weekly"},
    {"/etc/periodic/monthly", "@monthly"},
};

static void add_programs(const char *root, struct rows *rows)
{
    for (size_t i = 0; i < sizeof program_folders / sizeof *program_folders; i++) {
        AUTO(texts) struct texts names = {0};
        machine_list(root, program_folders[i].path, &names);
        for (size_t j = 0; j < names.count; j++) {
            AUTO(str)
            char *command =
                text_format("%s/%s", program_folders[i].path, names.items[j]);
            if (is_run(names.items[j]))
                rows_add(rows, 3,
                         (const char *const[]){program_folders[i].schedule, command,
                                               "root"});
        }
    }
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    static const struct tab_folder folders[] = {
        {"/etc/cron.d", false},
        {"/var/spool/cron/crontabs", true},
        {"/var/spool/cron", true}, /* of Red Hat; the folders in it are passed over */
        {"/etc/crontabs", true},
    };
    struct damage damage = {0};
    struct crontab tab = {.rows = ret, .damage = &damage, .path = "/etc/crontab"};
    int rc = read_tab(root, &tab, err);
    for (size_t i = 0; rc == 0 && i < sizeof folders / sizeof *folders; i++)
        rc = read_tabs(root, tab, &folders[i], err);
    if (rc < 0)
        return rc;
    add_programs(root, ret);
    return damage_result(&damage, err);
}

static const char *const columns[] = {"schedule text", "command text", "user text",
                                      NULL};
static const char *const watched[] = {
    "/etc/crontab",
    "/etc/cron.d",
    "/var/spool/cron/crontabs",
    "/var/spool/cron",
    "/etc/crontabs",
    "/etc/cron.hourly",
    "/etc/cron.daily",
    "/etc/cron.weekly",
    "/etc/cron.monthly",
    "/etc/periodic/daily",
    NULL,
};

const struct fact_source source_cron = {
    .name = "cron",
    .help = "what cron runs, when, and as whom",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
