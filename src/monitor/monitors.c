// SPDX-License-Identifier: GPL-3.0-or-later
/* monitors - the list of those built in, and what their looks share. To add one: write
 * monitor/NAME.c with a `const struct monitor`, name it twice below, and say in
 * doc/sheepdog-monitors.7 what it watches. */
#include "monitor/monitor.h"

#include <math.h>
#include <string.h>

#include "base/files.h"
#include "base/memory.h"
#include "monitor/verdict.h"

#define FILE_MAX (1 << 20) /* bytes of one in /proc or /sys */

extern const struct monitor monitor_certificate, monitor_clock, monitor_cpu,
    monitor_disk, monitor_diskio, monitor_exec, monitor_file, monitor_http,
    monitor_load, monitor_mdraid, monitor_memory, monitor_nagios, monitor_network,
    monitor_oom, monitor_ping, monitor_port, monitor_pressure, monitor_process,
    monitor_smart, monitor_swap, monitor_temperature, monitor_unit, monitor_uptime;

const struct monitor *const monitors[] = {
    &monitor_certificate, &monitor_clock,   &monitor_cpu,    &monitor_disk,
    &monitor_diskio,      &monitor_exec,    &monitor_file,   &monitor_http,
    &monitor_load,        &monitor_mdraid,  &monitor_memory, &monitor_nagios,
    &monitor_network,     &monitor_oom,     &monitor_ping,   &monitor_port,
    &monitor_pressure,    &monitor_process, &monitor_smart,  &monitor_swap,
    &monitor_temperature, &monitor_unit,    &monitor_uptime, NULL,
};

const struct monitor *monitor_find(const char *name)
{
    for (const struct monitor *const *monitor = monitors; *monitor; monitor++)
        if (strcmp((*monitor)->name, name) == 0)
            return *monitor;
    return NULL;
}

int look_read(const struct look *look, const char *path, struct strbuf *buf,
              struct error *err)
{
    AUTO(str) char *whole = text_format("%s%s", look->root, path);
    return files_read(whole, FILE_MAX, buf, err);
}

/* How many steps there are in one of the unit. */
static double precision(const char *unit)
{
    if (unit[0] == 'B')
        return 1;
    if (strcmp(unit, "s") == 0)
        return 1e6;
    return strcmp(unit, "%") == 0 || strcmp(unit, "C") == 0 ? 10 : 1000;
}

void look_reading(const struct look *look, const char *part, const char *name,
                  double value, const char *unit)
{
    double steps = precision(unit);
    double rounded = round(value * steps) / steps + 0.0; /* a zero without a sign */
    findings_reading(look->findings, part, name, rounded, unit);
}

double look_bound(const struct look *look, const char *setting)
{
    return settings_has(look->settings, setting)
               ? settings_value(look->settings, setting)
               : NAN;
}

void look_judge(const struct look *look, const char *part,
                const struct threshold *value)
{
    struct threshold threshold = *value;
    threshold.warn = look_bound(look, "warn");
    threshold.fail = look_bound(look, "fail");
    AUTO(verdict) struct verdict verdict = {0};
    verdict_add(&verdict, &threshold);
    verdict_say(&verdict, look->findings, part);
}
