// SPDX-License-Identifier: GPL-3.0-or-later
/* load - how many processes run or wait, on average; judged per core and over five
 * minutes, as a minute is soon over. */
#include <stdio.h>

#include "monitor/monitor.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH "/proc/loadavg"

static const struct setting load_settings[] = {
    {"warn", SETTING_NUMBER, "4", "per core", "five-minute average"},
    {"fail", SETTING_NUMBER, "10", "per core", "five-minute average"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static int load_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    double one, five;
    if (sscanf(strbuf_text(&text), "%lf %lf", &one, &five) != 2)
        return proc_malformed(PATH, err);
    look_reading(look, NULL, "1m", one, "");
    look_reading(look, NULL, "5m", five, "");

    int cores = proc_cores(look);
    char detail[64];
    snprintf(detail, sizeof detail, "%.2f on %d core%s", five, cores,
             cores > 1 ? "s" : "");
    look_judge(look, NULL,
               &(struct threshold){
                   .what = "load",
                   .value = five / cores,
                   .unit = "per core",
                   .detail = detail,
               });
    return 0;
}

const struct monitor monitor_load = {
    .name = "load",
    .help = "how many processes run or wait, per core",
    .settings = load_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = load_look,
};
