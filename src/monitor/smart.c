// SPDX-License-Identifier: GPL-3.0-or-later
/* smart - what disks say of their own health, asked by smartctl of smartmontools. Each
 * disk is a part: smart:sda. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "monitor/helper.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"

#define DISK_TIME    20000     /* ms for each */
#define ANSWER_MAX   (1 << 20) /* bytes */
#define PROGRAM_NONE 127       /* its status, where it is not installed */

static const struct setting smart_settings[] = {
    {"every", SETTING_DURATION, "3h", NULL, "how long from one look to the next"},
    {"timeout", SETTING_DURATION, "5m", NULL, "after which a look is ended"},
    {"disk", SETTING_TEXTS, NULL, NULL, "such as /dev/sda; else all that there are"},
    {"program", SETTING_TEXT, "smartctl", NULL, "what to ask, or its path"},
    {"sectors-warn", SETTING_NUMBER, "1", NULL, "bad sectors, from which on it warns"},
    {"sectors-fail", SETTING_NUMBER, "100", NULL,
     "bad sectors, from which on it fails"},
    {"worn-warn", SETTING_NUMBER, "90", "%",
     "of an SSD's life, from which on it warns"},
    {"worn-fail", SETTING_NUMBER, NULL, "%",
     "of an SSD's life, from which on it fails"},
    {"warm-warn", SETTING_NUMBER, NULL, "C", "temperature, from which on it warns"},
    {"warm-fail", SETTING_NUMBER, NULL, "C", "temperature, from which on it fails"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* ---- what smartctl says of one disk ---- */

/* A number at a path of names; not finite: there is none. */
static double number_at(json_t *json, const char *section, const char *name)
{
    json_t *number = json_object_get(json_object_get(json, section), name);
    return json_is_number(number) ? json_number_value(number) : NAN;
}

/* The raw value of an attribute of ATA. */
static double attribute(json_t *json, int id)
{
    json_t *table =
        json_object_get(json_object_get(json, "ata_smart_attributes"), "table");
    json_t *row;
    size_t i;
    json_array_foreach(table, i, row)
    {
        json_t *raw = json_object_get(json_object_get(row, "raw"), "value");
        if (json_integer_value(json_object_get(row, "id")) == id)
            return json_number_value(raw);
    }
    return NAN;
}

/* Reallocated, and those that wait to be or cannot be read, which are mostly the same:
 * as far as they are said. */
static double bad_sectors(json_t *json)
{
    double reallocated = attribute(json, 5);
    double waiting = fmax(attribute(json, 197), attribute(json, 198));
    if (isnan(reallocated) || isnan(waiting))
        return isnan(reallocated) ? waiting : reallocated;
    return reallocated + waiting;
}

/* Whether the maker means by its threshold that the disk is about to die, not that it
 * has grown old, or was once too warm. */
static bool is_grave(json_t *row)
{
    json_t *flags = json_object_get(row, "flags");
    return !json_is_false(json_object_get(flags, "prefailure"));
}

/* Attributes that are, or once were, worse than their maker allows. */
static void judge_attributes(struct verdict *verdict, json_t *json)
{
    json_t *table =
        json_object_get(json_object_get(json, "ata_smart_attributes"), "table");
    json_t *row;
    size_t i;
    json_array_foreach(table, i, row)
    {
        const char *when = json_string_value(json_object_get(row, "when_failed"));
        const char *name = json_string_value(json_object_get(row, "name"));
        if (!when || !*when || !name)
            continue;
        bool is_now = strcmp(when, "now") == 0, is_bad = is_grave(row);
        if (!is_now && !is_bad)
            continue;
        AUTO(str)
        char *text = text_format("%s %s beyond the maker's threshold", name,
                                 is_now ? "is" : "was");
        verdict_add_state(verdict, is_now && is_bad ? STATE_FAIL : STATE_WARNING, text);
    }
}

static void judge_health(struct verdict *verdict, json_t *json)
{
    static const char *const nvme = "nvme_smart_health_information_log";
    json_t *passed = json_object_get(json_object_get(json, "smart_status"), "passed");
    double spare = number_at(json, nvme, "available_spare");
    double spare_least = number_at(json, nvme, "available_spare_threshold");
    if (json_is_false(passed))
        verdict_add_state(verdict, STATE_FAIL, "the disk says that it fails");
    if (json_is_true(passed))
        verdict_add_state(verdict, STATE_OK, "the disk says that it is well");
    if (spare < spare_least) {
        AUTO(str)
        char *text =
            text_format("spare blocks %.0f %%, fail below %.0f %%", spare, spare_least);
        verdict_add_state(verdict, STATE_FAIL, text);
    }
}

static void judge_numbers(struct verdict *verdict, const struct look *look,
                          const char *part, json_t *json)
{
    const struct {
        const char *what, *reading, *unit, *warn, *fail;
        double value;
    } values[] = {
        {"bad sectors", "sectors", "", "sectors-warn", "sectors-fail",
         bad_sectors(json)},
        {"worn", "worn", "%", "worn-warn", "worn-fail",
         number_at(json, "nvme_smart_health_information_log", "percentage_used")},
        {"temperature", "temperature", "C", "warm-warn", "warm-fail",
         number_at(json, "temperature", "current")},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        look_reading(look, part, values[i].reading, values[i].value, values[i].unit);
        verdict_add(verdict,
                    &(struct threshold){.what = values[i].what,
                                        .value = values[i].value,
                                        .unit = values[i].unit,
                                        .warn = look_bound(look, values[i].warn),
                                        .fail = look_bound(look, values[i].fail)});
    }
}

/* smartctl's own words for why it has none. */
static const char *complaint(json_t *json)
{
    json_t *messages = json_object_get(json_object_get(json, "smartctl"), "messages");
    const char *words =
        json_string_value(json_object_get(json_array_get(messages, 0), "string"));
    return words ? words : "it does not tell its health";
}

/* A disk of a virtual machine and a USB stick have no health to tell; smartctl before
 * 7.3 does not say whether there is one. */
static bool has_smart(json_t *json)
{
    json_t *support = json_object_get(json, "smart_support");
    return json_is_true(json_object_get(support, "available"));
}

/* "Device is in STANDBY mode, exit(2)", or SLEEP: it was not asked, so that it need not
 * wake. */
static bool is_asleep(json_t *json)
{
    return strncmp(complaint(json), "Device is in ", strlen("Device is in ")) == 0;
}

/* is_named: what has no health to tell is then not passed over. */
static void judge(const struct look *look, const char *part, json_t *json,
                  bool is_named)
{
    AUTO(verdict) struct verdict verdict = {0};
    judge_health(&verdict, json);
    judge_attributes(&verdict, json);
    if (verdict.state != STATE_NONE)
        judge_numbers(&verdict, look, part, json);
    else if (is_named || has_smart(json))
        verdict_add_state(&verdict, STATE_UNKNOWN, complaint(json));
    verdict_say(&verdict, look->findings, part);
}

/* ---- asking it ---- */

static int ask(const struct look *look, const char *disk, struct helper **ret,
               struct error *err)
{
    const char *program = settings_text(look->settings, "program");
    char *argv[] = {(char *)program, (char *)"-i", (char *)"-H",      (char *)"-A",
                    (char *)"-j",    (char *)"-n", (char *)"standby", (char *)"--",
                    (char *)disk,    NULL};
    return helper_run(&(struct helper_plan){.argv = argv,
                                            .timeout = DISK_TIME,
                                            .out_max = ANSWER_MAX},
                      ret, err);
}

static void say_unknown(const struct look *look, const char *part, const char *why)
{
    findings_state(look->findings, part, STATE_UNKNOWN, "%s", why);
}

/* 0: go on to the next; -EAGAIN: it sleeps; -ENOENT: there is no smartctl. */
static int look_at(const struct look *look, const char *disk, bool is_named,
                   struct error *err)
{
    const char *part = strrchr(disk, '/') ? strrchr(disk, '/') + 1 : disk;
    AUTO(helper) struct helper *helper = NULL;
    json_auto_t *json = NULL;
    struct ended ended;
    int rc = ask(look, disk, &helper, err);
    if (rc < 0)
        return rc;
    helper_ended(helper, &ended);
    if (ended.status == PROGRAM_NONE)
        return error_set(err, -ENOENT, "smartctl is not installed");
    json = json_loadb(ended.out, ended.out_size, 0, NULL);
    if (json && is_asleep(json))
        return -EAGAIN;
    if (json)
        judge(look, part, json, is_named);
    else if (ended_check(&ended, DISK_TIME, err) < 0)
        say_unknown(look, part, err->text);
    else
        say_unknown(look, part, "smartctl prints no JSON; it is older than 7.0");
    return 0;
}

/* Those that may have a health to tell: neither virtual ones, nor what is made of
 * others, nor what can be taken out. */
static bool is_disk(const struct look *look, const char *name)
{
    AUTO(strbuf) struct strbuf removable = {0};
    AUTO(str) char *path = text_format("/sys/block/%s/removable", name);
    bool is_known = strncmp(name, "sd", 2) == 0 || strncmp(name, "hd", 2) == 0 ||
                    strncmp(name, "nvme", 4) == 0;
    return is_known && (look_read(look, path, &removable, NULL) < 0 ||
                        strbuf_text(&removable)[0] != '1');
}

static void find_disks(const struct look *look, struct texts *ret)
{
    AUTO(str) char *path = text_format("%s/sys/block", look->root);
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        AUTO(str) char *disk = text_format("/dev/%s", entry->d_name);
        if (is_disk(look, entry->d_name))
            texts_add(ret, disk);
    }
    closedir(folder);
}

/* Where nobody asked for it, it is enough to be silent without smartctl, and to look at
 * what we may read. */
static int smart_look(struct look *look, struct error *err)
{
    const struct texts *named = settings_texts(look->settings, "disk");
    AUTO(texts) struct texts found = {0};
    bool is_named = named->count > 0;
    if (!is_named)
        find_disks(look, &found);
    const struct texts *disks = is_named ? named : &found;
    bool is_one_asleep = false;
    int rc = 0;
    for (size_t i = 0; (rc == 0 || rc == -EAGAIN) && i < disks->count; i++) {
        if (is_named || access(disks->items[i], R_OK) == 0)
            rc = look_at(look, disks->items[i], is_named, err);
        is_one_asleep = is_one_asleep || rc == -EAGAIN;
    }
    if (rc == -ENOENT && !is_named)
        return 0;
    if (rc == 0 && is_one_asleep)
        rc = -EAGAIN;
    return rc == -EAGAIN ? error_set(err, rc, "a disk sleeps") : rc;
}

const struct monitor monitor_smart = {
    .name = "smart",
    .help = "what disks say of their own health, by smartctl",
    .settings = smart_settings,
    .place = MONITOR_FORKED,
    .is_default = true,
    .look = smart_look,
};
