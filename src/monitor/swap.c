// SPDX-License-Identifier: GPL-3.0-or-later
/* swap - how full it is, and how much goes in and out. A machine without swap has
 * nothing to watch. What nobody uses stays in swap for months, and a small one is
 * always full: that harms nobody as long as there is memory left, so it is judged only
 * where there is not. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/units.h"
#include "monitor/counters.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH "/proc/meminfo"

static const struct setting swap_settings[] = {
    {"warn", SETTING_PERCENT, "80%", NULL, "used"},
    {"fail", SETTING_PERCENT, "95%", NULL, "used"},
    {"memory-below", SETTING_PERCENT, "15%", NULL,
     "memory available; with more, a full swap is well"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* Pages that went in and out since the last look; a kernel that does not count them
 * leaves that reading out. */
static void read_paging(struct look *look)
{
    AUTO(strbuf) struct strbuf text = {0};
    uint64_t now[2], before[2];
    if (look_read(look, "/proc/vmstat", &text, NULL) < 0 ||
        !proc_field(strbuf_text(&text), "pswpin", &now[0]) ||
        !proc_field(strbuf_text(&text), "pswpout", &now[1]))
        return;
    struct counters *counters = counters_begin(look);
    if (!counters_swap(counters, "swap", now, 2, before))
        return;
    double scale = (double)sysconf(_SC_PAGESIZE) / counters_seconds(counters);
    look_reading(look, NULL, "in", counter_rise(before[0], now[0]) * scale, "B/s");
    look_reading(look, NULL, "out", counter_rise(before[1], now[1]) * scale, "B/s");
}

/* A kernel before 3.14 does not say what is available: then nobody knows. */
static bool is_memory_left(const struct look *look, const char *text, double *ret)
{
    uint64_t total, available;
    double bound = look_bound(look, "memory-below");
    if (isnan(bound) || !proc_field(text, "MemTotal:", &total) || total == 0 ||
        !proc_field(text, "MemAvailable:", &available))
        return false;
    *ret = 100 * (double)available / (double)total;
    return *ret >= bound;
}

static int swap_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    uint64_t total, idle;
    if (!proc_field(strbuf_text(&text), "SwapTotal:", &total) ||
        !proc_field(strbuf_text(&text), "SwapFree:", &idle) || idle > total)
        return proc_malformed(PATH, err);
    if (total == 0)
        return 0;

    double percent = 100 * (double)(total - idle) / (double)total;
    look_reading(look, NULL, "used", percent, "%");
    read_paging(look);

    double left;
    if (is_memory_left(look, strbuf_text(&text), &left)) {
        findings_state(look->findings, NULL, STATE_OK,
                       "swap used %.1f %%, and %.1f %% of memory is available", percent,
                       left);
        return 0;
    }
    char detail[80], used[UNITS_TEXT_SIZE], all[UNITS_TEXT_SIZE];
    snprintf(detail, sizeof detail, "%s of %s",
             size_format((int64_t)(total - idle) * 1024, used),
             size_format((int64_t)total * 1024, all));
    look_judge(look, NULL,
               &(struct threshold){
                   .what = "swap used",
                   .value = percent,
                   .unit = "%",
                   .detail = detail,
               });
    return 0;
}

const struct monitor monitor_swap = {
    .name = "swap",
    .help = "how full swap is, and how much goes in and out",
    .settings = swap_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = swap_look,
    .forget = counters_forget,
};
