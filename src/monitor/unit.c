// SPDX-License-Identifier: GPL-3.0-or-later
/* unit - what the service manager started, and what of it failed: asks systemctl or
 * herd, whichever manager runs here.
 *
 * Without names there is one state, of all that failed; each name is a part of its own.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "monitor/helper.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"

static const struct setting unit_settings[] = {
    {"name", SETTING_TEXTS, NULL, NULL, "units or services that must run"},
    {"except", SETTING_TEXTS, NULL, NULL, "units, or patterns, that may fail"},
    {"manager", SETTING_TEXT, NULL, NULL, "systemd or shepherd, if not what runs"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* How one unit is, in the manager's own words. */
struct unit {
    const char *name;
    enum state state;
    const char *words; /* "failed (exit-code)" */
};

/* What one look makes of its units; the memory is of the units that had failed. */
struct survey {
    const struct look *look;
    struct texts failed;
};

static void survey_clear(struct survey *survey)
{
    texts_clear(&survey->failed);
}
AUTO_DEFINE_CLEAR(survey)

struct manager {
    const char *name;
    const char *const *signs; /* a file of these is there while it runs */
    void (*command)(const struct texts *names, struct texts *argv);
    int (*read)(struct survey *survey, char *out, struct error *err);
};

static void add_all(struct texts *argv, const char *const *words)
{
    for (; *words; words++)
        texts_add(argv, *words);
}

static bool has(const struct texts *texts, const char *wanted)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], wanted) == 0)
            return true;
    return false;
}

static bool is_excepted(const struct survey *survey, const char *name)
{
    const struct texts *except = settings_texts(survey->look->settings, "except");
    for (size_t i = 0; i < except->count; i++)
        if (fnmatch(except->items[i], name, 0) == 0)
            return true;
    return false;
}

static void take_failed(struct survey *survey, const char *name)
{
    if (!is_excepted(survey, name))
        texts_add(&survey->failed, name);
}

static void say(struct survey *survey, const struct unit *unit)
{
    findings_state(survey->look->findings, unit->name, unit->state, "%s", unit->words);
}

/* ---- systemd ---- */

static void systemd_command(const struct texts *names, struct texts *argv)
{
    static const char *const all[] = {"systemctl",   "list-units",     "--all",
                                      "--full",      "--state=failed", "--plain",
                                      "--no-legend", "--no-pager",     NULL};
    static const char *const some[] = {
        "systemctl",  "show",
        "--no-pager", "--property=LoadState,ActiveState,SubState,Result",
        "--",         NULL};
    add_all(argv, names->count > 0 ? some : all);
    for (size_t i = 0; i < names->count; i++)
        texts_add(argv, names->items[i]);
}

static const char *property(const struct texts *lines, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < lines->count; i++)
        if (strncmp(lines->items[i], name, length) == 0 &&
            lines->items[i][length] == '=')
            return lines->items[i] + length + 1;
    return "";
}

/* "reloading" and what later versions add is active too; a timer's job that is not at
 * work is not: its timer is to be named. */
static enum state systemd_state(const char *active)
{
    static const struct {
        const char *word;
        enum state state;
    } states[] = {
        {"active", STATE_OK},
        {"reloading", STATE_OK},
        {"refreshing", STATE_OK},
        {"activating", STATE_WARNING},
        {"deactivating", STATE_WARNING},
        {"maintenance", STATE_WARNING},
        {"inactive", STATE_FAIL},
        {"failed", STATE_FAIL},
    };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].word, active) == 0)
            return states[i].state;
    return STATE_UNKNOWN;
}

static void systemd_say(struct survey *survey, const char *name,
                        const struct texts *lines)
{
    const char *load = property(lines, "LoadState");
    const char *active = property(lines, "ActiveState");
    const char *result = property(lines, "Result");
    bool is_loaded = strcmp(load, "loaded") == 0;
    bool has_failed = strcmp(active, "failed") == 0 && *result;
    AUTO(str)
    char *words = is_loaded
                      ? text_format("%s (%s)", active,
                                    has_failed ? result : property(lines, "SubState"))
                      : text_format("its unit is %s", load);
    say(survey, &(struct unit){.name = name,
                               .state = is_loaded ? systemd_state(active) : STATE_FAIL,
                               .words = words});
}

/* Blocks of lines, parted by empty ones, in the order of the names. */
static int systemd_read_named(struct survey *survey, char *out, struct error *err)
{
    const struct texts *names = settings_texts(survey->look->settings, "name");
    size_t done = 0;
    while (done < names->count && out) {
        AUTO(texts) struct texts lines = {0};
        char *line;
        while ((line = strsep(&out, "\n")) != NULL && *line)
            texts_add(&lines, line);
        if (lines.count > 0)
            systemd_say(survey, names->items[done++], &lines);
    }
    if (done < names->count)
        return error_set(err, -EPROTO, "systemctl says nothing of %s",
                         names->items[done]);
    return 0;
}

/* "nginx.service loaded failed failed A web server"; older ones begin with a bullet. */
static int systemd_read(struct survey *survey, char *out, struct error *err)
{
    if (settings_texts(survey->look->settings, "name")->count > 0)
        return systemd_read_named(survey, out, err);
    for (char *line = strsep(&out, "\n"); line; line = strsep(&out, "\n")) {
        char *at = line + strspn(line, " *\xe2\x97\x8f");
        char *name = strsep(&at, " ");
        if (*name)
            take_failed(survey, name);
    }
    return 0;
}

/* ---- Shepherd ---- */

static void shepherd_command(const struct texts *names UNUSED, struct texts *argv)
{
    static const char *const words[] = {"herd", "status", NULL};
    add_all(argv, words);
}

