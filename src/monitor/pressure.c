// SPDX-License-Identifier: GPL-3.0-or-later
/* pressure - the share of the last minute in which work stood still for want of
 * processors, memory or disks (PSI): of some of what would run, or of all of it. It
 * says what load and use only hint at. By default only that of memory is judged: a
 * machine that copies its disk to another waits for disks all night, and is well. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "monitor/monitor.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

static const struct setting pressure_settings[] = {
    {"cpu-warn", SETTING_PERCENT, NULL, NULL, "some work waited for a processor"},
    {"cpu-fail", SETTING_PERCENT, NULL, NULL, "some work waited for a processor"},
    {"memory-warn", SETTING_PERCENT, "10%", NULL, "all work waited for memory"},
    {"memory-fail", SETTING_PERCENT, "40%", NULL, "all work waited for memory"},
    {"io-warn", SETTING_PERCENT, NULL, NULL, "all work waited for a disk"},
    {"io-fail", SETTING_PERCENT, NULL, NULL, "all work waited for a disk"},
    {"times", SETTING_NUMBER, "3", NULL,
     "how many looks in a row must find it worse until that is said"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* What is judged: of processors there is always one who works, so "some" is; of memory
 * and disks it is normal that some wait. */
static const struct resource {
    const char *name, *path, *warn, *fail, *what;
    bool is_some;
} resources[] = {
    {"cpu", "/proc/pressure/cpu", "cpu-warn", "cpu-fail",
     "time in which some work waited for a processor:", true},
    {"memory", "/proc/pressure/memory", "memory-warn", "memory-fail",
     "time in which all work waited for memory:", false},
    {"io", "/proc/pressure/io", "io-warn", "io-fail",
     "time in which all work waited for a disk:", false},
};

/* "some avg10=0.00 avg60=1.23 avg300=… total=…" */
static bool average(const char *text, const char *which, double *ret)
{
    const char *line = strstr(text, which);
    return line && sscanf(line + strlen(which), " avg10=%*f avg60=%lf", ret) == 1 &&
           *ret >= 0 && *ret <= 100;
}

static int look_at(struct look *look, const struct resource *resource,
                   struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, resource->path, &text, err);
    if (rc < 0)
        return rc;
    double some, full;
    if (!average(strbuf_text(&text), "some", &some))
        return proc_malformed(resource->path, err);
    bool has_full = average(strbuf_text(&text), "full", &full);
    if (!has_full && !resource->is_some)
        return proc_malformed(resource->path, err);

    look_reading(look, resource->name, "some", some, "%");
    if (!resource->is_some)
        look_reading(look, resource->name, "full", full, "%");
    AUTO(verdict) struct verdict verdict = {0};
    verdict_add(&verdict, &(struct threshold){
                              .what = resource->what,
                              .value = resource->is_some ? some : full,
                              .unit = "%",
                              .warn = look_bound(look, resource->warn),
                              .fail = look_bound(look, resource->fail),
                          });
    verdict_say(&verdict, look->findings, resource->name);
    return 0;
}

/* A kernel may be built without it, or have it switched off. */
static int pressure_look(struct look *look, struct error *err)
{
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        int rc = look_at(look, &resources[i], err);
        if (rc < 0 && rc != -ENOENT && rc != -EOPNOTSUPP)
            return rc;
    }
    return 0;
}

const struct monitor monitor_pressure = {
    .name = "pressure",
    .help = "how long work waits for processors, memory and disks",
    .settings = pressure_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = pressure_look,
};
