// SPDX-License-Identifier: GPL-3.0-or-later
/* cpu - what the processors did since the last look: worked, waited for disks, or were
 * taken by another guest of the same machine. A processor that is busy harms nobody
 * until it is so for long, so by default half an hour of looks in a row must find it;
 * and that a backup waits for its disk is what it does. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "monitor/counters.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH "/proc/stat"

static const struct setting cpu_settings[] = {
    {"warn", SETTING_PERCENT, "98%", NULL, "busy, of all cores"},
    {"fail", SETTING_PERCENT, NULL, NULL, "busy, of all cores"},
    {"iowait-warn", SETTING_PERCENT, NULL, NULL, "idle, while a disk was awaited"},
    {"iowait-fail", SETTING_PERCENT, NULL, NULL, "idle, while a disk was awaited"},
    {"steal-warn", SETTING_PERCENT, "20%", NULL, "taken by the host of this guest"},
    {"steal-fail", SETTING_PERCENT, NULL, NULL, "taken by the host of this guest"},
    {"times", SETTING_NUMBER, "30", NULL,
     "how many looks in a row must find it worse until that is said"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* In the order of /proc/stat, in ticks. What guests took is counted in user already. */
enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, SHARES };

static int parse(const char *text, uint64_t ret[SHARES])
{
    int count = sscanf(text,
                       "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                       " %" SCNu64 " %" SCNu64 " %" SCNu64,
                       &ret[USER], &ret[NICE], &ret[SYSTEM], &ret[IDLE], &ret[IOWAIT],
                       &ret[IRQ], &ret[SOFTIRQ], &ret[STEAL]);
    return count >= 4 ? 0 : -EBADMSG;
}

/* In percent of all ticks; those of idle and iowait may go back a little. -EAGAIN:
 * there were none. */
static int measure(const uint64_t before[SHARES], const uint64_t now[SHARES],
                   double ret[SHARES])
{
    double rises[SHARES], all = 0;
    for (int i = 0; i < SHARES; i++) {
        double rise = counter_rise(before[i], now[i]);
        rises[i] = isnan(rise) ? 0 : rise;
        all += rises[i];
    }
    for (int i = 0; all > 0 && i < SHARES; i++)
        ret[i] = 100 * rises[i] / all;
    return all > 0 ? 0 : -EAGAIN;
}

static void add(struct verdict *verdict, const struct look *look, const char *what,
                double value, const char *warn, const char *fail)
{
    look_reading(look, NULL, what, value, "%");
    verdict_add(verdict, &(struct threshold){
                             .what = what,
                             .value = value,
                             .unit = "%",
                             .warn = look_bound(look, warn),
                             .fail = look_bound(look, fail),
                         });
}

static int cpu_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    uint64_t now[SHARES] = {0}, before[SHARES] = {0};
    if (parse(strbuf_text(&text), now) < 0)
        return proc_malformed(PATH, err);

    struct counters *counters = counters_begin(look);
    bool is_known = counters_swap(counters, "cpu", now, SHARES, before);
    double shares[SHARES];
    if (!is_known || measure(before, now, shares) < 0)
        return counters_need_look(err);

    AUTO(verdict) struct verdict verdict = {0};
    double busy = fmax(100 - shares[IDLE] - shares[IOWAIT] - shares[STEAL], 0);
    add(&verdict, look, "busy", busy, "warn", "fail");
    add(&verdict, look, "iowait", shares[IOWAIT], "iowait-warn", "iowait-fail");
    add(&verdict, look, "steal", shares[STEAL], "steal-warn", "steal-fail");
    verdict_say(&verdict, look->findings, NULL);
    return 0;
}

const struct monitor monitor_cpu = {
    .name = "cpu",
    .help = "how busy the processors are, and what keeps them from work",
    .settings = cpu_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = cpu_look,
    .forget = counters_forget,
};
