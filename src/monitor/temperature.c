// SPDX-License-Identifier: GPL-3.0-or-later
/* temperature - each sensor that the kernel knows (hwmon), held against the settings,
 * or where they say nothing, against what its maker says it stands. By default it is
 * those of processors, disks and graphics: a mainboard's chip has pins to which nobody
 * connected anything, and limits that nobody set. Some sensors ask a disk, which may
 * take its time: so this looks in a child. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "monitor/choice.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define FOLDER    "/sys/class/hwmon"
#define CHIPS_MAX 32
#define NAME_SIZE 48

/* What lies beyond is a sensor that is not connected. */
#define COLDEST (-50.0)
#define HOTTEST 150.0

static const struct setting temperature_settings[] = {
    {"only", SETTING_TEXTS, NULL, NULL,
     "sensors, as patterns; default: all but except"},
    {"except", SETTING_TEXTS,
     "acpitz* asus* f718* it8* jc42* nct6* nct7* sch5* thinkpad* w83* iwlwifi* "
     "mlx5* pch_* ucsi* BAT*",
     NULL, "sensors that are left out, as patterns"},
    {"warn", SETTING_NUMBER, NULL, "C", "default: what the sensor calls its maximum"},
    {"fail", SETTING_NUMBER, NULL, "C", "default: what the sensor calls critical"},
    {"times", SETTING_NUMBER, "5", NULL,
     "how many looks in a row must find it worse until that is said"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

struct chip {
    int number;           /* of hwmonN */
    char kind[NAME_SIZE]; /* as the kernel calls it: coretemp, nvme */
    char name[2 * NAME_SIZE];
};

struct chips {
    struct chip items[CHIPS_MAX];
    size_t count;
};

static int compare_chips(const void *one, const void *other)
{
    const struct chip *a = one, *b = other;
    return (a->number > b->number) - (a->number < b->number);
}

/* Several of a name, as two nvme, get the name of their device: nvme0, nvme1; or where
 * there is none, a number. */
static void name_apart(const struct look *look, struct chips *chips, size_t index)
{
    struct chip *chip = &chips->items[index];
    size_t same = 0, before = 0;
    for (size_t i = 0; i < chips->count; i++)
        if (strcmp(chips->items[i].kind, chip->kind) == 0) {
            same++;
            before += i < index;
        }
    snprintf(chip->name, sizeof chip->name, "%s", chip->kind);
    if (same < 2)
        return;
    char link[256];
    AUTO(str)
    char *path = text_format("%s" FOLDER "/hwmon%d/device", look->root, chip->number);
    ssize_t length = readlink(path, link, sizeof link - 1);
    link[length > 0 ? length : 0] = '\0';
    const char *device = strrchr(link, '/');
    if (device && strncmp(device + 1, chip->kind, strlen(chip->kind)) == 0)
        snprintf(chip->name, sizeof chip->name, "%.60s", device + 1);
    else if (device && device[1])
        snprintf(chip->name, sizeof chip->name, "%s-%.40s", chip->kind, device + 1);
    else
        snprintf(chip->name, sizeof chip->name, "%s-%zu", chip->kind, before + 1);
}

static int find_chips(const struct look *look, struct chips *ret, struct error *err)
{
    AUTO(str) char *folder = text_format("%s" FOLDER, look->root);
    DIR *dir = opendir(folder);
    if (!dir)
        return error_set(err, -errno, "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir)) && ret->count < CHIPS_MAX;) {
        struct chip chip;
        if (sscanf(entry->d_name, "hwmon%d", &chip.number) != 1)
            continue;
        char path[96];
        snprintf(path, sizeof path, FOLDER "/hwmon%d/name", chip.number);
        if (proc_word(look, path, chip.kind, sizeof chip.kind)[0])
            ret->items[ret->count++] = chip;
    }
    closedir(dir);
    qsort(ret->items, ret->count, sizeof *ret->items, compare_chips);
    for (size_t i = 0; i < ret->count; i++)
        name_apart(look, ret, i);
    return 0;
}

/* Degrees of tempN_WHAT, which is in thousandths; NAN: it does not say. */
static double degrees(const struct look *look, const struct chip *chip, int sensor,
                      const char *what)
{
    char path[96];
    int64_t value;
    snprintf(path, sizeof path, FOLDER "/hwmon%d/temp%d_%s", chip->number, sensor,
             what);
    if (proc_number(look, path, &value, NULL) < 0)
        return NAN;
    double result = (double)value / 1000;
    return result > COLDEST && result < HOTTEST ? result : NAN;
}

/* "coretemp-Package-id-0": it becomes part of a tag and of the name of a reading. */
static void name_sensor(const struct look *look, const struct chip *chip, int sensor,
                        char ret[], size_t size)
{
    char path[96], label[NAME_SIZE];
    snprintf(path, sizeof path, FOLDER "/hwmon%d/temp%d_label", chip->number, sensor);
    proc_word(look, path, label, sizeof label);
    if (label[0])
        snprintf(ret, size, "%s-%s", chip->name, label);
    else
        snprintf(ret, size, "%s-%d", chip->name, sensor);
    for (char *at = ret; *at; at++)
        if (*at <= ' ' || *at > '~')
            *at = '-';
}

/* A bound that is not above freezing was never set by its maker. */
static double own_bound(const struct look *look, const struct chip *chip, int sensor,
                        const char *what)
{
    double bound = degrees(look, chip, sensor, what);
    return bound > 0 ? bound : NAN;
}

static void judge(struct look *look, const struct chip *chip, int sensor,
                  const char *name, double value)
{
    double warn = look_bound(look, "warn"), fail = look_bound(look, "fail");
    if (isnan(warn) && isnan(fail)) {
        fail = own_bound(look, chip, sensor, "crit");
        warn = own_bound(look, chip, sensor, "max");
        if (warn >= fail)
            warn = NAN;
    }
    AUTO(verdict) struct verdict verdict = {0};
    verdict_add(&verdict, &(struct threshold){
                              .what = "",
                              .value = value,
                              .unit = "C",
                              .warn = warn,
                              .fail = fail,
                          });
    verdict_say(&verdict, look->findings, name);
}

/* Of a processor whose package has a sensor those of its cores say nothing more. */
static bool is_needless(const struct look *look, const struct chip *chip, int sensor)
{
    char path[96], label[NAME_SIZE];
    if (strcmp(chip->kind, "coretemp") != 0 || sensor == 1)
        return false;
    snprintf(path, sizeof path, FOLDER "/hwmon%d/temp1_label", chip->number);
    return strncmp(proc_word(look, path, label, sizeof label), "Core", 4) != 0;
}

static void look_at(struct look *look, const struct chip *chip, int sensor)
{
    char name[3 * NAME_SIZE];
    double value = degrees(look, chip, sensor, "input");
    name_sensor(look, chip, sensor, name, sizeof name);
    bool is_asked_for = settings_texts(look->settings, "only")->count > 0;
    if (isnan(value) || !choice_has(look->settings, name) ||
        (!is_asked_for && is_needless(look, chip, sensor)))
        return;
    judge(look, chip, sensor, name, value);
    if (choice_is_read(look, name))
        look_reading(look, name, "celsius", value, "C");
}

static int look_at_chip(struct look *look, const struct chip *chip, struct error *err)
{
    AUTO(str)
    char *folder = text_format("%s" FOLDER "/hwmon%d", look->root, chip->number);
    DIR *dir = opendir(folder);
    if (!dir)
        return error_set(err, -errno, "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir));) {
        int sensor, length = 0;
        if (sscanf(entry->d_name, "temp%d_input%n", &sensor, &length) == 1 &&
            length > 0 && !entry->d_name[length])
            look_at(look, chip, sensor);
    }
    closedir(dir);
    return 0;
}

/* A machine without sensors, as most guests are, has nothing to watch. */
static int temperature_look(struct look *look, struct error *err)
{
    struct chips chips = {0};
    int rc = find_chips(look, &chips, err);
    for (size_t i = 0; rc == 0 && i < chips.count; i++)
        rc = look_at_chip(look, &chips.items[i], err);
    return rc == -ENOENT ? 0 : rc;
}

const struct monitor monitor_temperature = {
    .name = "temperature",
    .help = "how hot the sensors of this machine are",
    .settings = temperature_settings,
    .place = MONITOR_FORKED,
    .is_default = true,
    .look = temperature_look,
};