/* The signs in front of the names. */
static const struct sign {
    char sign;
    enum state state;
    const char *words;
} shepherd_signs[] = {
    {'+', STATE_OK, "started"},
    {'*', STATE_OK, "done, once"},
    {'^', STATE_WARNING, "starting"},
    {'v', STATE_WARNING, "stopping"},
    {'-', STATE_FAIL, "stopped"},
    {'!', STATE_FAIL, "failed to start"},
    {'\0', STATE_FAIL, "no such service"},
};

static const struct sign *sign_find(char sign)
{
    const struct sign *found = shepherd_signs;
    while (found->sign && found->sign != sign)
        found++;
    return found;
}

/* " + nginx" beneath "Started:". */
static char sign_of(const char *out, const char *name)
{
    AUTO(str) char *end = text_format(" %s\n", name);
    const char *at = strstr(out, end);
    while (at && (at < out + 2 || at[-2] != ' '))
        at = strstr(at + 1, end);
    return at ? at[-1] : '\0';
}

static int shepherd_read(struct survey *survey, char *out, struct error *err)
{
    const struct texts *names = settings_texts(survey->look->settings, "name");
    if (!strstr(out, "Started:"))
        return error_set(err, -EPROTO, "herd says nothing of what is started");
    for (size_t i = 0; i < names->count; i++) {
        const struct sign *sign = sign_find(sign_of(out, names->items[i]));
        say(survey, &(struct unit){.name = names->items[i],
                                   .state = sign->state,
                                   .words = sign->words});
    }
    for (char *line = strsep(&out, "\n"); line; line = strsep(&out, "\n"))
        if (strncmp(line, " ! ", 3) == 0)
            take_failed(survey, line + 3);
    return 0;
}

/* ---- whichever it is ---- */

static const struct manager managers[] = {
    {
        .name = "systemd",
        .signs = (const char *const[]){"/run/systemd/system", NULL},
        .command = systemd_command,
        .read = systemd_read,
    },
    {
        .name = "shepherd",
        .signs = (const char *const[]){"/run/shepherd/socket",
                                       "/var/run/shepherd/socket", NULL},
        .command = shepherd_command,
        .read = shepherd_read,
    },
    {.name = NULL},
};

static bool runs(const struct manager *manager)
{
    for (const char *const *sign = manager->signs; *sign; sign++)
        if (access(*sign, F_OK) == 0)
            return true;
    return false;
}

/* *ret is NULL where none runs. */
static int find_manager(const struct settings *settings, const struct manager **ret,
                        struct error *err)
{
    const char *wanted = settings_text(settings, "manager");
    const struct manager *manager = managers;
    while (manager->name &&
           !(wanted ? strcmp(manager->name, wanted) == 0 : runs(manager)))
        manager++;
    if (!manager->name && wanted)
        return error_set(err, -EINVAL,
                         "(manager \"%.40s\"): expected systemd or shepherd", wanted);
    *ret = manager->name ? manager : NULL;
    return 0;
}

static int unit_command(const struct settings *settings, struct texts *argv,
                        struct error *err)
{
    const struct texts *names = settings_texts(settings, "name");
    const struct manager *manager;
    int rc = find_manager(settings, &manager, err);
    if (rc < 0)
        return rc;
    if (manager)
        manager->command(names, argv);
    else if (names->count > 0)
        return error_set(err, -EINVAL, "neither systemd nor Shepherd runs here");
    return 0;
}

static void unit_forget(void *memory)
{
    struct texts *failed = memory;
    if (failed)
        texts_clear(failed);
    free(failed);
}

/* The state tells of the first that failed; of further ones, a note. */
static void note_further(const struct survey *survey)
{
    struct texts *before = *survey->look->memory;
    for (size_t i = 0; before && before->count > 0 && i < survey->failed.count; i++)
        if (!has(before, survey->failed.items[i]))
            findings_note(survey->look->findings, NULL, "%s failed too",
                          survey->failed.items[i]);
}

static void remember(struct survey *survey)
{
    struct texts *failed = memory_new(sizeof *failed);
    *failed = survey->failed;
    survey->failed = (struct texts){0};
    unit_forget(*survey->look->memory);
    *survey->look->memory = failed;
}

static void conclude(struct survey *survey)
{
    const struct texts *failed = &survey->failed;
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < failed->count; i++)
        strbuf_printf(&text, "%s%s", i > 0 ? ", " : "", failed->items[i]);
    if (failed->count == 0)
        findings_state(survey->look->findings, NULL, STATE_OK, "none failed");
    else
        findings_state(survey->look->findings, NULL, STATE_FAIL, "%zu failed: %s",
                       failed->count, text.data);
    look_reading(survey->look, NULL, "failed", (double)failed->count, "");
    note_further(survey);
    remember(survey);
}

static int unit_read(const struct look *look, const struct ended *ended,
                     struct error *err)
{
    AUTO(survey) struct survey survey = {.look = look};
    AUTO(str) char *out = memory_copy(ended->out, ended->out_size);
    const struct manager *manager;
    int rc = ended_check(ended, settings_duration(look->settings, "timeout"), err);
    if (rc == 0)
        rc = find_manager(look->settings, &manager, err);
    if (rc == 0 && manager)
        rc = manager->read(&survey, out, err);
    if (rc == 0 && settings_texts(look->settings, "name")->count == 0)
        conclude(&survey);
    return rc;
}

const struct monitor monitor_unit = {
    .name = "unit",
    .help = "units of systemd or services of Shepherd that failed, or named ones",
    .settings = unit_settings,
    .place = MONITOR_PROGRAM,
    .is_default = true,
    .forget = unit_forget,
    .command = unit_command,
    .read = unit_read,
};
